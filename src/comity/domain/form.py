"""Forms: whether the values of a request are those that its form asks for.

One numbered check per field, in the order of the law file. A field that is *always*
asked fails when empty; one that is asked *where known* or *where appropriate* passes,
and says that it is empty. What is there must have the shape of its kind:

- text, authority     text (an authority may also be an object with a name)
- offence             {"article": "uncc:7"} or {"title": …, "longest_penalty_months": 60}
- identifiers         a list of lines such as ``account: alice_84 at mail.example``
- period              {"from": instant, "until": instant}, not backwards
- instant             2026-11-21T02:14:05Z
- choice              one of the options; yes_no: yes or no
- act                 the digest of an act; list: a list of texts
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from comity.base import limits
from comity.base.canonical import Json
from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.errors import AskedWrongly, ComityError
from comity.base.verdict import Finding, Report, Verdict
from comity.domain.identifiers import read_identifier
from comity.domain.plain import require_prose
from comity.law import Field, Form, Provision

Check = Callable[[Field, Json], None]
_MONTHS: Final = re.compile(r"\d{1,4}", re.ASCII)
_OFFENCE: Final = frozenset({"article", "title", "law", "longest_penalty_months"})


class FieldRefused(AskedWrongly):
    """The value does not have the shape that the field asks for."""

    code = "domain/field"


def check_form(form: Form, values: Mapping[str, Json]) -> Report:
    """Check ``values`` field by field; names that the form does not know fail."""
    asked = list(form.fields.values())
    findings = [_check(at, field, values.get(field.field)) for at, field in enumerate(asked, 1)]
    unknown = sorted(values.keys() - form.fields.keys())
    for at, name in enumerate(unknown, len(asked) + 1):
        says = "The form has no such field."
        findings.append(Finding(check=at, name=name[:80], verdict=Verdict.FAILED, says=says))
    return Report.of(findings)


def is_empty(value: Json) -> bool:
    """Return whether nothing was written: no value, blanks, or an empty list or object."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _check(at: int, field: Field, value: Json) -> Finding:
    verdict, says = _judge(field, value)
    return Finding(check=at, name=field.field, verdict=verdict, says=says, source=str(field.law))


def _judge(field: Field, value: Json) -> tuple[Verdict, str]:
    if is_empty(value):
        if field.asked == "always":
            return Verdict.FAILED, f"{field.label}: this is always asked, and nothing is given."
        return Verdict.PASSED, f"{field.label}: nothing is given ({field.asked.replace('_', ' ')})."
    try:
        _KINDS[field.kind](field, value)
    except ComityError as error:
        return Verdict.FAILED, f"{field.label}: {error.sentence()} {error.detail}".rstrip()
    return Verdict.PASSED, f"{field.label}: given."


def _text(field: Field, value: Json) -> None:
    del field
    if not isinstance(value, str):
        detail = "It is text."
        raise FieldRefused(detail)
    require_prose(value)


def _authority(field: Field, value: Json) -> None:
    _text(field, value.get("name") if isinstance(value, dict) else value)


def _offence(field: Field, value: Json) -> None:
    if isinstance(value, str):
        _text(field, value)
        return
    if not isinstance(value, dict) or not value.keys() <= _OFFENCE:
        detail = f"It is text, or an object with {', '.join(sorted(_OFFENCE))}."
        raise FieldRefused(detail)
    if "article" in value:
        Provision.parse(_line(value["article"]))
    elif is_empty(value.get("title")):
        detail = "It names an article or a title."
        raise FieldRefused(detail)
    months = value.get("longest_penalty_months", 0)
    if read_months(months) is None:
        detail = "The longest penalty is a whole number of months."
        raise FieldRefused(detail)


def read_months(value: Json) -> int | None:
    """Return a number of months, given as a number or in digits; None for all else."""
    if isinstance(value, str) and _MONTHS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def _identifiers(field: Field, value: Json) -> None:
    for line in _lines(field, value):
        read_identifier(line)


def _period(field: Field, value: Json) -> None:
    del field
    if not isinstance(value, dict) or value.keys() != {"from", "until"}:
        detail = "It has a beginning (from) and an end (until)."
        raise FieldRefused(detail)
    if Instant.parse(_line(value["until"])) < Instant.parse(_line(value["from"])):
        detail = "It ends before it begins."
        raise FieldRefused(detail)


def _instant(field: Field, value: Json) -> None:
    del field
    Instant.parse(_line(value))


def _choice(field: Field, value: Json) -> None:
    if _line(value) not in field.options:
        detail = f"It is one of {', '.join(field.options)}."
        raise FieldRefused(detail)


def _yes_no(field: Field, value: Json) -> None:
    del field
    if _line(value) not in {"yes", "no"}:
        detail = "It is yes or no."
        raise FieldRefused(detail)


def _act(field: Field, value: Json) -> None:
    del field
    Digest.parse(_line(value))


def _list(field: Field, value: Json) -> None:
    for line in _lines(field, value):
        require_prose(line)


def _line(value: Json) -> str:
    if not isinstance(value, str):
        detail = "It is text."
        raise FieldRefused(detail)
    return value


def _lines(field: Field, value: Json) -> list[str]:
    if not isinstance(value, list) or len(value) > limits.FORM_LINES:
        detail = f"It is a list of at most {limits.FORM_LINES} lines."
        raise FieldRefused(detail)
    del field
    return [_line(one) for one in value]


_KINDS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "text": _text,
        "authority": _authority,
        "offence": _offence,
        "identifiers": _identifiers,
        "period": _period,
        "instant": _instant,
        "choice": _choice,
        "yes_no": _yes_no,
        "act": _act,
        "list": _list,
    }
)
