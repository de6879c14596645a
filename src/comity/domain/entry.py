"""Entries: what standing and deadlines are derived from, read off the acts of one dossier.

An entry names two others that its author had in hand: ``before``, what came before it
in its own chain, and ``seen``, the last act of the other side. From these alone follows
what was known to whom; times of arrival play no part.

A side without a node writes no chain. Its steps are recorded in ours, between our own
acts. What such an act came before in *their* order is only what we recorded of them
earlier; what they had seen of ours is what the recording officer states, and if nothing
is stated, our last act before the recording. Our own acts came after all that stands
before them in our chain, recordings too: we had them in hand. What was recorded counts
from when it was received, not from when it was written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.errors import Malformed
from comity.seal.act import Act

EXCHANGED: Final = "exchanged"
# The recording officer's statement that they acted without having seen anything of ours.
NOTHING_SEEN: Final = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step as far as standing and deadlines depend on it; its digest names it.

    ``holder`` is the State in whose chain it stands, ``number`` its place there,
    ``recorded`` whether that State wrote it down for the other side. ``kept`` is
    exchanged or house: house entries never leave their holder, so they have no part in
    a standing that both sides share. ``terms`` are the act's particulars.
    """

    digest: Digest
    process: str
    side: str
    step: str
    at: Instant
    holder: str
    before: Digest | None
    seen: Digest | None
    recorded: bool = False
    kept: str = EXCHANGED
    number: int = 0
    terms: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_exchanged(self) -> bool:
        """Return whether both sides hold it."""
        return self.kept == EXCHANGED

    @property
    def after(self) -> tuple[Digest, ...]:
        """Return what must be in hand before this entry counts."""
        return tuple(one for one in (self.before, self.seen) if one is not None)


def entries(acts: Iterable[Act]) -> tuple[Entry, ...]:
    """Return the entries of the acts of one dossier, sorted by digest.

    Whether chains are whole and signed is checked elsewhere (``comity.seal.chain``); an
    act whose predecessors are missing gives an entry that waits.
    """
    found = []
    after: dict[Digest, _Last] = {}
    for act in sorted({act.digest: act for act in acts}.values(), key=lambda act: act.number):
        last = _last(act, after)
        if act.recorded is None:
            after[act.digest] = _Last(act.digest, last.told)
            found.append(_entry(act, act.before, act.seen))
        else:
            after[act.digest] = _Last(last.own, act.digest)
            found.append(_entry(act, last.told, _seen(act, last)))
    return tuple(sorted(found, key=lambda entry: entry.digest))


class _Last(NamedTuple):
    """The last act of our own in a chain, and the last that was told and recorded."""

    own: Digest | None
    told: Digest | None


def _last(act: Act, after: Mapping[Digest, _Last]) -> _Last:
    """Return what stands before an act; what is missing there is named and so waited for."""
    if act.before is None:
        return _Last(None, None)
    return after.get(act.before, _Last(act.before, act.before))


def _seen(act: Act, last: _Last) -> Digest | None:
    """Return what the other side had seen: as stated, else our last act before the recording."""
    if act.recorded is not None and act.recorded.get("seen") == NOTHING_SEEN:
        return None
    return act.seen or last.own


def _time(act: Act) -> Instant:
    """Return when a step counts as taken; what says nothing readable counts from the act."""
    try:
        received = Instant.parse((act.recorded or {}).get("received", ""))
    except Malformed:
        return act.at
    return min(act.at, received)


def _entry(act: Act, before: Digest | None, seen: Digest | None) -> Entry:
    return Entry(
        digest=act.digest,
        process=act.process,
        side=act.side,
        step=act.step,
        at=_time(act),
        holder=act.holder,
        before=before,
        seen=seen,
        recorded=act.recorded is not None,
        kept=act.track,
        number=act.number,
        terms=act.terms,
    )
