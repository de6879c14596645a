"""How the words of drafting stand on a page."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Instant
from comity.law import Field
from comity.web.pages.drafting.aside import GIVEN, MISSING, WRONG
from comity.web.pages.drafting.linking import name_language
from comity.web.pages.drafting.wording import CHANNELS, KINDS, ORIGINALS
from comity.web.pages.drafting.writing import boxes
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import say_when

register: Final = template.Library()
_ASKED: Final = {
    "always": pgettext_lazy("asked", "always asked"),
    "where_known": pgettext_lazy("asked", "where known"),
    "where_appropriate": pgettext_lazy("asked", "where appropriate"),
}
_TAGS: Final = {
    GIVEN: ("passed", pgettext_lazy("asked", "Given")),
    MISSING: ("failed", pgettext_lazy("asked", "Missing")),
    WRONG: ("failed", pgettext_lazy("asked", "Not as asked")),
}
_OPEN: Final = ("undecided", pgettext_lazy("asked", "Not given"))


@register.simple_tag
def asked_tag(state: str) -> SafeString:
    """Return how a field stands, as a word with a shape."""
    kind, says = _TAGS.get(state, _OPEN)
    return format_html('<span class="tag {}">{}</span>', kind, says)


@register.filter
def asked_word(asked: str) -> str:
    """Return when a field is asked."""
    return str(_ASKED.get(asked, asked))


@register.filter
def without_label(says: str, label: str) -> str:
    """Return a finding's sentence without the label before it."""
    return says.removeprefix(f"{label}: ")


@register.filter
def first_box(field: Field) -> str:
    """Return the name of the first box of a field, to jump to."""
    return boxes(field)[0]


@register.filter
def channel_word(channel: str) -> str:
    """Return a channel in words."""
    return str(CHANNELS.get(channel, channel))


@register.filter
def original_word(original: str) -> str:
    """Return what a legal original is, in words where it is one of ours."""
    return str(ORIGINALS.get(original, original))


@register.filter
def authority_kind(kind: str) -> str:
    """Return the kind of an authority in words."""
    return str(KINDS.get(kind, kind))


@register.simple_tag(takes_context=True)
def language_in(context: Any, code: str) -> str:  # noqa: ANN401 # Django's
    """Return the name of a language in the reader's."""
    return name_language(context["seat"], code)


@register.simple_tag
def time_there(now: Instant, zone: Any) -> SafeString:  # noqa: ANN401 # a time zone
    """Return the time of the day at the other side."""
    local = now.at.astimezone(zone)
    said = local.strftime("%H:%M")
    return format_html('<bdi>{}</bdi> <span class="zone">{}</span>', said, zone)


@register.simple_tag(takes_context=True)
def clock_due(context: Any, clock: Any) -> SafeString | str:  # noqa: ANN401 # a clock of the law
    """Return how long a clock runs and from when, in words."""
    seat: Seat = context["seat"]
    if clock.length is None:
        return pgettext("clock", "as long as is asked")
    if clock.counts_from == "act":
        return say_when(seat, seat.node.clock.now().plus(clock.length, zone=clock.zone))
    return format_html('<bdi dir="ltr">{}</bdi>', clock.length)
