"""The timeline: what they and we did, in two lanes, with receipts between; the house apart.

An act in their lane is either *signed by them* or *recorded by us*: the two never look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.base import Instant
from comity.federation.receipt import Event
from comity.law import Process
from comity.seal.act import Act
from comity.service.chains import HOUSE
from comity.service.reading import ShownAct, ShownDossier
from comity.service.rows import OutboxRow, ReceiptRow
from comity.web.pages.dossiers.words import CHANNELS, RECEIPTS, label, says_done, says_house
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state

OURS, BETWEEN, THEIRS = "ours", "between", "theirs"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened: an act in one of the lanes, or a receipt between them."""

    at: Instant
    lane: str
    says: str
    act: Act | None = None
    outcome: str = ""
    receipt: ReceiptRow | None = None
    outbox: OutboxRow | None = None
    channel: str = ""

    @property
    def is_recorded(self) -> bool:
        """Return whether we wrote it down for the other side, and not they signed it."""
        return self.act is not None and self.act.recorded is not None

    @property
    def is_negative(self) -> bool:
        """Return whether it is a receipt that says no."""
        return self.receipt is not None and Event(self.receipt.event).is_negative

    @property
    def awaits_delivery(self) -> bool:
        """Return whether a person must say that it reached the other side."""
        return self.outbox is not None and self.outbox.delivered is None and self.channel != "node"


@dataclass(frozen=True, kw_only=True)
class HouseAct:
    """An act that never leaves the house."""

    act: Act
    says: str


def moments(seat: Seat, shown: ShownDossier, process: Process | None) -> tuple[Moment, ...]:
    """Return what both sides know of, in time: acts and receipts."""
    found = [*_acts(seat, shown, process), *_receipts(shown)]
    return tuple(sorted(found, key=lambda one: (one.at, one.lane == BETWEEN)))


def house_acts(shown: ShownDossier, process: Process | None) -> tuple[HouseAct, ...]:
    """Return what was done in the house, in time."""
    return tuple(
        HouseAct(act=one.act, says=says_house(one.act.step, process))
        for one in shown.acts
        if one.act.track == HOUSE
    )


def whose(seat: Seat, shown: ShownDossier, act: Act) -> str:
    """Return the name of the State whose step an act is."""
    return name_state(seat, seat.node.state if act.side == shown.head.side else _other(shown))


def _other(shown: ShownDossier) -> str:
    return shown.head.counterpart


def _acts(seat: Seat, shown: ShownDossier, process: Process | None) -> Iterator[Moment]:
    outbox = {row.act: row for row in shown.outbox}
    for one in shown.acts:
        if one.act.track != HOUSE:
            yield _act(seat, shown, process, one, outbox)


def _act(
    seat: Seat,
    shown: ShownDossier,
    process: Process | None,
    one: ShownAct,
    outbox: dict[object, OutboxRow],
) -> Moment:
    act = one.act
    step = process.steps.get(act.step) if process else None
    recorded = act.recorded or {}
    said = recorded.get("received", "")
    return Moment(
        at=Instant.parse(said) if said else act.at,
        lane=OURS if act.side == shown.head.side else THEIRS,
        says=says_done(act.step, whose(seat, shown, act), step.means if step else ""),
        act=act,
        outcome="" if one.outcome == "applied" else one.outcome,
        outbox=outbox.get(act.digest),
        channel=act.channel,
    )


def _receipts(shown: ShownDossier) -> Iterator[Moment]:
    for row in shown.receipts:
        yield Moment(at=row.at, lane=BETWEEN, says=label(RECEIPTS, row.event), receipt=row)


def channel_label(channel: str) -> str:
    """Return what a channel is called."""
    return label(CHANNELS, channel)
