"""Erasing: destroying the identity to which a dossier's content is sealed.

Every form, reply and exhibit of the dossier becomes unreadable at once on this node. The
acts stay, verify, and say that it was done and under which decision.

The wrapped identity also lies in backups, and for a while in what the disk remembers of
deleted blocks (PostgreSQL: until its next VACUUM). Backups are destroyed by whoever keeps
them; the operator's page says how.
"""

from __future__ import annotations

from dataclasses import replace

from comity.base import Digest, Ident
from comity.seal.act import SignedAct
from comity.service.custody import ERASE, called
from comity.service.errors import ContentErased, Unfit
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold, house_words
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.transfers_state import (
    DONE,
    REFUSED,
    STOPPED,
    change_transfer,
    drop_pieces,
)
from comity.service.volumes import drop_blobs


def erase_content(node: Node, officer: Officer, dossier: Ident, move: Move) -> SignedAct:
    """Erase the content of a dossier; ``move.terms["decision"]`` names what orders it."""
    if not move.terms.get("decision", "").strip():
        detail = "Content is erased on a decision, and none is named."
        raise Unfit(detail, where=str(dossier))
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        words = house_words(node, unit, officer, held, called(node, held, ERASE, move))
        identities = unit.identities.find(chain=dossier)
        generations = [row.generation for row in identities if row.wrapped is not None]
        for row in identities:
            unit.identities.replace(replace(row, wrapped=None))
        unit.drafts.remove(dossier=dossier)
        erased = {**words.terms, "generations": " ".join(map(str, generations))}
        signed = record_act(node, unit, officer, held, replace(words, terms=erased))
        blobs = _stop_transfers(unit, dossier)
    drop_blobs(node, blobs)
    return signed


def _stop_transfers(unit: Unit, dossier: Ident) -> list[Digest]:
    """Drop what is on its way: it is sealed to other identities than the dossier's."""
    blobs: list[Digest] = []
    for row in unit.transfers.find(dossier=dossier):
        blobs += drop_pieces(unit, row)
        if row.state not in {DONE, REFUSED}:
            change_transfer(unit, row.ident, state=STOPPED, trouble=ContentErased.code)
    return blobs
