"""What the record looks like from outside: heads, acts, deadlines, evidence."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from comity.law import Process
from comity.seal.act import Act
from comity.service.reading import ShownAct
from comity.service.rows import (
    DeadlineRow,
    DossierRow,
    IntakeRow,
    OutboxRow,
    PackageRow,
    ReceiptRow,
    ReceivedRow,
    TransferRow,
)
from comity.web.api.fields import Shown, maybe_text


class HeadShown(Shown):
    """The head of a dossier, and where it stands."""

    dossier: str
    version: int
    process: str
    side: str
    counterpart: str
    authority: str
    basis: str
    channel: str
    exercise: bool
    opened: str
    follows: str | None
    investigation: str | None
    priority: str
    state: str
    means: str
    next_due: str | None


class ActShown(Shown):
    """An act, and what became of it. ``recorded`` is set if it was written down for others."""

    dossier: str
    digest: str
    step: str
    means: str
    track: str
    holder: str
    side: str
    number: int
    at: str
    law: str
    authority: str
    actor: str
    role: str
    channel: str
    exercise: bool
    outcome: str
    recorded: dict[str, str] | None
    covers: dict[str, str]
    cites: list[str]
    terms: dict[str, str]


class ActTaken(ActShown):
    """An act that was signed now, and the version of the dossier after it."""

    version: int


class DeadlineShown(Shown):
    """What is owed, by which side, until when. A wish of the asking side is no duty."""

    clock: str
    act: str
    owed_by: str
    starts_at: str | None
    due: str | None
    earliest: str | None
    state: str
    waits_for: str
    ended_at: str | None
    nature: str
    at_its_time: str
    law: str
    means: str


class OutboxShown(Shown):
    """A message that must go out, or went."""

    act: str
    receiver: str
    channel: str
    made: str
    due: str
    attempts: int
    delivered: str | None


class ReceiptShown(Shown):
    """A signed receipt, ours or theirs."""

    message: str
    event: str
    state: str
    authority: str
    at: str
    reason: str
    act: str | None


class IntakeShown(Shown):
    """A taking-in of evidence, named by its job."""

    job: str
    act: str
    objects: int
    size: int
    irregular: int
    root: str


class PackageShown(Shown):
    """A sealed package; ``transfer`` is set if it came from elsewhere."""

    package: str
    dossier: str
    act: str
    statement: str
    root: str
    objects: int
    sealed_at: str
    job: str
    intake: str | None = None
    transfer: str | None = None


class TransferShown(Shown):
    """A package on its way: ``got`` of ``size`` bytes are there."""

    transfer: str
    direction: str
    dossier: str
    package: str
    job: str | None
    act: str | None
    state_code: str = Field(description="The other side's State.")
    authority: str
    size: int
    got: int
    made: str
    state: str
    trouble: str


class DossierShown(HeadShown):
    """A dossier with all that lies in it."""

    acts: list[ActShown]
    deadlines: list[DeadlineShown]
    outbox: list[OutboxShown]
    receipts: list[ReceiptShown]
    intakes: list[IntakeShown]
    packages: list[PackageShown]
    received: list[PackageShown]
    transfers: list[TransferShown]


def head_data(
    head: DossierRow, process: Process | None, state: str, next_due: object
) -> dict[str, object]:
    """Return a head as plain data."""
    known = process.states.get(state) if process else None
    return {
        "dossier": str(head.ident),
        "version": head.version,
        "process": head.process,
        "side": head.side,
        "counterpart": head.counterpart,
        "authority": head.counterpart_authority,
        "basis": head.basis,
        "channel": head.channel,
        "exercise": head.exercise,
        "opened": str(head.opened),
        "follows": maybe_text(head.follows),
        "investigation": maybe_text(head.investigation),
        "priority": head.priority,
        "state": state,
        "means": known.means if known else "",
        "next_due": maybe_text(next_due),
    }


def act_data(act: Act, process: Process | None, outcome: str = "") -> dict[str, object]:
    """Return an act as plain data."""
    step = process.steps.get(act.step) if process else None
    return {
        "dossier": act.chain,
        "digest": str(act.digest),
        "step": act.step,
        "means": step.means if step else "",
        "track": act.track,
        "holder": act.holder,
        "side": act.side,
        "number": act.number,
        "at": str(act.at),
        "law": act.law,
        "authority": act.authority,
        "actor": act.actor,
        "role": act.role,
        "channel": act.channel,
        "exercise": act.exercise,
        "outcome": outcome,
        "recorded": None if act.recorded is None else dict(act.recorded),
        "covers": _texts(act.covers),
        "cites": [str(one) for one in act.cites],
        "terms": dict(act.terms),
    }


def show_act(shown: ShownAct, process: Process | None) -> ActShown:
    """Show an act of a dossier."""
    return ActShown.model_validate(act_data(shown.act, process, shown.outcome))


def show_deadline(row: DeadlineRow) -> DeadlineShown:
    """Show a deadline."""
    return DeadlineShown(
        clock=row.clock,
        act=str(row.act),
        owed_by=row.owed_by,
        starts_at=maybe_text(row.starts_at),
        due=maybe_text(row.due),
        earliest=maybe_text(row.earliest),
        state=row.state,
        waits_for=row.waits_for,
        ended_at=maybe_text(row.ended_at),
        nature=row.nature,
        at_its_time=row.at_its_time,
        law=row.law,
        means=row.means,
    )


def show_outbox(row: OutboxRow) -> OutboxShown:
    """Show a message that goes out."""
    return OutboxShown(
        act=str(row.act),
        receiver=row.receiver,
        channel=row.channel,
        made=str(row.made),
        due=str(row.due),
        attempts=row.attempts,
        delivered=maybe_text(row.delivered),
    )


def show_receipt(row: ReceiptRow) -> ReceiptShown:
    """Show a receipt."""
    return ReceiptShown(
        message=str(row.message),
        event=row.event,
        state=row.state,
        authority=row.authority,
        at=str(row.at),
        reason=row.reason,
        act=maybe_text(row.act),
    )


def show_intake(row: IntakeRow) -> IntakeShown:
    """Show a taking-in."""
    return IntakeShown(
        job=str(row.job),
        act=str(row.act),
        objects=row.objects_count,
        size=row.size,
        irregular=row.irregular,
        root=str(row.root),
    )


def show_package(row: PackageRow | ReceivedRow) -> PackageShown:
    """Show a package, our own or one that came from elsewhere."""
    return PackageShown(
        package=str(row.ident),
        dossier=str(row.dossier),
        act=str(row.act),
        statement=str(row.statement),
        root=str(row.root),
        objects=row.objects_count,
        sealed_at=str(row.sealed_at),
        job=str(row.job),
        intake=str(row.intake) if isinstance(row, PackageRow) else None,
        transfer=str(row.transfer) if isinstance(row, ReceivedRow) else None,
    )


def show_transfer(row: TransferRow) -> TransferShown:
    """Show a transfer."""
    return TransferShown(
        transfer=str(row.ident),
        direction=row.direction,
        dossier=str(row.dossier),
        package=str(row.package),
        job=maybe_text(row.job),
        act=maybe_text(row.act),
        state_code=row.peer_state,
        authority=row.peer_authority,
        size=row.size,
        got=row.got,
        made=str(row.made),
        state=row.state,
        trouble=row.trouble,
    )


def _texts(named: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in named.items()}
