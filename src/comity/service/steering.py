"""Stopping a letter for a reason that a person gives, on record."""

from __future__ import annotations

from comity.base import Digest
from comity.service.errors import Unfit
from comity.service.letters import ASKING, DONE, STOP, STOPPED, halted
from comity.service.node import Node, Officer
from comity.service.requests import hold, platform_words
from comity.service.rows import LetterRow
from comity.service.settling import record_act
from comity.service.situations import Move


def halt_letter(node: Node, officer: Officer, message: Digest, reasons: str) -> LetterRow:
    """Let a letter be tried no longer; a house act says who stopped it, and its content why.

    Raise ``NotThere``; ``Unfit`` for one that was delivered or stopped, or that is no act.
    """
    with node.store.unit() as unit:
        dossier = unit.letters.get(message).dossier
        if dossier is None:
            detail = "Receipts are sent until they are taken."
            raise Unfit(detail, where=str(message))
        head = hold(node, unit, dossier)
        row = unit.letters.lock(message)
        if row.state in {ASKING, DONE, STOPPED}:
            raise Unfit(row.state, where=str(message))
        stopped = halted(row, f"stopped by {officer.actor}"[:100])
        unit.letters.swap(stopped, expected=row.fence)
        move = Move(
            step=STOP,
            content={"reasons": reasons},
            terms={"act": str(row.act), "message": str(message)},
        )
        record_act(node, unit, officer, head, platform_words(node, head, move))
    return stopped
