"""Making a backup of a node while it runs: database, blobs, keys, settings.

1. One moment of the database is copied; all that is counted and listed is of that moment.
2. The blobs that it names are copied, unless an earlier backup holds them. A blob may be
   dropped by the node meanwhile: then the moment is taken anew, for the new one does
   not name it.
3. The manifest is signed, and the folder gets its name. Before that it ends in ``.partial``
   and is no backup.

Memory is constant but for the names of the blobs. What lay on the node under a passphrase
lies in the backup under it too, and once more encrypted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from comity.app import databases
from comity.app.backup_engines import copy_sqlite, dump_postgres
from comity.app.backup_format import (
    BLOBS,
    DATABASE,
    HEADS,
    LIST,
    MANIFEST,
    PAPERS,
    PAYLOAD_TYPE,
    POSTGRES,
    SQLITE,
    Manifest,
    Paper,
    Part,
    PartWriter,
    blob_line,
    blob_path,
    flush_folder,
    is_paper_path,
    paper_mode,
    read_list_of_blobs,
    read_manifest,
    write_papers,
    writing,
)
from comity.app.compose import FolderTaken, FolderUnreachable, node_alias, open_node
from comity.app.settings import Settings, read_settings
from comity.base import Clock, Digest, limits, parse_canonical
from comity.base.errors import AskedWrongly, ComityError, OutOfReach, TooLarge
from comity.seal.age import Wraps
from comity.seal.age.encryptor import Encryptor
from comity.seal.dsse import read_envelope
from comity.seal.keys import VerifyingKey
from comity.service.errors import BlobBroken, BlobMissing, StoreDamaged
from comity.service.node import Node
from comity.service.ports import Random, Unit

Watch = Callable[[int], object]
_PARTIAL: Final = ".partial"
_MOMENTS: Final = 5
_OWNER: Final = 0o700
_CHUNK: Final = 1 << 20
_PASSING: Final = (".partial", ".lock", ".pid", ".sock")
# Blobs are copied by their names; what running processes say of themselves is over.
_NOT_KEPT: Final = (f"{BLOBS}/", "run/")
_BESIDE: Final = ("", "-journal", "-wal", "-shm")


class BackupUnderWay(OutOfReach):
    """Another backup of this node is being made."""

    code = "app/backup-under-way"
    remedy = "Wait until it has ended."


class NotEarlier(AskedWrongly):
    """This is no earlier backup of the same node."""

    code = "app/not-earlier"
    remedy = "Name a backup of this node, or none: then all blobs are copied."


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What was backed up; ``copied`` of the blobs lie here, the others in earlier backups."""

    manifest: Manifest
    digest: Digest
    copied: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """One moment of the database, written into the backup."""

    database: Part
    heads: Part
    blobs: Part
    rows: dict[str, int]
    count: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backup:
    """A backup being made."""

    node: Node
    folder: Path
    settings: Settings
    out: Path
    receivers: Sequence[Wraps]
    earlier: Sequence[Path]
    watch: Watch
    random: Random


def back_up(  # noqa: PLR0913 # each is an option that a person may give
    folder: Path,
    out: Path,
    receivers: Sequence[Wraps],
    *,
    earlier: Sequence[Path] = (),
    watch: Watch = lambda _: None,
    clock: Clock | None = None,
    random: Random = os.urandom,
) -> BackedUp:
    """Make a backup of the node in ``folder`` in the new folder ``out``, whole or not at all.

    Its database, keys and settings are encrypted to ``receivers``. Blobs that lie in
    ``earlier`` backups are not copied again; those backups are then needed too.
    """
    node = open_node(folder, clock=clock, random=random)
    partial = out.with_name(out.name + _PARTIAL)
    for place in (out, partial):
        if place.is_symlink() or place.exists():
            raise FolderTaken(where=str(place))
    backup = _Backup(
        node=node,
        folder=folder,
        settings=read_settings(folder),
        out=partial,
        receivers=receivers,
        earlier=earlier,
        watch=watch,
        random=random,
    )
    try:
        with _alone(folder), _whole(partial, out):
            return _fill(backup)
    except OSError as error:
        raise FolderUnreachable(error.strerror or "", where=str(out)) from error


def named_blobs(unit: Unit) -> list[Digest]:
    """Return the names of all blobs that the database names, in order."""
    found = unit.volumes.distinct("blob") | unit.pieces.distinct("blob")
    return sorted(name for name in found if isinstance(name, Digest))


def count_rows(unit: Unit) -> dict[str, int]:
    """Return how many rows each table has."""
    return {field.name: getattr(unit, field.name).count() for field in fields(unit)}  # type: ignore[arg-type] # every unit is a dataclass


def head_lines(unit: Unit) -> Iterator[bytes]:
    """Yield a line for the last act of each chain, holder and track, in their order."""
    last: tuple[str, bytes] | None = None
    for row in unit.acts.each():
        place = f"{row.chain} {row.holder} {row.track}"
        if last is not None and last[0] != place:
            yield last[1]
        last = place, f"{place} {row.number} {row.digest.hex}\n".encode()
    if last is not None:
        yield last[1]


def _fill(backup: _Backup) -> BackedUp:
    earlier = tuple(_read_earlier(backup, place) for place in backup.earlier)
    papers, left_out = _gather_papers(backup)
    part = _encrypt(backup, PAPERS, lambda sink: sink.write(write_papers(papers)))
    (backup.out / BLOBS).mkdir(mode=_OWNER)
    moment, copied = _take_moment(backup)
    manifest = Manifest(
        state=backup.node.state,
        authority=backup.node.authority,
        exercise=backup.node.exercise,
        program=backup.node.version,
        made=backup.node.clock.now(),
        engine=SQLITE if backup.settings.is_sqlite else POSTGRES,
        parts={
            PAPERS: part,
            DATABASE: moment.database,
            HEADS: moment.heads,
            LIST: moment.blobs,
        },
        rows=moment.rows,
        blobs_count=moment.count,
        blobs_size=moment.size,
        earlier=earlier,
    )
    envelope = manifest.sign(backup.node.key)
    with writing(backup.out / MANIFEST) as writer:
        writer.write(envelope)
        writer.finish()
    return BackedUp(manifest=manifest, digest=Digest.of(envelope), copied=copied, left_out=left_out)


def _take_moment(backup: _Backup) -> tuple[_Moment, int]:
    """Copy one moment whole, database and blobs; take another if a blob was dropped since."""
    for left in reversed(range(_MOMENTS)):
        for name in (DATABASE, HEADS, LIST):
            (backup.out / name).unlink(missing_ok=True)
        try:
            moment = _write_moment(backup)
            return moment, _copy_blobs(backup)
        except BlobMissing:
            if not left:
                raise
    raise BlobMissing


def _write_moment(backup: _Backup) -> _Moment:
    if not backup.settings.is_sqlite:
        with backup.node.store.view() as unit:
            alias = node_alias(backup.folder)
            address = backup.settings.database
            database = _encrypt(backup, DATABASE, lambda sink: dump_postgres(alias, address, sink))
            return _tell_moment(backup, unit, database)
    with _sqlite_copy(backup) as copy:
        with copy.open("rb") as file:
            database = _encrypt(backup, DATABASE, lambda sink: sink.copy_from(file))
        store = databases.open_database(f"backup {copy}", databases.sqlite_settings(copy))
        try:
            if faults := store.faults():
                raise StoreDamaged(faults[0], where=str(backup.folder))
            with store.view() as unit:
                return _tell_moment(backup, unit, database)
        finally:
            databases.close_connections()


@contextmanager
def _sqlite_copy(backup: _Backup) -> Iterator[Path]:
    """Give a copy of the database that lies beside it, and take it away again."""
    place = backup.folder.resolve() / f"snapshot{_PARTIAL}"
    shutil.rmtree(place, ignore_errors=True)  # of a backup that was killed
    place.mkdir(mode=_OWNER)
    try:
        copy = place / "copy.sqlite3"
        copy_sqlite(backup.folder.resolve() / backup.settings.database, copy)
        yield copy
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _tell_moment(backup: _Backup, unit: Unit, database: Part) -> _Moment:
    def write_heads(sink: Encryptor) -> None:
        for line in head_lines(unit):
            sink.write(line)

    heads = _encrypt(backup, HEADS, write_heads)
    count = size = 0
    with writing(backup.out / LIST) as writer:
        for name in named_blobs(unit):
            held = backup.node.blobs.size(name)
            writer.write(blob_line(name, held))
            count, size = count + 1, size + held
        listed = writer.finish()
    return _Moment(
        database=database,
        heads=heads,
        blobs=listed,
        rows=count_rows(unit),
        count=count,
        size=size,
    )


def _copy_blobs(backup: _Backup) -> int:
    """Copy what no earlier backup holds; drop what an earlier moment named and this does not."""
    here = backup.out / BLOBS
    copied = 0
    wanted: set[Path] = set()
    with (backup.out / LIST).open("rb") as file:
        for blob in read_list_of_blobs(file):
            if any(_has(place / BLOBS, blob) for place in backup.earlier):
                continue
            wanted.add(blob_path(here, blob.digest))
            copied += 1
            if not _has(here, blob):
                _copy_blob(backup, blob)
    for path in here.glob("*/*"):
        if path not in wanted:
            path.unlink()
    for path in here.iterdir():
        flush_folder(path)
    flush_folder(here)
    return copied


def _copy_blob(backup: _Backup, blob: Part) -> None:
    target = blob_path(backup.out / BLOBS, blob.digest)
    target.parent.mkdir(mode=_OWNER, exist_ok=True)
    with backup.node.blobs.open(blob.digest) as source, writing(target) as writer:
        while chunk := source.read(_CHUNK):
            writer.write(chunk)
            backup.watch(len(chunk))
        if writer.finish() != blob:
            raise BlobBroken(where=str(blob.digest))


def _has(blobs: Path, blob: Part) -> bool:
    path = blob_path(blobs, blob.digest)
    return path.is_file() and path.stat().st_size == blob.size


def _encrypt(backup: _Backup, name: str, fill: Callable[[Encryptor], object]) -> Part:
    with writing(backup.out / name) as writer:
        with Encryptor(_Watched(writer, backup.watch), backup.receivers, backup.random) as sink:
            fill(sink)
        return writer.finish()


@dataclass(frozen=True, slots=True)
class _Watched:
    """A sink that tells of every byte."""

    writer: PartWriter
    watch: Watch

    def write(self, data: memoryview | bytes, /) -> int:
        """Write and tell."""
        count = self.writer.write(data)
        self.watch(count)
        return count


def _gather_papers(backup: _Backup) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """Return every small file of the folder, and the names of what is none."""
    home = backup.folder
    base = {f"{backup.settings.database}{end}" for end in _BESIDE}
    papers: list[Paper] = []
    left_out: list[str] = []
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        is_passing = any(part.endswith(_PASSING) for part in name.split("/"))
        if path.is_dir() or name.startswith(_NOT_KEPT) or is_passing or name in base:
            continue
        if not path.is_file() or not is_paper_path(name):
            left_out.append(ascii(name)[1:-1])
        elif path.stat().st_size > limits.BACKUP_PAPER_BYTES:
            left_out.append(name)
        else:
            papers.append(Paper(name, paper_mode(path.stat().st_mode), path.read_bytes()))
    whole = sum(len(paper.content) for paper in papers)
    if len(papers) > limits.BACKUP_PAPERS or whole * 2 > limits.BACKUP_PAPERS_BYTES:
        detail = "There are too many small files in the node's folder that are not its own."
        raise TooLarge(detail, where=str(home))
    return tuple(papers), tuple(left_out)


def _read_earlier(backup: _Backup, place: Path) -> Digest:
    """Return the digest of an earlier backup's manifest; raise ``NotEarlier``."""
    try:
        data = (place / MANIFEST).read_bytes()[: limits.ENVELOPE_BYTES + 1]
        key = _known_key(backup.node, read_envelope(data, PAYLOAD_TYPE).key_id)
        manifest = read_manifest(data, key)
    except (OSError, ComityError) as error:
        raise NotEarlier(where=str(place)) from error
    if (manifest.state, manifest.authority) != (backup.node.state, backup.node.authority):
        raise NotEarlier(where=str(place))
    return Digest.of(data)


def _known_key(node: Node, key_id: Digest) -> VerifyingKey:
    with node.store.view() as unit:
        row = unit.keys.get(key_id, node.state, node.authority)
    return VerifyingKey.parse(parse_canonical(row.document))


@contextmanager
def _whole(partial: Path, out: Path) -> Iterator[None]:
    """Make a folder under another name, and let it have its own once it is whole."""
    partial.mkdir(mode=_OWNER)
    try:
        yield
        flush_folder(partial)
        partial.rename(out)
        flush_folder(out.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one backup of a node be made at a time."""
    handle = os.open(folder / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupUnderWay(where=str(folder)) from error
        yield
    finally:
        os.close(handle)
