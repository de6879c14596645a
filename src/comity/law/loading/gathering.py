"""Find the law files: which kind each is, and to which pack it belongs.

::

    book.yaml needs.yaml roles.yaml glossary.yaml
    states/XX.yaml
    <pack>/pack.yaml outline.yaml grounds.yaml gates.yaml safeguards.yaml questions.yaml
    <pack>/forms/*.yaml processes/*.yaml clocks/*.yaml

Any other file is refused: a rule in a file that nobody reads is a rule that is lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

from comity.base import limits
from comity.law.loading.faults import (
    BadShape,
    LawFault,
    MissingFile,
    UnknownFile,
    Unreadable,
)
from comity.law.loading.nodes import Table, Text
from comity.law.loading.reading import read_law
from comity.law.loading.shapes import check_shape
from comity.law.place import Place

_TOP: Final = ("book", "needs", "roles", "glossary")
_PACK: Final = ("pack", "outline", "grounds", "gates", "safeguards", "questions")
_FOLDERS: Final = {"forms": "form", "processes": "process", "clocks": "clocks"}
_NAMED: Final = ("form", "process", "state")
_REQUIRED: Final = ("pack", "outline")
_DEEPEST: Final = 3


@dataclass(frozen=True, slots=True)
class LawFile:
    """One law file, read and of the right shape."""

    file: str
    kind: str
    pack: str
    table: Table


def gather_files(root: Traversable, faults: list[LawFault]) -> tuple[LawFile, ...]:
    """Read all files below ``root``, in order of name; add what is wrong to ``faults``."""
    found: list[LawFile] = []
    try:
        paths = list(itertools.islice(_walk(root, ()), limits.LAW_FILES + 1))
    except LawFault as fault:
        faults.append(fault)
        return ()
    if len(paths) > limits.LAW_FILES:
        detail = f"More than {limits.LAW_FILES} law files."
        faults.append(Unreadable(detail, Place("")))
        return ()
    for path, entry in paths:
        try:
            found.extend(_take(path, entry, faults))
        except LawFault as fault:
            faults.append(fault)
    faults.extend(_missing({path for path, _ in paths}))
    return tuple(found)


def _walk(
    folder: Traversable, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    for entry in _entries(folder, path):
        below = (*path, entry.name)
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir() and len(below) <= _DEEPEST:
            yield from _walk(entry, below)
        else:
            yield below, entry


def _entries(folder: Traversable, path: tuple[str, ...]) -> list[Traversable]:
    try:
        return sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        detail = f"The folder cannot be read: {error.strerror}."
        raise Unreadable(detail, Place("/".join(path))) from error


def _take(path: tuple[str, ...], entry: Traversable, faults: list[LawFault]) -> Iterator[LawFile]:
    file = "/".join(path)
    kind = _kind(path)
    try:
        data = entry.read_bytes()
    except OSError as error:
        detail = f"It cannot be read: {error.strerror}."
        raise Unreadable(detail, Place(file)) from error
    node = read_law(data, file)
    wrong = list(check_shape(kind, node))
    faults.extend(wrong)
    if wrong or not isinstance(node, Table):
        return
    _require_name(path, kind, node)
    yield LawFile(file, kind, path[0] if len(path) > 1 else "", node)


def _kind(path: tuple[str, ...]) -> str:
    """Return the kind of the file at ``path``; raise ``UnknownFile`` if it has none."""
    *folders, name = path
    stem = name.removesuffix(".yaml")
    known = _expected(folders)
    if name.endswith(".yaml"):
        if not folders and stem in _TOP:
            return stem
        if folders == ["states"]:
            return "state"
        if len(folders) == 1 and stem in _PACK:
            return stem
        if len(folders) > 1 and folders[1] in _FOLDERS:
            return _FOLDERS[folders[1]]
    detail = f"{'/'.join(path)!r} is none of the known kinds."
    raise UnknownFile(detail, Place("/".join(path)), found="/".join(path[-2:]), expected=known)


def _expected(folders: list[str]) -> list[str]:
    if not folders:
        return [f"{name}.yaml" for name in _TOP]
    own = [f"{folders[0]}/{name}.yaml" for name in _PACK]
    return [*own, *(f"{name}/NAME.yaml" for name in _FOLDERS)]


def _require_name(path: tuple[str, ...], kind: str, table: Table) -> None:
    """Refuse a file whose name is not the name inside, so that each is found by the other."""
    expected = path[0] if kind == "pack" else path[-1].removesuffix(".yaml")
    inside = table.entries.get(kind)
    if kind not in (*_NAMED, "pack") or not isinstance(inside, Text) or inside.text == expected:
        return
    detail = f"{inside.text!r} stands in a file or folder called {expected!r}."
    raise BadShape(detail, inside.place, key=kind)


def _missing(seen: set[tuple[str, ...]]) -> Iterator[LawFault]:
    packs = sorted({path[0] for path in seen if len(path) > 1} - {"states"})
    wanted: list[tuple[str, ...]] = [(f"{name}.yaml",) for name in _TOP]
    wanted += [(pack, f"{name}.yaml") for pack in packs for name in _REQUIRED]
    for path in wanted:
        if path not in seen:
            detail = "There is no such file."
            yield MissingFile(detail, Place("/".join(path)))
