"""The form of a backup: a folder, and what must be true of it.

::

    manifest.json    signed (DSSE, application/vnd.comity.backup+json): what, when, of which node
    papers.age       settings, keys and cards: every small file of the node's folder
    database.age     SQLite's file, or what pg_dump wrote
    heads.age        one line for the last act of each chain: chain holder track number digest
    blobs.txt        one line for each blob that the database names: SHA-256 and length
    blobs/ab/ab…     the blobs themselves, but those that lie in an earlier backup

The ``.age`` files are encrypted to the receivers chosen, or under a passphrase; blobs are
encrypted as they lie on the node. The manifest names every file by length and SHA-256,
and how many rows each table has. It is signed with the authority's key, whose card is
among the papers; whoever has the card from elsewhere can hold it against it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from comity.base import Digest, Hasher, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import DoesNotVerify, Malformed, TooLarge
from comity.seal.dsse import read_envelope, sign_envelope, verify_envelope
from comity.seal.fields import (
    read_base64,
    read_boolean,
    read_document,
    read_list,
    read_mapping,
    read_number,
    read_object,
    read_text,
    write_base64,
)
from comity.seal.keys import SigningKey, VerifyingKey

MANIFEST: Final = "manifest.json"
PAPERS: Final = "papers.age"
DATABASE: Final = "database.age"
HEADS: Final = "heads.age"
LIST: Final = "blobs.txt"
BLOBS: Final = "blobs"
PARTS: Final = (PAPERS, DATABASE, HEADS, LIST)
PAYLOAD_TYPE: Final = "application/vnd.comity.backup+json"
SQLITE: Final = "sqlite"
POSTGRES: Final = "postgres"
_KIND: Final = "comity/backup/1"
_PAPERS_KIND: Final = "comity/backup-papers/1"
_PART: Final = frozenset({"sha256", "size"})
_NAMES: Final = frozenset(
    {
        *("state", "authority", "exercise", "program", "made", "engine"),
        *("parts", "rows", "blobs", "earlier"),
    }
)
_COUNT: Final = frozenset({"count", "size"})
_PAPER: Final = frozenset({"path", "mode", "content"})
_PATH: Final = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,3}"
)
_LINE: Final = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]{0,15})\n")
_CHUNK: Final = 1 << 20
_OWNER: Final = 0o600
_MODES: Final = frozenset({0o400, 0o600, 0o644})


class BackupBroken(DoesNotVerify):
    """This backup is not what was written; nothing was restored."""

    code = "app/backup-broken"
    remedy = "Use another copy of it, or an earlier backup."


@dataclass(frozen=True, slots=True)
class Part:
    """A file by its SHA-256 and length in bytes."""

    digest: Digest
    size: int

    def as_data(self) -> Json:
        """Return it as it stands in the manifest."""
        return {"sha256": self.digest.hex, "size": self.size}

    @classmethod
    def parse(cls, data: Json) -> Part:
        """Read it; raise ``Malformed``."""
        found = read_object(data, _PART)
        digest = Digest.parse(f"sha256:{read_text(found['sha256'], most=64)}")
        return cls(digest, _natural(found["size"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is: of which node, when, of what parts.

    ``rows`` counts the rows of each table; ``earlier`` are the SHA-256 of the manifests of
    backups in which blobs of this one lie.
    """

    state: str
    authority: str
    exercise: bool
    program: str
    made: Instant
    engine: str
    parts: Mapping[str, Part]
    rows: Mapping[str, int]
    blobs_count: int
    blobs_size: int
    earlier: tuple[Digest, ...]

    def document(self) -> bytes:
        """Return the canonical document that is signed."""
        return canonical_bytes(
            {
                "type": _KIND,
                "state": self.state,
                "authority": self.authority,
                "exercise": self.exercise,
                "program": self.program,
                "made": str(self.made),
                "engine": self.engine,
                "parts": {name: part.as_data() for name, part in self.parts.items()},
                "rows": dict(self.rows),
                "blobs": {"count": self.blobs_count, "size": self.blobs_size},
                "earlier": [digest.hex for digest in self.earlier],
            }
        )

    @classmethod
    def parse(cls, document: bytes) -> Manifest:
        """Read a document that verified; raise ``Malformed``."""
        found = read_document(parse_canonical(document), _KIND, _NAMES)
        parts = read_object(found["parts"], frozenset(PARTS))
        blobs = read_object(found["blobs"], _COUNT)
        engine = read_text(found["engine"], most=20)
        if engine not in {SQLITE, POSTGRES}:
            detail = "The database is of a kind that is not known."
            raise Malformed(detail)
        return cls(
            state=read_text(found["state"], most=2),
            authority=read_text(found["authority"], most=limits.ACT_TEXT),
            exercise=read_boolean(found["exercise"]),
            program=read_text(found["program"], most=100),
            made=Instant.parse(read_text(found["made"], most=20)),
            engine=engine,
            parts={name: Part.parse(part) for name, part in parts.items()},
            rows={name: _natural(count) for name, count in read_mapping(found["rows"]).items()},
            blobs_count=_natural(blobs["count"]),
            blobs_size=_natural(blobs["size"]),
            earlier=tuple(
                Digest.parse(f"sha256:{read_text(one, most=64)}")
                for one in read_list(found["earlier"])
            ),
        )

    def sign(self, key: SigningKey) -> bytes:
        """Return the manifest as it lies in the backup."""
        return sign_envelope(PAYLOAD_TYPE, self.document(), key)


def read_manifest(data: bytes, key: VerifyingKey) -> Manifest:
    """Verify a manifest, then read it; raise what does not verify."""
    return Manifest.parse(verify_envelope(read_envelope(data, PAYLOAD_TYPE), key))


@dataclass(frozen=True, slots=True)
class Paper:
    """One small file of the node's folder. ``mode`` are its rights."""

    path: str
    mode: int
    content: bytes


def write_papers(papers: tuple[Paper, ...]) -> bytes:
    """Return the papers as one document, which is secret."""
    listed: list[Json] = [
        {"path": one.path, "mode": one.mode, "content": write_base64(one.content)} for one in papers
    ]
    # Not bounded as a document that is signed: it is made from files that are.
    return canonical_bytes({"type": _PAPERS_KIND, "papers": listed})


def read_papers(document: bytes) -> dict[str, Paper]:
    """Read the papers by their paths, each a sound one; raise ``Malformed`` or ``TooLarge``."""
    data = parse_canonical(document, limit=limits.BACKUP_PAPERS_BYTES)
    listed = read_list(read_document(data, _PAPERS_KIND, frozenset({"papers"}))["papers"])
    if len(listed) > limits.BACKUP_PAPERS:
        detail = f"{len(listed)} papers, where {limits.BACKUP_PAPERS} are the most."
        raise TooLarge(detail)
    found: dict[str, Paper] = {}
    for one in listed:
        paper = _read_paper(one)
        if paper.path in found:
            detail = "One paper stands there twice."
            raise Malformed(detail)
        found[paper.path] = paper
    return found


def is_paper_path(path: str) -> bool:
    """Return whether a file of this path can be among the papers."""
    return _PATH.fullmatch(path) is not None


def paper_mode(mode: int) -> int:
    """Return the rights with which a paper is put back: never more than it had."""
    return mode & 0o777 if mode & 0o777 in _MODES else _OWNER


class PartWriter:
    """A new file of a backup: what is written to it is counted and digested."""

    def __init__(self, path: Path) -> None:
        """Begin the file; its owner alone may read it."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER)
        self._file = os.fdopen(handle, "wb", buffering=_CHUNK)
        self._hasher = Hasher()

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Take in the next bytes."""
        self._hasher.update(bytes(data))
        return self._file.write(data)

    def finish(self) -> Part:
        """Make the file durable and return what it is."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Part(self._hasher.digest(), self._hasher.size)

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._file.close()


@contextmanager
def writing(path: Path) -> Iterator[PartWriter]:
    """Give a new file, closed at the end whatever happens."""
    writer = PartWriter(path)
    try:
        yield writer
    finally:
        writer.close()


def require_part(path: Path, part: Part) -> None:
    """Return if the file is what the manifest says; else raise ``BackupBroken``."""
    try:
        with path.open("rb") as file:
            found = file.seek(0, os.SEEK_END)
            file.seek(0)
            is_same = found == part.size and Digest.of_stream(file).matches(part.digest)
    except FileNotFoundError as error:
        raise BackupBroken(where=str(path)) from error
    if not is_same:
        raise BackupBroken(where=str(path))


def blob_line(name: Digest, size: int) -> bytes:
    """Return the line of one blob in the list."""
    return f"{name.hex} {size}\n".encode("ascii")


def read_list_of_blobs(file: BinaryIO) -> Iterator[Part]:
    """Yield the blobs of a list, which rise strictly by name; raise ``Malformed``."""
    last = ""
    while line := file.readline(limits.BACKUP_LINE_BYTES):
        match = _LINE.fullmatch(line.decode("ascii", "replace"))
        if match is None or match[1] <= last:
            detail = "The list of blobs is not as it must be."
            raise Malformed(detail)
        last = match[1]
        yield Part(Digest(bytes.fromhex(last)), int(match[2]))


def blob_path(folder: Path, name: Digest) -> Path:
    """Return where a blob lies in a folder of blobs."""
    return folder / name.hex[:2] / name.hex


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_paper(data: Json) -> Paper:
    found = read_object(data, _PAPER)
    path = read_text(found["path"], most=600)
    mode = read_number(found["mode"])
    content = read_base64(found["content"])
    if not is_paper_path(path) or mode not in _MODES or len(content) > limits.BACKUP_PAPER_BYTES:
        detail = "A paper has a plain path and plain rights."
        raise Malformed(detail)
    return Paper(path, mode, content)


def _natural(value: Json) -> int:
    number = read_number(value)
    if number < 0:
        detail = "A count is not negative."
        raise Malformed(detail)
    return number
