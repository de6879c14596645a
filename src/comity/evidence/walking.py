"""Walk what is to be taken in: everything that is found, in the order of its bytes.

No link is followed and nothing is opened but folders. Whatever cannot be looked at is
given with its reason: nothing is skipped silently. Every thing is looked at (``lstat``)
before it is read, so that its times are those before the taking-in.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from comity.base.errors import BadValue
from comity.evidence.errors import LinkNamed, NotThere
from comity.evidence.record import Kind

_KINDS: Final = {
    stat.S_IFREG: Kind.FILE,
    stat.S_IFLNK: Kind.SYMLINK,
    stat.S_IFDIR: Kind.FOLDER,
    stat.S_IFIFO: Kind.FIFO,
    stat.S_IFSOCK: Kind.SOCKET,
    stat.S_IFCHR: Kind.CHARACTER_DEVICE,
    stat.S_IFBLK: Kind.BLOCK_DEVICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that was found: its name as bytes, its kind, how it looked, what is amiss."""

    path: bytes
    kind: Kind
    seen: os.stat_result | None
    fault: str = ""


def walk(place: bytes) -> Iterator[Found]:
    """Give all that is found at and below ``place``; folders only if empty or unreadable."""
    rest = [place]
    while rest:
        found = look(rest.pop())
        if found.kind is not Kind.FOLDER or found.fault:
            yield found
            continue
        names, fault = _list(found.path)
        if fault or not names:
            yield replace(found, fault=fault)
        rest.extend(os.path.join(found.path, name) for name in sorted(names, reverse=True))  # noqa: PTH118 # names are bytes, which pathlib does not take


def look(path: bytes) -> Found:
    """Look at ``path`` without following it."""
    try:
        seen = os.lstat(path)
    except OSError as error:
        return Found(path=path, kind=Kind.UNKNOWN, seen=None, fault=say(error))
    kind = _KINDS.get(stat.S_IFMT(seen.st_mode), Kind.UNKNOWN)
    return Found(path=path, kind=kind, seen=seen)


def require_places(places: Iterable[bytes], out: Path) -> None:
    """Raise unless every place is there, none a link, none within another or around ``out``.

    Whoever names ``/dev/disk/by-id/…`` means the disk, and would get forty bytes of a link.
    """
    target = out.resolve()
    named: dict[Path, bytes] = {}
    for place in places:
        _require_plain(place)
        resolved = Path(os.fsdecode(place)).resolve()
        if resolved in named:
            detail = "It is named twice."
            raise BadValue(detail, where=_show(place))
        if target.is_relative_to(resolved):
            detail = "The package cannot lie inside what is sealed."
            raise BadValue(detail, where=str(out))
        named[resolved] = place
    for resolved, place in named.items():
        around = next((named[above] for above in resolved.parents if above in named), None)
        if around is not None:
            detail = f"It lies inside {_show(around)}, which is named too."
            raise BadValue(detail, where=_show(place))


def _require_plain(place: bytes) -> None:
    """Raise unless something is at ``place`` that is no symbolic link."""
    found = look(place)
    if found.seen is None:
        raise NotThere(where=_show(place))
    if found.kind is Kind.SYMLINK:
        detail = f"It points to {_show(os.path.realpath(place))}."
        raise LinkNamed(detail, where=_show(place))


def _show(place: bytes) -> str:
    return ascii(os.fsdecode(place))


def say(error: OSError) -> str:
    """Return what the system says of an error, in its own few words."""
    return f"{error.strerror or type(error).__name__}"


def _list(folder: bytes) -> tuple[list[bytes], str]:
    """Return the names in ``folder``, and why there may be more than these."""
    names: list[bytes] = []
    try:
        with os.scandir(folder) as entries:
            names.extend(entry.name for entry in entries)
    except OSError as error:
        return names, say(error)
    return names, ""
