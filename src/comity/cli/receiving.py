"""Folders that stream in from the desk as a tar: packages, parts, and what came first of one."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from comity.base import Verdict, limits
from comity.base.canonical import parse_json
from comity.base.errors import AskedWrongly, DoesNotVerify
from comity.cli.client import Door
from comity.cli.progress import show_progress
from comity.evidence import FolderSource, check_package
from comity.evidence.entries import FOLDERS

_EARLY: Final = frozenset({"", "objects", "meta", "seal"})
_TOLD: Final = "early.json"


class OutTaken(AskedWrongly):
    """There is something at this place already; a package is written into a new folder."""

    code = "cli/out-taken"


class StreamOdd(DoesNotVerify):
    """What came is not a whole package."""

    code = "cli/stream-odd"
    remedy = "Nothing of it was kept; ask again, and look at the node's log if it lasts."


def fetch_folder(
    door: Door, path: str, body: dict[str, Any], out: Path, *, lines: bool
) -> dict[str, Any]:
    """Write a package that streams in into a new folder, which gets its name when it was checked.

    Raise ``OutTaken``; ``StreamOdd`` or what does not verify, and nothing is kept then.
    """
    with _received(door, path, body, out, FOLDERS, lines=lines) as (partial, act):
        examined = check_package(FolderSource(partial), [])
        if examined.contents is None:
            examined.report.require()
    return {"folder": str(out), "act": act, "verdict": examined.report.verdict.value}


def fetch_early(
    door: Door, path: str, body: dict[str, Any], out: Path, *, lines: bool
) -> dict[str, Any]:
    """Write what came first of a package into a new folder; it is verified in part.

    The node has verified it; here it is asked whether it came whole.
    """
    with _received(door, path, body, out, _EARLY, lines=lines) as (partial, act):
        place = partial / _TOLD
        if not place.is_file():
            raise StreamOdd(_TOLD)
        told = parse_json(place.read_bytes(), limit=limits.ENVELOPE_BYTES)
        if not isinstance(told, dict) or told.get("serials") != sorted(set(body["serials"])):
            raise StreamOdd(_TOLD)
    return {"folder": str(out), "act": act, "verdict": Verdict.INDETERMINATE.value, "early": told}


@contextmanager
def _received(  # noqa: PLR0913 # what is asked of whom, and where it goes
    door: Door,
    path: str,
    body: dict[str, Any],
    out: Path,
    folders: frozenset[str],
    *,
    lines: bool,
) -> Iterator[tuple[Path, str]]:
    """Unpack what streams in beside ``out``; give it its name if it is not refused meanwhile."""
    partial = out.with_name(f".{out.name}.receiving")
    if os.path.lexists(out) or os.path.lexists(partial):
        raise OutTaken(where=str(out))
    with door.stream(path, body) as answer, _kept(partial):
        act, total = answer.headers.get("comity-act", ""), answer.headers.get("content-length")
        with show_progress("receiving", int(total or 0) or None, lines=lines) as watch:
            _unpack(_Counted(answer, watch), partial, folders)
        yield partial, act
    partial.rename(out)


@contextmanager
def _kept(partial: Path) -> Iterator[None]:
    """Leave nothing of what did not come whole."""
    partial.mkdir(parents=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


class _Counted:
    """A stream to read from, in constant memory."""

    def __init__(self, answer: httpx2.Response, watch: Any) -> None:  # noqa: ANN401 # Watch
        self._chunks = answer.iter_raw()
        self._rest = b""
        self._watch = watch

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        held = bytearray(self._rest)
        while len(held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._watch(len(chunk))
            held += chunk
        self._rest = bytes(held[size:])
        return bytes(held[:size])


def _unpack(stream: _Counted, folder: Path, places: frozenset[str]) -> None:
    """Write the entries of a tar that lie in these places; anything else is refused."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload] # reads alone
            for entry in tar:
                _unpack_entry(tar, entry, folder, places)
    except (tarfile.TarError, EOFError) as error:
        raise StreamOdd(type(error).__name__) from error


def _unpack_entry(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, places: frozenset[str]
) -> None:
    name = entry.name.partition("/")[2]
    place, _, last = name.rpartition("/")
    if not entry.isreg() or place not in places or not last or last in {".", ".."}:
        raise StreamOdd(ascii(entry.name)[:120])
    target = folder / place
    target.mkdir(parents=True, exist_ok=True)
    held = tar.extractfile(entry)
    if held is None:
        raise StreamOdd(ascii(entry.name)[:120])
    with (target / last).open("xb") as file:
        shutil.copyfileobj(held, file, 1 << 20)
        if file.tell() != entry.size:
            raise StreamOdd(ascii(entry.name)[:120])
