"""What stands beside a form: what the treaty asks, what keeps the sending closed, whom one asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from comity.base import Instant
from comity.base.canonical import Json
from comity.base.verdict import Finding, Verdict
from comity.domain.form import is_empty
from comity.law import Condition, Field, Ground, StateProfile
from comity.service.directory import Known, UnknownAuthority, find_card
from comity.service.drafting import Ahead, GateSeen
from comity.web.pages.drafting.sections import field_of_need, section_of
from comity.web.pages.drafting.wording import GATE_KINDS
from comity.web.pages.kit.seat import Seat

GIVEN = "given"
MISSING = "missing"
WRONG = "wrong"
OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One field as the treaty asks it, and how it stands: given, missing, wrong or open."""

    field: Field
    section: str
    state: str
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class GateShown:
    """A gate, of which kind it is, and the field in which one meets its need."""

    seen: GateSeen
    kind: Promise | str
    field: Field | None
    section: str


@dataclass(frozen=True, kw_only=True)
class Criminality:
    """What the law of this process says of dual criminality, and what it still needs to know."""

    grounds: tuple[Ground, ...]
    reservations: tuple[Condition, ...]
    needs: tuple[tuple[Promise, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """Whom one asks: their card, if the directory has one, and what their law asks."""

    state: str
    authority: str
    name: str
    known: Known | None
    profile: StateProfile | None
    zone: str
    local: tzinfo | None
    conditions: tuple[Condition, ...]
    now: Instant

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that they work in, as far as is known."""
        if self.known is not None:
            return self.known.card.languages
        return self.profile.languages if self.profile else ()

    @property
    def original(self) -> str:
        """Return what is the legal original there, in the words of their card or their law."""
        if self.known is not None and self.known.card.legal_original:
            return self.known.card.legal_original
        return self.profile.legal_original if self.profile else ""

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels that they declare, as far as is known."""
        return self.profile.channels if self.profile else ()


def list_asked(ahead: Ahead, fields: Mapping[str, Field]) -> list[Asked]:
    """Return these fields as the treaty asks them, in their order."""
    return [_asked(one, ahead.checks[name], ahead.values.get(name))
            for name, one in fields.items() if name in ahead.checks]  # fmt: skip


def list_gates(ahead: Ahead) -> list[GateShown]:
    """Return the gates of the sending, those that are closed first."""
    shown = [_gate(ahead, one) for one in ahead.gates]
    return sorted(shown, key=lambda one: (one.seen.is_open, one.seen.gives_way))


def show_criminality(ahead: Ahead, seat: Seat) -> Criminality | None:
    """Return what is to be known of dual criminality; None where no rule names it."""
    grounds = seat.node.book.grounds_of(ahead.process.key)
    named = tuple(one for one in grounds if "criminality" in one.ground)
    if not named:
        return None
    conditions = ahead.counterpart.conditions if ahead.counterpart else ()
    offence = ahead.values.get("offence")
    held = offence if isinstance(offence, dict) else {}
    return Criminality(
        grounds=named,
        reservations=tuple(
            one
            for one in conditions
            if "criminality" in one.condition and ahead.process.key in one.processes
        ),
        needs=(
            (_KNOWN["article"], not is_empty(held.get("article"))),
            (_KNOWN["title"], not is_empty(held.get("title"))),
            (_KNOWN["penalty"], not is_empty(held.get("longest_penalty_months"))),
            (_KNOWN["facts"], any(not is_empty(ahead.values.get(one)) for one in _FACTS)),
        ),
    )


def show_counterpart(seat: Seat, state: str, authority: str, process: str = "") -> Counterpart:
    """Return whom one asks, from the directory and from what is known of their law."""
    profile = seat.node.book.states.get(state)
    known: Known | None = None
    with seat.node.store.view() as unit:
        try:
            known = find_card(seat.node, unit, state, authority)
        except UnknownAuthority:
            known = None
    zone = known.card.zone if known else profile.zone if profile else ""
    conditions = profile.conditions if profile else ()
    return Counterpart(
        state=state,
        authority=authority,
        name=card_name(known) if known else authority,
        known=known,
        profile=profile,
        zone=zone,
        local=ZoneInfo(zone) if zone else None,
        conditions=tuple(one for one in conditions if not process or process in one.processes),
        now=seat.node.clock.now(),
    )


def card_name(known: Known) -> str:
    """Return the name of an authority in the reader's language, or one that it has."""
    names = known.card.names
    language = (get_language() or "en").partition("-")[0]
    return names.get(language) or names.get("en") or next(iter(names.values()))


def _asked(field: Field, finding: Finding, value: Json) -> Asked:
    if finding.verdict is Verdict.PASSED:
        state = OPEN if is_empty(value) else GIVEN
    else:
        state = MISSING if is_empty(value) else WRONG
    return Asked(field=field, section=section_of(field), state=state, finding=finding)


def _gate(ahead: Ahead, seen: GateSeen) -> GateShown:
    field = field_of_need(ahead.form, seen.gate.needs) if ahead.form else None
    return GateShown(
        seen=seen,
        kind=GATE_KINDS.get(seen.gate.kind, seen.gate.kind),
        field=field,
        section=section_of(field) if field else "",
    )


_FACTS = ("facts", "risk_facts")
_KNOWN = {
    "article": pgettext_lazy("drafting", "The article of the Convention"),
    "title": pgettext_lazy("drafting", "What your law calls the offence"),
    "penalty": pgettext_lazy("drafting", "Its longest penalty"),
    "facts": pgettext_lazy("drafting", "What was done: they compare conduct, not names"),
}
