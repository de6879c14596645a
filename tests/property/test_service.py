"""Whatever officers do, in whatever order: the record holds, and the tables follow from it.

The oracle reads the acts as plain JSON and the law file's small table as a lawyer would;
it asks neither the engine nor the code that derives.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base import Ident, Verdict
from comity.base.errors import ComityError
from comity.service.checking import check_node
from comity.service.erasing import erase_content
from comity.service.requests import amend_form, take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.nodes import DUTY, FORM, OFFICER, Desk, make_desk

DEEDS = st.sampled_from(
    ["draft", "send", "tell", "close", "grant", "refuse", "ask", "deliver", "erase", "wait"]
)
STEPS = {
    # step: (side, from, to) as tests/vectors/law/base/tst/processes/help.yaml has it
    "send": ("requesting", {"drafting"}, "sent"),
    "grant": ("requested", {"sent"}, "held"),
    "refuse": ("requested", {"sent", "held"}, "refused"),
    "ask": ("requested", {"sent", "held"}, None),
    "tell": ("requesting", {"sent", "held", "closed"}, None),
    "close": ("requesting", {"sent", "held"}, "closed"),
}


@given(deeds=st.lists(st.tuples(st.integers(0, 1), DEEDS), max_size=14))
@settings(max_examples=40)
def test_whatever_is_done_the_check_passes_and_the_tables_follow(
    deeds: list[tuple[int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(MemoryStore(), Path(folder))
        first = desk.open()
        dossiers = [first, desk.open(follows=first)]
        for which, deed in deeds:
            _do(desk, dossiers[which], deed)
        report = check_node(desk.node)
        assert report.verdict is Verdict.PASSED, report
        for dossier in dossiers:
            _compare(desk, dossier)


def _do(desk: Desk, dossier: Ident, deed: str) -> None:
    """Do it if it may be done."""
    try:
        if deed == "draft":
            amend_form(desk.node, OFFICER, dossier, FORM)
        elif deed in {"grant", "refuse", "ask"}:
            desk.reply(dossier, deed)
        elif deed == "deliver":
            _deliver(desk, dossier)
        elif deed == "erase":
            erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "XA 1/26"}))
        elif deed == "wait":
            desk.clock.forward("P1D")
        else:
            officer = DUTY if deed == "tell" else OFFICER
            take_step(desk.node, officer, dossier, Move(step=deed))
    except ComityError:
        return


def _deliver(desk: Desk, dossier: Ident) -> None:
    with desk.node.store.view() as unit:
        waiting = unit.outbox.find(dossier=dossier, delivered=None)
    if waiting:
        desk.deliver(dossier, waiting[0].act)


def _compare(desk: Desk, dossier: Ident) -> None:
    with desk.node.store.view() as unit:
        rows = unit.acts.find(chain=dossier)
        acts = [json.loads(b64decode(json.loads(row.envelope)["payload"])) for row in rows]
        exchanged = [act for act in acts if act["track"] == "exchanged"]
        sent = {
            str(row.digest)
            for row, act in zip(rows, acts, strict=True)
            if act["track"] == "exchanged" and act["recorded"] is None
        }
        assert {str(row.act) for row in unit.outbox.find(dossier=dossier)} == sent
        assert unit.dossiers.get(dossier).version == len(acts)
        assert unit.standings.get(dossier).state == _stand(exchanged)
        delivered = {act["terms"]["act"] for act in acts if act["step"] == "record_delivery"}
        told = unit.outbox.find(dossier=dossier)
        assert {str(row.act) for row in told if row.delivered is not None} == delivered
    assert [act["number"] for act in exchanged] == list(range(len(exchanged)))


def _stand(exchanged: list[dict[str, Any]]) -> str:
    """Walk the table: one side alone writes, so nothing crosses and order is the chain's."""
    state = "drafting"
    for act in exchanged:
        _, sources, target = STEPS[act["step"]]
        if state in sources and target is not None:
            state = target
    return state
