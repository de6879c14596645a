"""Numbers of objects as people write them: ``1, 4-6``."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import pgettext_lazy

from comity.base import limits

_ONE: Final = re.compile(r"([0-9]{1,7})(?:\s*[-–]\s*([0-9]{1,7}))?", re.ASCII)
_LONGEST: Final = 4_000
_WRONG: Final = pgettext_lazy("evidence", "Write numbers of objects, such as 1, 4-6.")
_MANY: Final = pgettext_lazy("evidence", "At most 1,000 objects are chosen at once.")


class SerialsField(forms.CharField):
    """A field for numbers of objects; its value is a tuple, in the order written."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401 # Django's
        """Bound what is written."""
        super().__init__(max_length=_LONGEST, **more)

    def clean(self, value: Any) -> tuple[int, ...]:  # noqa: ANN401 # Django's
        """Return the numbers, each once."""
        text = super().clean(value)
        return read_serials(text)


def read_serials(text: str) -> tuple[int, ...]:
    """Return the numbers that ``1, 4-6`` means; raise ``ValidationError``."""
    found: dict[int, None] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        match = _ONE.fullmatch(part)
        begin = int(match[1]) if match else 0
        end = int(match[2] or begin) if match else 0
        if not 1 <= begin <= end:
            raise forms.ValidationError(_WRONG)
        if end - begin + len(found) >= limits.CHOSEN_OBJECTS:
            raise forms.ValidationError(_MANY)
        found.update(dict.fromkeys(range(begin, end + 1)))
    return tuple(found)
