"""Where a directory's files come from: mirrors, and the nodes of States themselves.

Nothing that comes from here is believed for where it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.errors import TooLarge
from comity.federation.directory import AuthorityCard
from comity.service.errors import PeerUnreachable
from comity.service.peers import peer_of
from comity.service.ports import Peer, Wire

_PATH: Final = "/peers/1/directory/"
_DONE: Final = 200
_ABSENT: Final = 404


class Source(Protocol):
    """What gives files of a directory by name."""

    @property
    def name(self) -> str:
        """Return where they come from, for people."""

    def get(self, file: str, most: int) -> bytes | None:
        """Return a file, None if there is none; raise ``PeerUnreachable`` or ``TooLarge``."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror of the shared directory."""

    wire: Wire
    url: str

    @property
    def name(self) -> str:
        """Return its address."""
        return self.url

    def get(self, file: str, most: int) -> bytes | None:
        """Return a file, None if there is none."""
        data = self.wire.fetch(f"{self.url.rstrip('/')}/{file}", most=most)
        return None if data is None else _bounded(data, most, self.name)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The node of an authority, which gives the files of its own State."""

    wire: Wire
    peer: Peer

    @classmethod
    def of(cls, wire: Wire, card: AuthorityCard) -> Neighbour:
        """Return the node of this card."""
        return cls(wire, peer_of(card))

    @property
    def name(self) -> str:
        """Return whose node it is."""
        return f"{self.peer.state}/{self.peer.authority}"

    def get(self, file: str, most: int) -> bytes | None:
        """Return a file, None if there is none."""
        answer = self.wire.call(self.peer, "GET", f"{_PATH}{file}", most=most)
        if answer.status == _ABSENT:
            return None
        if answer.status != _DONE:
            detail = f"It answered {answer.status}."
            raise PeerUnreachable(detail, where=self.name)
        return _bounded(answer.body, most, self.name)


def _bounded(data: bytes, most: int, where: str) -> bytes:
    if len(data) > most:
        detail = f"{len(data)} bytes, where {most} are the most."
        raise TooLarge(detail, where=where)
    return data
