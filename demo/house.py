"""One State's house: its node, made and run by the public commands, and its people."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.desk import Desk, Officer
from demo.errors import PlayStopped
from demo.programs import Programs, await_that

_READY_SECONDS: Final = 300
_READY: Final = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass
class House:
    """A State's node: where it lies, where its doors are, who works there."""

    state: str
    name: str
    folder: Path
    programs: Programs
    peers_port: int
    desk_port: int
    endpoint: str
    mirror: str
    database: str = ""
    patience: float = 240
    officers: dict[str, Officer] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)

    @property
    def authority(self) -> str:
        """Return the name under which the authority signs."""
        return f"{self.state}-CA"

    @property
    def base(self) -> str:
        """Return the address of the desk door."""
        return f"http://127.0.0.1:{self.desk_port}"

    @property
    def pages(self) -> str:
        """Return the address of the pages: each State has a name, and so cookies, of its own."""
        return f"http://{self.state.lower()}.localhost:{self.desk_port}/"

    @property
    def program(self) -> str:
        """Return the name of the process that runs the node."""
        return f"node {self.state}"

    @property
    def card(self) -> Path:
        """Return the authority's card: by it others verify its seals."""
        return self.folder / "keys" / "authority.pub"

    def make(self) -> None:
        """Make the node: keys, tables, room for evidence."""
        words: list[str | Path] = [
            "node", "init", self.folder, "--state", self.state, "--authority", self.authority,
            "--kind", "central_authority", "--exercise",
            "--peers", f"127.0.0.1:{self.peers_port}", "--endpoint", self.endpoint,
            "--desk", f"127.0.0.1:{self.desk_port}", "--mirror", self.mirror,
        ]  # fmt: skip
        if self.database:
            words += ["--database", self.database]
        self.programs.run(self.program, *words)

    def enrol_first(self, role: str, actor: str) -> None:
        """Enrol the first person on the node's own folder: who then enrols the others."""
        said = self.programs.run(
            self.program, "person", "add", self.folder, "--login", actor, "--actor", actor,
            "--role", role, "--mail", self.mail(actor), "--json",
        )  # fmt: skip
        self._welcome(role, actor, str(json.loads(said)["token"]))

    def enrol(self, people: Mapping[str, str]) -> None:
        """Invite one person for each role at the desk; each accepts with the code it was given."""
        desk = self.desk("enrolment_officer")
        for role, actor in people.items():
            if role in self.officers:
                continue
            wish = {"login": actor, "actor": actor, "roles": [role], "mail": self.mail(actor)}
            code = desk.post("persons", wish)["code"]
            self._welcome(
                role, actor, str(desk.post("invitations/accept", {"code": code})["token"])
            )
        duty = [{"place": 1, "actor": people["duty_officer"], "begins": None, "ends": None}]
        desk.put("roster", {"items": duty})

    def _welcome(self, role: str, actor: str, token: str) -> None:
        place = self.folder / "tokens" / f"{actor}.token"
        place.parent.mkdir(exist_ok=True, mode=0o700)
        place.touch(mode=0o600)
        place.write_text(f"{token}\n")
        self.officers[role] = Officer(role=role, actor=actor, token=token)

    def mail(self, actor: str) -> str:
        """Return where notices for a person go."""
        return f"{actor}@post.{self.name.lower()}.example"

    def await_ready(self) -> None:
        """Wait until the node is ready."""
        await_that(f"{self.program} is ready", self.is_ready, seconds=_READY_SECONDS)

    def start(self) -> None:
        """Run the node and go on."""
        self.programs.start(self.program, "node", "up", self.folder)

    def is_ready(self) -> bool:
        """Return whether the desk door answers; stop if the node ended."""
        process = self.programs.running.get(self.program)
        if process is not None and process.poll() is not None:
            tail = self.programs.log(self.program).read_text(errors="replace")[-2000:]
            message = f"{self.program} ended by itself:\n{tail}"
            raise PlayStopped(message)
        try:
            with socket.create_connection(("127.0.0.1", self.desk_port), timeout=20) as line:
                line.sendall(_READY)
                return line.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def desk(self, role: str) -> Desk:
        """Return the desk door as the person with this role uses it."""
        if role not in self.desks:
            desk = Desk(self.base, self.officers[role], patience=self.patience)
            self.programs.lines.callback(desk.close)
            self.desks[role] = desk
        return self.desks[role]


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
