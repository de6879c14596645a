"""Forms: Django's own, with the errors of our family kept beside those of the fields."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.forms.renderers import DjangoTemplates

from comity.base.errors import ComityError
from comity.web.pages.kit.pages import ONCE
from comity.web.pages.kit.seat import Seat


class DeskRenderer(DjangoTemplates):
    """Shows fields as the desk does: label, hint, error, each tied to its field."""

    field_template_name = "kit/field.html"


class DeskForm(forms.Form):
    """A form of a page.

    Used so::

        form = DecideForm.of(seat)
        if seat.is_post and form.is_valid():
            with form.catching():
                return do_it(seat, lambda node: …)
        return Sheet(template="dossier/decide.html", values={"form": form})

    An error of our family that is raised within ``catching`` is shown above the form, and what
    was written stays. ``kit/form.html`` shows it all; each field has a label and, if it needs
    one, a hint (``help_text``).
    """

    template_name = "kit/form.html"
    default_renderer = DeskRenderer
    use_required_attribute = False
    problem: ComityError | None = None

    @classmethod
    def of(cls, seat: Seat, **more: object) -> DeskForm:
        """Return the form as it was sent, or empty; ``more`` goes to Django's form."""
        if seat.is_post:
            return cls(seat.http.POST, seat.http.FILES, **more)  # type: ignore[arg-type] # Django's
        return cls(**more)  # type: ignore[arg-type] # as above

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Keep an error of our family instead of raising it."""
        try:
            yield
        except ComityError as error:
            self.problem = error

    @property
    def once(self) -> str:
        """Return what makes this form one of its kind, so that it is done once."""
        return self.data.get(ONCE) or secrets.token_urlsafe(16)
