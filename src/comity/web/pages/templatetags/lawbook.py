"""How sentences of the law files stand on a page: marks as markup, provisions as links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext

from comity.law import Level, Need, Provision
from comity.law.rendering import say_name, say_side
from comity.law.rendering.wording import capital

register: Final = template.Library()
_STRONG: Final = re.compile(r"\*\*([^*]+)\*\*")
_STRESSED: Final = re.compile(r"\*([^*]+)\*")
_CODE: Final = re.compile(r"`([^`]+)`")
_CITED: Final = re.compile(r"\[((?:[a-z][a-z0-9-]*|[A-Z]{2}\.[a-z][a-z0-9-]*):[0-9][0-9a-z()]*)\]")


@register.filter
def law_prose(sentence: str) -> SafeString:
    """Return a sentence that ``comity.law.rendering`` said, which is in English, as markup."""
    text = str(escape(sentence))
    text = _STRONG.sub(r"<strong>\1</strong>", text)
    text = _STRESSED.sub(r"<em>\1</em>", text)
    text = _CODE.sub(r"<code>\1</code>", text)
    text = _CITED.sub(lambda match: law_link(match[1]), text)
    said = mark_safe(text)  # noqa: S308 # escaped above; all that was added is ours
    if (get_language() or "en").startswith("en"):
        return said
    return format_html('<span lang="en" dir="ltr">{}</span>', said)


@register.filter
def law_say(text: str) -> SafeString | str:
    """Return a sentence of the law files in the reader's language; marked as English if it is."""
    if not text:
        return ""
    said = pgettext("law", str(text))
    if said != str(text) or (get_language() or "en").startswith("en"):
        return said
    return format_html('<span lang="en" dir="ltr">{}</span>', said)


@register.filter
def law_link(law: Provision | str) -> SafeString:
    """Return a provision as a link to where the explorer says it."""
    book, _, number = str(law).partition(":")
    try:
        there = reverse("law-article", kwargs={"book": book, "number": number})
    except NoReverseMatch:
        return format_html('<bdi class="ref">{}</bdi>', str(law))
    return format_html('<a href="{}"><bdi class="ref" dir="ltr">{}</bdi></a>', there, str(law))


@register.filter
def law_name(name: str) -> str:
    """Return a name of the law files as words, in the reader's language if it is translated."""
    return pgettext("law", capital(say_name(name))) if name else ""


@register.filter
def law_need(name: str, needs: Mapping[str, Need]) -> str:
    """Return what meets a need, in the reader's language if it is translated."""
    return pgettext("law", needs[name].means) if name in needs else law_name(name)


@register.filter
def law_side(side: str) -> str:
    """Return what a side is called, in the reader's language if it is translated."""
    return pgettext("law", capital(say_side(side)))


@register.inclusion_tag("lawbook/level.html")
def law_level(level: Level, basis: str = "") -> dict[str, object]:
    """Show how far a line of the law files can be relied upon, as a word."""
    return {"level": level, "basis": basis}
