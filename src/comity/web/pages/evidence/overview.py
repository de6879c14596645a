"""All evidence of a dossier: what is on its way, what was brought, taken in, sealed, received.

What is on its way refreshes by itself where there is script, and by loading the page again where
there is none. The work is the worker's: closing the page changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.base import Ident, Instant
from comity.base.errors import ComityError
from comity.service.intake import JOB as TAKE_IN
from comity.service.jobs import DONE, STOPPED
from comity.service.progress import Progress, read_progress
from comity.service.received import ShownTransfer, list_transfers
from comity.service.returning import JOB as TAKE_IN_RETURNS
from comity.service.rows import JobRow, PackageRow, ReceivedRow
from comity.service.sealing import JOB as SEAL
from comity.service.uploads import OPEN, WHOLE, list_returns
from comity.web.pages.evidence.parts import note_seen, read_ident
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.permissions import Permission

_JOBS: Final[Mapping[str, Promise]] = {
    TAKE_IN: pgettext_lazy("evidence", "Evidence is being taken in"),
    TAKE_IN_RETURNS: pgettext_lazy("evidence", "Evidence is being taken in"),
    SEAL: pgettext_lazy("evidence", "What was taken in is being sealed"),
    "hand_over": pgettext_lazy("evidence", "A package is being encrypted for the other side"),
    "fetch": pgettext_lazy("evidence", "A package is being fetched and verified"),
    "drop_offer": pgettext_lazy("evidence", "What was confirmed there is being cleared here"),
}
_WORK: Final = pgettext_lazy("evidence", "Work is being done")
_STATES: Final[Mapping[tuple[str, str], Promise]] = {
    ("out", "preparing"): pgettext_lazy("evidence", "is being encrypted for the other side"),
    ("out", "offered"): pgettext_lazy("evidence", "is ready; the other side fetches it"),
    ("out", "done"): pgettext_lazy("evidence", "arrived; the other side confirmed it"),
    ("out", "refused"): pgettext_lazy("evidence", "did not verify there"),
    ("out", "stopped"): pgettext_lazy("evidence", "is stopped; a person must look"),
    ("in", "fetching"): pgettext_lazy("evidence", "is on its way to us"),
    ("in", "verifying"): pgettext_lazy("evidence", "is here and is being verified"),
    ("in", "done"): pgettext_lazy("evidence", "is here, and verified"),
    ("in", "refused"): pgettext_lazy("evidence", "is here, but does not verify"),
    ("in", "stopped"): pgettext_lazy("evidence", "is stopped; a person must look"),
}
_ENDED: Final = frozenset({"done", "refused", "stopped"})
_TAGS: Final = {"done": "passed", "refused": "failed", "stopped": "failed"}
_SEEN: Final = "seen"
_MOST_SEEN: Final = 100
_PARTS: Final = 3
_DIGITS: Final = 18


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How far something was when the page was last looked at."""

    done: int
    at: Instant


@dataclass(frozen=True, kw_only=True)
class Moving:
    """Work, or a package on its way: how far, how fast, how long it takes still."""

    name: Ident
    says: str | Promise
    is_moving: bool
    is_stopped: bool
    done: int
    total: int | None
    rate: int | None
    address: str
    trouble: str
    tag: str = "waits"

    @property
    def percent(self) -> int:
        """Return how far it is, in whole hundredths."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """Return how long it takes still at this rate; None where nobody can tell."""
        if not self.rate or not self.total or self.done >= self.total:
            return None
        return (self.total - self.done) // self.rate

    @property
    def minutes_left(self) -> int | None:
        """Return the same in minutes, rounded up."""
        return None if self.seconds_left is None else self.seconds_left // 60 + 1


@page(
    "dossiers/<str:dossier>/evidence",
    Permission.DOSSIER_READ,
    name="evidence",
    title=pgettext_lazy("evidence", "Evidence"),
    room="dossiers",
)
def show_all(seat: Seat, dossier: str) -> Answer:
    """Show all evidence of a dossier."""
    ident = read_ident(dossier, "dos")
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(ident)
        packages = unit.packages.find(dossier=ident)
        received = unit.received.find(dossier=ident)
        intakes = unit.intakes.find(dossier=ident)
    note_seen(seat, ident)
    table = Table.of(
        seat,
        name="packages",
        columns=_COLUMNS,
        rows=[*received, *packages],
        caption=pgettext_lazy("evidence", "Packages"),
        empty=pgettext_lazy(
            "evidence",
            "There is no package yet. Bring evidence in and seal it, or wait for the other side to "
            "hand it over.",
        ),
        sort="-sealed",
    )
    if table.export:
        return table.export_answer()
    sealed = {row.intake for row in packages}
    uploads = list_returns(seat.node, ident)
    return Sheet(
        template="evidence/evidence.html",
        values={
            "dossier": head,
            "table": table,
            "intakes": [row for row in intakes if row.job not in sealed],
            "returns": [row for row in uploads if row.state in {OPEN, WHOLE}],
            "may_bring": seat.has(Permission.EVIDENCE_BRING),
            **_progress(seat, ident),
        },
    )


@page(
    "dossiers/<str:dossier>/evidence/progress",
    Permission.DOSSIER_READ,
    name="evidence-progress",
    title=pgettext_lazy("evidence", "On its way"),
    room="dossiers",
)
def show_progress(seat: Seat, dossier: str) -> Answer:
    """Show how far everything is: the part of the page that refreshes, or a page of its own."""
    ident = read_ident(dossier, "dos")
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(ident)
    is_part = bool(seat.http.headers.get("HX-Request"))
    return Sheet(
        template="evidence/moving.html" if is_part else "evidence/progress.html",
        values={"dossier": head, **_progress(seat, ident)},
    )


def _progress(seat: Seat, dossier: Ident) -> dict[str, object]:
    seen, now = _read_seen(seat), seat.node.clock.now()
    transfers = list_transfers(seat.node, dossier)
    with seat.node.store.view() as unit:
        rows = unit.jobs.find(dossier=dossier)
        jobs = tuple((row, read_progress(seat.node, unit, row)) for row in rows)
    moving = [*_show_transfers(transfers, seen, now), *_show_jobs(jobs, transfers, seen, now)]
    marks = [(_SEEN, f"{one.name} {one.done} {now}") for one in moving if one.is_moving]
    query = urlencode(marks[:_MOST_SEEN])
    address = reverse("evidence-progress", kwargs={"dossier": str(dossier)})
    return {
        "moving": moving,
        "is_moving": any(one.is_moving for one in moving),
        "refresh": f"{address}?{query}" if query else address,
        "now": now,
    }


def _show_transfers(
    found: tuple[ShownTransfer, ...], seen: Mapping[str, Mark], now: Instant
) -> Iterator[Moving]:
    for one in found:
        row = one.row
        is_coming = row.direction == "in"
        before = seen.get(str(row.ident), Mark(done=0, at=row.made))
        is_over = row.state in _ENDED
        yield Moving(
            name=row.ident,
            says=_STATES.get((row.direction, row.state), row.state),
            is_moving=not is_over,
            is_stopped=row.state in {"refused", "stopped"},
            done=row.size if row.state == "done" else row.got,
            total=row.size or None,
            rate=_rate(before, row.got, now) if is_coming and row.state == "fetching" else None,
            address=reverse("transfer", kwargs={"transfer": str(row.ident)}),
            trouble=row.trouble,
            tag=_TAGS.get(row.state, "waits"),
        )


def _show_jobs(
    jobs: tuple[tuple[JobRow, Progress], ...],
    transfers: tuple[ShownTransfer, ...],
    seen: Mapping[str, Mark],
    now: Instant,
) -> Iterator[Moving]:
    shown = {one.row.job for one in transfers}
    for job, far in jobs:
        is_stopped = job.state == STOPPED
        if job.ident in shown or job.state == DONE:
            continue
        before, done = seen.get(str(job.ident)), far.done or 0
        yield Moving(
            name=job.ident,
            says=_JOBS.get(job.kind, _WORK),
            is_moving=not is_stopped,
            is_stopped=is_stopped,
            done=done,
            total=far.total,
            rate=None if before is None else _rate(before, done, now),
            address="",
            trouble=job.trouble,
            tag="failed" if is_stopped else "waits",
        )


def _rate(before: Mark, done: int, now: Instant) -> int | None:
    """Return bytes a second since the page was last looked at; None where nothing moved."""
    seconds = now.seconds_after(before.at)
    return (done - before.done) // seconds or None if seconds > 0 and done > before.done else None


def _read_seen(seat: Seat) -> dict[str, Mark]:
    """Read from the address how far everything was; what is none is passed over."""
    found: dict[str, Mark] = {}
    for text in seat.http.GET.getlist(_SEEN)[:_MOST_SEEN]:
        words = text.split(" ")
        if len(words) != _PARTS or not words[1].isascii() or not words[1].isdigit():
            continue
        at = _moment(words[2])
        if at is not None and len(words[1]) <= _DIGITS:
            found[words[0]] = Mark(done=int(words[1]), at=at)
    return found


def _moment(text: str) -> Instant | None:
    try:
        return Instant.parse(text)
    except ComityError:
        return None


def _address(row: PackageRow | ReceivedRow) -> str:
    return reverse("package", kwargs={"package": str(row.ident)})


def _origin(row: PackageRow | ReceivedRow) -> str | Promise:
    return _RECEIVED if isinstance(row, ReceivedRow) else _SEALED


_RECEIVED: Final = pgettext_lazy("evidence", "Received from the other side")
_SEALED: Final = pgettext_lazy("evidence", "Sealed here")
_COLUMNS: Final = (
    Column(
        key="package",
        title=pgettext_lazy("evidence", "Package"),
        value=lambda row: str(row.ident),
        cell="evidence/cells/ref.html",
        link=_address,
    ),
    Column(
        key="origin",
        title=pgettext_lazy("evidence", "Where it comes from"),
        value=lambda row: "received" if isinstance(row, ReceivedRow) else "sealed",
        shown=_origin,
        choices=True,
    ),
    Column(
        key="objects",
        title=pgettext_lazy("evidence", "Objects"),
        value=lambda row: row.objects_count,
    ),
    Column(
        key="sealed",
        title=pgettext_lazy("evidence", "Sealed at"),
        value=lambda row: row.sealed_at,
    ),
)
