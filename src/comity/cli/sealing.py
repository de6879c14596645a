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

from comity.base import ComityError, Ident, Instant
from comity.cli.keychain import FoundSealer, read_recipients
from comity.cli.progress import is_watched, show_progress
from comity.evidence import (
    EncryptedSink,
    FolderSink,
    Intake,
    IrregularRefused,
    ObjectRecord,
    Particulars,
    Place,
    Provenance,
    Sealed,
    Stream,
    Taken,
    Watch,
    seal_rows,
    take_in,
    walk,
)

Told: TypeAlias = dict[str, Any]
_STDIN: Final = "-"
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


def own_tool() -> str:
    """Return this program's name and version."""
    return f"comity {version('comity')}"


def seal_places(wish: Wish, found: FoundSealer) -> tuple[Told, list[str]]:
    """Take in and seal; return what to tell, as data and as lines."""
    clock = SystemClock()
    begun = clock.now()
    noted: list[Told] = []
    with guard_partial(wish.out), _progress(wish) as watch:
        sink = new_sink(wish.out, wish.receivers)
        intake = Intake(provenance=wish.provenance, begun=begun, random=os.urandom, watch=watch)
        rows = _note(take_in(_places(wish.paths), sink, intake), noted)
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
    """Say, when something goes wrong, that what was written so far is no package."""
    partial = out.absolute().with_name(f"{out.absolute().name}.partial")
    was_there = partial.exists()
    try:
        yield
    except (ComityError, KeyboardInterrupt):
        if partial.exists() and not was_there:
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


def _note(rows: Iterable[Taken], noted: list[Told]) -> Iterator[Taken]:
    """Pass rows on; note the irregular ones."""
    for row in rows:
        if row.irregular:
            path = ObjectRecord.parse(row.metadata).path
            noted.append({"serial": row.serial, "path": printable(path), "why": row.irregular})
        yield row


def _require_regular(rows: Iterable[Taken], noted: Sequence[Told]) -> Iterator[Taken]:
    """Pass rows on; after the last, refuse if any was irregular."""
    yield from rows
    if noted:
        raise IrregularRefused("; ".join(_irregular_lines(noted)) + ".")


def _told(wish: Wish, found: FoundSealer, sealed: Sealed, noted: list[Told]) -> Told:
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
        "irregular": noted,
    }


def _lines(wish: Wish, found: FoundSealer, sealed: Sealed, noted: Sequence[Told]) -> list[str]:
    stated = sealed.statement
    made = " (made just now)" if found.is_new else ""
    lines = [
        f"Sealed as {stated.package} in {wish.out}",
        f"  objects {stated.objects}, bytes {sealed.octets}",
        f"  root {stated.root}",
        f"  key  {found.sealer.key.public.key_id}, {found.place}{made}",
    ]
    if noted:
        lines.append(f"  irregular, taken in as far as they could be read: {len(noted)}")
        lines.extend(f"    {line}" for line in _irregular_lines(noted))
    return lines


def _irregular_lines(noted: Sequence[Told]) -> list[str]:
    lines = [f"{row['serial']:06d} {row['path']}: {row['why']}" for row in noted[:_LISTED]]
    if len(noted) > _LISTED:
        lines.append(f"and {len(noted) - _LISTED} more (--json lists all)")
    return lines
