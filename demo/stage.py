"""The stage: three houses, a directory with its mirror, two providers, and who tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from comity.law import Book, load_book
from demo.house import House
from demo.programs import Programs
from demo.provider import Provider
from demo.sides import Request
from demo.telling import Teller


@dataclass
class Stage:
    """All that the case is played on. ``haste`` is the priority of all requests, if set."""

    folder: Path
    teller: Teller
    programs: Programs
    houses: dict[str, House]
    providers: dict[str, Provider]
    evidence: Path
    patience: float = 240
    book: Book = field(default_factory=load_book)
    requests: list[Request] = field(default_factory=list)
    pause: Callable[[str], None] = lambda _name: None
    haste: str = ""

    def open(
        self, process: str, asking: House, role: str, *, asked: House | None = None, **more: object
    ) -> Request:
        """Open a dossier at the desk of ``asking``, for ``asked`` or for a provider at home."""
        counterpart = {"counterpart": asked.state, "authority": asked.authority} if asked else {}
        body = {"process": process, "basis": "uncc", "channel": "node", **counterpart, **more}
        if self.haste and asked:
            body["priority"] = self.haste
        ident = str(asking.desk(role).post("dossiers", body)["dossier"])
        request = Request(
            teller=self.teller,
            book=self.book,
            ident=ident,
            process=process,
            asking=asking,
            asked=asked,
            patience=self.patience,
        )
        self.requests.append(request)
        return request

    def chapter(self, title: str) -> None:
        """Begin a part of the story, once nothing hinders it."""
        self.programs.require_alive()
        self.pause(title)
        self.teller.chapter(title)
