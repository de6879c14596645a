"""Putting a backup back: all of it is verified first, and it is restored whole or not at all.

1. Papers open with what was given, and the manifest is signed with the key among them, which
   is that of the card if one was given.
2. Every part has the length and SHA-256 that the manifest names.
3. Every blob in the list is here or in an earlier backup, and is the bytes of its name.
4. The new node is made under another name: papers, blobs, database. Its tables have as many
   rows, and its chains the last acts, that the backup says.
5. It says that it was restored (``comity.service.recovery``), gets its name, and is checked.

If anything is wrong in 1 to 4, no folder is left, and the tables are taken back out of a
PostgreSQL database. A process that is killed meanwhile leaves a folder ending in ``.partial``,
and perhaps tables in a database that was empty: remove both, then restore again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final, Protocol

from comity.app import databases
from comity.app.backup import count_rows, head_lines
from comity.app.backup_engines import drop_tables, load_postgres, require_empty
from comity.app.backup_format import (
    BLOBS,
    DATABASE,
    HEADS,
    LIST,
    MANIFEST,
    PAPERS,
    PARTS,
    SQLITE,
    BackupBroken,
    Manifest,
    Paper,
    Part,
    blob_path,
    flush_folder,
    read_list_of_blobs,
    read_manifest,
    read_papers,
    require_part,
    writing,
)
from comity.app.compose import (
    FolderTaken,
    FolderUnreachable,
    card_path,
    migrate_node,
    node_alias,
    node_database,
    open_node,
)
from comity.app.settings import FILE, Settings, read_settings
from comity.base import Clock, Digest, Report, limits
from comity.base.errors import AskedWrongly, BadValue, DoesNotVerify
from comity.law import Book
from comity.seal.age import Unwraps
from comity.seal.age.decryptor import Decryptor
from comity.seal.errors import NoMatch
from comity.seal.keyfiles import PublicCard
from comity.service.checking import check_node
from comity.service.node import Node
from comity.service.ports import Random
from comity.service.recovery import declare_restored

Watch = Callable[[int], object]
_PARTIAL: Final = ".partial"
_OWNER: Final = 0o700
_CHUNK: Final = 1 << 20


class OtherAuthority(DoesNotVerify):
    """This backup is signed with another key than that of the card."""

    code = "app/backup-of-another"
    remedy = "See that it is the right backup, and the right card."


class NotOpened(AskedWrongly):
    """What was given does not open this backup."""

    code = "app/backup-locked"
    remedy = "Give the identity, or the passphrase, to which the backup was made."


class OtherEngine(AskedWrongly):
    """A backup of one kind of database is not restored into the other."""

    code = "app/other-engine"
    remedy = "Name a database of the same kind with --database, or none for SQLite."


class Takes(Protocol):
    """A sink of bytes."""

    def write(self, data: memoryview | bytes, /) -> int:
        """Take in the next bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A backup whose every byte is what its manifest says, opened."""

    place: Path
    earlier: Sequence[Path]
    identities: Sequence[Unwraps]
    manifest: Manifest
    digest: Digest
    card: PublicCard
    papers: dict[str, Paper]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and what the check says of it."""

    manifest: Manifest
    statement: bytes
    report: Report


def verify_backup(
    place: Path,
    identities: Sequence[Unwraps],
    *,
    earlier: Sequence[Path] = (),
    card: PublicCard | None = None,
    watch: Watch = lambda _: None,
) -> Verified:
    """Verify all of a backup; raise ``BackupBroken`` or what else does not verify."""
    try:
        with _broken():
            # 1. Papers and manifest.
            papers = _open_papers(place, identities)
            found = _find_card(papers)
            data = _read_bounded(place / MANIFEST, limits.ENVELOPE_BYTES)
            manifest = read_manifest(data, found.key)
            # 2. Parts.
            for name in PARTS:
                require_part(place / name, manifest.parts[name])
                watch(manifest.parts[name].size)
            # 3. Blobs.
            _require_blobs(place, earlier, manifest, watch)
            for name in (HEADS, DATABASE):
                with (place / name).open("rb") as file, Decryptor(file, identities) as opened:
                    opened.copy_to(_Nowhere())
    except OSError as error:
        raise BackupBroken(error.strerror or "", where=str(place)) from error
    if card is not None and card.key.key_id != found.key.key_id:
        raise OtherAuthority(where=str(place))
    return Verified(
        place=place,
        earlier=earlier,
        identities=identities,
        manifest=manifest,
        digest=Digest.of(data),
        card=found,
        papers=papers,
    )


def restore_node(  # noqa: PLR0913 # each is an option that a person may give
    backup: Verified,
    folder: Path,
    *,
    database: str = "",
    watch: Watch = lambda _: None,
    clock: Clock | None = None,
    random: Random = os.urandom,
    book: Book | None = None,
) -> Restored:
    """Make a node in the new ``folder`` from a backup that was verified.

    ``database`` is where a PostgreSQL backup goes; if empty, where the settings say. It must
    be empty. What is wrong with the node itself stands in the report, and hinders nothing.
    """
    partial = folder.with_name(folder.name + _PARTIAL)
    for place in (folder, partial):
        if place.is_symlink() or place.exists():
            raise FolderTaken(where=str(place))
    try:
        with _whole(partial, folder):
            settings = _put_papers(backup, partial, database)
            _put_blobs(backup, partial, watch)
            with _database(backup, partial, settings):
                migrate_node(partial)
                node = open_node(partial, clock=clock, random=random, book=book)
                _require_same(backup, node)
                statement = declare_restored(node, backup.digest, backup.manifest.made)
                databases.close_connections()
    except OSError as error:
        raise FolderUnreachable(error.strerror or "", where=str(folder)) from error
    report = check_node(open_node(folder, clock=clock, random=random, book=book))
    databases.close_connections()
    return Restored(manifest=backup.manifest, statement=statement, report=report)


def _open_papers(place: Path, identities: Sequence[Unwraps]) -> dict[str, Paper]:
    sealed = _read_bounded(place / PAPERS, limits.BACKUP_PAPERS_BYTES)
    try:
        with Decryptor(BytesIO(sealed), identities) as opened:
            return read_papers(opened.read())
    except NoMatch as error:
        raise NotOpened(where=str(place)) from error


def _find_card(papers: dict[str, Paper]) -> PublicCard:
    name = card_path(Path()).as_posix()
    if name not in papers or FILE not in papers:
        detail = "The authority's card and its settings are not among the papers."
        raise BackupBroken(detail)
    return PublicCard.parse(papers[name].content)


def _require_blobs(place: Path, earlier: Sequence[Path], manifest: Manifest, watch: Watch) -> None:
    count = size = 0
    with (place / LIST).open("rb") as file:
        for blob in read_list_of_blobs(file):
            require_part(_find_blob(place, earlier, blob), blob)
            watch(blob.size)
            count, size = count + 1, size + blob.size
    if (count, size) != (manifest.blobs_count, manifest.blobs_size):
        detail = "The list of blobs is not the one that the manifest counts."
        raise BackupBroken(detail)


def _find_blob(place: Path, earlier: Sequence[Path], blob: Part) -> Path:
    for one in (place, *earlier):
        path = blob_path(one / BLOBS, blob.digest)
        if path.is_file():
            return path
    detail = "A blob is missing; it may lie in an earlier backup. Name that with --earlier."
    raise BackupBroken(detail, where=str(blob.digest))


def _put_papers(backup: Verified, folder: Path, database: str) -> Settings:
    for paper in backup.papers.values():
        path = folder / paper.path
        path.parent.mkdir(mode=_OWNER, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, paper.mode)
        with os.fdopen(handle, "wb") as file:
            file.write(paper.content)
            file.flush()
            os.fsync(file.fileno())
        flush_folder(path.parent)
    settings = read_settings(folder)
    if database:
        if (backup.manifest.engine == SQLITE) is not replace(settings, database=database).is_sqlite:
            raise OtherEngine(database.partition(":")[0])
        settings = replace(settings, database=database)
        (folder / FILE).write_text(settings.as_toml(), "utf-8")
    if (backup.manifest.engine == SQLITE) is not settings.is_sqlite:
        raise OtherEngine
    return settings


def _put_blobs(backup: Verified, folder: Path, watch: Watch) -> None:
    blobs = folder / BLOBS
    blobs.mkdir(mode=_OWNER)
    with (backup.place / LIST).open("rb") as file:
        for blob in read_list_of_blobs(file):
            target = blob_path(blobs, blob.digest)
            target.parent.mkdir(mode=_OWNER, exist_ok=True)
            source = _find_blob(backup.place, backup.earlier, blob)
            with source.open("rb") as stream, writing(target) as writer:
                while chunk := stream.read(_CHUNK):
                    writer.write(chunk)
                    watch(len(chunk))
                if writer.finish() != blob:
                    raise BackupBroken(where=str(source))
            target.chmod(0o400)
    for path in blobs.iterdir():
        flush_folder(path)
    flush_folder(blobs)


@contextmanager
def _database(backup: Verified, folder: Path, settings: Settings) -> Iterator[None]:
    """Put the database back for the block; take it away again if the block fails."""
    with (backup.place / DATABASE).open("rb") as file, Decryptor(file, backup.identities) as dump:
        if settings.is_sqlite:
            with writing(folder / settings.database) as writer:
                dump.copy_to(writer)
                writer.finish()
            yield
            return
        alias = node_alias(folder)
        databases.open_database(alias, node_database(folder, settings))
        require_empty(alias)
        try:
            load_postgres(settings.database, dump)
            yield
        except BaseException:
            drop_tables(alias)
            raise


def _require_same(backup: Verified, node: Node) -> None:
    """Return if the database holds the rows and heads that the backup says."""
    with (
        (backup.place / HEADS).open("rb") as file,
        Decryptor(file, backup.identities) as opened,
        node.store.view() as unit,
    ):
        rows = count_rows(unit)
        is_same = all(opened.read(len(line)) == line for line in head_lines(unit))
        is_same = is_same and not opened.read(1)
    if not is_same or any(rows.get(name) != count for name, count in backup.manifest.rows.items()):
        detail = "The database is not the one that the backup says."
        raise BackupBroken(detail, where=str(backup.place))
    if node.key.public.key_id != backup.card.key.key_id or (node.state, node.authority) != (
        backup.manifest.state,
        backup.manifest.authority,
    ):
        detail = "The keys or the settings are not those of the node that was backed up."
        raise BackupBroken(detail, where=str(backup.place))


def _read_bounded(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise BackupBroken(where=str(path))
    return data


class _Nowhere:
    """Takes everything in and keeps nothing."""

    def write(self, data: memoryview | bytes, /) -> int:
        """Count only."""
        return len(data)


@contextmanager
def _broken() -> Iterator[None]:
    """Let whatever does not verify be a backup that is broken."""
    try:
        yield
    except (BackupBroken, NotOpened):
        raise
    except (DoesNotVerify, BadValue) as error:
        detail = f"{error.code}. {error.detail}"
        raise BackupBroken(detail, where=error.where) from error


@contextmanager
def _whole(partial: Path, folder: Path) -> Iterator[None]:
    """Make a folder under another name, and let it have its own once it is whole."""
    partial.mkdir(mode=_OWNER)
    try:
        yield
        flush_folder(partial)
        partial.rename(folder)
        flush_folder(folder.parent)
    except BaseException:
        databases.close_connections()
        shutil.rmtree(partial, ignore_errors=True)
        raise
