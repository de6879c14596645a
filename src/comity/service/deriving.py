"""What follows from the acts of a dossier, and nothing else does.

The head, the standing, the deadlines and what must go out are computed from the set of
acts. Verbs write what is computed here in the transaction of the act; ``checking``
computes it again and compares. Nothing of it is a truth of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity.base import Digest, Ident, Instant, canonical_bytes
from comity.domain.deadline import Deadline, FollowerView, deadlines
from comity.domain.dossier import Channel
from comity.domain.entry import entries
from comity.domain.standing import Standing, derive
from comity.law import Book
from comity.seal.act import Act, UnverifiedAct
from comity.service.chains import EXCHANGED, HOUSE
from comity.service.errors import NotThere, Unfit
from comity.service.rows import DeadlineRow, DossierRow, OutboxRow, StandingRow

PRIORITIES = ("emergency", "urgent", "routine")
ROUTINE = PRIORITIES[-1]
OPEN = "open_dossier"
DELIVERY = "record_delivery"
# The channels whose acts go as letters: over the wire, and on a disk.
WIRE = Channel.NODE.value
COURIER = Channel.COURIER.value


@dataclass(frozen=True, kw_only=True)
class Derived:
    """All rows that follow from the acts of one dossier."""

    head: DossierRow
    standing: StandingRow
    deadlines: tuple[DeadlineRow, ...]
    outbox: tuple[OutboxRow, ...]


def derive_dossier(
    book: Book, holder: str, held: tuple[UnverifiedAct, ...], follower: FollowerView | None
) -> Derived:
    """Return what follows from these acts, as the State ``holder`` holds it.

    Raise ``Unfit`` if they do not begin with the opening of a dossier.
    """
    envelopes = {one.unsafe_act.digest: one.envelope for one in held}
    acts = tuple(one.unsafe_act for one in held)
    head = read_head(acts, holder)
    process = book.processes.get(head.process)
    if process is None:
        raise NotThere(head.process, where=str(head.ident))
    found = entries(acts)
    standing = derive(process, found)
    delivered = delivered_at(acts)
    return Derived(
        head=head,
        standing=_standing_row(head.ident, standing),
        deadlines=tuple(
            _deadline_row(head.ident, one)
            for one in deadlines(
                book,
                process,
                found,
                standing,
                delivered=delivered,
                follower=follower,
                profile=book.states.get(holder),
            )
        ),
        outbox=tuple(
            _outbox_row(head, act, envelopes[act.digest], delivered.get(act.digest))
            for act in acts
            if is_sent(act, holder)
        ),
    )


def read_head(acts: tuple[Act, ...], holder: str) -> DossierRow:
    """Return the head of the dossier that these acts open; raise ``Unfit`` if none does."""
    first = next((act for act in acts if (act.holder, act.step) == (holder, OPEN)), None)
    if first is None or first.number != 0:
        detail = "The first house act of a dossier opens it."
        raise Unfit(detail, where=acts[0].chain if acts else "")
    terms = first.terms
    return DossierRow(
        ident=Ident(first.chain),
        version=sum(act.holder == holder for act in acts),
        process=first.process,
        side=first.side,
        counterpart=_said(first, "counterpart"),
        counterpart_authority=_said(first, "counterpart_authority"),
        basis=_said(first, "basis"),
        channel=first.channel,
        exercise=first.exercise,
        opened=first.at,
        follows=Ident(terms["follows"]) if "follows" in terms else None,
        investigation=Ident(terms["investigation"]) if "investigation" in terms else None,
        priority=terms.get("priority", ROUTINE),
    )


def is_sent(act: Act, holder: str) -> bool:
    """Return whether this is an act of ours that the other side must get."""
    return act.holder == holder and act.track == EXCHANGED and act.recorded is None


def way_out(head: DossierRow, act: Act) -> str:
    """Return by which channel an act of ours goes out.

    Between two nodes every act goes as a letter, for the other side counts them: that it was
    said by telephone tells how, and not that nothing was sent. Only what is marked to go by
    courier goes on a disk.
    """
    is_abroad = head.counterpart != act.holder
    goes_by_node = head.channel == WIRE and act.channel != COURIER and is_abroad
    return WIRE if goes_by_node else act.channel


def delivered_at(acts: Iterable[Act]) -> Mapping[Digest, Instant]:
    """Return when each act reached the side that it was for, as far as is recorded.

    Of what goes between nodes, a house act says so when the receipt was signed, theirs or
    ours; of what we recorded for the other side, the recorded act says when we had it.
    """
    found: dict[Digest, Instant] = {}
    for act in acts:
        if act.recorded is not None:
            found[act.digest] = Instant.parse(_said(act, "received"))
        elif act.track == HOUSE and act.step == DELIVERY:
            found.setdefault(Digest.parse(_said(act, "act")), Instant.parse(_said(act, "at")))
    return found


def view_followers(book: Book, followers: Mapping[Ident, tuple[Act, ...]]) -> FollowerView | None:
    """Return what a dossier must know of the requests that follow it, taken together.

    Received when the first of them was; decided when the last of them was. A request is
    decided when it stands in a state that ends it.
    """
    views = [
        view
        for ident, acts in sorted(followers.items())
        if (view := _view(book, ident, acts)) is not None and view.received is not None
    ]
    if not views:
        return None
    first = min(views, key=lambda view: (view.received or view.decided, view.dossier))
    decided = [view.decided for view in views if view.decided is not None]
    last = max(decided) if len(decided) == len(views) else None
    return FollowerView(dossier=first.dossier, received=first.received, decided=last)


def _said(act: Act, name: str) -> str:
    """Return a particular that an act of this kind has; raise ``Unfit`` if it lacks it."""
    found = act.terms if act.recorded is None else act.recorded
    if name not in found:
        detail = f"The act {act.step} does not say its {name!r}."
        raise Unfit(detail, where=str(act.digest))
    return found[name]


def _view(book: Book, ident: Ident, acts: tuple[Act, ...]) -> FollowerView | None:
    process = book.processes.get(acts[0].process) if acts else None
    if process is None:
        return None
    found = {entry.digest: entry for entry in entries(acts)}
    standing = derive(process, found.values())
    applied = [found[digest] for digest in standing.applied]
    asked = [entry.digest for entry in applied if entry.side == process.sides.asking]
    delivered = delivered_at(acts)
    times = sorted(delivered[digest] for digest in asked if digest in delivered)
    moved = [entry for entry in applied if process.steps[entry.step].moves]
    has_ended = process.states[standing.state].ends and bool(moved)
    return FollowerView(
        dossier=ident,
        received=times[0] if times else None,
        decided=moved[-1].at if has_ended else None,
    )


def _standing_row(dossier: Ident, standing: Standing) -> StandingRow:
    outcomes = {str(digest): outcome.value for digest, outcome in standing.outcomes.items()}
    return StandingRow(
        dossier=dossier, state=standing.state, outcomes=canonical_bytes(dict(outcomes))
    )


def _deadline_row(dossier: Ident, deadline: Deadline) -> DeadlineRow:
    return DeadlineRow(
        dossier=dossier,
        clock=deadline.clock,
        act=deadline.started_by,
        owed_by=deadline.owed_by,
        starts_at=deadline.starts_at,
        due=deadline.due,
        earliest=deadline.earliest,
        state=deadline.state.value,
        waits_for=deadline.waits_for,
        ended_at=deadline.ended_at,
        nature=deadline.nature,
        at_its_time=deadline.at_its_time,
        law=str(deadline.law),
        means=deadline.means,
    )


def _outbox_row(
    head: DossierRow, act: Act, envelope: bytes, delivered: Instant | None
) -> OutboxRow:
    return OutboxRow(
        act=act.digest,
        dossier=head.ident,
        message=Digest.of(envelope),
        receiver=f"{head.counterpart} {head.counterpart_authority}",
        channel=way_out(head, act),
        made=act.at,
        due=act.at,
        attempts=0,
        delivered=delivered,
    )
