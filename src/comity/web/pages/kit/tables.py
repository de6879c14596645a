"""Tables: every list of the desk sorts, filters, pages, exports and prints, also without script.

    table = Table.of(seat, name="dossiers", columns=COLUMNS, rows=rows, empty=_("…"))
    if table.export:
        return table.export_answer()

and in the template ``{% include "kit/table.html" with table=table %}``. What is asked stands in
the address: ``find`` (a text that every word of must occur), ``is-KEY`` (one choice of a column),
``sort`` (``KEY`` or ``-KEY``), ``page``, ``export`` (``csv`` or ``json``). Of two tables on one
page the second has a ``prefix``. No more than ``MOST`` rows are looked at; the page says so.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.base import Instant
from comity.web.pages.kit.seat import Seat

# Rows of one table: beyond, a page grows slow and nobody reads on. A list that is longer asks
# its store for a part.
MOST: Final = 20_000
PAGE_ROWS: Final = 50
# Choices of one column, and characters of what is looked for.
_CHOICES: Final = 40
_WORDS: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOTHING: Final = pgettext_lazy("table", "There is nothing here yet.")


def _no_link(_row: object) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    ``value`` gives what is sorted, looked for and exported: a text, a number, an instant, a truth
    value, or None. ``shown`` gives what people read where that differs. ``cell`` is a template
    that shows it instead (it gets ``row``, ``value`` and ``seat``); ``link`` gives an address.
    With ``choices`` a person may choose one of its values.
    """

    key: str
    title: str | Promise
    value: Callable[[Any], object]
    shown: Callable[[Any], object] | None = None
    cell: str = ""
    link: Callable[[Any], str] = _no_link
    choices: bool = False
    is_exported: bool = True
    is_shown: bool = True

    def say(self, row: Any) -> object:  # noqa: ANN401 - a row is whatever the page lists
        """Return what people read of a row."""
        return self.value(row) if self.shown is None else self.shown(row)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value of one row, as the template shows it."""

    column: Column
    row: Any
    value: object
    shown: object
    link: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: how it is sorted now, and the address that sorts it otherwise."""

    column: Column
    order: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A column of which one value may be chosen."""

    column: Column
    field: str
    chosen: str
    options: tuple[tuple[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A list as it was asked for."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Any, ...]
    found: tuple[Any, ...]
    query: QueryDict
    caption: str | Promise = ""
    empty: str | Promise = _NOTHING
    empty_next: str | Promise = ""
    empty_link: str = ""
    prefix: str = ""
    default_sort: str = ""
    page_rows: int = PAGE_ROWS
    is_cut: bool = False
    choices: tuple[Choice, ...] = field(default=())

    @classmethod
    def of(  # noqa: PLR0913 # each says another thing of it
        cls,
        seat: Seat,
        *,
        name: str,
        columns: Iterable[Column],
        rows: Iterable[Any],
        caption: str | Promise = "",
        empty: str | Promise = _NOTHING,
        empty_next: str | Promise = "",
        empty_link: str = "",
        sort: str = "",
        prefix: str = "",
        page_rows: int = PAGE_ROWS,
    ) -> Table:
        """Return the table as the address asks for it.

        ``empty`` teaches the first step, and ``empty_link`` with ``empty_next`` leads to it;
        ``sort`` is the order where none is asked for: without one, that of the rows.
        """
        query = seat.http.GET
        held = tuple(itertools.islice(iter(rows), MOST + 1))
        all_rows, own = held[:MOST], tuple(columns)
        choices = tuple(_choice(one, all_rows, query, prefix) for one in own if one.choices)
        wanted = _filter(all_rows, own, choices, query.get(f"{prefix}find", "")[:_WORDS])
        order = query.get(f"{prefix}sort", sort)
        return cls(
            name=name,
            columns=own,
            rows=all_rows,
            found=_sort(wanted, own, order),
            query=query,
            caption=caption,
            empty=empty,
            empty_next=empty_next,
            empty_link=empty_link,
            prefix=prefix,
            default_sort=sort,
            page_rows=page_rows,
            is_cut=len(held) > MOST,
            choices=choices,
        )

    @property
    def export(self) -> str:
        """Return ``csv`` or ``json`` if that was asked for, else nothing."""
        asked = self.query.get(f"{self.prefix}export", "")
        return asked if asked in {"csv", "json"} else ""

    def export_answer(self) -> HttpResponse:
        """Return all rows that were found, as a file."""
        columns = [one for one in self.columns if one.is_exported]
        told = [[_plain(one.value(row)) for one in columns] for row in self.found]
        keys = [one.key for one in columns]
        if self.export == "json":
            body = json.dumps([dict(zip(keys, row, strict=True)) for row in told]).encode()
            answer = HttpResponse(body, content_type="application/json")
        else:
            answer = HttpResponse(_csv(keys, told), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.name}.{self.export}"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """Return the columns that the page shows."""
        return tuple(one for one in self.columns if one.is_shown)

    @property
    def find(self) -> str:
        """Return the text that is looked for."""
        return self.query.get(f"{self.prefix}find", "")[:_WORDS]

    @property
    def sort(self) -> str:
        """Return the order that holds: a column's key, with a minus if it runs downwards."""
        return self.query.get(f"{self.prefix}sort", self.default_sort)

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, ceil(len(self.found) / self.page_rows))

    @property
    def page(self) -> int:
        """Return the number of the page that is shown, from 1."""
        asked = self.query.get(f"{self.prefix}page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _FEW else 1
        return min(max(1, number), self.pages)

    @property
    def lines(self) -> list[list[Cell]]:
        """Return the cells of the page that is shown, row by row."""
        start = (self.page - 1) * self.page_rows
        shown = self.found[start : start + self.page_rows]
        return [[_cell(one, row) for one in self.shown_columns] for row in shown]

    @property
    def first(self) -> int:
        """Return the number of the first row shown, from 1."""
        return (self.page - 1) * self.page_rows + 1

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return min(self.page * self.page_rows, len(self.found))

    @property
    def heads(self) -> list[Head]:
        """Return the heads of the columns."""
        return [self._head(one) for one in self.shown_columns]

    @property
    def is_narrowed(self) -> bool:
        """Return whether something was looked for or chosen."""
        return bool(self.find) or any(one.chosen for one in self.choices)

    @property
    def has_filters(self) -> bool:
        """Return whether the list is long enough to be looked through, or is narrowed."""
        return len(self.rows) > _SHORT or self.is_narrowed

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return what else stands in the address, for the form that filters."""
        own = {f"{self.prefix}{name}" for name in ("find", "page", "export")}
        own |= {one.field for one in self.choices}
        return [(name, one) for name, values in self.query.lists() for one in values
                if name not in own]  # fmt: skip

    @property
    def all_address(self) -> str:
        """Return the address of the whole list."""
        gone = {one.field: "" for one in self.choices}
        return self._address(**{f"{self.prefix}find": "", f"{self.prefix}page": "", **gone})

    @property
    def before_address(self) -> str:
        """Return the address of the page before; nothing if this is the first."""
        return self._page_address(self.page - 1)

    @property
    def after_address(self) -> str:
        """Return the address of the page after; nothing if this is the last."""
        return self._page_address(self.page + 1)

    @property
    def csv_address(self) -> str:
        """Return the address of the export as CSV."""
        return self._address(**{f"{self.prefix}export": "csv"})

    @property
    def json_address(self) -> str:
        """Return the address of the export as JSON."""
        return self._address(**{f"{self.prefix}export": "json"})

    def _page_address(self, number: int) -> str:
        if not 1 <= number <= self.pages:
            return ""
        return self._address(**{f"{self.prefix}page": str(number)})

    def _head(self, column: Column) -> Head:
        order = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
        wanted = f"-{column.key}" if order == "ascending" else column.key
        changed = {f"{self.prefix}sort": wanted, f"{self.prefix}page": ""}
        return Head(column=column, order=order, address=self._address(**changed))

    def _address(self, **changed: str) -> str:
        query = self.query.copy()
        query.pop(f"{self.prefix}export", None)
        for name, value in changed.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"


# Digits of a page's number; and rows that one sees at a glance.
_FEW: Final = 7
_SHORT: Final = 5


def _cell(column: Column, row: Any) -> Cell:  # noqa: ANN401 - a row is whatever the page lists
    return Cell(
        column=column,
        row=row,
        value=column.value(row),
        shown=column.say(row),
        link=column.link(row),
    )


def _choice(column: Column, rows: tuple[Any, ...], query: QueryDict, prefix: str) -> Choice:
    found: dict[str, object] = {}
    for row in rows:
        value = str(_plain(column.value(row)) or "")
        if value and value not in found and len(found) < _CHOICES:
            found[value] = column.say(row)
    name = f"{prefix}is-{column.key}"
    options = tuple(sorted(found.items(), key=lambda one: str(one[1]).casefold()))
    return Choice(column=column, field=name, chosen=query.get(name, ""), options=options)


def _filter(
    rows: tuple[Any, ...], columns: tuple[Column, ...], choices: tuple[Choice, ...], find: str
) -> tuple[Any, ...]:
    for choice in choices:
        if choice.chosen:
            value = choice.column.value
            rows = tuple(row for row in rows if str(_plain(value(row)) or "") == choice.chosen)
    words = find.casefold().split()
    if not words:
        return rows
    return tuple(row for row in rows if _holds(_text(row, columns), words))


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def _text(row: Any, columns: tuple[Column, ...]) -> str:  # noqa: ANN401 - as above
    told = ((one.value(row), one.say(row)) for one in columns)
    return "\n".join(f"{_plain(value)}\n{shown}" for value, shown in told).casefold()


def _sort(rows: tuple[Any, ...], columns: tuple[Column, ...], order: str) -> tuple[Any, ...]:
    named = {one.key: one for one in columns}
    column = named.get(order.removeprefix("-"))
    if column is None:
        return rows
    filled = [row for row in rows if column.value(row) is not None]
    bare = [row for row in rows if column.value(row) is None]
    filled.sort(key=lambda row: _rank(column.value(row)), reverse=order.startswith("-"))
    # What has no value stands last in either direction.
    return (*filled, *bare)


def _rank(value: object) -> tuple[int, float, str]:
    if isinstance(value, bool | int | float):
        return 0, float(value), ""
    if isinstance(value, Instant):
        return 1, value.at.timestamp(), ""
    return 2, 0.0, str(value).casefold()


def _plain(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _csv(keys: list[str], rows: list[list[str | int | float | bool | None]]) -> bytes:
    """Return CSV that spreadsheets read as UTF-8, and in which no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(keys)
    writer.writerows([[_harmless(one) for one in row] for row in rows])
    return text.getvalue().encode("utf-8-sig", "replace")


def _harmless(value: str | float | bool | None) -> str | float | bool | None:  # noqa: FBT001 # a cell
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
