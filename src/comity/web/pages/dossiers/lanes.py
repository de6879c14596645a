"""The timeline: what they and we did, in two lanes, with receipts between; the house apart.

An act in their lane is either *signed by them* or *recorded by us*: the two never look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant
from comity.federation.receipt import Event
from comity.law import Process
from comity.seal.act import Act
from comity.service.chains import HOUSE
from comity.service.reading import ShownAct, ShownDossier
from comity.service.rows import DossierRow, OutboxRow, ReceiptRow
from comity.web.pages.dossiers.words import CHANNELS, RECEIPTS, label, says_done, says_house
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state

OURS, BETWEEN, THEIRS = "ours", "between", "theirs"
# What comes first on a letter's way, where two receipts bear the same second.
_ORDER: Final = {event.value: place for place, event in enumerate(Event)}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One receipt between the lanes: what it says, in plain words, and who says it."""

    row: ReceiptRow
    says: str

    @property
    def is_negative(self) -> bool:
        """Return whether it says that something did not happen."""
        return Event(self.row.event).is_negative


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened: an act with its receipts, or receipts of no act that is here."""

    at: Instant
    lane: str
    says: str
    act: Act | None = None
    outcome: str = ""
    outbox: OutboxRow | None = None
    channel: str = ""
    receipts: tuple[Receipt, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Return whether we wrote it down for the other side, and not they signed it."""
        return self.act is not None and self.act.recorded is not None

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
    """Return what both sides know of, in time: acts, each with its receipts."""
    known = {one.act.digest for one in shown.acts}
    loose = [
        Moment(at=one.row.at, lane=BETWEEN, says=one.says, receipts=(one,))
        for one in receipts_of(shown)
        if one.row.act not in known
    ]
    found = [*_acts(seat, shown, process), *loose]
    return tuple(sorted(found, key=lambda one: (one.at, one.lane == BETWEEN)))


def receipts_of(shown: ShownDossier) -> tuple[Receipt, ...]:
    """Return the receipts of a dossier in their plain words, in time."""
    rows = sorted(shown.receipts, key=lambda row: (row.at, _ORDER[row.event]))
    return tuple(Receipt(row=row, says=label(RECEIPTS, row.event)) for row in rows)


def house_acts(shown: ShownDossier, process: Process | None) -> tuple[HouseAct, ...]:
    """Return what was done in the house, in time."""
    return tuple(
        HouseAct(act=one.act, says=says_house(one.act.step, process))
        for one in shown.acts
        if one.act.track == HOUSE
    )


def whose(seat: Seat, shown: ShownDossier, act: Act) -> str:
    """Return the name of the State whose step an act is."""
    return party(seat, shown.head, is_ours=act.side == shown.head.side)


def party(seat: Seat, head: DossierRow, *, is_ours: bool) -> str:
    """Return what a side is called: its State; at home, where both are of one, the provider."""
    if is_ours:
        return name_state(seat, seat.node.state)
    if head.counterpart == seat.node.state:
        return head.counterpart_authority
    return name_state(seat, head.counterpart)


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
    outbox: dict[Digest, OutboxRow],
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
        receipts=tuple(one for one in receipts_of(shown) if one.row.act == act.digest),
    )


def channel_label(channel: str) -> str:
    """Return what a channel is called."""
    return label(CHANNELS, channel)
