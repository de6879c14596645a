"""How instants, digests, States, provisions and words of the law stand on a page."""

from __future__ import annotations

from typing import Any, Final

from babel.dates import format_datetime
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from comity.base import Instant
from comity.web.pages.kit.seat import Seat

register: Final = template.Library()
_FOUR: Final = 4


@register.simple_tag(takes_context=True)
def when(context: Any, instant: Instant | None) -> SafeString | str:  # noqa: ANN401 # Django's
    """Return an instant in the reader's language and time zone, set apart from the text's run."""
    if instant is None:
        return ""
    seat: Seat = context["seat"]
    local = instant.at.astimezone(seat.zone)
    said = format_datetime(local, "d MMMM y, HH:mm", locale=seat.language.replace("-", "_"))
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi> <span class="zone">{}</span></time>',
        str(instant),
        said,
        local.tzname(),
    )


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
def word(text: object) -> str:
    """Return a word or sentence of the law files in the reader's language, if it is translated."""
    return pgettext("law", str(text)) if text else ""
