"""Sending again what another authority has lost, because it was restored from a backup.

They had our acts, said so, and have them no more. Each exchanged act of ours in the dossier
goes out in a new letter, in their order; what they still hold they answer with ``delivered``
as before, and nothing is doubled. A house act says who let it be sent, and how many.
"""

from __future__ import annotations

from typing import Final

from comity.base import Ident
from comity.service.deriving import WIRE
from comity.service.letters import DONE, STOPPED, write_letter
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold, platform_words
from comity.service.rows import OutboxRow
from comity.service.settling import record_act
from comity.service.situations import Move

RESEND: Final = "send_all_again"


def resend_dossier(node: Node, officer: Officer, dossier: Ident) -> int:
    """Let every exchanged act of ours in a dossier go out once more; return how many.

    What is on its way at this moment goes on, and is not counted.
    """
    with node.store.unit() as unit:
        head = hold(node, unit, dossier)
        numbers = {row.digest: row.number for row in unit.acts.find(chain=dossier)}
        sent = [
            row for row in unit.outbox.find(dossier=dossier, channel=WIRE) if _is_over(unit, row)
        ]
        for row in sorted(sent, key=lambda row: numbers[row.act]):
            write_letter(node, unit, head, row)
        terms = {"letters": str(len(sent))}
        move = Move(step=RESEND, terms=terms)
        record_act(node, unit, officer, head, platform_words(node, head, move))
    return len(sent)


def _is_over(unit: Unit, row: OutboxRow) -> bool:
    """Return whether there was a letter with this act, and all of them came to their end."""
    letters = unit.letters.find(act=row.act)
    return bool(letters) and all(letter.state in {DONE, STOPPED} for letter in letters)
