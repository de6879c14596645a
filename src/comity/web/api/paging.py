"""Pages of a list: so many, after the last one that was seen.

The cursor is the sorting key of the last item, so that what is added or goes meanwhile
neither repeats nor hides another item.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import Field, StringConstraints

from comity.web.api.errors import QueryRefused

Row = TypeVar("Row")
LIMIT: Final = 50
_MOST: Final = 200

Limit: TypeAlias = Annotated[int, Field(ge=1, le=_MOST)]
After: TypeAlias = Annotated[str, StringConstraints(max_length=400, pattern=r"^[A-Za-z0-9_-]*$")]


def page(
    rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]], limit: int, after: str
) -> tuple[list[Row], str | None]:
    """Return the rows that come next, and the cursor of those after them, if there are any.

    ``rows`` come in the order of their keys.
    """
    begin = _read(after)
    found: list[Row] = []
    for row in rows:
        if begin is not None and key(row) <= begin:
            continue
        if len(found) == limit:
            return found, _write(key(found[-1]))
        found.append(row)
    return found, None


def _write(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode("\n".join(key).encode()).decode("ascii").rstrip("=")


def _read(after: str) -> tuple[str, ...] | None:
    if not after:
        return None
    try:
        raw = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        return tuple(raw.decode("utf-8").split("\n"))
    except (binascii.Error, ValueError) as error:
        detail = "The cursor is none that a list gave."
        raise QueryRefused(detail) from error


def latest_first(moment: str) -> str:
    """Return a text that sorts the later before the earlier: its digits turned round."""
    return "".join(chr(ord("0") + 9 - int(one)) if one.isdigit() else one for one in moment)
