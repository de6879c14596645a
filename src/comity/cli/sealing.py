"""What ``comity evidence seal`` does, once its words are understood."""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import FileIO
from pathlib import Path
from typing import Any, Final, TypeAlias

import typer

from comity.base import Ident, Instant
from comity.base.errors import BadValue
from comity.cli.keychain import FoundSealer, read_recipients
from comity.cli.progress import is_watched, show_progress
from comity.evidence import (
    EncryptedSink,
    FolderSink,
    Intake,
    IrregularRefused,
    Kind,
    ObjectRecord,
    Particulars,
    Place,
    Provenance,
    Sealed,
    Stream,
    Taken,
    Watch,
    require_places,
    seal_rows,
    take_in,
    walk,
)

Told: TypeAlias = dict[str, Any]
_STDIN: Final = "-"
_LINK: Final = "symbolic link, not followed"
_LISTED: Final = 20
_PACKAGE_BYTES: Final = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be sealed, into what, and how."""

    paths: Sequence[str]
    out: Path
    receivers: Sequence[str]
    provenance: Provenance
    exercise: bool
    strict: bool
    progress: bool

    @property
    def named(self) -> list[bytes]:
        """Return the places on a disk."""
        return [os.fsencode(path) for path in self.paths if path != _STDIN]


class SystemClock:
    """The machine's clock: the stand-alone command is its own composition root."""

    def now(self) -> Instant:
        """Return the present moment."""
        return Instant.of(datetime.now(UTC))  # noqa: TID251 # see the class


def require_operands(paths: Sequence[str], out: Path) -> None:
    """Raise unless all that is named can be sealed into ``out``; standard input once at most."""
    if paths.count(_STDIN) > 1:
        detail = "Standard input is named twice."
        raise BadValue(detail, where=_STDIN)
    require_places([os.fsencode(path) for path in paths if path != _STDIN], out)


def own_tool() -> str:
    """Return this program's name and version."""
    return f"comity {version('comity')}"


def seal_places(wish: Wish, found: FoundSealer) -> tuple[Told, list[str]]:
    """Take in and seal; return what to tell, as data and as lines."""
    clock = SystemClock()
    begun = clock.now()
    noted = _Noted(wish.named)
    with guard_partial(wish.out), _progress(wish) as watch:
        sink = new_sink(wish.out, wish.receivers)
        intake = Intake(provenance=wish.provenance, begun=begun, random=os.urandom, watch=watch)
        rows = noted.note(take_in(_places(wish.paths), sink, intake))
        particulars = Particulars(
            package=Ident.make("pkg", os.urandom(_PACKAGE_BYTES)),
            begun=begun,
            clock=clock,
            tools={"comity": version("comity"), "python": platform.python_version()},
            exercise=wish.exercise,
        )
        checked = _require_regular(rows, noted) if wish.strict else rows
        sealed = seal_rows(checked, sink, found.sealer, particulars)
        sink.finish()
    return _told(wish, found, sealed, noted), _lines(wish, found, sealed, noted)


def new_sink(out: Path, receivers: Sequence[str]) -> FolderSink | EncryptedSink:
    """Return what a package is written to: plain, or encrypted if there are receivers."""
    recipients = read_recipients(receivers)
    return EncryptedSink(out, recipients, os.urandom) if recipients else FolderSink(out)


@contextmanager
def guard_partial(out: Path) -> Iterator[None]:
    """When something goes wrong, leave nothing, or say that what is left is no package."""
    partial = out.absolute().with_name(f"{out.absolute().name}.partial")
    was_there = os.path.lexists(partial)
    try:
        yield
    except BaseException:
        if not was_there and partial.is_dir():
            try:
                partial.rmdir()
            except OSError:  # something was written already
                typer.echo(f"Unfinished: {partial} is no package; delete it.", err=True)
        raise


def printable(path: bytes) -> str:
    """Return a name of others so that it can be printed on a terminal."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _progress(wish: Wish) -> AbstractContextManager[Watch]:
    """Show progress; things are counted beforehand only if someone looks."""
    total = None
    if is_watched(lines=wish.progress):
        found = (found for place in wish.named for found in walk(place))
        total = sum(_size(item.path, item.seen) for item in found if item.seen) or None
    return show_progress("sealing", total, lines=wish.progress)


def _size(path: bytes, seen: os.stat_result) -> int:
    """Return how many bytes will be read; a device says it only when its end is sought."""
    if not stat.S_ISBLK(seen.st_mode):
        return seen.st_size
    try:
        with FileIO(path, "rb") as device:
            return device.seek(0, os.SEEK_END)
    except OSError:
        return 0  # what cannot be read is recorded when it is taken in


def _places(paths: Sequence[str]) -> Iterator[Place]:
    for path in paths:
        if path == _STDIN:
            reader = FileIO(sys.stdin.fileno(), "rb", closefd=False)
            yield Stream(name=b"standard input", reader=reader)
        else:
            yield os.fsencode(path)


class _Noted:
    """What is told of single objects: the irregular, the links, and what came to nothing."""

    def __init__(self, named: Iterable[bytes]) -> None:
        self._named = frozenset(named)
        self.irregular: list[Told] = []
        self.links: list[Told] = []
        self.not_taken: list[str] = []

    def note(self, rows: Iterable[Taken]) -> Iterator[Taken]:
        """Pass rows on, as they are."""
        for row in rows:
            if row.irregular or row.is_link:
                self._note(row, ObjectRecord.parse(row.metadata))
            yield row

    def _note(self, row: Taken, record: ObjectRecord) -> None:
        path = printable(record.path)
        told = {"serial": row.serial, "path": path, "why": row.irregular or _LINK}
        (self.irregular if row.irregular else self.links).append(told)
        is_named = record.path in self._named or record.kind is Kind.STREAM
        if is_named and row.irregular and not row.size:
            self.not_taken.append(path)


def _require_regular(rows: Iterable[Taken], noted: _Noted) -> Iterator[Taken]:
    """Pass rows on; after the last, refuse if any was irregular or a link."""
    yield from rows
    found = [*noted.irregular, *noted.links]
    if found:
        typer.echo("\n".join(_object_lines(found)), err=True)
        detail = f"Irregular: {len(noted.irregular)}; symbolic links: {len(noted.links)}."
        raise IrregularRefused(detail)


def _told(wish: Wish, found: FoundSealer, sealed: Sealed, noted: _Noted) -> Told:
    stated = sealed.statement
    return {
        "package": str(stated.package),
        "out": str(wish.out),
        "objects": stated.objects,
        "octets": sealed.octets,
        "root": str(stated.root),
        "tag_manifest": str(stated.tag_manifest),
        "sealed_at": str(stated.sealed_at),
        "key": str(found.sealer.key.public.key_id),
        "key_file": str(found.place),
        "key_is_new": found.is_new,
        "irregular": noted.irregular,
        "links": noted.links,
        "not_taken": noted.not_taken,
    }


def _lines(wish: Wish, found: FoundSealer, sealed: Sealed, noted: _Noted) -> list[str]:
    stated = sealed.statement
    made = " (made just now)" if found.is_new else ""
    lines = [
        f"Sealed as {stated.package} in {wish.out}",
        f"  objects {stated.objects}, bytes {sealed.octets}",
        f"  root {stated.root}",
        f"  key  {found.sealer.key.public.key_id}, {found.place}{made}",
    ]
    if noted.irregular:
        count = len(noted.irregular)
        lines.append(f"  irregular, taken in as far as they could be read: {count}")
        lines.extend(f"    {line}" for line in _object_lines(noted.irregular))
    if noted.links:
        lines.append(f"  symbolic links, taken in as the text they hold: {len(noted.links)}")
        lines.extend(f"    {line}" for line in _object_lines(noted.links))
    if noted.not_taken:
        named = ", ".join(noted.not_taken[:_LISTED])
        lines.append(f"Nothing could be taken of what was named: {named}. The package says why.")
    return lines


def _object_lines(told: Sequence[Told]) -> list[str]:
    lines = [f"{row['serial']:06d} {row['path']}: {row['why']}" for row in told[:_LISTED]]
    if len(told) > _LISTED:
        lines.append(f"and {len(told) - _LISTED} more (--json lists all)")
    return lines
