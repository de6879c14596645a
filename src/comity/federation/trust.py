"""Whom the provider trusts: authorities whose key someone vouches for, and for which time.

An order bears its key, but nobody can vouch for himself. Trust comes from beside the order:
a directory, or a card handed over in person. Nobody vouching is *indeterminate*. A key that
is vouched for as another's, or another key than the one that is vouched for as the
authority's, has *failed*: that is what a forged order looks like.

A document dates itself, and so does a thief's. What a key signed counts only if it came in
before the key was revoked: ``now``, when it came in to whoever asks, is asked for that, and
never the time that the document claims. Real work is vouched for by cards of real work
alone, and exercises by cards of exercises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.base import Instant, Verdict
from comity.seal.keyfiles import PublicCard
from comity.seal.keys import VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """An authority's card that the reader has reason to believe.

    From ``since`` until before ``until`` where these are given; for ``state`` where it is known;
    for exercises alone or for real work alone where ``exercise`` says so. From ``revoked`` on it
    vouches for nothing that comes in.
    """

    card: PublicCard
    state: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    revoked: Instant | None = None
    exercise: bool | None = None

    def covers(self, at: Instant) -> bool:
        """Tell whether the card may be believed as of this moment."""
        begun = self.since is None or self.since <= at
        ends = (self.until, self.revoked)
        return begun and all(end is None or at < end for end in ends)

    def is_revoked(self, now: Instant) -> bool:
        """Tell whether the key was revoked by the moment at which something came in."""
        return self.revoked is not None and self.revoked <= now

    def speaks_for(self, claim: Claim) -> bool:
        """Tell whether the card is of the authority that is claimed."""
        same_state = self.state is None or self.state == claim.state
        return self.card.authority == claim.authority and same_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who signed, as the document says, and when."""

    key: VerifyingKey
    authority: str
    state: str
    at: Instant
    exercise: bool


def judge_claim(claim: Claim, trust: Sequence[Voucher], now: Instant) -> tuple[Verdict, str]:
    """Return whether someone vouches for the claim, and a sentence that says so.

    ``now`` is when the document came in to whoever asks.
    """
    name = f"{claim.authority!r} of {claim.state}"
    ground = [one for one in trust if one.exercise in {None, claim.exercise}]
    known = [one for one in ground if one.card.key.key_id.matches(claim.key.key_id)]
    if not known:
        return _judge_stranger(claim, ground, now)
    speaking = [one for one in known if one.speaks_for(claim)]
    if not speaking:
        return Verdict.FAILED, (
            f"The key is vouched for as one of {known[0].card.authority!r}, "
            f"but it signed as {name}."
        )
    ends = [one.revoked for one in speaking if one.revoked is not None and one.is_revoked(now)]
    if ends:
        return Verdict.INDETERMINATE, (
            f"The key was revoked as of {min(ends)}: it vouches for nothing that came in since, "
            f"whatever time that claims."
        )
    if not any(one.covers(claim.at) for one in speaking):
        return Verdict.INDETERMINATE, f"The key is vouched for, but not for {claim.at}."
    return Verdict.PASSED, f"The key is vouched for as one of {claim.authority!r} at {claim.at}."


def _judge_stranger(claim: Claim, trust: Sequence[Voucher], now: Instant) -> tuple[Verdict, str]:
    """Judge a claim by a key for which nobody vouches."""
    name = f"{claim.authority!r} of {claim.state}"
    speaking = [one for one in trust if one.speaks_for(claim) and not one.is_revoked(now)]
    if any(one.covers(claim.at) for one in speaking):
        return Verdict.FAILED, (
            f"It calls itself of {name}, whom your cards know by another key than "
            f"{claim.key.key_id}."
        )
    return Verdict.INDETERMINATE, (
        f"Nobody vouches for the key {claim.key.key_id}, which calls itself of {name}."
    )
