"""The forms of a dossier's pages, and how what they hold becomes a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import pgettext_lazy

from comity.base import Instant, limits
from comity.base.canonical import Json
from comity.domain.dossier import Channel
from comity.law import Step
from comity.service.node import Officer
from comity.service.rows import DossierRow
from comity.service.situations import Move
from comity.web.pages.dossiers.holding import Held
from comity.web.pages.dossiers.questions import AGAINST, CONTENT, DOCUMENT, TERMS, Ask
from comity.web.pages.dossiers.words import CHANNELS, NAMES, label
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_role
from comity.web.permissions import roles_with

_p = pgettext_lazy
ROLE: Final = "role"
CHANNEL: Final = "channel"


class AskingForm(DeskForm):
    """A form whose fields are built for one step: what is asked, in which role, by which way."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 # Django's
        asks: Iterable[Ask],
        extra: Mapping[str, forms.Field] | None = None,
        held: Held | None = None,
        **more: Any,  # noqa: ANN401 # Django's
    ) -> None:
        """Make the fields; files that are held already need not be sent again."""
        super().__init__(*args, **more)
        self.asks = list(asks)
        for ask in self.asks:
            if held is not None and ask.name in held.files:
                ask.field.required = False
            self.fields[ask.name] = ask.field
        self.fields.update(extra or {})

    def texts(self) -> dict[str, str]:
        """Return what was written, by field, as it is to be kept."""
        names = [name for name, field in self.fields.items()
                 if not isinstance(field, forms.FileField)]  # fmt: skip
        return {name: _written(self.cleaned_data.get(name)) for name in names}

    def sent_files(self) -> dict[str, tuple[str, bytes]]:
        """Return the files that came with this form, each bounded, by field."""
        found = {}
        for name, field in self.fields.items():
            sent = self.cleaned_data.get(name)
            if isinstance(field, forms.FileField) and sent:
                found[name] = (str(sent.name)[:200], read_bounded(sent))
        return found


def read_bounded(sent: Any) -> bytes:  # noqa: ANN401 # Django's uploaded file
    """Return the bytes of a file that was sent; the service refuses what is too long or empty."""
    return bytes(sent.read(limits.ATTACHMENT_BYTES + 1))


def move_of(asks: Iterable[Ask], step: str, held: Held) -> Move:
    """Return the move that was prepared: each answer under the name that the law looks for."""
    parts: dict[str, dict[str, Any]] = {CONTENT: {}, TERMS: {}, AGAINST: {}, DOCUMENT: {}}
    for ask in asks:
        if ask.where == DOCUMENT:
            if ask.name in held.files:
                parts[DOCUMENT][ask.key] = held.files[ask.name][1]
        elif text := held.texts.get(ask.name, "").strip():
            parts[ask.where][ask.key] = text
    content: dict[str, Json] = parts[CONTENT]
    return Move(
        step=step,
        content=content,
        terms=parts[TERMS],
        documents=parts[DOCUMENT],
        channel=held.texts.get(CHANNEL, ""),
        reasons_against=parts[AGAINST],
    )


def answers(asks: Iterable[Ask], form_fields: Mapping[str, forms.Field], held: Held) -> list[
    tuple[str, str]
]:  # fmt: skip
    """Return what was answered, question by question, for the page that asks to check it."""
    found = []
    for name, field in form_fields.items():
        if isinstance(field, forms.FileField):
            if name in held.files:
                title, data = held.files[name]
                found.append((str(field.label), f"{title} ({len(data):,} B)"))
        elif text := held.texts.get(name, ""):
            found.append((str(field.label), _said(field, text)))
    del asks
    return found


def _said(field: forms.Field, text: str) -> str:
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(text, text))


def _written(value: object) -> str:
    return str(value) if isinstance(value, Instant | str) else ""


def role_field(seat: Seat, fit: Iterable[str] | None) -> dict[str, forms.Field]:
    """Return the question in which role one acts, where several fit and none is chosen."""
    mine = roles_with(seat.roles, seat.permission)
    wanted = [one for one in mine if fit is None or one in set(fit)]
    if seat.role or len(wanted) < 2:  # noqa: PLR2004 # one role asks nothing
        return {}
    return {
        ROLE: forms.ChoiceField(
            label=_p("dossier step", "In which role do you act?"),
            help_text=_p("dossier step", "The act names the role in which it was signed."),
            choices=[(one, name_role(one)) for one in wanted],
            widget=forms.RadioSelect(),
        )
    }


def officer_of(seat: Seat, fit: Iterable[str] | None, role: str) -> Officer:
    """Return who acts, in the role that fits, or in the one that was chosen among those."""
    chosen = replace(seat, role=role) if role and role in seat.roles else seat
    return chosen.officer(fit)


def channel_field(head: DossierRow, step: Step) -> dict[str, forms.Field]:
    """Return the question by which way an act goes out; house acts go nowhere."""
    if not step.is_exchanged:
        return {}
    return {
        CHANNEL: forms.ChoiceField(
            label=_p("dossier step", "By which way it goes"),
            initial="telephone" if step.name.startswith("call") else head.channel,
            choices=[(one.value, label(CHANNELS, one.value)) for one in Channel],
        )
    }


def name_of(key: str) -> str:
    """Return what a key of an act is called."""
    return label(NAMES, key)
