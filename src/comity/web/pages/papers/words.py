"""How things are said on paper: names of States, times, digests, what a form holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, pgettext, pgettext_lazy

from comity.base import Digest, Instant
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.domain.form import is_empty
from comity.law import Field, Form
from comity.service.node import Node
from comity.web.pages.dossiers.words import CHANNELS, NAMES, label, plain
from comity.web.pages.kit.wording import say_provision
from comity.web.paper.model import Bit, Row, digest_bit, mono, ref, text

_ENGLISH: Final = "en"
_SHA256: Final = "sha256:"
_CHOSEN: Final = frozenset({"choice", "yes_no"})
_MONO: Final = frozenset({"identifiers"})
ASKED: Final[dict[str, Promise]] = {
    "always": pgettext_lazy("paper", "always asked"),
    "where_known": pgettext_lazy("paper", "asked where known"),
    "where_appropriate": pgettext_lazy("paper", "asked where appropriate"),
}

# The choices of forms, and kinds of data.
OPTIONS: Final[dict[str, Promise]] = {
    "not_known": pgettext_lazy("form option", "not known"),
    "no_sign": pgettext_lazy("form option", "no sign"),
    "possible": pgettext_lazy("form option", "possible"),
    "routine": pgettext_lazy("form option", "routine"),
    "urgent": pgettext_lazy("form option", "urgent"),
    "life_at_risk": pgettext_lazy("form option", "life at risk"),
    "node": pgettext_lazy("form option", "node"),
    "letter": pgettext_lazy("form option", "letter"),
    "mail": pgettext_lazy("form option", "mail"),
    "portal": pgettext_lazy("form option", "portal"),
    "telephone": pgettext_lazy("form option", "telephone"),
    "interpol": pgettext_lazy("form option", "interpol"),
    "diplomatic": pgettext_lazy("form option", "diplomatic"),
    "courier": pgettext_lazy("form option", "courier"),
    "open": pgettext_lazy("form option", "open"),
    "restricted": pgettext_lazy("form option", "restricted"),
    "confidential": pgettext_lazy("form option", "confidential"),
    "investigation": pgettext_lazy("form option", "investigation"),
    "prosecution": pgettext_lazy("form option", "prosecution"),
    "judicial_proceeding": pgettext_lazy("form option", "judicial proceeding"),
    "disclose": pgettext_lazy("form option", "disclose"),
    "search_and_disclose": pgettext_lazy("form option", "search and disclose"),
    "seize": pgettext_lazy("form option", "seize"),
    "secure": pgettext_lazy("form option", "secure"),
    "vulnerable_data": pgettext_lazy("form option", "vulnerable data"),
    "other_instrument": pgettext_lazy("form option", "other instrument"),
    "held": pgettext_lazy("form option", "held"),
    "partly_held": pgettext_lazy("form option", "partly held"),
    "not_held": pgettext_lazy("form option", "not held"),
    "stored_data": pgettext_lazy("form option", "stored data"),
    "provider": pgettext_lazy("form option", "provider"),
    "both": pgettext_lazy("form option", "both"),
    "preserve": pgettext_lazy("form option", "preserve"),
    "produce_subscriber_information": pgettext_lazy(
        "form option", "produce subscriber information"
    ),
    "produce_traffic_data": pgettext_lazy("form option", "produce traffic data"),
    "produce_content_data": pgettext_lazy("form option", "produce content data"),
    "yes": pgettext_lazy("form option", "yes"),
    "no": pgettext_lazy("form option", "no"),
    "subscriber": pgettext_lazy("form option", "subscriber"),
    "traffic": pgettext_lazy("form option", "traffic"),
    "content": pgettext_lazy("form option", "content"),
}


def locale_for(language: str) -> Locale:
    """Return a language as CLDR knows it; English where it does not."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(_ENGLISH)


def when(instant: Instant, language: str) -> Bit:
    """Return an instant in words, in UTC, and as it is signed."""
    comma = "،" if get_language_bidi() else ","
    pattern = f"d MMMM y{comma} HH:mm:ss"
    said = format_datetime(instant.at, pattern, locale=locale_for(language))
    return Bit(kind="when", text=f"{said} UTC", more=str(instant))


def state_name(node: Node, code: str, language: str) -> str:
    """Return the name of a State; what CLDR calls it where the law files do not know it."""
    profile = node.book.states.get(code)
    if profile is not None:
        return pgettext("law", profile.name)
    return str(locale_for(language).territories.get(code, code))


def law(text_of: str) -> Bit:
    """Return a provision."""
    return Bit(kind="law", text=say_provision(text_of))


def name_of(name: str) -> str:
    """Return what a particular of an act is called."""
    return label(NAMES, name)


def option(value: str) -> str:
    """Return what a choice of a form is called."""
    return label(OPTIONS, value) if value in OPTIONS else value


def named_row(node: Node, pack: str, name: str, value: Json, language: str) -> Row:
    """Return a particular of an act: of some names it is known what their values mean."""
    bits = bits_of(value, language)
    if name == "channel" and isinstance(value, str):
        bits = (text(label(CHANNELS, value)),)
    ground = node.book.grounds.get(f"{pack}/{value}") if name == "ground" else None
    if ground is not None:
        bits = (text(pgettext("law", ground.means)), law(str(ground.law)), ref(value))
    return Row(label=name_of(name), bits=bits)


def form_rows(form: Form, values: Mapping[str, Json], language: str) -> tuple[Row, ...]:
    """Return the fields of a form in the order of the law file; the empty ones too."""
    rows = [_field_row(one, values.get(one.field), language) for one in form.fields.values()]
    unknown = sorted(values.keys() - form.fields.keys())
    extra = [Row(label=name_of(name), bits=bits_of(values[name], language)) for name in unknown]
    return (*rows, *extra)


def _field_row(field: Field, value: Json, language: str) -> Row:
    return Row(
        label=pgettext("law", field.label),
        bits=() if is_empty(value) else field_bits(field.kind, value, language),
        law=say_provision(str(field.law)),
        note=str(ASKED.get(field.asked, "")),
    )


def field_bits(kind: str, value: Json, language: str) -> tuple[Bit, ...]:
    """Return what a field holds, by the kind of the field."""
    if isinstance(value, str):
        return (_line(kind, value, language),)
    if kind == "period" and isinstance(value, dict):
        return _period(value, language)
    if kind == "offence" and isinstance(value, dict):
        return tuple(_offence(value))
    if kind == "authority" and isinstance(value, dict) and "name" in value:
        return (text(value["name"]),)
    if kind in _MONO and isinstance(value, list):
        return tuple(mono(one) for one in value)
    return bits_of(value, language)


def _line(kind: str, value: str, language: str) -> Bit:
    if kind in _CHOSEN:
        return text(option(value))
    if kind == "instant":
        return _moment(value, language)
    return _digest(value) if kind == "act" else text(value)


def bits_of(value: Json, language: str) -> tuple[Bit, ...]:
    """Return a value whose kind no law file names."""
    if isinstance(value, list):
        return tuple(bit for one in value for bit in bits_of(one, language))
    if isinstance(value, dict):
        return tuple(
            text(f"{plain(name)}: {bit.text}")
            for name, one in value.items()
            for bit in bits_of(one, language)
        )
    if isinstance(value, str) and value.startswith(_SHA256):
        return (_digest(value),)
    if isinstance(value, str):
        return (_moment(value, language),)
    return (text(value),)


def _moment(value: str, language: str) -> Bit:
    try:
        return when(Instant.parse(value), language)
    except ComityError:
        return text(value)


def _digest(value: str) -> Bit:
    try:
        return digest_bit(Digest.parse(value))
    except ComityError:
        return ref(value)


def _period(value: Mapping[str, Json], language: str) -> tuple[Bit, ...]:
    return tuple(_moment(str(value[name]), language) for name in ("from", "until") if name in value)


def _offence(value: Mapping[str, Json]) -> list[Bit]:
    bits = [text(value["title"])] if value.get("title") else []
    if value.get("article"):
        bits.append(law(str(value["article"])))
    if value.get("law"):
        bits.append(text(value["law"]))
    months = value.get("longest_penalty_months")
    if months is not None:
        said = pgettext("paper", "longest penalty: %(months)s months") % {"months": months}
        bits.append(text(said))
    return bits
