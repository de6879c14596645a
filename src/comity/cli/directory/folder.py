"""The folder of a directory: what is being signed, and what the world sees.

::

    draft/     root.json  targets.json  XA.json  XA/root.json  XA/<sha256>.XA-CA.json
    public/    1.root.json …  7.targets.json  9.snapshot.json  timestamp.json
               3.XA.json  XA/1.root.json …  XA/<sha256>.XA-CA.json
               depositary/<sha256>.register.json
    keys/      <key id>.pub: the cards of those who sign, so that a protocol can name them

A State's own folder has the same shape with nothing but the State's files in it. What is
public is never written over, but the timestamp; a draft leaves when enough have signed it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from comity.base import limits
from comity.base.errors import ComityError, TooLarge
from comity.federation.directory import CeremonyImpossible, FolderBroken
from comity.federation.directory.metadata import File, SignedT, read_file
from comity.seal.keyfiles import PublicCard, read_public

STATE: Final = re.compile(r"[A-Z]{2}")
_NUMBERED: Final = re.compile(r"([1-9][0-9]{0,8})\.(root|targets|snapshot|[A-Z]{2})\.json")
_MISPLACED: Final = "It is not the folder of a directory; `comity directory make` makes one."


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory's folder on this machine."""

    place: Path

    @property
    def draft(self) -> Path:
        """Return where files wait for signatures."""
        return self.place / "draft"

    @property
    def public(self) -> Path:
        """Return what a mirror serves."""
        return self.place / "public"

    @property
    def keys(self) -> Path:
        """Return where the cards of signers lie."""
        return self.place / "keys"

    @classmethod
    def open(cls, place: Path) -> Folder:
        """Return the folder at ``place``; raise ``FolderBroken`` if it is none."""
        found = cls(place)
        if not (found.draft.is_dir() and found.public.is_dir()):
            raise FolderBroken(_MISPLACED, where=str(place))
        return found

    @classmethod
    def begin(cls, place: Path) -> Folder:
        """Return the folder at ``place``, made if it is not there."""
        found = cls(place)
        try:
            for part in (found.draft, found.public, found.keys):
                part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FolderBroken(error.strerror or "", where=str(place)) from error
        return found

    def roots(self) -> tuple[File[Root], ...]:
        """Return the public roots, the newest last."""
        return tuple(self._each(self.public, "root", Root))

    def state_roots(self, state: str) -> tuple[File[Root], ...]:
        """Return the public keys of a State, the newest last."""
        return tuple(self._each(self.public / state, "root", Root))

    def targets(self) -> File[Targets] | None:
        """Return the newest public targets."""
        return next(iter([*self._each(self.public, "targets", Targets)][::-1]), None)

    def listed(self, state: str) -> File[Targets] | None:
        """Return the newest public list of a State."""
        return next(iter([*self._each(self.public, state, Targets)][::-1]), None)

    def snapshot(self) -> File[Snapshot] | None:
        """Return the newest public snapshot."""
        return next(iter([*self._each(self.public, "snapshot", Snapshot)][::-1]), None)

    def timestamp(self) -> File[Timestamp] | None:
        """Return the timestamp."""
        return self.find(self.public / "timestamp.json", Timestamp)

    def states(self) -> tuple[str, ...]:
        """Return the States of which there is something here, public or draft."""
        found = {
            path.name[:2] if path.suffix else path.name
            for part in (self.draft, self.public)
            for path in part.iterdir()
            if STATE.fullmatch(path.name) or re.fullmatch(r"[A-Z]{2}\.json", path.name)
        }
        return tuple(sorted(found))

    def card(self, state: str, name: str) -> bytes | None:
        """Return the bytes of a card's file, public or draft."""
        return self.listed_file(f"{state}/{name}", most=limits.CARD_BYTES)

    def listed_file(self, name: str, *, most: int = limits.REGISTER_BYTES) -> bytes | None:
        """Return the bytes of a file that targets name, public or draft."""
        for part in (self.public, self.draft):
            path = part / name
            if path.is_file():
                return read_bounded(path, most)
        return None

    def find(self, path: Path, kind: type[SignedT]) -> File[SignedT] | None:
        """Return a metadata file, None if it is not there; name it if it is wrong."""
        if not path.is_file():
            return None
        return read_metadata(path, kind)

    def name_of(self, key_id: str) -> str:
        """Return by which name a key is known here."""
        path = self.keys / f"{key_id}.pub"
        if not path.is_file():
            return "name not known here"
        card = read_public(path)
        return f"{card.name}, {card.authority}"

    def know(self, card: PublicCard) -> None:
        """Keep the card of a signer."""
        write_whole(self.keys / f"{card.key.key_id.hex}.pub", card.document())

    def publish(self, source: Path, name: str) -> None:
        """Let a draft be public under its lasting name."""
        data = read_bounded(source, limits.METADATA_BYTES)
        self.add_public(name, data)
        source.unlink()

    def add_public(self, name: str, data: bytes) -> None:
        """Write a public file that stays; the same once more is no harm, another is refused."""
        path = self.public / name
        if path.exists():
            if read_bounded(path, limits.METADATA_BYTES) != data:
                detail = "A public file of this name says something else, and is never changed."
                raise CeremonyImpossible(detail, where=str(path))
            return
        write_whole(path, data)

    def _each(self, part: Path, role: str, kind: type[SignedT]) -> Iterator[File[SignedT]]:
        names = (_NUMBERED.fullmatch(path.name) for path in _list(part))
        numbers = sorted(int(one[1]) for one in names if one and one[2] == role)
        for number in numbers:
            file = read_metadata(part / f"{number}.{role}.json", kind)
            if file.version != number:
                detail = f"It is version {file.version}."
                raise CeremonyImpossible(detail, where=str(part / f"{number}.{role}.json"))
            yield file


def read_metadata(path: Path, kind: type[SignedT]) -> File[SignedT]:
    """Return a metadata file; the error says which it is."""
    try:
        return read_file(read_bounded(path, limits.METADATA_BYTES), kind)
    except ComityError as error:
        error.where = error.where or str(path)
        raise


def read_bounded(path: Path, most: int) -> bytes:
    """Return the bytes of a file; raise ``FolderBroken`` or ``TooLarge``."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "impossible name"
        raise FolderBroken(reason or "", where=str(path)) from error
    if len(data) > most:
        detail = f"A file of at most {most} bytes was expected."
        raise TooLarge(detail, where=str(path))
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that others see all of it or what was there before."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise FolderBroken(error.strerror or "", where=str(path)) from error


def _list(part: Path) -> list[Path]:
    return list(part.iterdir()) if part.is_dir() else []
