"""Whom the reader trusts: sealers that someone vouches for, and for which time.

A package carries the key it was sealed with, but nobody can vouch for himself. Trust comes
from beside the package: a directory, a treaty file, a card handed over in person. Nobody
vouching is no failure: it is *indeterminate*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.base import Instant, Verdict
from comity.evidence.statement import Statement
from comity.seal.keyfiles import PublicCard
from comity.seal.keys import VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A sealer that is vouched for, from ``since`` until before ``until`` where these are given.

    ``is_revoked``: its key was revoked when the package came in. Then it vouches for nothing,
    whatever time the package claims: who stole a key can date back.
    """

    card: PublicCard
    since: Instant | None = None
    until: Instant | None = None
    is_revoked: bool = False

    def covers(self, at: Instant) -> bool:
        """Tell whether it is vouched for at this moment."""
        begun = self.since is None or self.since <= at
        return begun and (self.until is None or at < self.until)


def judge_sealer(
    key: VerifyingKey, statement: Statement, trust: Sequence[Vouched]
) -> tuple[Verdict, str]:
    """Return whether the sealer was vouched for when it sealed, and a sentence that says so."""
    known = [entry for entry in trust if entry.card.key.key_id.matches(key.key_id)]
    if not known:
        return Verdict.INDETERMINATE, (
            f"Nobody vouches for the key {key.key_id}, which calls itself "
            f"{statement.sealer!r} of {statement.authority!r}."
        )
    if not any(entry.card.authority == statement.authority for entry in known):
        return Verdict.FAILED, (
            f"The key is vouched for as one of {known[0].card.authority!r}, but it sealed as "
            f"{statement.authority!r}."
        )
    if any(entry.is_revoked for entry in known if entry.card.authority == statement.authority):
        return Verdict.INDETERMINATE, (
            "The key was revoked before the package came in: it vouches for nothing, whatever "
            "time it claims."
        )
    if not any(
        entry.covers(statement.sealed_at) and entry.card.authority == statement.authority
        for entry in known
    ):
        return Verdict.INDETERMINATE, (
            f"The key is vouched for, but not for {statement.sealed_at}, when it sealed."
        )
    return Verdict.PASSED, (
        f"The key is vouched for as {statement.authority!r} at {statement.sealed_at}."
    )
