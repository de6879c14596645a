"""One side is enough: what they did, and what reached them, recorded by us with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest, Ident, Instant, limits
from comity.base.errors import AskedWrongly
from comity.domain.dossier import Channel
from comity.law import Process, Step
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_dossier
from comity.service.receipts import retrieve
from comity.service.replies import Delivery, Reply, record_delivery, record_step
from comity.web.pages.dossiers.asks import asks_of
from comity.web.pages.dossiers.forms import (
    AskingForm,
    move_of,
    officer_of,
    read_bounded,
    role_field,
)
from comity.web.pages.dossiers.holding import Held
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.moments import MomentField, zone_name
from comity.web.pages.dossiers.questions import Asking
from comity.web.pages.dossiers.showing import head_values
from comity.web.pages.dossiers.stepping import NoSuchStep
from comity.web.pages.dossiers.words import CHANNELS, label, says_done, step_label
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
_LAST: Final = "last"
_NOTHING: Final = "nothing"


class ProofMissing(AskedWrongly):
    """What is recorded needs its proof: the letter itself, or a note of the call."""

    code = "pages/proof-missing"
    remedy = "Choose the scan or the file, or write the note."


@page(
    "dossiers/<str:dossier>/record",
    Permission.DOSSIER_ACT,
    name="dossier-record",
    title=_("Record what they did"),
    takes_posts=True,
    room="dossiers",
)
def record(seat: Seat, dossier: str) -> Answer:
    """Record a step of the other side that reached us without a node."""
    ident = Ident(dossier)
    if seat.has(Permission.CONTENT_READ):
        show_dossier(seat.node, ident)
        retrieve(seat.node, seat.reader(), ident)
    shown = show_dossier(seat.node, ident)
    process = seat.node.process(shown.head.process)
    theirs = [one for one in process.steps.values() if _is_theirs(one, shown)]
    chosen = seat.http.GET.get("step", "")
    values = {**head_values(seat, shown, process), "other": _other(seat, shown)}
    if not chosen:
        values |= {"fitting": _options(theirs, shown, fits=True),
                   "others": _options(theirs, shown, fits=False)}  # fmt: skip
        return Sheet(template="dossiers/record_choose.html", values=values)
    step = next((one for one in theirs if one.name == chosen), None)
    if step is None:
        raise NoSuchStep(where=dossier)
    return _record(seat, shown, process, step, values)


def _is_theirs(step: Step, shown: ShownDossier) -> bool:
    return step.side != shown.head.side and step.is_exchanged


def _options(steps: list[Step], shown: ShownDossier, *, fits: bool) -> list[tuple[str, str, Step]]:
    found = [one for one in steps if (shown.state in one.sources) is fits]
    found.sort(key=lambda one: not one.moves)
    return [(one.name, step_label(one.name), one) for one in found]


def _other(seat: Seat, shown: ShownDossier) -> str:
    return party(seat, shown.head, is_ours=False)


def _record(
    seat: Seat, shown: ShownDossier, process: Process, step: Step, values: dict[str, Any]
) -> Answer:
    asking = Asking(seat=seat, head=shown.head, process=process, step=step)
    extra = {**_reply_fields(seat, shown), **role_field(seat, None)}
    more: dict[str, Any] = {"asks": asks_of(asking), "extra": extra}
    form = (AskingForm(seat.http.POST, seat.http.FILES, **more) if seat.is_post
            else AskingForm(initial={"seen": _LAST}, **more))  # fmt: skip
    said = says_done(step.name, _other(seat, shown), step.means)
    if seat.is_post and form.is_valid():
        with form.catching():
            reply = _reply(form, step)
            officer = officer_of(seat, None, form.texts().get("role", ""))

            def keep(node: Node) -> Go:
                record_step(node, officer, shown.head.ident, reply)
                return Go(to=_address(shown.head.ident), says=_recorded(said))

            return do_it(seat, keep)
    values |= {"form": form, "step": step, "says": said}
    title = pgettext("dossier", "Record: %(step)s") % {"step": step_label(step.name)}
    return Sheet(template="dossiers/record.html", values=values, title=title)


def _recorded(said: str) -> str:
    return pgettext("dossier", "Recorded by us: %(said)s") % {"said": said}


def _address(dossier: Ident) -> str:
    return reverse("dossier", kwargs={"dossier": str(dossier)})


def _reply(form: AskingForm, step: Step) -> Reply:
    texts = form.texts()
    held = Held(texts=texts, files={}, version=-1)
    move = move_of(form.asks, step.name, held)
    seen = texts["seen"]
    return Reply(
        step=step.name,
        channel=texts["channel"],
        received=form.cleaned_data["received"],
        proof=read_proof(form.cleaned_data),
        content=move.content,
        terms=move.terms,
        seen=Digest.parse(seen) if seen not in {_LAST, _NOTHING} else None,
        has_seen_nothing=seen == _NOTHING,
    )


def read_proof(cleaned: Mapping[str, Any]) -> bytes:
    """Return the scan that was chosen, or else the note that was written."""
    if cleaned.get("proof"):
        return read_bounded(cleaned["proof"])
    note = str(cleaned.get("note") or "").strip()
    if not note:
        raise ProofMissing
    return note.encode("utf-8")


def proof_fields() -> dict[str, forms.Field]:
    """Return the two ways to give proof: a file, or a note."""
    hint = pgettext("dossier", "PDF, picture or mail, whole. At most %(size)s MB.")
    return {
        "proof": forms.FileField(
            label=_p("dossier", "Scan or file"),
            help_text=hint % {"size": limits.ATTACHMENT_BYTES >> 20},
            required=False,
        ),
        "note": forms.CharField(
            label=_p("dossier", "Or a note of the call"),
            help_text=_p("dossier", "Who called whom, on which number, when, what was said."),
            required=False,
            max_length=limits.TEXT_CHARACTERS,
            widget=forms.Textarea(attrs={"rows": "4", "dir": "auto"}),
        ),
    }


def by_hand_channels(label_text: Any, initial: str = "letter") -> forms.ChoiceField:  # noqa: ANN401 # a lazy text
    """Return the question by which way something came or went outside the nodes."""
    ways = [one.value for one in Channel if one is not Channel.NODE]
    return forms.ChoiceField(
        label=label_text,
        initial=initial,
        choices=[(one, label(CHANNELS, one)) for one in ways],
    )


def past_moment(seat: Seat, label_text: Any) -> MomentField:  # noqa: ANN401 # a lazy text
    """Return the question when something happened, in the reader's zone."""
    hint = pgettext("dossier", "In your time zone: %(zone)s. It has happened; no day to come.")
    return MomentField(
        zone=seat.zone, label=label_text, help_text=hint % {"zone": zone_name(seat.zone)}
    )


def _reply_fields(seat: Seat, shown: ShownDossier) -> dict[str, forms.Field]:
    sent = [(row.act, row.made) for row in shown.outbox]
    steps = {one.act.digest: one.act for one in shown.acts}
    older = [
        (str(digest), _sent_label(seat, steps[digest].step, made))
        for digest, made in sorted(sent, key=lambda one: one[1], reverse=True)
        if digest in steps
    ]
    choices = [
        (_LAST, pgettext("dossier", "All that we had sent")),
        *older,
        (_NOTHING, pgettext("dossier", "Nothing of ours")),
    ]
    return {
        "channel": by_hand_channels(_p("dossier", "How it came")),
        "received": past_moment(seat, _p("dossier", "When it reached us")),
        **proof_fields(),
        "seen": forms.ChoiceField(
            label=_p("dossier", "The last act of ours that they had when they did this"),
            help_text=_p("dossier", "If their letter crossed one of ours, the law file says which "
                         "of the two prevails. Look at what their letter answers."),
            choices=choices,
        ),
    }  # fmt: skip


def _sent_label(seat: Seat, step: str, made: Instant) -> str:
    local = made.at.astimezone(seat.zone).strftime("%Y-%m-%d %H:%M")
    return f"{step_label(step)}, {local}"


class DeliveryForm(AskingForm):
    """When and how an act of ours reached them, and what proves it."""


@page(
    "dossiers/<str:dossier>/deliveries/<str:digest>",
    Permission.DOSSIER_ACT,
    name="dossier-deliver",
    title=_("Record that it reached them"),
    takes_posts=True,
    room="dossiers",
)
def deliver(seat: Seat, dossier: str, digest: str) -> Answer:
    """Record that an act of ours reached the other side; their clocks run from there."""
    ident, name = Ident(dossier), Digest.parse(digest)
    shown = show_dossier(seat.node, ident)
    row = next((one for one in shown.outbox if one.act == name), None)
    if row is None:
        raise NotThere(str(name), where=dossier)
    act = next(one.act for one in shown.acts if one.act.digest == name)
    ways = by_hand_channels(
        _p("dossier", "How it went"), row.channel if row.channel != "node" else "letter"
    )
    extra = {
        "channel": ways,
        "at": past_moment(seat, _p("dossier", "When it reached them")),
        **proof_fields(),
        **role_field(seat, None),
    }
    form = (DeliveryForm(seat.http.POST, seat.http.FILES, asks=(), extra=extra) if seat.is_post
            else DeliveryForm(asks=(), extra=extra))  # fmt: skip
    if seat.is_post and form.is_valid():
        with form.catching():
            delivery = Delivery(
                act=name,
                at=form.cleaned_data["at"],
                channel=form.cleaned_data["channel"],
                proof=read_proof(form.cleaned_data),
            )
            officer = officer_of(seat, None, form.texts().get("role", ""))

            def keep(node: Node) -> Go:
                record_delivery(node, officer, ident, delivery)
                return Go(to=_address(ident), says=pgettext("dossier", "Recorded. Their time runs "
                                                            "from that moment."))  # fmt: skip

            return do_it(seat, keep)
    process = seat.node.book.processes.get(shown.head.process)
    values = {
        **head_values(seat, shown, process),
        "form": form,
        "row": row,
        "act": act,
        "says": step_label(act.step),
        "other": _other(seat, shown),
        "clocks": _waiting(shown, name),
    }
    return Sheet(template="dossiers/deliver.html", values=values)


def _waiting(shown: ShownDossier, act: Digest) -> list[Any]:
    """Return the deadlines that wait for this delivery."""
    return [row for row in shown.deadlines if row.act == act and row.waits_for == "delivery"]
