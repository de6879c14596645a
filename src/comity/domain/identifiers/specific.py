"""One thing, not many: wildcards, ranges, networks, patterns and *all* are refused.

uncc:23(1) gives its powers for *specific* criminal investigations or proceedings,
and uncc:24 binds them to proportionality and limits of scope. A request therefore
names one account, one address at one instant, one number at a time; whoever needs
several lists each. There is no mode for bulk.
"""

from __future__ import annotations

import re
from typing import Final

from comity.base.errors import AskedWrongly

PATTERN_SIGNS: Final = "*?%[]{}|^\\"
# The first word that asks for everything, in the six languages of the Convention.
_EVERYTHING: Final = re.compile(
    r"(?:all|any|every|each|everyone|everybody|anyone|anybody"
    r"|tous|toutes|tout|toute|chaque|todos|todas|todo|toda|cada|cualquier"
    r"|все|всё|весь|любой|каждый|جميع|كل|كافة|所有|全部|任何|每个)(?:\s|$)",
    re.IGNORECASE,
)
_CHINESE: Final = re.compile(r"(?:所有|全部|任何|每个)")
_SPAN: Final = re.compile(r"\.\.|…|\s[-–—]\s|[–—]|\s(?:to|through|until)\s", re.IGNORECASE)
_COUNT: Final = re.compile(r"\+?(\d+)-\+?(\d+)", re.ASCII)
_ANY_SIGN: Final = re.compile(r"\.[+*]")


class NotSpecific(AskedWrongly):
    """An identifier must name one specific thing: uncc:23(1) and uncc:24 allow no more."""

    code = "domain/not-specific"
    remedy = "List each account, address or number that this investigation needs, one by one."

    def __init__(self, detail: str) -> None:
        """Name the provision with every refusal."""
        super().__init__(detail, law="uncc:23(1)")


def require_specific(text: str, *, signs: str = PATTERN_SIGNS) -> None:
    """Refuse wildcards, patterns, ranges, lists and *all*; raise ``NotSpecific``."""
    found = sorted(set(text) & set(signs))
    if found or _ANY_SIGN.search(text):
        detail = f"It holds a wildcard or a pattern ({' '.join(found) or '.+'})."
        raise NotSpecific(detail)
    if _EVERYTHING.match(text) or _CHINESE.match(text):
        detail = "It asks for all, any or every one."
        raise NotSpecific(detail)
    if _SPAN.search(text) or _is_counted(text):
        detail = "It is a range."
        raise NotSpecific(detail)
    if re.search(r"[,;\n]", text):
        detail = "It is a list in one line."
        raise NotSpecific(detail)


def _is_counted(text: str) -> bool:
    """Tell ``1000-1999``: two numbers of one length, rising."""
    match = _COUNT.fullmatch(text)
    return bool(match and len(match[1]) == len(match[2]) and match[1] < match[2])
