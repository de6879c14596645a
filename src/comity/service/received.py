"""Receiving: a package that is here in pieces is verified, and becomes one of ours to keep.

While it is decrypted all numbered checks are made and it is encrypted to the dossier's own
identity, in one reading. What passed, or is indeterminate only because nobody vouches for
its sealer, is taken over: in one transaction the house act is written, with the report, and
the package listed; the pieces go. What failed is not taken over, not even in part: the
pieces stay as they came, a house act and a finding say why, and the officer's receipt tells
the sender. The receipt is an exchanged step, taken by an officer who has seen the conditions.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from comity.base import Digest, Ident, Instant, Report, Verdict
from comity.base.canonical import Json
from comity.base.errors import ComityError, NotPermitted, OutOfReach
from comity.evidence import Examined, VolumeSource, Vouched, check_package
from comity.evidence.errors import LayoutRefused, PackageBroken
from comity.evidence.verifying import Contents
from comity.federation.descriptor import Descriptor
from comity.seal.act import Act, SignedAct
from comity.seal.errors import SealBroken
from comity.service.chains import CONTENT, read_acts
from comity.service.contents import live_identity, read_content, unwrap
from comity.service.custody import RECEIVE, called, done_words, is_receiving, received_row
from comity.service.directory import vouchers
from comity.service.errors import (
    BlobMissing,
    ContentErased,
    LeaseLost,
    NotThere,
    OtherGround,
    Unfit,
)
from comity.service.findings import make_finding
from comity.service.jobs import Held, finish, require_held
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.received_source import CopyingSource, JoinedVolume
from comity.service.requests import hold, keep_house_act, take_step
from comity.service.rows import DossierRow, IdentityRow, PieceRow, TransferRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.transfers_state import (
    CONFIRM,
    DONE,
    IN,
    PACKAGE,
    REFUSED,
    TRANSFER,
    VERIFICATION,
    VERIFYING,
    change_transfer,
    drop_pieces,
    find_transfer,
    halt_transfer,
    peer_name,
    read_descriptor_of,
)
from comity.service.volumes import JobVolumes, drop_blobs, list_volumes

FETCH: Final = "fetch"
NODE: Final = Officer(actor="node", role="node")
REFUSAL: Final = "refuse_evidence"
ACKNOWLEDGED: Final = "acknowledged"
_CONDITIONS: Final = "conditions"


class PieceLost(OutOfReach):
    """A chunk that was here is no longer what it was; it is fetched again."""

    code = "service/piece-lost"
    remedy = "Look at the disk: it has lost or altered a file."

    def __init__(self, piece: PieceRow) -> None:
        """Keep which chunk it is."""
        super().__init__(f"Chunk {piece.chunk} of volume {piece.volume} of {piece.transfer}")
        self.piece = piece


class Interrupted(OutOfReach):
    """The disk could not be read while a package was verified."""

    code = "service/interrupted"
    remedy = "It is tried again; look at the disk."


class Unacknowledged(NotPermitted):
    """Conditions on use came with this package, and the receipt does not acknowledge them."""

    code = "service/unacknowledged"
    remedy = "Read the conditions, then confirm with the term conditions=acknowledged."


def receive(node: Node, held: Held, transfer: Ident, descriptor: Descriptor) -> None:
    """Verify what was fetched and take it over, or refuse it; ends the job."""
    with node.store.unit() as unit:
        require_held(unit, held)
        row = change_transfer(unit, transfer, state=VERIFYING, trouble="")
        identity = live_identity(node, unit, held.dossier)
    lost: list[PieceRow] = []
    try:
        with (
            JobVolumes(node, held, identity) as sink,
            closing(open_pieces(node, row, descriptor, lost)) as source,
        ):
            copying = CopyingSource(source, sink)
            examined = check_package(copying, list_vouched(node, row.peer_state, row.made))
            contents = _require_sound(node, examined, descriptor)
            copying.finish()
    except (LeaseLost, OutOfReach):
        raise
    except ComityError as error:
        if lost:
            raise PieceLost(lost[0]) from error
        _refuse(node, held, row, _Refused(error))
        return
    except _Unsound as unsound:
        if lost:
            raise PieceLost(lost[0]) from unsound
        _refuse(node, held, row, _Refused(unsound.error, unsound.report))
        return
    _take_over(node, held, _Sound(row, identity, examined.report, contents))


def open_pieces(
    node: Node, row: TransferRow, descriptor: Descriptor, lost: list[PieceRow]
) -> VolumeSource:
    """Return the package that lies in pieces, opened with the authority's identities.

    Raise what does not verify, and ``LayoutRefused`` if its index names other volumes.
    """
    source = VolumeSource(_joiner(node, row, lost), node.identities)
    if source.numbers != {volume.number for volume in descriptor.volumes}:
        source.close()
        detail = "The volumes that came are not those that the index names."
        raise LayoutRefused(detail)
    return source


def _joiner(
    node: Node, row: TransferRow, lost: list[PieceRow]
) -> Callable[[int], io.BufferedIOBase]:
    # All at once: volumes are opened by threads that have no business with the store.
    volumes: dict[int, list[PieceRow]] = {}
    with node.store.view() as unit:
        for piece in unit.pieces.find(transfer=row.ident):
            volumes.setdefault(piece.volume, []).append(piece)

    def begin(number: int) -> io.BufferedIOBase:
        if number not in volumes:
            lost.append(_nothing_of(row, number))
            raise BlobMissing(where=f"{row.ident} {number}")
        return io.BufferedReader(JoinedVolume(node.blobs, volumes[number], lost))

    return begin


def _nothing_of(row: TransferRow, volume: int) -> PieceRow:
    """Return what stands for a volume of which not even the chunk list is here."""
    return PieceRow(transfer=row.ident, volume=volume, chunk=0, size=0, blake3=b"", blob=None)


def list_vouched(node: Node, state: str, arrived: Instant) -> tuple[Vouched, ...]:
    """Return the sealers that ``state`` vouches for, each as of its time; and ourselves.

    A seal names an authority and no State: another State may have one of the same name, and list
    under it a key that is not its own, even one that was revoked.
    ``arrived`` is when the act came in that names the package by its digest: what was not here
    when a key was revoked is not believed by it.
    """
    known = [
        Vouched(card=one.card, since=one.since, until=one.until, is_revoked=one.is_revoked(arrived))
        for one in vouchers(node)
        if one.state == state
    ]
    return (Vouched(card=node.sealer.card), *known)


class _Unsound(Exception):
    """A package that was read to its end, and is not what it must be."""

    def __init__(self, error: ComityError, report: Report | None = None) -> None:
        super().__init__()
        self.error = error
        self.report = report


@dataclass(frozen=True)
class _Refused:
    """Why a package is not taken over."""

    error: ComityError
    report: Report | None = None


@dataclass(frozen=True)
class _Sound:
    """A package that is taken over."""

    row: TransferRow
    identity: IdentityRow
    report: Report
    contents: Contents


def _require_sound(node: Node, examined: Examined, descriptor: Descriptor) -> Contents:
    """Return what lies in the package; raise unless it is sound and the one described."""
    try:
        return require_described(node, examined, descriptor)
    except OutOfReach:
        raise
    except ComityError as error:
        raise _Unsound(error, examined.report) from error


def require_described(node: Node, examined: Examined, descriptor: Descriptor) -> Contents:
    """Return what lies in a package that was examined.

    Raise ``PackageBroken`` if it is not sound, ``SealBroken`` if it is another than the one
    described, ``OtherGround``, or ``Interrupted`` if the disk failed.
    """
    contents = examined.contents
    if contents is None:
        fault = _first_fault(examined.report)
        is_broken = examined.report.verdict is Verdict.FAILED
        raise PackageBroken(fault) if is_broken else Interrupted(fault)
    stated = contents.statement
    if (stated.package, Digest.of(stated.as_bytes()), contents.layout.count) != (
        descriptor.package,
        descriptor.statement,
        descriptor.objects,
    ):
        detail = "It is a sealed package, but another than the one that was handed over."
        raise SealBroken(detail)
    if stated.exercise is not node.exercise:
        raise OtherGround(where=str(stated.package))
    return contents


def _first_fault(report: Report) -> str:
    bad = [one for one in report.findings if one.verdict is not Verdict.PASSED]
    worst = next((one for one in bad if one.verdict is Verdict.FAILED), bad[0])
    return f"Check {worst.check}, {worst.name}: {worst.verdict.value}. {worst.says}"


def _take_over(node: Node, held: Held, sound: _Sound) -> None:
    """Write the act and list the package, in the transaction that ends the job."""
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        unwrap(node, unit.identities.get(held.dossier, sound.identity.generation))
        move = called(node, head, RECEIVE, _receiving(node, unit, held, sound))
        signed = record_act(node, unit, NODE, head, done_words(node, head, move))
        unit.received.add(received_row(signed.act))
        change_transfer(unit, sound.row.ident, state=DONE, trouble="")
        blobs = drop_pieces(unit, sound.row)
    drop_blobs(node, blobs)


def _receiving(node: Node, unit: Unit, held: Held, sound: _Sound) -> Move:
    stated = sound.contents.statement
    return Move(
        content={"checks": list_checks(sound.report)},
        terms={
            "job": str(held.ident),
            TRANSFER: str(sound.row.ident),
            PACKAGE: str(_free_name(node, unit, stated.package)),
            "sealed_as": str(stated.package),
            "from": peer_name(sound.row),
            "objects": str(sound.contents.layout.count),
            "sealed_at": str(stated.sealed_at),
            "generation": str(sound.identity.generation),
            VERIFICATION: sound.report.verdict.value,
        },
        covers={
            "statement": Digest.of(stated.as_bytes()),
            "root": stated.root,
            "volumes": list_volumes(unit.volumes.find(job=held.ident)),
        },
    )


def _free_name(node: Node, unit: Unit, package: Ident) -> Ident:
    """Return the package's own name; another if it is here already, as when it came twice."""
    if unit.packages.find(ident=package) or unit.received.find(ident=package):
        return node.idents.new("pkg")
    return package


def list_checks(report: Report) -> list[Json]:
    """Return the numbered checks as plain data."""
    return [dict(finding.as_data()) for finding in report.findings]


def _refuse(node: Node, held: Held, row: TransferRow, refused: _Refused) -> None:
    """Keep what came as it came, and say on record why it is not taken over."""
    checks: list[Json] = []
    if refused.report is not None:
        checks = list_checks(refused.report)
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        written = {one.blob for one in unit.volumes.find(job=held.ident)}
        unit.volumes.remove(job=held.ident)
        move = Move(
            step=REFUSAL,
            content={"checks": checks, "why": str(refused.error)},
            terms={
                TRANSFER: str(row.ident),
                PACKAGE: str(row.package),
                "from": peer_name(row),
                "code": refused.error.code,
                VERIFICATION: Verdict.FAILED.value,
            },
        )
        record_act(node, unit, NODE, head, done_words(node, head, move))
        halt_transfer(node, unit, row.ident, REFUSED, refused.error.code)
        says = f"The package that came as {row.ident} does not verify. {refused.error}"
        make_finding(node, unit, kind="package-refused", says=says, source=peer_name(row))
    drop_blobs(node, written)


def discard_refused(node: Node, officer: Officer, transfer: Ident, reasons: str) -> SignedAct:
    """Drop the pieces of a package that was refused, once nobody needs them any more."""
    with node.store.view() as unit:
        row = find_transfer(unit, transfer, IN)
    if row.state != REFUSED:
        raise Unfit(row.state, where=str(transfer))
    move = Move(
        step="discard_refused", content={"reasons": reasons}, terms={TRANSFER: str(transfer)}
    )
    signed = keep_house_act(node, officer, row.dossier, move)
    with node.store.unit() as unit:
        change_transfer(unit, transfer, got=0)
        blobs = drop_pieces(unit, row)
    drop_blobs(node, blobs)
    return signed


@dataclass(frozen=True, kw_only=True)
class ShownTransfer:
    """A transfer, with what an officer must see of it.

    ``conditions`` are the terms on use that came with it, ``said`` all that the act of handing
    over says for people; ``verification`` is passed, indeterminate, failed, or nothing yet;
    ``checks`` are the numbered checks. ``received`` is the package's name here.
    """

    row: TransferRow
    conditions: str
    said: Mapping[str, Json]
    is_acknowledged: bool
    verification: str
    checks: Sequence[Json]
    received: Ident | None


def list_transfers(node: Node, dossier: Ident) -> tuple[ShownTransfer, ...]:
    """Return the transfers of a dossier, in both directions."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        acts = read_acts(unit, dossier)
        rows = unit.transfers.find(dossier=dossier)
        return tuple(_show(node, unit, head, acts, row) for row in rows)


def show_transfer(node: Node, transfer: Ident) -> ShownTransfer:
    """Return one transfer; raise ``NotThere``."""
    with node.store.view() as unit:
        row = unit.transfers.get(transfer)
        head = unit.dossiers.get(row.dossier)
        return _show(node, unit, head, read_acts(unit, row.dossier), row)


def _show(
    node: Node, unit: Unit, head: DossierRow, acts: Sequence[Act], row: TransferRow
) -> ShownTransfer:
    handed = next((act for act in acts if act.digest == row.act), None)
    result = [act for act in acts if _speaks_of(act, row) and act.step in (*RECEIVE, REFUSAL)]
    confirmed = [act for act in acts if _speaks_of(act, row) and act.step == CONFIRM]
    checks = _said(node, unit, head, result[-1]).get("checks", []) if result else []
    own = [act for act in result if is_receiving(act)]
    return ShownTransfer(
        row=row,
        conditions=handed.terms.get(_CONDITIONS, "") if handed else "",
        said=_said(node, unit, head, handed) if handed else {},
        is_acknowledged=any(act.terms.get(_CONDITIONS) == ACKNOWLEDGED for act in confirmed),
        verification=(result or confirmed)[-1].terms.get(VERIFICATION, "")
        if result or confirmed
        else "",
        checks=checks if isinstance(checks, list) else [],
        received=Ident(own[-1].terms[PACKAGE]) if own else None,
    )


def _speaks_of(act: Act, row: TransferRow) -> bool:
    return act.terms.get(TRANSFER) == str(row.ident)


def _said(node: Node, unit: Unit, head: DossierRow, act: Act) -> Mapping[str, Json]:
    if CONTENT not in act.covers:
        return {}
    try:
        return read_content(node, unit, head.ident, act.covers[CONTENT]).values
    except (ContentErased, NotThere):
        return {}


def confirm_receipt(
    node: Node, officer: Officer, transfer: Ident, *, move: Move | None = None
) -> SignedAct:
    """Tell the sender what came of it: the exchanged step of confirming, with the result.

    Raise ``Unacknowledged`` if conditions came with the package and ``move.terms`` does not
    say that they are; raise ``StepClosed`` if the law does not permit the step now.
    """
    shown = show_transfer(node, transfer)
    row = shown.row
    if row.direction != IN or row.state not in {DONE, REFUSED}:
        raise Unfit(row.state, where=str(transfer))
    plain = move or Move()
    accepts = plain.terms.get(_CONDITIONS) == ACKNOWLEDGED
    if row.state == DONE and shown.conditions and not accepts:
        raise Unacknowledged(where=str(transfer))
    with node.store.view() as unit:
        descriptor = read_descriptor_of(node, unit, row)
    told = replace(
        plain,
        step=plain.step or CONFIRM,
        terms={
            **plain.terms,
            TRANSFER: str(transfer),
            PACKAGE: str(row.package),
            VERIFICATION: shown.verification,
        },
        covers={**plain.covers, "statement": descriptor.statement},
    )
    return take_step(node, officer, row.dossier, told)
