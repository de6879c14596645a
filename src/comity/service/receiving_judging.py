"""Judging an act of the other side before anything of it is kept.

The rules, in the order in which the code keeps them:

1. The body opens for us, and holds a bundle: an act, and the documents that it keeps.
2. The act is of the message's sender, and both signatures are by a key that the directory
   lists for that authority now. It is of our ground, exchanged, and recorded by nobody.
3. It was made when the message says (within 300 s) and does not lie ahead.
4. Its step is one that its side takes in a process that we know, and makes known.
5. Its documents are those that it covers, no more and no fewer.
6. The dossier is one that we share with the sender, or one that this act begins.
7. It takes the next place of their chain: after the last act, and never before its time. If
   an earlier one is missing it waits. If another has its place that is a fork.
8. What it says it has seen is an act of ours.

What law or practice lacks in it is no reason to refuse it: the standing says what becomes of
it, and a person asks for more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base import Digest, Ident, limits
from comity.base.errors import BadValue, ComityError, DoesNotVerify, OutOfReach
from comity.domain.dossier import LegalBasis
from comity.federation.bundle import Bundle
from comity.federation.delays import PRIORITIES, delays_of
from comity.federation.directory import KeyRevoked, KeyUnknown
from comity.federation.message import Address, Statement
from comity.law import Step
from comity.seal.act import Act, SignedAct, read_act, verify_act
from comity.seal.age import decrypt_bytes
from comity.seal.content import open_content
from comity.seal.errors import SealBroken
from comity.service import receiving_refusals as why
from comity.service.chains import CONTENT, EXCHANGED, kept_documents
from comity.service.deriving import WIRE
from comity.service.letters_parties import find_key
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.receiving_refusals import Refused, Waits
from comity.service.rows import ActRow, DossierRow, InboxRow

# A process of this subject binds a provider at home; it is no matter between authorities.
_AT_HOME = "order"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """An act of theirs that is signed, and the documents that came with it."""

    sender: Address
    signed: SignedAct
    step: Step
    documents: Mapping[str, bytes]

    @property
    def act(self) -> Act:
        """Return what the act says."""
        return self.signed.act

    @property
    def dossier(self) -> Ident:
        """Return the dossier that it belongs to."""
        return Ident(self.act.chain)


def open_parcel(node: Node, row: InboxRow, statement: Statement) -> Parcel:
    """Apply rules 1 to 5 to a message that was kept; raise ``Refused``."""
    bundle = _read_bundle(node, row)
    sender = statement.sender
    signed = _verify(node, bundle, sender)
    act = signed.act
    if (act.holder, act.authority) != (sender.state, sender.authority):
        raise Refused(why.FALSE_SENDER, f"The act is of {act.holder} {act.authority}.")
    if act.exercise is not node.exercise:
        raise Refused(why.OTHER_GROUND, "The act is of the other ground.")
    if act.track != EXCHANGED or act.recorded is not None or act.chain[:4] != "dos_":
        raise Refused(why.NOT_YOURS, "Only what they did themselves, in a dossier, is exchanged.")
    _require_time(node, act, statement)
    step = _find_step(node, act)
    _require_covered(act, bundle.documents)
    return Parcel(sender=sender, signed=signed, step=step, documents=bundle.documents)


def require_begun(node: Node, unit: Unit, parcel: Parcel, row: InboxRow) -> DossierRow:
    """Return the head of the dossier that this act begins (rule 6); raise if it begins none."""
    act, process = parcel.act, node.process(parcel.act.process)
    if act.number > 0:
        raise Waits.for_act(act.number - 1)
    may_begin = act.side == process.sides.asking or process.begins in parcel.step.sources
    if act.seen is not None or not may_begin:
        raise Refused(why.UNKNOWN_DOSSIER, "It answers a dossier that is not here.")
    priority = act.terms.get("priority", "")
    if priority not in PRIORITIES:
        raise Refused(why.MALFORMED, "The first act of a dossier says its priority.")
    try:
        basis = LegalBasis.parse(act.terms.get("basis", ""))
    except ComityError as error:
        raise Refused(why.MALFORMED, "The first act of a dossier says its basis.") from error
    side = process.sides.other(act.side)
    return DossierRow(
        ident=parcel.dossier,
        version=0,
        process=act.process,
        side=side,
        counterpart=act.holder,
        counterpart_authority=act.authority,
        basis=str(basis),
        channel=WIRE,
        exercise=node.exercise,
        opened=node.clock.now(),
        follows=_followed(node, unit, parcel, row, side),
        investigation=None,
        priority=priority,
    )


def require_shared(head: DossierRow, parcel: Parcel) -> None:
    """Refuse what is no act of the counterpart of this dossier (rule 6)."""
    act = parcel.act
    theirs = (head.counterpart, head.counterpart_authority)
    if theirs != (parcel.sender.state, parcel.sender.authority):
        raise Refused(why.UNKNOWN_DOSSIER, f"{head.ident} is shared with {' '.join(theirs)}.")
    if act.process != head.process or act.side == head.side:
        raise Refused(why.NOT_YOURS, f"{act.step} is no step of theirs in {head.ident}.")


def require_place(unit: Unit, parcel: Parcel) -> bool:
    """Apply rules 7 and 8; return False if this very act is here already."""
    act = parcel.act
    held = unit.acts.find(chain=parcel.dossier, holder=act.holder, track=EXCHANGED)
    if act.number < len(held):
        if held[act.number].digest == act.digest:
            return False
        _fork(held[act.number], parcel)
    if act.number > len(held):
        raise Waits.for_act(act.number - 1)
    if unit.acts.count(chain=parcel.dossier) >= limits.DOSSIER_ACTS:
        raise Refused(why.FULL, f"{act.chain} holds {limits.DOSSIER_ACTS} acts.")
    if held:
        if act.before != held[-1].digest:
            _fork(held[-1], parcel)
        if act.at < held[-1].at:
            raise Refused(why.BACKDATED, f"{act.at} lies before {held[-1].at}.")
    _require_seen(unit, parcel)
    return True


def is_ready(node: Node, unit: Unit, row: InboxRow) -> bool:
    """Return whether what a held message waits for is here, or is waited for no longer."""
    kind, _, name = row.trouble.partition(" ")
    if kind == "act" and name.isdecimal() and row.dossier is not None:
        place = {"chain": row.dossier, "holder": row.sender_state, "track": EXCHANGED}
        return unit.acts.count(**place, number=int(name)) > 0
    if kind == "dossier":
        return unit.dossiers.count(ident=Ident(name)) > 0 or _is_over(node, row)
    return True


def _read_bundle(node: Node, row: InboxRow) -> Bundle:
    if row.body is None:
        raise Refused(why.NOT_READABLE, "The body is gone.")
    try:
        return Bundle.parse(decrypt_bytes(row.body, list(node.identities)))
    except OutOfReach:
        raise
    except ComityError as error:
        raise Refused(why.NOT_READABLE, error.code) from error


def _verify(node: Node, bundle: Bundle, sender: Address) -> SignedAct:
    try:
        found = read_act(bundle.act)
        with node.store.view() as unit:
            key = find_key(node, unit, sender, found.key_id)
        return verify_act(bundle.act, key)
    except KeyRevoked as error:
        raise Refused(why.REVOKED_KEY, error.detail) from error
    except KeyUnknown as error:
        raise Refused(why.UNKNOWN_KEY, error.detail) from error
    except SealBroken as error:
        raise Refused(why.BAD_SIGNATURE, error.detail) from error
    except DoesNotVerify as error:
        raise Refused(why.MALFORMED, error.code) from error


def _require_time(node: Node, act: Act, statement: Statement) -> None:
    now = node.clock.now()
    if abs(act.at.seconds_after(statement.made)) > limits.CLOCK_AHEAD_SECONDS:
        raise Refused(why.BACKDATED, f"The act is of {act.at}, the message of {statement.made}.")
    if act.at.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS:
        raise Refused(why.AHEAD, f"The act is of {act.at}; our clock says {now}.")


def _find_step(node: Node, act: Act) -> Step:
    process = node.book.processes.get(act.process)
    step = process.steps.get(act.step) if process is not None else None
    if process is None or step is None or process.subject == _AT_HOME:
        raise Refused(why.UNKNOWN_STEP, f"{act.process}/{act.step} is in no process of ours.")
    if step.side != act.side or not step.is_exchanged:
        raise Refused(why.NOT_YOURS, f"{act.step} is not made known by the {act.side} side.")
    return step


def _require_covered(act: Act, documents: Mapping[str, bytes]) -> None:
    names = kept_documents(act)
    if len(set(names)) != len(names) or set(names) != documents.keys():
        raise Refused(why.CONTENT_MISSING, "The documents are not those that the act keeps.")
    for name, document in documents.items():
        if name not in act.covers or not Digest.of(document).matches(act.covers[name]):
            raise Refused(why.CONTENT_MISSING, "A document is not the one that the act covers.")
    if CONTENT in documents:
        try:
            open_content(documents[CONTENT], act.covers[CONTENT])
        except (DoesNotVerify, BadValue) as error:
            raise Refused(why.MALFORMED, error.code) from error


def _require_seen(unit: Unit, parcel: Parcel) -> None:
    seen = parcel.act.seen
    if seen is None:
        return
    found = unit.acts.find(chain=parcel.dossier, digest=seen, track=EXCHANGED)
    if not any(row.holder != parcel.act.holder for row in found):
        raise Refused(why.UNKNOWN_SEEN, f"No act of ours in {parcel.act.chain} is {seen}.")


def _fork(held: ActRow, parcel: Parcel) -> None:
    """Refuse a second act for one place; both envelopes are the proof."""
    # It names the place alone: however many claim it, it is one finding (``findings.WEIGHTY``).
    detail = f"Another act claims the place of {held.digest}, or to follow it, in {held.chain}."
    raise Refused(why.FORK, detail, evidence=held.envelope + b"\n" + parcel.signed.envelope)


def _followed(node: Node, unit: Unit, parcel: Parcel, row: InboxRow, side: str) -> Ident | None:
    """Return the dossier that this one follows, if both of us hold it; it is waited for a while."""
    named = parcel.act.terms.get("follows", "")
    try:
        ident = Ident(named)
    except DoesNotVerify:
        return None
    for head in unit.dossiers.find(ident=ident):
        same = (head.counterpart, head.counterpart_authority, head.side)
        if same == (parcel.sender.state, parcel.sender.authority, side):
            return ident
        return None
    if ident.kind == "dos" and ident != parcel.dossier and not _is_over(node, row):
        raise Waits.for_dossier(ident)
    return None


def _is_over(node: Node, row: InboxRow) -> bool:
    """Return whether a request has waited long enough for the one that it follows."""
    return delays_of(row.priority).relay_by(row.received) <= node.clock.now()
