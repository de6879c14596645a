"""The shared directory: made and signed in a ceremony, each command printed as it is run.

In life each key lies on a machine that is never on line, in another place, and each
signature is made before witnesses. Here all happen in one folder, one after another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.cast import LANGUAGES, NAMES, NUMBERS, ORIGINALS, PROVIDERS, ZONES
from demo.errors import PlayStopped
from demo.house import House
from demo.programs import Programs
from demo.telling import Teller

_MIRROR: Final = "mirror"
_AT_ONCE: Final = 3
_FINGERPRINT: Final = re.compile(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}")
_NUMBERED: Final = re.compile(r" +(?:[0-9]+\. |(?:[0-9a-f]{4} ){15})")


@dataclass
class Ceremony:
    """The directory in the making: its folder, its keys, and the printed protocol."""

    folder: Path
    programs: Programs
    teller: Teller
    port: int
    keys: dict[str, Path] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def directory(self) -> Path:
        """Return the directory's own folder."""
        return self.folder / "directory"

    @property
    def mirror(self) -> str:
        """Return where nodes fetch the directory."""
        return f"http://127.0.0.1:{self.port}"

    def hold(self, houses: dict[str, House]) -> None:
        """Make root, States and authorities; sign; publish; begin to serve."""
        held = {name: name for name in PROVIDERS.values()}
        self._make_keys({**dict.fromkeys(("root-1", "root-2", _MIRROR), ""), **held})
        self._make_keys(dict.fromkeys((f"state-{state}" for state in houses), ""))
        self._make_root()
        for state in houses:
            self._say(
                "delegate", self.directory, state, "--key", self._pub(f"state-{state}"),
                "--threshold", "1",
            )  # fmt: skip
        self._make_cards(houses)
        self._sign(houses)
        self._say("publish", self.directory, "--key", self.keys[_MIRROR])
        self.programs.start(
            "mirror", "directory", "serve", self.directory,
            "--listen", f"127.0.0.1:{self.port}", "--key", self.keys[_MIRROR],
        )  # fmt: skip

    def tell_nodes(self, houses: dict[str, House]) -> None:
        """Hand each node the root, by its fingerprint, and let it fetch the rest."""
        root = self.directory / "public" / "1.root.json"
        trusting = [("trust", "--node", house.folder, "--root", root, "--fingerprint",
                     self.fingerprint) for house in houses.values()]  # fmt: skip
        self._say_all(trusting)
        self._say_all([("refresh", "--node", house.folder) for house in houses.values()])

    def _make_keys(self, offices: dict[str, str]) -> None:
        """Make keys; each is named by who holds it, and by the office if there is one."""
        commands = []
        for name, office in offices.items():
            self.keys[name] = self.folder / "offline" / f"{name}.key"
            self.keys[name].parent.mkdir(parents=True, exist_ok=True)
            named = ("--authority", office) if office else ()
            commands.append(("key", self.keys[name], "--name", name, *named))
        self._say_all(commands)

    def _pub(self, name: str) -> Path:
        return self.keys[name].with_suffix(".key.pub")

    def _make_root(self) -> None:
        said = self._say(
            "make", self.directory, "--root", self._pub("root-1"), "--root", self._pub("root-2"),
            "--threshold", "2", "--mirror", self._pub(_MIRROR),
        )  # fmt: skip
        found = _FINGERPRINT.search(said)
        if found is None:
            message = "The ceremony prints no fingerprint of the root."
            raise PlayStopped(message)
        self.fingerprint = "".join(found[0].split())

    def _make_cards(self, houses: dict[str, House]) -> None:
        """List each State's authority, and the provider on its territory."""
        (self.folder / "cards").mkdir()
        cards: list[Sequence[str | Path]] = []
        for state, house in houses.items():
            languages = [word for one in LANGUAGES[state] for word in ("--language", one)]
            cards.append((
                "card", "--node", house.folder, "--out", self._card(house.authority),
                "--call-back", NUMBERS[state], *languages,
                "--legal-original", ORIGINALS[state], "--zone", ZONES[state],
                "--name", f"en=Central Authority of {NAMES[state]}",
            ))  # fmt: skip
        for state, name in PROVIDERS.items():
            cards.append((
                "provider-card", "--state", state, "--authority", name, "--key", self._pub(name),
                "--out", self._card(name), "--exercise",
            ))  # fmt: skip
        self._say_all(cards)
        for state, house in houses.items():
            listed = [house.authority, *([PROVIDERS[state]] if state in PROVIDERS else [])]
            words = [word for name in listed for word in ("--card", self._card(name))]
            self._say("enrol", self.directory, state, *words)

    def _card(self, name: str) -> Path:
        return self.folder / "cards" / f"{name}.json"

    def _sign(self, houses: dict[str, House]) -> None:
        """Sign what was drafted: root and targets by two, each State's files by that State."""
        draft = self.directory / "draft"
        for signer in ("root-1", "root-2"):
            names = ("root.json", "targets.json")
            self._say_all([("sign", draft / name, "--key", self.keys[signer]) for name in names])
        self._say_all(
            [
                ("sign", draft / file, "--key", self.keys[f"state-{state}"])
                for state in houses
                for file in (f"{state}.json", f"{state}/root.json")
            ]
        )

    def _say(self, *words: str | Path) -> str:
        """Run one command, print it and the numbered lines of its protocol; return all it said."""
        return self._say_all([words])[0]

    def _say_all(self, commands: Sequence[Sequence[str | Path]]) -> list[str]:
        """Run commands that do not wait for each other; print them one after the other."""
        root = self.programs.folder
        short = [
            [str(word.relative_to(root)) if isinstance(word, Path) else word for word in words]
            for words in commands
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            said = list(pool.map(self._run, short))
        for words, told in zip(short, said, strict=True):
            self.teller.line(f"  $ comity directory {' '.join(words)}")
            for line in told.splitlines():
                if _NUMBERED.match(line):
                    self.teller.line(f"    {line}")
        return said

    def _run(self, words: list[str]) -> str:
        return self.programs.run("ceremony", "directory", *words)
