"""Chains: the acts of one holder on one track, each naming the one before it.

Numbered from 0 without a gap, linked by digest, time never running back. Nothing can
be taken out, put in or changed without every later act changing its name. Whether the
signing key was the authority's at that time is asked elsewhere, of the directory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from comity.base import Digest, Finding, Instant, Report, Verdict, limits
from comity.base.errors import ComityError
from comity.seal.act import Act, SignedAct, UnverifiedAct, read_act, verify_act
from comity.seal.keys import VerifyingKey

# The number of the check that asks the machine's clock.
AHEAD: Final = 7


@dataclass(frozen=True, slots=True)
class Link:
    """Where the next act of a chain is put: its number, and the act before it."""

    number: int
    before: Digest | None


def next_link(last: SignedAct | None) -> Link:
    """Return the place after ``last``, or the first place of a chain that has no act yet."""
    if last is None:
        return Link(0, None)
    return Link(last.act.number + 1, last.digest)


def check_chain(
    envelopes: Sequence[bytes],
    *,
    keys: Iterable[VerifyingKey],
    known: Collection[Digest],
    now: Instant,
) -> Report:
    """Check the acts of one holder, track and chain, in their order.

    1. each is an act, and there are not too many; 2. both signatures of each verify with
    one of ``keys`` (indeterminate if its key is not among them); 3. all are of one chain,
    track, holder, and all or none of an exercise; 4. numbers run from 0 without a gap;
    5. each names the one before it; 6. time never goes back; 7. none lies more than
    300 seconds ahead of ``now`` (or our clock is behind); 8. what was seen is among
    ``known``, the digests of the other side's acts. After a failure in 1 or 2 the rest is
    not looked at. No acts at all: a report without findings, which is indeterminate.
    """
    return Report.of(_findings(envelopes, {key.key_id: key for key in keys}, known, now))


def _findings(
    envelopes: Sequence[bytes],
    keys: Mapping[Digest, VerifyingKey],
    known: Collection[Digest],
    now: Instant,
) -> Iterator[Finding]:
    if not envelopes:
        return
    # 1. Shape
    shape, read = _check_shape(envelopes)
    yield shape
    if shape.verdict is Verdict.FAILED:
        return
    # 2. Signatures
    signatures = _check_signatures(read, keys)
    yield signatures
    if signatures.verdict is Verdict.FAILED:
        return
    # 3 to 8. Places and times
    acts = [one.unsafe_act for one in read]
    for check, name, says, bad in _PLACES:
        yield _finding(check, name, says, bad(acts))
    latest = [act for act in acts if act.at.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS]
    yield _check_ahead(latest, len(acts), now)
    unseen = [act for act in acts if act.seen is not None and act.seen not in known]
    yield _finding(8, "seen acts", "Every act that was seen is at hand.", unseen)


def _check_shape(envelopes: Sequence[bytes]) -> tuple[Finding, list[UnverifiedAct]]:
    says = "Every envelope holds an act."
    if len(envelopes) > limits.DOSSIER_ACTS:
        odd = f"There are {len(envelopes)} acts; {limits.DOSSIER_ACTS} are the most."
        return _make(1, "shape", Verdict.FAILED, odd), []
    read: list[UnverifiedAct] = []
    for place, envelope in enumerate(envelopes):
        try:
            read.append(read_act(envelope))
        except ComityError as error:
            return _make(1, "shape", Verdict.FAILED, f"In place {place}: {error}"), []
    return _make(1, "shape", Verdict.PASSED, says), read


def _check_signatures(
    read: Sequence[UnverifiedAct], keys: Mapping[Digest, VerifyingKey]
) -> Finding:
    unknown = [one for one in read if one.key_id not in keys]
    for place, one in enumerate(read):
        if one.key_id not in keys:
            continue
        try:
            verify_act(one.envelope, keys[one.key_id])
        except ComityError as error:
            return _make(2, "signatures", Verdict.FAILED, f"In place {place}: {error}")
    if unknown:
        odd = f"The key {unknown[0].key_id} is not among those given."
        return _make(2, "signatures", Verdict.INDETERMINATE, odd)
    return _make(2, "signatures", Verdict.PASSED, "Both signatures of every act verify.")


def _strangers(acts: Sequence[Act]) -> list[Act]:
    def place(act: Act) -> tuple[str, str, str, bool]:
        return act.chain, act.track, act.holder, act.exercise

    return [act for act in acts if place(act) != place(acts[0])]


def _misnumbered(acts: Sequence[Act]) -> list[Act]:
    return [act for number, act in enumerate(acts) if act.number != number]


def _unlinked(acts: Sequence[Act]) -> list[Act]:
    before = [None, *(act.digest for act in acts)]
    return [act for act, link in zip(acts, before, strict=False) if act.before != link]


def _backdated(acts: Sequence[Act]) -> list[Act]:
    return [act for last, act in pairwise(acts) if act.at < last.at]


_PLACES: Final[tuple[tuple[int, str, str, Callable[[Sequence[Act]], list[Act]]], ...]] = (
    (3, "one chain", "All acts are of one chain, track and holder.", _strangers),
    (4, "numbers", "The numbers run from 0 without a gap.", _misnumbered),
    (5, "links", "Every act names the one before it.", _unlinked),
    (6, "time", "Time never goes back.", _backdated),
)


def _check_ahead(latest: Sequence[Act], count: int, now: Instant) -> Finding:
    says = "No act lies ahead of the clock."
    if not latest:
        return _make(AHEAD, "not ahead", Verdict.PASSED, says)
    odd = (
        f"{len(latest)} of {count} acts lie ahead of this machine's clock, which says {now}; "
        f"the first is act {latest[0].number} of {latest[0].at}. Set the clock right."
    )
    return _make(AHEAD, "not ahead", Verdict.FAILED, odd)


def _finding(check: int, name: str, says: str, bad: Sequence[Act]) -> Finding:
    if not bad:
        return _make(check, name, Verdict.PASSED, says)
    odd = f"Not so for act {bad[0].number} ({bad[0].digest}) and {len(bad) - 1} more: {says}"
    return _make(check, name, Verdict.FAILED, odd)


def _make(check: int, name: str, verdict: Verdict, says: str) -> Finding:
    return Finding(check=check, name=name, verdict=verdict, says=says, source="comity/act/1")
