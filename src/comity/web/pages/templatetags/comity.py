"""How instants, digests, States, provisions and words of the law stand on a page."""

from __future__ import annotations

from typing import Any, Final

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from comity.base import Instant
from comity.web.pages.kit.pages import PAGES
from comity.web.pages.kit.rooms import Room, open_rooms
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import (
    link_provision,
    name_role,
    name_state,
    say_left,
    say_when,
)

register: Final = template.Library()
_FOUR: Final = 4


@register.simple_tag(takes_context=True)
def when(context: Any, instant: Instant | None) -> SafeString | str:  # noqa: ANN401 # Django's
    """Return an instant in the reader's language and time zone, set apart from the text's run."""
    seat: Seat = context["seat"]
    return "" if instant is None else say_when(seat, instant)


@register.simple_tag(takes_context=True)
def left(context: Any, due: Instant | None) -> str:  # noqa: ANN401 # Django's
    """Return how long is left until ``due``, in words."""
    seat: Seat = context["seat"]
    return say_left(seat.node.clock.now(), due)


@register.simple_tag(takes_context=True)
def provision(context: Any, law: object) -> SafeString | str:  # noqa: ANN401 # Django's
    """Return a provision as a link to the law explorer."""
    seat: Seat = context["seat"]
    return link_provision(seat.node.book, str(law)) if law else ""


@register.simple_tag(takes_context=True)
def state_name(context: Any, code: object) -> str:  # noqa: ANN401 # Django's
    """Return the name of a State in the reader's language: ``{% state_name "XB" %}``."""
    seat: Seat = context["seat"]
    return name_state(seat, str(code)) if code else ""


@register.simple_tag(takes_context=True)
def show(context: Any, value: object) -> SafeString | str:  # noqa: ANN401 # Django's
    """Return any value of a table as people read it."""
    if isinstance(value, Instant):
        return when(context, value)
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if value is None or value == "":
        return format_html('<span class="quiet">{}</span>', "–")
    return format_html('<span dir="auto">{}</span>', value)


@register.simple_tag(takes_context=True)
def rooms(context: Any) -> list[Room]:  # noqa: ANN401 # Django's
    """Return the rooms that the navigation shows."""
    return open_rooms(context["seat"], context["page"].room)


@register.simple_tag(takes_context=True)
def utc_now(context: Any) -> SafeString:  # noqa: ANN401 # Django's
    """Return the time now in UTC, as text; script keeps it going."""
    now: Instant = context["place"].node.clock.now()
    shown = now.at.strftime("%H:%M")
    return format_html('<time class="clock" datetime="{}" dir="ltr">{} UTC</time>', str(now), shown)


@register.simple_tag(takes_context=True)
def near_zones(context: Any) -> list[str]:  # noqa: ANN401 # Django's
    """Return the time zones that lie near: UTC, and those of the States whose law is here."""
    states = context["place"].node.book.states
    return ["UTC", *sorted({state.zone for state in states.values()})]


@register.filter
def grouped(digest: object) -> SafeString:
    """Return a digest or reference in groups of four, from left to right in any text."""
    text = str(digest).removeprefix("sha256:")
    groups = " ".join(text[start : start + _FOUR] for start in range(0, len(text), _FOUR))
    return format_html('<bdi class="digest" dir="ltr">{}</bdi>', groups)


@register.filter
def ref(reference: object) -> SafeString:
    """Return a reference set apart from the run of the text."""
    return format_html('<bdi class="ref">{}</bdi>', str(reference))


@register.filter
def iso(instant: object) -> SafeString:
    """Return an instant as it is signed: ``2026-11-21T02:14:05Z``, from left to right."""
    return format_html('<bdi class="ref" dir="ltr">{}</bdi>', str(instant or ""))


@register.filter
def word(text: object) -> str:
    """Return a word or sentence of the law files in the reader's language, if it is translated."""
    return pgettext("law", str(text)) if text else ""


@register.filter
def role_name(role: object) -> str:
    """Return what a role is called."""
    return name_role(str(role))


@register.filter
def language_name(code: object) -> str:
    """Return what a language calls itself."""
    try:
        return Locale.parse(str(code), sep="-").get_display_name() or str(code)
    except (UnknownLocaleError, ValueError):
        return str(code)


@register.filter
def is_page(name: object) -> bool:
    """Return whether there is a page of that name: for links that may come later."""
    return str(name) in PAGES


@register.simple_tag
def lane_place(scale: Any, due: Instant | None) -> str:  # noqa: ANN401 # Django's
    """Return where a moment lies on the axis of lanes."""
    return str(scale.place(due))
