"""Conditions on time."""

from __future__ import annotations

from typing import Final

from comity.domain.conditions.answer import Answer, by_name, decide, met, unknown, unmet
from comity.domain.deadline import Deadline, DeadlineState
from comity.domain.situation import Situation, read_instant
from comity.law import Clock

_HOLDS: Final = frozenset({"hold_minimum", "interim_minimum"})
_EXTENDABLE: Final = _HOLDS | {"order_length"}
_ORDER: Final = "domestic_order"
_ASKED: Final = "ask_extension"


def until_named(situation: Situation) -> Answer:
    """uncc:42(8), uncc:42(9): the period until which something runs is named, and lies ahead."""
    until = read_instant(situation.term("until"))
    if until is None:
        return unmet("The day is not named, as in 2026-11-21T02:14:05Z.")
    if until <= situation.now:
        return unmet("The day named is past.")
    moved = [one.due for one in situation.deadlines if _is_moved(situation, one) and one.due]
    return decide(
        holds=all(until > due for due in moved),
        yes=f"It runs until {until}.",
        no="The day named is not later than the one that holds already.",
    )


def extension_in_time(situation: Situation) -> Answer:
    """uncc:42(9): an extension is asked *before the expiry* of the period."""
    running = [one for one in _named(situation, _EXTENDABLE) if one.is_open]
    return decide(
        holds=any(not one.is_past(situation.now) for one in running),
        yes="The period is running.",
        no="No period is running that could be extended.",
    )


def hold_may_end(situation: Situation) -> Answer:
    """uncc:42(8): *not less than 60 days*, and then pending the decision on the request.

    An extension that was asked (uncc:42(9)) is answered before anything is released.
    """
    if situation.taken("withdraw"):
        return met("The request was withdrawn.")
    answers = situation.book.answers_to(situation.process.pack, _ASKED)
    answered = {act.step for act in situation.since(_ASKED)} & answers
    if situation.taken(_ASKED) and not answered:
        return unmet("An extension was asked and is not answered.")
    holds = [one for one in _named(situation, _HOLDS) if one.state is not DeadlineState.MET]
    if not holds:
        return unmet("No hold is recorded whose period could be over.")
    if any(one.waits_for for one in holds):
        return unmet("A request that follows is not decided; until then the data are held.")
    last = max(one.due for one in holds if one.due)
    return decide(
        holds=last <= situation.now,
        yes="The shortest period is over, and no request that follows is undecided.",
        no=f"The data are held at least until {last}.",
    )


def order_within_limit(situation: Situation) -> Answer:
    """uncc:25(2): *up to a maximum of ninety days*; a State's own law may say less."""
    if situation.profile is None:
        return unknown("The own State's law on orders is not known here.")
    limits = [one for one in situation.profile.clocks.values() if _limits(one)]
    if not limits:
        return met("The own State's law sets no limit.")
    until = read_instant(_order_end(situation))
    if until is None:
        return unmet("The day until which the order runs is not named.")
    latest = min(situation.now.plus(one.length, zone=one.zone) for one in limits if one.length)
    return decide(
        holds=situation.now < until <= latest,
        yes=f"The order ends on {until}, within the limit.",
        no=f"The order may run until {latest} at most.",
    )


def _named(situation: Situation, names: frozenset[str]) -> list[Deadline]:
    return [one for one in situation.deadlines if one.clock.rpartition("/")[2] in names]


def _is_moved(situation: Situation, deadline: Deadline) -> bool:
    extended = {one.key for one in _clocks(situation) if situation.step in one.extended_by}
    return deadline.is_open and deadline.clock in extended


def _limits(clock: Clock) -> bool:
    return clock.clock == _ORDER and clock.length is not None


def _order_end(situation: Situation) -> str:
    """Return the day that ends the order: a renewal's own, else the form's, else the act's."""
    if _is_renewal(situation):
        return situation.term("until")
    return situation.text("valid_until") or situation.term("until")


def _is_renewal(situation: Situation) -> bool:
    return any(situation.step in clock.extended_by for clock in _clocks(situation))


def _clocks(situation: Situation) -> tuple[Clock, ...]:
    own = situation.profile.clocks.values() if situation.profile else ()
    return (*situation.book.clocks.values(), *own)


PERIODS: Final = by_name(until_named, extension_in_time, hold_may_end, order_within_limit)
