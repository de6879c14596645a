"""Read safeguards: each names what keeps it, and every keeper must exist."""

from __future__ import annotations

from collections.abc import Mapping

from comity.law.clocks import Clock
from comity.law.forms import Form
from comity.law.gates import Gate
from comity.law.grounds import Ground
from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import UnknownName
from comity.law.loading.nodes import Text
from comity.law.safeguards import Safeguard


def list_keepers(
    desk: Desk,
    forms: Mapping[str, Form],
    clocks: Mapping[str, Clock],
    grounds: Mapping[str, Ground],
    gates: Mapping[str, Gate],
) -> frozenset[str]:
    """Return everything that can keep a safeguard, written in full."""
    fields = {f"form:{form.key}/{name}" for form in forms.values() for name in form.fields}
    processes = desk.processes.values()
    steps = {f"step:{process.key}/{name}" for process in processes for name in process.steps}
    return frozenset(
        {f"form:{key}" for key in forms}
        | {f"clock:{key}" for key in clocks}
        | {f"ground:{key}" for key in grounds}
        | {f"gate:{key}" for key in gates}
        | {f"need:{name}" for name in desk.needs}
        | fields
        | steps
    )


def read_safeguard(row: Row, keepers: frozenset[str], desk: Desk) -> Safeguard:
    """Read one safeguard; its keepers are returned written in full."""
    level, basis = desk.backing(row)
    name = row.text("safeguard")
    kept_by = tuple(_keeper(item, row, keepers, desk) for item in row.items("kept_by"))
    return Safeguard(
        key=f"{row.pack}/{name}",
        safeguard=name,
        law=desk.cite(row),
        means=row.text("means"),
        kept_by=kept_by,
        level=level,
        basis=basis,
        place=row.place,
    )


def _keeper(item: Text, row: Row, keepers: frozenset[str], desk: Desk) -> str:
    kind, _, rest = item.text.partition(":")
    own = f"{kind}:{row.pack}/{rest}"
    for full in (own, item.text):
        if full in keepers:
            return full
    known = sorted(
        keeper.replace(f":{row.pack}/", ":") for keeper in keepers if keeper.startswith(f"{kind}:")
    )
    detail = f"{item.text!r} is nothing that could keep it."
    fault = UnknownName(
        detail, item.place, key=f"{row.key}.kept_by", found=item.text, expected=known
    )
    desk.faults.append(fault)
    return item.text
