"""Writing what follows from an act, in the transaction of the act.

``record_act`` is how every verb on a dossier ends: the act, then all that is derived
from the acts anew, compared and set against the version that the verb began with.
"""

from __future__ import annotations

from dataclasses import replace

from comity.base import Ident
from comity.seal.act import SignedAct
from comity.service.chains import EXCHANGED, Wording, read_acts, read_held, write_act
from comity.service.deriving import WIRE, Derived, derive_dossier, view_followers
from comity.service.node import Node, Officer
from comity.service.notices import acknowledge_acted
from comity.service.ports import Unit
from comity.service.recovery import require_reconciled
from comity.service.rows import DossierRow


def record_act(
    node: Node, unit: Unit, officer: Officer, held: DossierRow, wording: Wording
) -> SignedAct:
    """Write an act into the dossier that the verb holds, and all that follows from it.

    Raise ``Moved`` if the dossier is no longer the one that was ``held``.
    """
    wording = _introduced(unit, held, wording)
    if wording.track == EXCHANGED and wording.recorded is None and held.channel == WIRE:
        require_reconciled(unit)
    signed = write_act(node, unit, officer, held.ident, wording)
    acknowledge_acted(node, unit, officer, held.ident)
    head = settle(node, unit, held.ident, expected=held.version)
    if head.follows is not None:
        # A hold waits for the request that follows it: its deadlines may have moved.
        followed = unit.dossiers.lock(head.follows)
        settle(node, unit, followed.ident, expected=followed.version)
    return signed


def settle(node: Node, unit: Unit, dossier: Ident, *, expected: int) -> DossierRow:
    """Write what follows from the acts of a dossier whose version was ``expected``."""
    derived = derive_held(node, unit, dossier)
    unit.dossiers.swap(derived.head, expected=expected)
    unit.standings.replace(derived.standing)
    unit.deadlines.remove(dossier=dossier)
    unit.deadlines.add(*derived.deadlines)
    _post(unit, derived)
    return derived.head


def _introduced(unit: Unit, held: DossierRow, wording: Wording) -> Wording:
    """Let the first act that goes out say what the other side must know of the dossier.

    On which basis, how urgent, and which request it follows, if they hold that one too.
    """
    goes_out = wording.track == EXCHANGED and wording.recorded is None
    if not goes_out or unit.acts.count(chain=held.ident, track=EXCHANGED):
        return wording
    terms = {**wording.terms, "basis": held.basis, "priority": held.priority}
    if held.follows is not None and _is_shared(held, unit.dossiers.get(held.follows)):
        terms["follows"] = str(held.follows)
    return replace(wording, terms=terms)


def _is_shared(head: DossierRow, other: DossierRow) -> bool:
    """Return whether the same authority holds both dossiers, on its node."""
    same = (head.counterpart, head.counterpart_authority)
    return other.channel == WIRE and same == (other.counterpart, other.counterpart_authority)


def derive_held(node: Node, unit: Unit, dossier: Ident) -> Derived:
    """Return what follows from the acts that are kept of a dossier."""
    followers = {
        row.ident: read_acts(unit, row.ident) for row in unit.dossiers.find(follows=dossier)
    }
    held = read_held(unit, dossier)
    return derive_dossier(node.book, node.state, held, view_followers(node.book, followers))


def _post(unit: Unit, derived: Derived) -> None:
    """Put out what is new; mark what was delivered. How often it was tried stays."""
    held = {row.act: row for row in unit.outbox.find(dossier=derived.head.ident)}
    for row in derived.outbox:
        known = held.get(row.act)
        if known is None:
            unit.outbox.add(row)
        elif known.delivered != row.delivered:
            unit.outbox.replace(replace(known, delivered=row.delivered))
