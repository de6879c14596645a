"""What goes to the process that prints, and what comes back: lengths, then bytes.

There: a line of JSON ``{"html": n, "css": n, "files": [{"name", "says", "relation", "at",
"size"}…]}`` with a line end, then the HTML, the CSS and the files, one after the other. Back:
``{"pdf": n, "pages": n}`` and the PDF, or ``{"trouble": "…"}`` with one word of why not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

HEAD_BYTES: Final = 64 << 10
ABSENT: Final = "absent"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inlay:
    """A file that is embedded. ``relation`` is one of those of ISO 32000-2, 7.11.3."""

    name: str
    says: str
    data: bytes
    at: str
    relation: str = "Source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """What is to be printed: HTML that names nothing outside itself, its style, its files."""

    html: bytes
    css: bytes
    inlays: tuple[Inlay, ...] = ()

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self.html) + len(self.css) + sum(len(one.data) for one in self.inlays)


def write_sheets(stream: IO[bytes], sheets: Sheets) -> None:
    """Write what is to be printed."""
    files = [
        {
            "name": one.name,
            "says": one.says,
            "relation": one.relation,
            "at": one.at,
            "size": len(one.data),
        }
        for one in sheets.inlays
    ]
    write_head(stream, {"html": len(sheets.html), "css": len(sheets.css), "files": files})
    stream.write(sheets.html)
    stream.write(sheets.css)
    for one in sheets.inlays:
        stream.write(one.data)
    stream.flush()


def read_sheets(stream: IO[bytes]) -> Sheets | None:
    """Read what is to be printed; None at the end."""
    head = read_head(stream)
    if head is None:
        return None
    html, css = _exactly(stream, head["html"]), _exactly(stream, head["css"])
    return Sheets(html=html, css=css, inlays=tuple(_inlays(stream, head["files"])))


def write_head(stream: IO[bytes], head: dict[str, Any]) -> None:
    """Write one line of JSON."""
    stream.write(json.dumps(head).encode("ascii") + b"\n")


def read_head(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one line of JSON; None at the end."""
    line = stream.readline(HEAD_BYTES)
    if not line:
        return None
    found = json.loads(line)
    if not isinstance(found, dict):
        message = "a frame has no head"
        raise TypeError(message)
    return found


def _inlays(stream: IO[bytes], files: Sequence[dict[str, Any]]) -> list[Inlay]:
    return [
        Inlay(
            name=one["name"],
            says=one["says"],
            relation=one["relation"],
            at=one["at"],
            data=_exactly(stream, one["size"]),
        )
        for one in files
    ]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        message = "a frame ends early"
        raise EOFError(message)
    return data
