"""Judging an order: eight numbered checks, each passed, failed or indeterminate.

1. *Shape*. The file is a DSSE envelope of an order, with exactly the two signatures of one key.
2. *Signatures*. Both verify over the order's bytes as received, under the key that stands in it.
3. *Statement*. Its every field is known and possible. A later version: indeterminate.
4. *Issuer*. Someone vouches for the key, as of the time of issue, as one of this authority.
   Nobody, or the key was revoked by ``now``, whatever time the order claims: indeterminate.
   Someone, as another's key; or another key as this authority's: failed.
5. *Current*. It is not over at ``now``. Dated ahead of ``now`` by more than 300 s: indeterminate.
6. *Revocation*. No revocation at hand that can be believed names it. None at hand: said so, and
   indeterminate only if the order demands the check, for which a whole and current list of the
   same authority is needed. A file that cannot be read, or names the order but cannot be
   believed: indeterminate.
7. *Exercise*. It is no exercise; or it is one, and an exercise was asked about.
8. *Addressee*. It is addressed to the provider asked for; otherwise indeterminate, for it is
   no forgery. Made only if a provider was named.

From these one word follows. The clock, cards and revocations are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from comity.base import ComityError, Finding, Instant, Report, Verdict, limits
from comity.base.canonical import Json
from comity.base.examining import Check, Examination, Undecided, have
from comity.federation.errors import OrderRefused
from comity.federation.order import PAYLOAD_TYPE, TYPE, Order
from comity.federation.revocation import Revocation, open_revocation
from comity.federation.signed import open_signed
from comity.federation.trust import Claim, Voucher, judge_claim
from comity.seal.dsse import Envelope, read_envelope

_FAMILY: Final = "comity/order/"


class Word(Enum):
    """What an order is, in one word (one phrase) for people."""

    GENUINE = "genuine"
    FORGED = "forged"
    ALTERED = "altered"
    EXPIRED = "expired"
    REVOKED = "revoked"
    EXERCISE = "exercise"
    UNDECIDED = "could not be decided"


MEANINGS: Final[Mapping[Word, str]] = MappingProxyType(
    {
        Word.GENUINE: (
            "It comes from the authority that it names, is unaltered and in force, and nothing "
            "at hand says that it was revoked. This says nothing of whether it is lawful."
        ),
        Word.FORGED: "It is signed, but not by the authority that it names, or it is no order.",
        Word.ALTERED: (
            "It is not as anyone signed it: changed or cut on its way, put together from parts, "
            "or never an order at all."
        ),
        Word.EXPIRED: "Whoever issued it, its own time is over: it binds nobody any more.",
        Word.REVOKED: "It was taken back: it binds nobody any more.",
        Word.EXERCISE: "It says of itself that it is an exercise: it binds nobody.",
        Word.UNDECIDED: (
            "It could not be decided whether it is genuine and binds you; the checks say why."
        ),
    }
)
_CALL: Final = (
    "call the authority back on the number in the directory, not on one that came with the order"
)
NEXT: Final[Mapping[Word, str]] = MappingProxyType(
    {
        Word.GENUINE: f"Do as it says, or object as it says. In any doubt {_CALL}.",
        Word.FORGED: f"Hand nothing over. Keep the file as it came, and {_CALL}.",
        Word.ALTERED: (
            f"Hand nothing over. Keep the file as it came, and {_CALL}, to have the original."
        ),
        Word.EXPIRED: f"Hand nothing over on it. If you still hold data for it, {_CALL}.",
        Word.REVOKED: (
            f"Hand nothing over on it. Before you delete what you hold for it, {_CALL}."
        ),
        Word.EXERCISE: f"Hand nothing over. If you know of no exercise, {_CALL}.",
        Word.UNDECIDED: f"Hand nothing over yet and delete nothing meanwhile: {_CALL}.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about an order, and from what it is to be answered.

    ``now`` is when the order came in. ``revocations`` are files as they came; ``provider`` is
    empty if it does not matter; ``exercise`` says that an exercise is what is expected.
    """

    now: Instant
    trust: Sequence[Voucher] = ()
    revocations: Sequence[bytes] = ()
    provider: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The report, the word that follows, and what the order says if its signatures hold."""

    report: Report
    word: Word
    order: Order | None


def judge_order(data: bytes, question: Question) -> Judged:
    """Make all the checks. Whatever is wrong with the file is a finding, not an error."""
    examination = _Examination(data, question)
    report = Report.of(examination.run())
    order = examination.order
    return Judged(report=report, word=_find_word(report, order, question), order=order)


class _Examination(Examination):
    """One order under examination: each check finds what earlier ones established."""

    def __init__(self, data: bytes, question: Question) -> None:
        super().__init__()
        self.data = data
        self.question = question
        self.order: Order | None = None
        self._envelope: Envelope | None = None
        self._payload: dict[str, Json] | None = None

    def run(self) -> Iterator[Finding]:
        for check in _CHECKS:
            if check.number != _ADDRESSEE or self.question.provider:
                yield self.make(check)

    def shape(self) -> str:
        # 1. Shape.
        self._envelope = read_envelope(self.data, PAYLOAD_TYPE)
        return f"An envelope of an order, signed with the key {self._envelope.key_id}."

    def signatures(self) -> str:
        # 2. Signatures. But for the key, nothing of the order is read before.
        self._payload = open_signed(have(self._envelope))
        return "The Ed25519 and the ML-DSA-65 signature both verify."

    def statement(self) -> str:
        # 3. Statement.
        payload = have(self._payload)
        kind = payload.get("type")
        if isinstance(kind, str) and kind.startswith(_FAMILY) and kind != TYPE:
            message = f"It is of another version than {TYPE}: ask for a newer verifier."
            raise Undecided(message)
        order = Order.from_data(dict(payload))
        self.order = order
        return f"{order.order}, issued at {order.issued_at}, of {order.authority!r}."

    def issuer(self) -> str:
        # 4. Issuer.
        order = have(self.order)
        claim = Claim(
            key=order.key,
            authority=order.authority,
            state=order.state,
            at=order.issued_at,
            exercise=order.exercise,
        )
        verdict, says = judge_claim(claim, self.question.trust, self.question.now)
        if verdict is Verdict.INDETERMINATE:
            raise Undecided(says)
        if verdict is Verdict.FAILED:
            raise OrderRefused(says)
        return says

    def current(self) -> str:
        # 5. Current.
        order, now = have(self.order), self.question.now
        if now >= order.valid_until:
            detail = f"It was in force until {order.valid_until}; it is {now}."
            raise OrderRefused(detail)
        if order.issued_at.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS:
            message = f"It is dated {order.issued_at}, and it is only {now}: one clock is wrong."
            raise Undecided(message)
        return f"It is in force until {order.valid_until}; it is {now}."

    def revocation(self) -> str:
        # 6. Revocation.
        order, now = have(self.order), self.question.now
        doubts: list[str] = []
        listed = False
        for number, data in enumerate(self.question.revocations, 1):
            try:
                found = open_revocation(data)
            except ComityError as error:
                doubts.append(f"Revocation file {number} cannot be used: {error}")
                continue
            is_believed, why = _believe(found, order, self.question)
            if order.order in found.orders:
                if not is_believed:
                    doubts.append(f"Revocation file {number} names it, but: {why}")
                elif found.at.seconds_after(now) <= limits.CLOCK_AHEAD_SECONDS:
                    detail = f"It was revoked as of {found.at}."
                    raise OrderRefused(detail)
                else:
                    doubts.append(f"Revocation file {number} revokes it from {found.at}.")
            elif is_believed and _is_fresh(found, now):
                listed = True
        if doubts:
            raise Undecided(" ".join(doubts))
        return self._not_named(listed=listed)

    def _not_named(self, *, listed: bool) -> str:
        if listed:
            return "It is not in the authority's current list of revoked orders."
        if have(self.order).must_check:
            message = (
                "It demands that the authority's current list of revoked orders be looked at, "
                "and none is at hand."
            )
            raise Undecided(message)
        if self.question.revocations:
            return "No revocation at hand names it; no current list of the authority is at hand."
        return "Nothing at hand says that it was revoked: no revocation was handed in."

    def exercise(self) -> str:
        # 7. Exercise.
        is_one = have(self.order).exercise
        if is_one and not self.question.exercise:
            message = "It is marked as an exercise."
            raise Undecided(message)
        if self.question.exercise and not is_one:
            message = "An exercise was expected, but it is not marked as one."
            raise Undecided(message)
        return "It is marked as an exercise, as expected." if is_one else "It is no exercise."

    def addressee(self) -> str:
        # 8. Addressee.
        named = have(self.order).provider
        if named != self.question.provider:
            message = f"It is addressed to {named!r}, not to {self.question.provider!r}."
            raise Undecided(message)
        return f"It is addressed to {named!r}."


_SIGNED: Final = (1, 2, 3)
_ADDRESSEE: Final = 8
_CHECKS: Final = (
    Check(1, "shape", _Examination.shape, (), "DSSE 1.0"),
    Check(2, "signatures", _Examination.signatures, (1,), "RFC 8032, FIPS 204"),
    Check(3, "statement", _Examination.statement, (1, 2)),
    Check(4, "issuer", _Examination.issuer, _SIGNED),
    Check(5, "current", _Examination.current, _SIGNED),
    Check(6, "revocation", _Examination.revocation, _SIGNED),
    Check(7, "exercise", _Examination.exercise, _SIGNED),
    Check(_ADDRESSEE, "addressee", _Examination.addressee, _SIGNED),
)
# What a failed check makes of the order; the first that failed, in this order, decides.
_FAILED: Final = (
    (1, Word.ALTERED),
    (2, Word.ALTERED),
    (3, Word.FORGED),
    (4, Word.FORGED),
    (6, Word.REVOKED),
    (5, Word.EXPIRED),
)


def _find_word(report: Report, order: Order | None, question: Question) -> Word:
    failed = {found.check for found in report.findings if found.verdict is Verdict.FAILED}
    if failed:
        return next(word for number, word in _FAILED if number in failed)
    if order is not None and order.exercise and not question.exercise:
        return Word.EXERCISE
    if report.verdict is not Verdict.PASSED:
        return Word.UNDECIDED
    return Word.EXERCISE if question.exercise else Word.GENUINE


def _believe(found: Revocation, order: Order, question: Question) -> tuple[bool, str]:
    """Tell whether a revocation is of the authority that issued the order, and why not.

    The order's own key may take the order back, whoever vouches for it; but not once it is
    known to be revoked, for then it may be a thief's.
    """
    if (found.authority, found.state) != (order.authority, order.state):
        return False, f"it is of {found.authority!r} of {found.state}."
    theirs = [one for one in question.trust if one.card.key.key_id.matches(found.key.key_id)]
    is_good = not any(one.is_revoked(question.now) for one in theirs)
    if is_good and found.key.key_id.matches(order.key.key_id):
        return True, ""
    claim = Claim(
        key=found.key,
        authority=found.authority,
        state=found.state,
        at=found.at,
        exercise=order.exercise,
    )
    verdict, says = judge_claim(claim, question.trust, question.now)
    return verdict is Verdict.PASSED, says


def _is_fresh(found: Revocation, now: Instant) -> bool:
    """Tell whether a list is whole and may be relied on now."""
    begun = found.at.seconds_after(now) <= limits.CLOCK_AHEAD_SECONDS
    return found.valid_until is not None and begun and now < found.valid_until
