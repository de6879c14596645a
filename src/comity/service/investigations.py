"""Investigations: a State's own groups of dossiers, which no other State sees.

An investigation has a house chain of its own. Its title is sealed like all content.
"""

from __future__ import annotations

from dataclasses import replace

from comity.base import Ident
from comity.domain.dossier import Investigation
from comity.domain.party import StateCode
from comity.service.chains import CONTENT, HOUSE, Wording, read_acts, write_act
from comity.service.contents import read_content
from comity.service.errors import NotThere
from comity.service.node import Node, Officer
from comity.service.rows import InvestigationRow

PROCESS = "comity/investigation"
OPEN = "open_investigation"


def open_investigation(node: Node, officer: Officer, title: str) -> Ident:
    """Open an investigation and return its identifier."""
    now = node.clock.now()
    ident = node.idents.new("inv")
    Investigation(ident=ident, state=StateCode(node.state), title=title, opened=now)
    with node.store.unit() as unit:
        unit.investigations.add(InvestigationRow(ident=ident, version=1, opened=now))
        words = Wording(
            track=HOUSE,
            process=PROCESS,
            step=OPEN,
            side="own",
            law="house",
            channel="node",
            content={"title": title},
        )
        signed = write_act(node, unit, officer, ident, words)
        row = unit.investigations.get(ident)
        unit.investigations.swap(replace(row, opened=signed.act.at), expected=1)
    return ident


def read_title(node: Node, ident: Ident) -> str:
    """Return the title of an investigation; raise ``ContentErased`` if it was erased."""
    with node.store.view() as unit:
        acts = read_acts(unit, ident)
        if not acts:
            raise NotThere(str(ident))
        return str(read_content(node, unit, ident, acts[0].covers[CONTENT]).values["title"])
