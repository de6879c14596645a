"""How times, States, roles and provisions are said to people, in their language and zone."""

from __future__ import annotations

from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from comity.base import Instant
from comity.base.errors import ComityError
from comity.law import Book, Provision
from comity.web.pages.kit.seat import Seat

_DAY: Final = 86_400
_HOUR: Final = 3_600
_MINUTE: Final = 60
# Beyond two days, hours are noise; beyond two hours, minutes are.
_DAYS_FROM: Final = 2 * _DAY
_HOURS_FROM: Final = 2 * _HOUR
_ABBREVIATED: Final = 5
ROLES: Final = {
    "central_authority": pgettext_lazy("role", "Central authority"),
    "compliance_staff": pgettext_lazy("role", "Provider’s compliance staff"),
    "court": pgettext_lazy("role", "Court (registrar)"),
    "duty_officer": pgettext_lazy("role", "Duty officer"),
    "enrolment_officer": pgettext_lazy("role", "Enrolment officer"),
    "executing_authority": pgettext_lazy("role", "Executing authority"),
    "investigator": pgettext_lazy("role", "Investigator"),
    "laboratory": pgettext_lazy("role", "Laboratory"),
    "operator": pgettext_lazy("role", "Operator"),
    "oversight": pgettext_lazy("role", "Oversight"),
    "prosecutor": pgettext_lazy("role", "Prosecutor"),
    "rights_reviewer": pgettext_lazy("role", "Rights reviewer"),
    "translator": pgettext_lazy("role", "Translator"),
}


def locale_of(seat: Seat) -> Locale:
    """Return the reader's language as CLDR knows it; English where it does not."""
    try:
        return Locale.parse(seat.language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def say_when(seat: Seat, instant: Instant) -> SafeString:
    """Return a moment in the reader's language and zone, set apart from the run of the text."""
    local = instant.at.astimezone(seat.zone)
    said = format_datetime(local, "d MMMM y, HH:mm", locale=locale_of(seat))
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi> <span class="zone">{}</span></time>',
        str(instant),
        said,
        local.tzname(),
    )


def say_left(now: Instant, due: Instant | None) -> str:
    """Return how long is left until ``due``, or since when it is over, in words."""
    if due is None:
        return pgettext("time", "no day set")
    seconds = due.seconds_after(now)
    if seconds < 0:
        return pgettext("time", "over for %(length)s") % {"length": say_length(-seconds)}
    return pgettext("time", "%(length)s left") % {"length": say_length(seconds)}


def say_length(seconds: int) -> str:
    """Return a length of time in words: whole days, else hours, else minutes, rounded down."""
    if seconds >= _DAYS_FROM:
        count = seconds // _DAY
        said = npgettext("time", "%(count)s day", "%(count)s days", count)
    elif seconds >= _HOURS_FROM:
        count = seconds // _HOUR
        said = npgettext("time", "%(count)s hour", "%(count)s hours", count)
    else:
        count = seconds // _MINUTE
        said = npgettext("time", "%(count)s minute", "%(count)s minutes", count)
    return said % {"count": count}


def say_provision(text: str) -> str:
    """Return a provision as people write it: ``UNCC 42(3)``; what is none, as it stands."""
    try:
        law = Provision.parse(text)
    except ComityError:
        return text
    pack = law.pack
    if "." not in pack:
        pack = pack.upper() if len(pack) <= _ABBREVIATED else pack.capitalize()
    return f"{pack} {law.at}"


def link_provision(book: Book, text: str) -> SafeString:
    """Return a provision as a link to the law explorer, with what it is about as its title."""
    said = format_html('<bdi class="provision" dir="ltr">{}</bdi>', say_provision(text))
    try:
        law = Provision.parse(text)
        address = reverse("law-article", kwargs={"book": law.pack, "number": law.at})
    except (ComityError, NoReverseMatch):
        return said
    clause = book.clause(Provision(law.pack, law.article))
    title = pgettext("law", clause.title) if clause and clause.title else ""
    return format_html('<a class="law" href="{}" title="{}">{}</a>', address, title, said)


def name_state(seat: Seat, code: str) -> str:
    """Return the name of a State in the reader's language, as far as it is known."""
    profile = seat.node.book.states.get(code)
    if profile is not None:
        return pgettext("law", profile.name)
    return str(locale_of(seat).territories.get(code, code))


def name_role(role: str) -> str:
    """Return what a role is called."""
    return str(ROLES.get(role, role.replace("_", " ")))
