"""What stands in the boxes of a page, and the value of the form that it means.

A box holds text, as a person types it: a half-written form is texts, and only Save makes values of
them. A time is typed as the clock on the writer's wall shows it and kept as an instant (UTC).
Writing what was read and reading it again changes nothing, and what nobody touched stays as it
is, also where it came in another shape (an authority as an object, an offence as a sentence).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Final

from comity.base import Instant
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.domain.form import FieldRefused
from comity.law import Field

Texts = Mapping[str, str]
OFFENCE_PARTS: Final = ("article", "title", "law", "longest_penalty_months")
PERIOD_PARTS: Final = ("from", "until")
_LISTS: Final = frozenset({"identifiers", "list"})


def boxes(field: Field) -> tuple[str, ...]:
    """Return the names of the boxes of a field."""
    if field.kind == "offence":
        return tuple(f"{field.field}.{part}" for part in OFFENCE_PARTS)
    if field.kind == "period":
        return tuple(f"{field.field}.{part}" for part in PERIOD_PARTS)
    return (field.field,)


def write_texts(field: Field, value: Json, zone: tzinfo) -> dict[str, str]:
    """Return what stands in the boxes of a field that has this value."""
    write = _WRITERS.get(field.kind, _write_line)
    return dict(zip(boxes(field), write(value, zone), strict=True))


def read_value(field: Field, texts: Texts, held: Json, zone: tzinfo) -> Json:
    """Return the value that the boxes mean; ``held`` if they say what it said before.

    Raise ``FieldRefused`` where a time cannot be read. Whether the value is one that the form
    admits, ``check_form`` says.
    """
    typed = {name: _plain(texts.get(name, "")) for name in boxes(field)}
    if typed == {name: _plain(one) for name, one in write_texts(field, held, zone).items()}:
        return held
    if field.kind == "offence":
        parts = (typed[name] for name in boxes(field))
        return _filled(dict(zip(OFFENCE_PARTS, parts, strict=True)))
    if field.kind == "period":
        times = [_read_time(typed[name], zone) for name in boxes(field)]
        return _filled(dict(zip(PERIOD_PARTS, times, strict=True)))
    text = typed[field.field]
    if field.kind == "instant":
        return _read_time(text, zone)
    if field.kind in _LISTS:
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text


def _plain(text: str) -> str:
    """Return text as it is compared: line ends as one sign, and no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _filled(parts: Mapping[str, str]) -> dict[str, Json]:
    return {name: one for name, one in parts.items() if one}


def _write_line(value: Json, _: tzinfo) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = value.get("name", "")
    return (value if isinstance(value, str) else "",)


def _write_lines(value: Json, _: tzinfo) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return ("\n".join(one for one in lines if isinstance(one, str)),)


def _write_offence(value: Json, _: tzinfo) -> tuple[str, ...]:
    if isinstance(value, str):
        value = {"title": value}
    held = value if isinstance(value, dict) else {}
    return tuple(_text(held.get(part, "")) for part in OFFENCE_PARTS)


def _write_period(value: Json, zone: tzinfo) -> tuple[str, ...]:
    held = value if isinstance(value, dict) else {}
    return tuple(_write_time(held.get(part, ""), zone) for part in PERIOD_PARTS)


def _write_instant(value: Json, zone: tzinfo) -> tuple[str, ...]:
    return (_write_time(value, zone),)


def _text(value: Json) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _write_time(value: Json, zone: tzinfo) -> str:
    if not isinstance(value, str) or not value:
        return ""
    try:
        return Instant.parse(value).at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
    except ComityError:
        return value


def _read_time(text: str, zone: tzinfo) -> str:
    if not text:
        return ""
    try:
        return str(Instant.parse(text))
    except ComityError:
        pass
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise FieldRefused(_TIME) from error
    return str(Instant.of(local.replace(tzinfo=local.tzinfo or zone).replace(microsecond=0)))


_TIME: Final = "A day and a time, as 2026-11-21T02:14."
_WRITERS: Final[Mapping[str, Callable[[Json, tzinfo], tuple[str, ...]]]] = {
    "identifiers": _write_lines,
    "list": _write_lines,
    "offence": _write_offence,
    "period": _write_period,
    "instant": _write_instant,
}
