"""Calling back: an oral request is genuine if the number that the directory lists says so.

The number comes from the directory and from nowhere else: one that a caller gave proves nothing.
The call back is recorded as the step that the law file has for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comity.base import Ident, limits
from comity.law import Process
from comity.service.directory import UnknownAuthority, find_card
from comity.service.directory.knowing import Known, call_back_numbers
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_dossier
from comity.service.receipts import retrieve
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.web.pages.dossiers.forms import AskingForm, officer_of, role_field
from comity.web.pages.dossiers.lanes import Moment, moments, party
from comity.web.pages.dossiers.saying import Said, read_said
from comity.web.pages.dossiers.showing import address, head_values
from comity.web.pages.dossiers.stepping import VERSION, read_version
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

STEP: Final = "call_back"
_p = pgettext_lazy
_RESULTS: Final = (
    ("confirmed", _p("dossier call", "They confirmed that the request is theirs")),
    ("denied", _p("dossier call", "They said that the request is not theirs")),
    ("unreached", _p("dossier call", "Nobody answered, or nobody could say")),
)


@page(
    "dossiers/<str:dossier>/call-back",
    Permission.DOSSIER_ACT,
    name="dossier-callback",
    title=_("Call back"),
    takes_posts=True,
    room="dossiers",
)
def call_back(seat: Seat, dossier: str) -> Answer:
    """Show whom to call, and record what came of the call."""
    ident = Ident(dossier)
    if seat.has(Permission.CONTENT_READ):
        show_dossier(seat.node, ident)
        retrieve(seat.node, seat.reader(), ident)
    shown = show_dossier(seat.node, ident)
    process = seat.node.process(shown.head.process)
    values = _values(seat, shown, process)
    form = _make_form(seat, process, values["numbers"]) if values["may_take"] else None
    if form is not None and seat.is_post and form.is_valid():
        with form.catching():
            version = read_version(seat.http.POST.get(VERSION, ""))
            officer = officer_of(seat, process.steps[STEP].roles, form.texts().get("role", ""))
            move = _move(form)

            def keep(node: Node) -> Go:
                take_step(node, officer, ident, move, version=version)
                return Go(to=reverse("dossier", kwargs={"dossier": dossier}), says=_told(form))

            return do_it(seat, keep)
    return Sheet(template="dossiers/callback.html", values={**values, "form": form})


def _told(form: AskingForm) -> str:
    result = form.cleaned_data["terms-result"]
    return str(dict(_RESULTS)[result])


def _move(form: AskingForm) -> Move:
    cleaned = form.cleaned_data
    content = {"says": cleaned["content-says"]} if cleaned["content-says"] else {}
    terms = {"number": cleaned["terms-number"], "result": cleaned["terms-result"]}
    return Move(step=STEP, terms=terms, content=content, channel="telephone")


def _make_form(seat: Seat, process: Process, numbers: list[str]) -> AskingForm:
    fields: dict[str, forms.Field] = {
        "terms-number": _number_field(numbers),
        "terms-result": forms.ChoiceField(
            label=_p("dossier call", "What came of the call"),
            choices=_RESULTS,
            widget=forms.RadioSelect(),
        ),
        "content-says": forms.CharField(
            label=_p("dossier call", "Who confirmed, and what was said"),
            help_text=_p("dossier call", "Post and name of the person, and what you asked. The "
                         "other State reads this note; it lies sealed."),
            required=False,
            max_length=limits.TEXT_CHARACTERS,
            widget=forms.Textarea(attrs={"rows": "4", "dir": "auto"}),
        ),
        **role_field(seat, process.steps[STEP].roles),
    }  # fmt: skip
    if seat.is_post:
        return AskingForm(seat.http.POST, asks=(), extra=fields)
    return AskingForm(asks=(), extra=fields)


def _number_field(numbers: list[str]) -> forms.Field:
    """Return the choice among the directory's numbers; without a directory, a line to write."""
    if numbers:
        return forms.ChoiceField(
            label=_p("dossier call", "Number that you called"),
            choices=[(one, one) for one in numbers],
            widget=forms.RadioSelect(),
        )
    return forms.CharField(
        label=_p("dossier call", "Number that you called"),
        help_text=_p("dossier call", "The directory lists no number for this authority. Say which "
                     "one you called, and in the note where you have it from; never the one that "
                     "the caller gave."),
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "tel"}),
    )  # fmt: skip


def _values(seat: Seat, shown: ShownDossier, process: Process) -> dict[str, Any]:
    head = shown.head
    step = process.steps.get(STEP)
    is_ours = step is not None and step.side == head.side
    with seat.node.store.view() as unit:
        numbers = sorted(
            call_back_numbers(seat.node, unit, head.counterpart, head.counterpart_authority)
        )
    roles = {seat.role} if seat.role else set(seat.roles)
    return {
        **head_values(seat, shown, process),
        "step": step,
        "is_ours": is_ours,
        "is_now": step is not None and shown.state in step.sources,
        "is_role_fit": step is not None and bool(roles & set(step.roles)),
        "may_take": is_ours
        and step is not None
        and shown.state in step.sources
        and bool(roles & set(step.roles)),
        "numbers": numbers,
        "known": _known(seat.node, head.counterpart, head.counterpart_authority),
        "call": _call(seat, shown, process),
        "asked": _asked(seat, shown, process),
        "backs": [one for one in moments(seat, shown, process) if one.act and one.act.step == STEP],
        "other": party(seat, head, is_ours=False),
        "version": head.version,
        "entry": address(
            seat, "directory-entry", state=head.counterpart, authority=head.counterpart_authority
        ),
    }


def _known(node: Node, state: str, authority: str) -> Known | None:
    with node.store.view() as unit:
        try:
            return find_card(node, unit, state, authority)
        except UnknownAuthority:
            return None


def _call(seat: Seat, shown: ShownDossier, process: Process) -> Moment | None:
    calls = [one for one in moments(seat, shown, process) if one.act and one.act.step == "call"]
    return calls[-1] if calls else None


def _asked(seat: Seat, shown: ShownDossier, process: Process) -> Said | None:
    """Return what was asked by telephone, for those who may read it."""
    call = _call(seat, shown, process)
    if call is None or call.act is None or not seat.has(Permission.CONTENT_READ):
        return None
    said = read_said(seat.node, process, call.act)
    return said if said.lines or said.form else replace(said, lines=())
