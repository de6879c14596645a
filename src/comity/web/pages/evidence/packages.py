"""One package: its objects, its numbered checks, and what may be done with it next."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Ident, limits
from comity.service.custody import DISCLOSE, OPEN
from comity.service.examining import WHOLE_BYTES, ShownObject, examine, list_objects, read_size
from comity.service.received import ShownTransfer, show_transfer
from comity.service.rows import PackageRow, ReceivedRow
from comity.service.transfers_state import CONFIRM, HAND_OVER
from comity.web.pages.evidence.parts import Way, note_seen, read_package, show_way
from comity.web.pages.evidence.repeating import ShownCheck, show_data, show_findings
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.permissions import Permission

# Of a package with more objects even the lists take a while: they are checked when asked for.
_FEW: Final = 2_000
_DIGITS: Final = 9
_COLUMNS: Final = (
    Column(key="serial", title=pgettext_lazy("evidence", "Number"), value=lambda one: one.serial),
    Column(
        key="name",
        title=pgettext_lazy("evidence", "Name"),
        value=lambda one: one.name,
        cell="evidence/cells/name.html",
    ),
    Column(
        key="kind",
        title=pgettext_lazy("evidence", "Kind"),
        value=lambda one: one.record.kind.value,
        cell="evidence/cells/kind.html",
        choices=True,
    ),
    Column(
        key="size",
        title=pgettext_lazy("evidence", "Size"),
        value=lambda one: one.record.size,
        cell="evidence/cells/size.html",
    ),
    Column(
        key="sha256",
        title=pgettext_lazy("evidence", "SHA-256"),
        value=lambda one: one.record.digest.hex,
        cell="evidence/cells/digest.html",
    ),
    Column(
        key="origin",
        title=pgettext_lazy("evidence", "Where it comes from"),
        value=lambda one: one.record.provenance.origin,
    ),
)


@page(
    "packages/<str:package>",
    Permission.DOSSIER_READ,
    name="package",
    title=pgettext_lazy("evidence", "Package"),
    room="dossiers",
)
def show_one(seat: Seat, package: str) -> Answer:
    """Show a package; names, digests and checks only to who may read content."""
    row = read_package(seat.node, package)
    may_read = seat.has(Permission.CONTENT_READ)
    note_seen(seat, row.dossier)
    begin = _begin(seat)
    table = _table(seat, row, begin) if may_read else None
    if table is not None and table.export:
        return table.export_answer()
    transfer = None
    if isinstance(row, ReceivedRow):
        transfer = show_transfer(seat.node, row.transfer)
    size = read_size(seat.node, row.ident) if may_read and row.objects_count <= _FEW else None
    return Sheet(
        template="evidence/package.html",
        values={
            "package": row,
            "transfer": transfer,
            "table": table,
            "more": begin + limits.CHOSEN_OBJECTS,
            "has_more": row.objects_count >= begin + limits.CHOSEN_OBJECTS,
            "may_read": may_read,
            "size": size,
            "may_check_all": size is not None and size <= WHOLE_BYTES,
            "ways": _ways(seat, row),
            **(_checks(seat, row, transfer) if may_read else {}),
        },
    )


def _begin(seat: Seat) -> int:
    asked = seat.http.GET.get("from", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS
    return max(1, int(asked)) if is_number else 1


def _table(seat: Seat, row: PackageRow | ReceivedRow, begin: int) -> Table:
    objects: tuple[ShownObject, ...] = list_objects(seat.node, row.ident, begin=begin)
    return Table.of(
        seat,
        name="objects",
        columns=_COLUMNS,
        rows=objects,
        caption=pgettext_lazy("evidence", "Objects"),
        empty=pgettext_lazy("evidence", "This package holds no object."),
    )


def _checks(
    seat: Seat, row: PackageRow | ReceivedRow, transfer: ShownTransfer | None
) -> dict[str, object]:
    """Return the checks: those made on arrival, or those made now."""
    asked = seat.http.GET.get("check", "")
    name = str(row.ident)
    kept: tuple[ShownCheck, ...] = ()
    if transfer is not None:
        kept = tuple(show_data(one, name) for one in transfer.checks if isinstance(one, dict))
    if kept and asked not in {"seal", "all"}:
        return {"checks": kept, "made": "arrival", "counted": _count(kept)}
    if row.objects_count > _FEW and not asked:
        return {"checks": (), "made": "none"}
    found = examine(seat.node, row.ident, is_whole=asked == "all")
    checks = show_findings(found.report.findings, name)
    return {
        "checks": checks,
        "made": "all" if found.is_whole else "seal",
        "counted": _count(checks),
    }


def _count(checks: tuple[ShownCheck, ...]) -> dict[str, int]:
    tags = [one.tag for one in checks]
    return {tag: tags.count(tag) for tag in ("passed", "failed", "undecided")}


def _ways(seat: Seat, row: PackageRow | ReceivedRow) -> list[Way]:
    """Return what our side may do next, open or closed and why."""
    named = {"package": str(row.ident)}
    found: list[Way] = []
    if seat.has(Permission.EVIDENCE_HAND_OVER) and isinstance(row, PackageRow):
        found.append(_way(seat, row.dossier, HAND_OVER, "hand-over", named))
    if seat.has(Permission.DOSSIER_ACT) and isinstance(row, ReceivedRow):
        address = {"transfer": str(row.transfer)}
        found.append(_way(seat, row.dossier, (CONFIRM,), "transfer-confirm", address))
    if seat.has(Permission.EVIDENCE_OPEN):
        found.append(_way(seat, row.dossier, OPEN, "open-evidence", named))
    if seat.has(Permission.EVIDENCE_DISCLOSE):
        found.append(_way(seat, row.dossier, DISCLOSE, "disclose", named))
    return found


_LABELS: Final = {
    "hand-over": pgettext_lazy("evidence", "Hand over to the other side"),
    "transfer-confirm": pgettext_lazy("evidence", "Confirm receipt"),
    "open-evidence": pgettext_lazy("evidence", "Open the evidence"),
    "disclose": pgettext_lazy("evidence", "Disclose a part"),
}


def _way(
    seat: Seat, dossier: Ident, names: tuple[str, ...], page: str, named: dict[str, str]
) -> Way:
    return show_way(seat, dossier, names, _LABELS[page], reverse(page, kwargs=named))
