"""Findings: what was refused or is odd, why, and what to do; unseen first."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest, Ident
from comity.service.errors import NotThere
from comity.service.findings import WEIGHTY, list_findings, mark_seen, show_finding
from comity.service.node import Node
from comity.service.people import read_person
from comity.service.rows import FindingRow
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.watching.kinds import meaning_of
from comity.web.permissions import Permission

# So much of the bytes that were refused is shown.
_SHOWN: Final = 1024
_COLUMNS: Final = (
    Column(
        key="seen",
        title=pgettext_lazy("watching", "Looked at"),
        value=lambda row: row.seen_at is not None,
        shown=lambda row: (
            pgettext("watching", "Seen") if row.seen_at else pgettext("watching", "Not seen")
        ),
        cell="watching/cell_seen.html",
        choices=True,
    ),
    Column(
        key="kind",
        title=pgettext_lazy("watching", "What happened"),
        value=lambda row: row.kind,
        shown=lambda row: meaning_of(row.kind).title,
        link=lambda row: reverse("finding", kwargs={"finding": str(row.ident)}),
        choices=True,
    ),
    Column(key="source", title=pgettext_lazy("watching", "From"), value=lambda row: row.source),
    Column(key="at", title=pgettext_lazy("watching", "When"), value=lambda row: row.at),
    Column(
        key="says",
        title=pgettext_lazy("watching", "What the node says"),
        value=lambda row: row.says,
        is_shown=False,
    ),
    Column(
        key="seen_by",
        title=pgettext_lazy("watching", "Seen by"),
        value=lambda row: row.seen_by,
        is_shown=False,
    ),
)


@page("findings", Permission.FINDING_READ, name="findings", title=_("Findings"))
def show_findings(seat: Seat) -> Answer:
    """List findings: first those that nobody has looked at, the grave before the others."""
    rows = sorted(list_findings(seat.node), key=_rank)
    table = Table.of(
        seat,
        name="findings",
        columns=_COLUMNS,
        rows=rows,
        empty=pgettext_lazy(
            "watching",
            "Nothing was refused and nothing is odd. What this node refuses is kept here with "
            "the reason, until a named person has looked at it.",
        ),
    )
    if table.export:
        return table.export_answer()
    unseen = sum(row.seen_at is None for row in rows)
    return Sheet(template="watching/findings.html", values={"table": table, "unseen": unseen})


@page(
    "findings/<str:finding>",
    Permission.FINDING_READ,
    name="finding",
    title=_("A finding"),
    room="findings",
)
def show_one(seat: Seat, finding: str) -> Answer:
    """Show a finding: what happened, why it was refused, what to do."""
    row = show_finding(seat.node, Ident(finding))
    meaning = meaning_of(row.kind)
    may_read = seat.has(Permission.CONTENT_READ)
    values = {
        "row": row,
        "meaning": meaning,
        "is_grave": row.kind in WEIGHTY,
        "digest": Digest.of(row.evidence) if row.evidence else None,
        "evidence": _readable(row.evidence) if may_read else "",
        "size": len(row.evidence),
        "may_read": may_read,
        "may_see": row.seen_at is None and seat.has(Permission.FINDING_SEE),
        "seen_by": say_person(seat, row.seen_by),
        "form": DeskForm(),
    }
    return Sheet(template="watching/finding.html", values=values, title=meaning.title)


@page(
    "findings/<str:finding>/seen",
    Permission.FINDING_SEE,
    name="finding-seen",
    title=_("Mark a finding as seen"),
    takes_posts=True,
    room="findings",
)
def see_finding(seat: Seat, finding: str) -> Answer:
    """Note who has looked at a finding."""
    row = show_finding(seat.node, Ident(finding))
    form = DeskForm.of(seat)
    if seat.is_post:
        with form.catching():
            return do_it(seat, partial(_see, seat, row.ident))
    values = {"row": row, "meaning": meaning_of(row.kind), "form": form}
    return Sheet(template="watching/finding_seen.html", values=values)


def say_person(seat: Seat, actor: str) -> str:
    """Return the login of a person, or the opaque name of one who is not enrolled."""
    if not actor:
        return ""
    try:
        return read_person(seat.node, actor).login
    except NotThere:
        return actor


def _see(seat: Seat, ident: Ident, node: Node) -> Go:
    mark_seen(node, seat.reader(), ident)
    return Go(to=reverse("findings"), says=pgettext("watching", "The finding is marked as seen."))


def _rank(row: FindingRow) -> tuple[bool, bool, float, str]:
    return (
        row.seen_at is not None,
        row.kind not in WEIGHTY,
        -row.at.at.timestamp(),
        str(row.ident),
    )


def _readable(data: bytes) -> str:
    """Return the first bytes as text, with everything that is none as a dot."""
    text = data[:_SHOWN].decode("utf-8", "replace")
    return "".join(one if one.isprintable() or one == "\n" else "·" for one in text)
