"""A moment in a form: day and time as the reader's wall clock shows them, kept as an instant."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import pgettext_lazy

from comity.base import Instant
from comity.base.errors import ComityError

_SHAPES: Final = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M")


class MomentField(forms.Field):
    """Day and time in the reader's zone; its value is an ``Instant``, or None."""

    def __init__(self, *, zone: tzinfo, **more: Any) -> None:  # noqa: ANN401 # Django's
        """Read what is written as of ``zone``."""
        self.zone = zone
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"})
        super().__init__(widget=widget, **more)

    def to_python(self, value: Any) -> Instant | None:  # noqa: ANN401 # Django's
        """Return the instant that the wall clock names; refuse what is no day and time."""
        text = str(value or "").strip()
        if not text:
            return None
        for shape in _SHAPES:
            try:
                wall = datetime.strptime(text, shape).replace(tzinfo=self.zone)
                there = wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                return Instant.parse(there)
            except (ValueError, OverflowError, ComityError):
                continue
        raise ValidationError(
            pgettext_lazy("dossier", "Write day and time as in 2026-11-21T14:30."), code="moment"
        )

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 # Django's
        """Return how an instant stands in the field: by the reader's wall clock."""
        if isinstance(value, Instant):
            return value.at.astimezone(self.zone).strftime(_SHAPES[1])
        return value


def zone_name(zone: tzinfo) -> str:
    """Return the name of a zone as people know it: Europe/Lisbon, UTC."""
    return str(getattr(zone, "key", zone))
