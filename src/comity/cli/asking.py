"""What commands at the desk share: reading of ``name=value``, and being sure before signing."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from comity.base.canonical import parse_json
from comity.base.errors import AskedWrongly, OutOfReach
from comity.cli.client import encode

_LONGEST: Final = 16 << 20
_NAME: Final = re.compile(r"[a-z]{3}_[0-9a-z]{26}|sha256:[0-9a-f]{64}")


class NotConfirmed(AskedWrongly):
    """This was not confirmed, and nothing was done."""

    code = "cli/not-confirmed"
    remedy = "Say yes when asked, or give --yes where nobody can be asked."


class NameRefused(AskedWrongly):
    """This is not how a node names anything."""

    code = "cli/name"
    remedy = "Take the name as it was printed: dos_… and 26 characters, or sha256: and 64 digits."


class PairRefused(AskedWrongly):
    """This is not written name=value."""

    code = "cli/pair"


class FileOdd(AskedWrongly):
    """This file does not hold a JSON object."""

    code = "cli/file-odd"


def require_name(text: str) -> str:
    """Return a name as a node gives it; what else a person typed never becomes an address."""
    if _NAME.fullmatch(text) is None:
        raise NameRefused(where=text[:80])
    return text


Dossier: TypeAlias = Annotated[
    str, typer.Argument(help="The dossier: dos_….", callback=require_name)
]
Says: TypeAlias = Annotated[str, typer.Option(help="What the act says to people.")]
Reasons: TypeAlias = Annotated[str, typer.Option(help="Your reasons, where the law asks for them.")]
Terms: TypeAlias = Annotated[
    list[str] | None, typer.Option("--term", help="A small particular: name=value.")
]
Documents: TypeAlias = Annotated[
    list[str] | None, typer.Option("--document", help="A file that goes with it: name=FILE.")
]
Content: TypeAlias = Annotated[
    Path | None, typer.Option("--content", help="A JSON file with more that it says.")
]
Against: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--against", help="Reasons to go on past a gate of good practice: gate=reasons."),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask whether I am sure.")]


def require_sure(question: str, *, yes: bool) -> None:
    """Ask before something is signed; where nobody can be asked, only ``--yes`` will do."""
    if yes:
        return
    if not sys.stdin.isatty() or not typer.confirm(question, err=True):
        raise NotConfirmed


def read_pairs(texts: Iterable[str] | None) -> dict[str, str]:
    """Return what was given as ``name=value``; raise ``PairRefused``."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name or name in found:
            raise PairRefused(where=text[:80])
        found[name] = value
    return found


def read_files(texts: Iterable[str] | None) -> dict[str, str]:
    """Return documents given as ``name=FILE``, in base64."""
    return {name: encode(Path(place)) for name, place in read_pairs(texts).items()}


def read_object(path: Path | None) -> dict[str, Any]:
    """Return the JSON object in a file, nothing if no file is named; raise ``FileOdd``."""
    if path is None:
        return {}
    try:
        data = sys.stdin.buffer.read(_LONGEST) if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(path)) from error
    found = parse_json(data, limit=_LONGEST)
    if not isinstance(found, dict):
        raise FileOdd(where=str(path))
    return found


def said(says: str, reasons: str, content: Path | None) -> dict[str, Any]:
    """Return what an act says to people."""
    words = {"says": says, "reasons": reasons}
    return {**read_object(content), **{name: text for name, text in words.items() if text}}


def as_lines(value: object) -> str:
    """Return a value as a person reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
