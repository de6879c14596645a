"""Letters: our messages under way, which receipts came, what is late, and what one may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest, Instant, limits
from comity.federation.delays import rank
from comity.service.letters import send_again
from comity.service.node import Node
from comity.service.parcels import letter_heads
from comity.service.rows import LetterRow, ReceiptRow
from comity.service.steering import halt_letter
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import name_state
from comity.web.permissions import Permission

STATES: Final = {
    "waiting": pgettext_lazy("letter", "To be sent"),
    "relayed": pgettext_lazy("letter", "Their node holds it"),
    "asking": pgettext_lazy("letter", "Delivered, a receipt is lost"),
    "done": pgettext_lazy("letter", "Done"),
    "stopped": pgettext_lazy("letter", "Stopped: a person must look"),
    "courier": pgettext_lazy("letter", "Goes on a disk"),
}
EVENTS: Final = {
    "submission_accepted": pgettext_lazy("receipt", "Made and signed here"),
    "submission_rejected": pgettext_lazy("receipt", "Could not be made here"),
    "relay_accepted": pgettext_lazy("receipt", "Their node holds it"),
    "relay_failed": pgettext_lazy("receipt", "Their node did not take it in time"),
    "relay_rejected": pgettext_lazy("receipt", "Their node refused it"),
    "delivered": pgettext_lazy("receipt", "Their node has read it"),
    "not_delivered": pgettext_lazy("receipt", "It was not read in time"),
    "retrieved": pgettext_lazy("receipt", "A person there has opened it"),
    "not_retrieved": pgettext_lazy("receipt", "Nobody there opened it in time"),
}
PRIORITIES: Final = {
    "emergency": pgettext_lazy("priority", "Emergency"),
    "urgent": pgettext_lazy("priority", "Urgent"),
    "routine": pgettext_lazy("priority", "Routine"),
}
# What is owed next, and by when, after each event.
_NEXT: Final = (
    ("relay_accepted", "relay_by", pgettext_lazy("letter", "their node is to take it")),
    ("delivered", "deliver_by", pgettext_lazy("letter", "their node is to read it")),
    ("retrieved", "retrieve_by", pgettext_lazy("letter", "a person there is to open it")),
)
_ORDER: Final = tuple(EVENTS)
_OVER: Final = frozenset({"asking", "done", "stopped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A letter, its receipts, and what is owed next."""

    row: LetterRow
    receipts: tuple[ReceiptRow, ...]
    owed: object
    owed_by: Instant | None
    is_late: bool

    @property
    def can_stop(self) -> bool:
        """Return whether it may still be stopped."""
        return self.row.kind == "act" and self.row.state not in _OVER

    @property
    def can_repeat(self) -> bool:
        """Return whether it may be sent again."""
        return self.row.kind == "act" and self.row.state not in {"asking", "done"}


class StopForm(DeskForm):
    """Why a letter is to be sent no more."""

    reasons = forms.CharField(
        label=pgettext_lazy("watching", "Why it is to be sent no more"),
        help_text=pgettext_lazy("watching", "It is kept with the act that says who stopped it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=limits.ACT_TEXT,
    )


@page(
    "letters", Permission.LETTER_READ, name="letters", title=_("Messages under way"), room="letters"
)
def show_letters(seat: Seat) -> Answer:
    """List messages under way: what is late first, then by priority."""
    lines = sorted(_lines(seat.node), key=_rank)
    table = Table.of(
        seat,
        name="letters",
        columns=_columns(seat),
        rows=lines,
        empty=pgettext_lazy(
            "watching",
            "No message has gone out. When a step is signed in a dossier that goes by node or by "
            "courier, its message shows here with every receipt.",
        ),
    )
    if table.export:
        return table.export_answer()
    late = sum(one.is_late for one in lines)
    stopped = sum(one.row.state == "stopped" for one in lines)
    values = {"table": table, "late": late, "stopped": stopped}
    return Sheet(template="watching/letters.html", values=values)


@page(
    "letters/<str:message>",
    Permission.LETTER_READ,
    name="letter",
    title=_("A message under way"),
    room="letters",
)
def show_letter(seat: Seat, message: str) -> Answer:
    """Show a message: its way, its receipts, what is owed by when, and what one may do."""
    values = _letter(seat, message)
    may_steer = seat.has(Permission.LETTER_STEER)
    return Sheet(
        template="watching/letter.html",
        values={**values, "may_steer": may_steer, "form": DeskForm()},
    )


@page(
    "letters/<str:message>/stop",
    Permission.LETTER_STEER,
    name="letter-stop",
    title=_("Stop a message"),
    takes_posts=True,
    room="letters",
)
def stop_letter(seat: Seat, message: str) -> Answer:
    """Let a message be tried no more; an act says who stopped it, and why."""
    form = StopForm.of(seat)
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, partial(_stop, seat, message, form.cleaned_data["reasons"]))
    values = {**_letter(seat, message), "form": form}
    return Sheet(template="watching/letter_stop.html", values=values)


@page(
    "letters/<str:message>/again",
    Permission.LETTER_STEER,
    name="letter-again",
    title=_("Send a message again"),
    takes_posts=True,
    room="letters",
)
def repeat_letter(seat: Seat, message: str) -> Answer:
    """Send a message again now; of one that was stopped or refused a new one is made."""
    form = DeskForm.of(seat)
    if seat.is_post:
        with form.catching():
            return do_it(seat, partial(_repeat, seat, message))
    values = {**_letter(seat, message), "form": form}
    return Sheet(template="watching/letter_again.html", values=values)


def _stop(seat: Seat, message: str, reasons: str, node: Node) -> Go:
    row = halt_letter(node, seat.officer(), Digest.parse(message), reasons)
    return Go(to=_address(row), says=pgettext("watching", "The message is tried no more."))


def _repeat(seat: Seat, message: str, node: Node) -> Go:
    row = send_again(node, seat.officer(), Digest.parse(message))
    return Go(to=_address(row), says=pgettext("watching", "The message goes out again now."))


def _address(row: LetterRow) -> str:
    return reverse("letter", kwargs={"message": str(row.message)})


def _letter(seat: Seat, message: str) -> dict[str, object]:
    digest = Digest.parse(message)
    with seat.node.store.view() as unit:
        row = unit.letters.get(digest)
        receipts = unit.receipts.find(message=digest)
    line = _line(row, receipts, seat.node.clock.now())
    said = [(one, EVENTS.get(one.event, one.event)) for one in line.receipts]
    came = {one.event for one in line.receipts}
    times = [(getattr(row, name), words, event in came) for event, name, words in _NEXT]
    return {
        "line": line,
        "row": row,
        "receipts": said,
        "times": times,
        "state": STATES.get(row.state, row.state),
        "priority": PRIORITIES.get(row.priority, row.priority),
    }


def _lines(node: Node) -> list[Line]:
    """Return all letters with their receipts; neither bodies nor one question for each."""
    with node.store.view() as unit:
        rows = letter_heads(unit)
        receipts: dict[Digest, list[ReceiptRow]] = {}
        for one in unit.receipts.among("message", [row.message for row in rows]):
            receipts.setdefault(one.message, []).append(one)
    now = node.clock.now()
    return [_line(row, receipts.get(row.message, []), now) for row in rows]


def _line(row: LetterRow, receipts: Iterable[ReceiptRow], now: Instant) -> Line:
    found = tuple(sorted(receipts, key=_in_time))
    events = {one.event for one in found}
    owed: object = ""
    by: Instant | None = None
    if row.kind == "act" and row.state != "stopped":
        for event, name, words in _NEXT:
            if event not in events:
                owed, by = words, getattr(row, name)
                break
    late = by is not None and by <= now
    return Line(row=row, receipts=found, owed=owed, owed_by=by, is_late=late)


def _columns(seat: Seat) -> list[Column]:
    return [
        Column(
            key="to",
            title=pgettext_lazy("watching", "To"),
            value=lambda one: f"{one.row.receiver_state} {one.row.receiver_authority}",
            shown=lambda one: (
                f"{name_state(seat, one.row.receiver_state)}, {one.row.receiver_authority}"
            ),
            link=lambda one: _address(one.row),
        ),
        Column(
            key="state",
            title=pgettext_lazy("watching", "How it stands"),
            value=lambda one: one.row.state,
            shown=lambda one: STATES.get(one.row.state, one.row.state),
            cell="watching/cell_letter.html",
            choices=True,
        ),
        Column(
            key="priority",
            title=pgettext_lazy("watching", "Priority"),
            value=lambda one: one.row.priority,
            shown=lambda one: PRIORITIES.get(one.row.priority, one.row.priority),
            choices=True,
        ),
        Column(
            key="owed_by",
            title=pgettext_lazy("watching", "Owed by"),
            value=lambda one: one.owed_by,
        ),
        Column(key="made", title=pgettext_lazy("watching", "Made"), value=lambda one: one.row.made),
        Column(
            key="kind",
            title=pgettext_lazy("watching", "Kind"),
            value=lambda one: one.row.kind,
            shown=lambda one: (
                pgettext("letter", "A step")
                if one.row.kind == "act"
                else pgettext("letter", "A receipt")
            ),
            choices=True,
        ),
        Column(
            key="dossier",
            title=pgettext_lazy("watching", "Dossier"),
            value=lambda one: str(one.row.dossier or ""),
            is_shown=False,
        ),
    ]


def _rank(line: Line) -> tuple[bool, bool, int, float]:
    needs_look = line.is_late or line.row.state == "stopped"
    is_over = line.row.state in {"asking", "done"}
    made = -line.row.made.at.timestamp()
    return not needs_look, is_over, rank(line.row.priority), made


def _in_time(row: ReceiptRow) -> tuple[Instant, int]:
    return row.at, _ORDER.index(row.event) if row.event in _ORDER else len(_ORDER)
