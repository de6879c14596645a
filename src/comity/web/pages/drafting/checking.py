"""Check your answers, and send: what is asked, what is missing, what will start to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant, limits
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.domain.form import is_empty
from comity.law import Clock, Field, Provision, Step
from comity.service.drafting import Ahead, look_ahead, sending_terms
from comity.service.drafts import drop_drafts, read_drafts
from comity.service.errors import Unfit
from comity.service.node import Node
from comity.service.receipts import retrieve
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.web.pages.drafting.aside import Asked, list_asked
from comity.web.pages.drafting.forming import require_form, surroundings
from comity.web.pages.drafting.linking import earlier_requests, name_language, step_roles
from comity.web.pages.drafting.sections import Section, sections_of
from comity.web.pages.drafting.wording import say_article, say_option
from comity.web.pages.drafting.writing import OFFENCE_PARTS
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

ORIGINAL: Final = "legal_original"
_REASONS: Final = "reasons-"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One answer as it is read: lines of text, and an instant or two where it is a time."""

    asked: Asked
    lines: tuple[str, ...]
    times: tuple[Instant, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section with its answers, and whether something half-written waits there."""

    section: Section
    answers: tuple[Answered, ...]
    has_draft: bool


class SendForm(DeskForm):
    """Reasons for each gate of good practice that is closed, and the legal original."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    original = forms.FileField(
        label=pgettext_lazy("drafting", "The legal original, if your law has one beside this form"),
        help_text=pgettext_lazy(
            "drafting",
            "A PDF with a qualified signature, or the scan of a court’s order. It goes with the "
            "request, and the act binds both by digest.",
        ),
        required=False,
        max_length=200,
    )

    def __init__(self, *given: Any, ahead: Ahead, **more: Any) -> None:  # noqa: ANN401 # Django's
        """Make a box for the reasons of each gate that they open."""
        super().__init__(*given, **more)
        self.fields["version"].initial = ahead.head.version
        for one in ahead.asks_reasons:
            self.fields[f"{_REASONS}{one.gate.gate}"] = forms.CharField(
                label=pgettext("law", one.gate.means),
                help_text=pgettext("drafting", "Your reasons to send it all the same."),
                max_length=limits.ACT_TEXT,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )

    @property
    def reasons(self) -> dict[str, str]:
        """Return the reasons that were written, by the names of the gates."""
        return {
            name.removeprefix(_REASONS): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_REASONS) and value
        }


@page(
    "dossiers/<str:dossier>/form/check",
    Permission.DOSSIER_ACT,
    name="dossier-check",
    title=pgettext_lazy("drafting", "Check your answers"),
    takes_posts=True,
    room="dossiers",
)
def check(seat: Seat, dossier: str) -> Answer:
    """Show all answers, what is missing and what will start to run; send."""
    ident = Ident(dossier)
    ahead = look_ahead(seat.node, seat.actor, ident)
    form = SendForm.of(seat, ahead=ahead)
    if seat.is_post and form.is_valid() and isinstance(form, SendForm):
        with form.catching():
            return do_it(seat, lambda node: _send(seat.at(node), ident, form))
    if not seat.is_post:
        retrieve(seat.node, seat.reader(), ident)
    drafts = read_drafts(seat.node, seat.actor, ident)
    parts = [
        _part(seat, ahead, one, one.name in drafts) for one in sections_of(require_form(ahead))
    ]
    missing = [one.asked for part in parts for one in part.answers
               if one.asked.state in {"missing", "wrong"}]  # fmt: skip
    values = {
        **surroundings(seat, ahead),
        "form": form,
        "parts": parts,
        "missing": missing,
        "clocks": [(one, _runs_from(ahead, one)) for one in ahead.clocks],
        "roles": ahead.step.roles if ahead.step else (),
        "other_steps": _others(ahead),
    }
    return Sheet(template="drafting/check.html", values=values)


def _send(seat: Seat, ident: Ident, form: SendForm) -> Go:
    node: Node = seat.node
    ahead = look_ahead(node, seat.actor, ident)
    if ahead.step is None:
        detail = "The request was sent already, or its process sends no form."
        raise Unfit(detail, where=str(ident))
    move = Move(
        step=ahead.step.name,
        terms=sending_terms(ahead),
        documents=_documents(form),
        reasons_against=form.reasons,
    )
    officer = seat.officer(step_roles(node, ident, ahead.step.name))
    take_step(node, officer, ident, move, version=form.cleaned_data["version"])
    drop_drafts(node, ident)
    says = pgettext("drafting", "Signed. It goes out now; what becomes of it stands here.")
    if ahead.head.channel != "node":
        says = pgettext(
            "drafting", "Signed. Send it by the channel chosen, then record its delivery."
        )
    return Go(to=reverse("dossier", args=[ident]), says=says)


def _documents(form: SendForm) -> dict[str, bytes]:
    sent = form.cleaned_data.get("original")
    if not sent:
        return {}
    data = sent.read(limits.ATTACHMENT_BYTES + 1)
    if len(data) > limits.ATTACHMENT_BYTES:
        detail = "The legal original is larger than a document may be."
        raise Unfit(detail)
    return {ORIGINAL: data}


def _part(seat: Seat, ahead: Ahead, section: Section, has_draft: bool) -> Part:  # noqa: FBT001 # a fact of it
    asked = list_asked(ahead, {one.field: one for one in section.fields})
    answers = tuple(_answer(seat, ahead, one) for one in asked)
    return Part(section=section, answers=answers, has_draft=has_draft)


def _answer(seat: Seat, ahead: Ahead, asked: Asked) -> Answered:
    value = ahead.values.get(asked.field.field)
    times: tuple[Instant, ...] = ()
    lines: tuple[str, ...] = ()
    if is_empty(value):
        pass
    elif asked.field.kind in {"instant", "period"}:
        times, lines = _times(value)
    else:
        lines = _lines(seat, ahead, asked.field, value)
    return Answered(asked=asked, lines=lines, times=times)


def _times(value: Json) -> tuple[tuple[Instant, ...], tuple[str, ...]]:
    """Return the instants of a value; its texts as they are where one of them is none."""
    told = [*map(str, value.values())] if isinstance(value, dict) else [str(value)]
    try:
        return tuple(map(Instant.parse, told)), ()
    except ComityError:
        return (), tuple(told)


def _lines(seat: Seat, ahead: Ahead, field: Field, value: Json) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(_say_text(seat, ahead, field, value).split("\n"))
    if isinstance(value, Mapping):
        parts = OFFENCE_PARTS if field.kind == "offence" else tuple(value)
        held = [one for one in parts if not is_empty(value.get(one))]
        return tuple(_offence(seat, one, value[one]) for one in held)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _say_text(seat: Seat, ahead: Ahead, field: Field, value: str) -> str:
    if field.kind == "choice":
        return say_option(value)
    if field.kind == "yes_no":
        return pgettext("answer", value)
    if field.kind == "act":
        return dict(earlier_requests(seat, ahead)).get(value, value)
    return name_language(seat, value) if field.field == "language" else value


def _offence(seat: Seat, part: str, value: Json) -> str:
    if part == "longest_penalty_months":
        return pgettext("drafting", "Longest penalty: %(months)s months") % {"months": value}
    if part == "article":
        try:
            return say_article(seat.node.book, Provision.parse(str(value)))
        except ComityError:
            return str(value)
    return str(value)


def _runs_from(ahead: Ahead, clock: Clock) -> Instant | None:
    """Return the day that was asked for, where a clock takes one from the act."""
    name = "answer_by" if clock.nature == "wish" else "until"
    text = sending_terms(ahead).get(name, "") if clock.length is None else ""
    try:
        return Instant.parse(text) if text else None
    except ComityError:
        return None


def _others(ahead: Ahead) -> list[Step]:
    """Return the house steps and the call that may come before the sending."""
    if ahead.step is None:
        return []
    return [
        one
        for one in ahead.process.steps.values()
        if one.side == ahead.head.side
        and ahead.state in one.sources
        and one.name not in {"draft", ahead.step.name}
    ]
