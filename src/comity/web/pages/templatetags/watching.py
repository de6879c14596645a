"""How days and hours of rosters and registers stand on a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from django import template
from django.utils.translation import get_language, pgettext_lazy

register: Final = template.Library()
_DAYS: Final = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}

_CONSENT: Final = {
    "ratification": pgettext_lazy("register", "ratification"),
    "acceptance": pgettext_lazy("register", "acceptance"),
    "approval": pgettext_lazy("register", "approval"),
    "accession": pgettext_lazy("register", "accession"),
    "succession": pgettext_lazy("register", "succession"),
}


@register.filter
def day(value: date | None) -> str:
    """Return a day in the reader's language; a dash where it has not come to pass."""
    return "–" if value is None else format_date(value, "d MMMM y", locale=_locale())


@register.filter
def consent(means: str) -> str:
    """Return how a State expressed its consent to be bound."""
    return str(_CONSENT.get(means, means))


@register.filter
def day_name(day: str) -> str:
    """Return a day of the week, short, in the reader's language."""
    return str(_locale().days["format"]["abbreviated"][_DAYS[day]])


@register.filter
def moment(time: datetime) -> str:
    """Return a day of the week and a time, as they stand in the zone that they bear."""
    return format_datetime(time, "EEE HH:mm", locale=_locale())


@register.filter
def hour(time: datetime) -> str:
    """Return the time of day as it stands in the zone that it bears: ``02:14``."""
    return time.strftime("%H:%M")


def _locale() -> Locale:
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
