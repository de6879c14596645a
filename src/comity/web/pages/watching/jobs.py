"""Long work: how far it is, at what rate, and how long it may still take.

The rate is measured between two looks, from what the address of the page carries, so that
nothing is kept for it; the first look can only say how far it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.base.errors import ComityError
from comity.service.jobs import STOPPED, begin_again
from comity.service.node import Node
from comity.service.progress import Progress, read_progress
from comity.service.rows import JobRow
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import say_length
from comity.web.permissions import Permission

STATES: Final = {
    "waiting": pgettext_lazy("job", "Waits for its turn"),
    "held": pgettext_lazy("job", "Under way"),
    "done": pgettext_lazy("job", "Done"),
    "stopped": pgettext_lazy("job", "Stopped: a person must look"),
}
KINDS: Final = {
    "take_in": pgettext_lazy("job", "Taking evidence in"),
    "take_in_returns": pgettext_lazy("job", "Taking evidence in"),
    "seal": pgettext_lazy("job", "Sealing a package"),
    "hand_over": pgettext_lazy("job", "Handing evidence over"),
    "fetch": pgettext_lazy("job", "Fetching evidence"),
}
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a job shows, and the address of the next."""

    percent: int | None
    rate: int | None
    left: str
    again: str


@page("jobs", Permission.JOB_READ, name="job-list", title=_("Work under way"), room="jobs")
def list_work(seat: Seat) -> Answer:
    """List long work: what was stopped first, then what waits, then what is done."""
    with seat.node.store.view() as unit:
        rows = sorted(unit.jobs.find(), key=_rank)
    table = Table.of(
        seat,
        name="jobs",
        columns=_columns(seat),
        rows=rows,
        empty=pgettext_lazy(
            "watching",
            "No long work was asked for. Taking evidence in, sealing it and handing it over "
            "show here, and go on when this page is closed.",
        ),
    )
    if table.export:
        return table.export_answer()
    return Sheet(template="watching/jobs.html", values={"table": table})


@page("jobs/<str:job>", Permission.JOB_READ, name="jobs", title=_("Work under way"), room="jobs")
def show_job(seat: Seat, job: str) -> Answer:
    """Show how far a job is, the rate since the last look, and the time left."""
    with seat.node.store.view() as unit:
        row = unit.jobs.get(Ident(job))
        progress = read_progress(seat.node, unit, row)
    values = {
        "row": row,
        "kind": KINDS.get(row.kind, row.kind),
        "state": STATES[_state(row, seat.node)],
        "word": _state(row, seat.node),
        "progress": progress,
        "look": look_at(seat, row, progress),
        "may_again": row.state == STOPPED and seat.has(Permission.JOB_AGAIN),
    }
    template = "watching/job_part.html" if seat.http.headers.get("HX-Request") else ""
    return Sheet(template=template or "watching/job.html", values=values)


@page(
    "jobs/<str:job>/again",
    Permission.JOB_AGAIN,
    name="job-again",
    title=_("Try again"),
    takes_posts=True,
    room="jobs",
)
def try_again(seat: Seat, job: str) -> Answer:
    """Let a job that was stopped be tried again."""
    with seat.node.store.view() as unit:
        row = unit.jobs.get(Ident(job))
    form = DeskForm.of(seat)
    if seat.is_post:
        with form.catching():
            return do_it(seat, partial(_again, row))
    values = {"row": row, "kind": KINDS.get(row.kind, row.kind), "form": form}
    return Sheet(template="watching/job_again.html", values=values)


def look_at(seat: Seat, row: JobRow, progress: Progress) -> Look:
    """Return what this look shows, compared with the one before if the address tells of it."""
    now = seat.node.clock.now()
    done, total = progress.done or 0, progress.total
    told = {"since": str(now), "had": str(done)}
    rate = _rate(seat, now, done)
    rest = total - done if total is not None else None
    left = say_length(rest // rate) if rate and rest is not None and rest > 0 else ""
    address = reverse("jobs", kwargs={"job": str(row.ident)})
    return Look(
        percent=min(100, done * 100 // total) if total else None,
        rate=rate,
        left=left,
        again=f"{address}?{urlencode(told)}",
    )


def _rate(seat: Seat, now: Instant, done: int) -> int | None:
    """Return bytes in a second since the look that the address tells of; None without one."""
    since, had = seat.http.GET.get("since", ""), seat.http.GET.get("had", "")
    if not (had.isascii() and had.isdigit() and len(had) <= _DIGITS):
        return None
    try:
        seconds = now.seconds_after(Instant.parse(since))
    except ComityError:
        return None
    return max(0, done - int(had)) // seconds if seconds > 0 else None


def _again(row: JobRow, node: Node) -> Go:
    begin_again(node, row.ident)
    return Go(
        to=reverse("jobs", kwargs={"job": str(row.ident)}),
        says=pgettext("watching", "It is tried again."),
    )


def _state(row: JobRow, node: Node) -> str:
    is_held = row.lease_until is not None and row.lease_until > node.clock.now()
    return "held" if is_held and row.state == "waiting" else row.state


def _columns(seat: Seat) -> list[Column]:
    return [
        Column(
            key="kind",
            title=pgettext_lazy("watching", "Work"),
            value=lambda row: row.kind,
            shown=lambda row: KINDS.get(row.kind, row.kind),
            link=lambda row: reverse("jobs", kwargs={"job": str(row.ident)}),
            choices=True,
        ),
        Column(
            key="state",
            title=pgettext_lazy("watching", "How it stands"),
            value=lambda row: _state(row, seat.node),
            shown=lambda row: STATES.get(_state(row, seat.node), row.state),
            cell="watching/cell_job.html",
            choices=True,
        ),
        Column(
            key="attempts",
            title=pgettext_lazy("watching", "Times tried"),
            value=lambda row: row.attempts,
        ),
        Column(key="due", title=pgettext_lazy("watching", "Due"), value=lambda row: row.due),
        Column(
            key="dossier",
            title=pgettext_lazy("watching", "Dossier"),
            value=lambda row: str(row.dossier),
            is_shown=False,
        ),
        Column(
            key="trouble",
            title=pgettext_lazy("watching", "What stands against it"),
            value=lambda row: row.trouble,
        ),
    ]


def _rank(row: JobRow) -> tuple[int, float, str]:
    place = {"stopped": 0, "waiting": 1}.get(row.state, 2)
    return place, -row.due.at.timestamp(), str(row.ident)
