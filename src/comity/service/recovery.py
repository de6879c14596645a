"""After a backup was restored: the node says so, and does not go on as if nothing had been.

What was done after the backup was made is gone here, and the other authorities may hold
acts of ours that we no longer have. An act written now would take the place of one of
those: a fork, which they must refuse and which looks like fraud. So:

1. the node signs a statement that it was restored, of which day, and keeps it as a finding
   of the kind ``restored``, to be shown to every authority that asks;
2. until a person has looked at that finding and marked it as seen, no act goes out to
   another node (``require_reconciled``); what comes in is taken, and the house goes on;
3. meanwhile the others send again what they have no receipt for, and ``ask_peers`` fetches
   their receipts for what was on its way, so that it is not sent twice.

What this cannot do: find out by itself which of our acts the others hold and we do not.
The person asks them, by telephone or by their list of the acts of each dossier. If an act
was lost and another is sent in its place, they refuse it (``fork``), and keep both as proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.seal.dsse import read_envelope, sign_envelope, verify_envelope
from comity.seal.fields import read_boolean, read_document, read_object, read_text
from comity.seal.keys import VerifyingKey
from comity.service.errors import NotReconciled
from comity.service.findings import make_finding
from comity.service.node import Node
from comity.service.notices import FINDING, URGENT, note
from comity.service.ports import Unit
from comity.service.rows import FindingRow

RESTORED: Final = "restored"
PAYLOAD_TYPE: Final = "application/vnd.comity.restored+json"
_KIND: Final = "comity/restored/1"
_NAMES: Final = frozenset({"by", "backup", "made", "restored", "exercise"})
_BY: Final = frozenset({"state", "authority"})
_SAYS: Final = (
    "This node was restored from a backup of {made}. What was done since is gone here; others "
    "may hold it. Ask every authority with an open dossier for its last act of ours. No act "
    "goes out to another node until this is marked as seen."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What a node says of its restoration. ``backup`` is the SHA-256 of the manifest."""

    state: str
    authority: str
    backup: Digest
    made: Instant
    restored: Instant
    exercise: bool

    def sign(self, node: Node) -> bytes:
        """Return the statement, signed by the node's authority."""
        document = canonical_bytes(
            {
                "type": _KIND,
                "by": {"state": self.state, "authority": self.authority},
                "backup": str(self.backup),
                "made": str(self.made),
                "restored": str(self.restored),
                "exercise": self.exercise,
            }
        )
        return sign_envelope(PAYLOAD_TYPE, document, node.key)


def read_restoration(data: bytes, key: VerifyingKey) -> Restoration:
    """Verify a statement, then read it; raise what does not verify."""
    document = verify_envelope(read_envelope(data, PAYLOAD_TYPE), key)
    found = read_document(parse_canonical(document), _KIND, _NAMES)
    by = read_object(found["by"], _BY)
    return Restoration(
        state=read_text(by["state"], most=2),
        authority=read_text(by["authority"], most=400),
        backup=Digest.parse(read_text(found["backup"], most=80)),
        made=Instant.parse(read_text(found["made"], most=20)),
        restored=Instant.parse(read_text(found["restored"], most=20)),
        exercise=read_boolean(found["exercise"]),
    )


def declare_restored(node: Node, backup: Digest, made: Instant) -> bytes:
    """Keep, and return, the statement that this node was restored; tell the people on duty."""
    statement = Restoration(
        state=node.state,
        authority=node.authority,
        backup=backup,
        made=made,
        restored=node.clock.now(),
        exercise=node.exercise,
    ).sign(node)
    with node.store.unit() as unit:
        make_finding(
            node,
            unit,
            kind=RESTORED,
            says=_SAYS.format(made=made),
            source=f"{node.state} {node.authority}",
            evidence=statement,
        )
        note(node, unit, FINDING, URGENT)
    return statement


def restored_statements(node: Node) -> tuple[bytes, ...]:
    """Return all such statements of this node, the oldest first: for whoever asks."""
    with node.store.view() as unit:
        found = unit.findings.find(kind=RESTORED)
    return tuple(row.evidence for row in sorted(found, key=lambda row: (row.at, row.ident)))


def recent_statements(node: Node) -> tuple[bytes, ...]:
    """Return the newest of them, the oldest first: as many as an answer to a peer holds."""
    return restored_statements(node)[-limits.RESTORED_TOLD :]


def open_restorations(unit: Unit) -> tuple[FindingRow, ...]:
    """Return what a person must look at before acts go out again."""
    return unit.findings.find(kind=RESTORED, seen_at=None)


def require_reconciled(unit: Unit) -> None:
    """Raise ``NotReconciled`` while a restoration waits for a person."""
    if found := open_restorations(unit):
        raise NotReconciled(where=str(found[0].ident))
