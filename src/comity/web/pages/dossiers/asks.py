"""What the page of a step asks for: built from the law files' needs, gates, grounds and clocks.

A need says what must be there; here stands under which name the condition of that name in
``comity.domain.conditions`` looks for it: in the *content* (for people, sealed away), in the
*terms* (small particulars for machines, never personal), or among the *documents*.
"""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.utils.html import format_html
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import limits
from comity.law import Clock, Ground
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.moments import MomentField, zone_name
from comity.web.pages.dossiers.next_steps import GOOD_PRACTICE, gates_of
from comity.web.pages.dossiers.particulars import particulars
from comity.web.pages.dossiers.questions import (
    AGAINST,
    CONTENT,
    DOCUMENT,
    TERMS,
    Ask,
    Asking,
    line_field,
    make_ask,
    pick_field,
    text_field,
)
from comity.web.pages.kit.wording import link_provision

_p = pgettext_lazy


def asks_of(asking: Asking) -> list[Ask]:
    """Return all that the page asks for, each name once, in the order in which one thinks."""
    found: dict[str, Ask] = {}
    for ask in (*_decisions(asking), *particulars(asking), *_days(asking), *_words(asking),
                *_papers(asking), *_against(asking)):  # fmt: skip
        found.setdefault(ask.name, ask)
    return list(found.values())


def grounds_for(asking: Asking) -> tuple[Ground, ...]:
    """Return the grounds on which the step may rest in this process, and no other."""
    effects = asking.seat.node.book.effects_of(asking.process.pack, asking.step.name)
    found = asking.seat.node.book.grounds_of(asking.process.key)
    return tuple(one for one in found if one.effect in effects and _is_open_to(asking, one))


def forbidden_for(asking: Asking) -> tuple[Ground, ...]:
    """Return what the law names as no reason at all, where a ground is to be named."""
    if "ground_named" not in asking.step.needs:
        return ()
    found = asking.seat.node.book.grounds_of(asking.process.key)
    return tuple(one for one in found if one.effect == "forbidden")


def _is_open_to(asking: Asking, ground: Ground) -> bool:
    """Tell whether a ground that rests on a reservation is open to the State that decides."""
    if not ground.reservation:
        return True
    node, head = asking.seat.node, asking.head
    profile = node.book.states.get(head.counterpart) if asking.is_theirs else node.profile
    own = profile.conditions if profile else ()
    key = asking.process.key
    return any(one.condition == ground.reservation and key in one.processes for one in own)


def _decisions(asking: Asking) -> Iterator[Ask]:
    """Ask for ground, reasons, conditions, what is missing, costs."""
    owed = not asking.is_theirs
    if "ground_named" in asking.step.needs or grounds_for(asking):
        yield make_ask(TERMS, "ground", _ground(asking))
    if "conditions_named" in asking.step.needs:
        yield make_ask(CONTENT, "conditions", text_field(
            _p("dossier step", "Conditions"),
            _p("dossier step", "Each condition in a sentence that the other side can keep. They "
               "bind it once it accepts or receives anything under them."),
            required=owed,
        ))  # fmt: skip
    if "missing_named" in asking.step.needs:
        yield make_ask(CONTENT, "asked", text_field(
            _p("dossier step", "What is missing"),
            _p("dossier step", "Name each particular that is needed to go on."),
            required=owed,
        ))  # fmt: skip
    if "costs_stated" in asking.step.needs:
        yield make_ask(TERMS, "costs", line_field(
            _p("dossier step", "Amount"), _p("dossier step", "As in 1200.00"), required=owed
        ))  # fmt: skip
        yield make_ask(TERMS, "currency", line_field(
            _p("dossier step", "Currency"), _p("dossier step", "Three letters, as in EUR"),
            required=owed,
        ))  # fmt: skip
    if "urgency_stated" in asking.step.needs:
        yield make_ask(CONTENT, "urgency", text_field(
            _p("dossier step", "Why writing cannot come first"),
            required=owed and asking.lacks("urgency_stated"), rows=3,
        ))  # fmt: skip
    if asking.wants("reasons_given"):
        yield make_ask(CONTENT, "reasons", text_field(
            _p("dossier step", "Reasons"),
            _p("dossier step", "On the facts of this request. Who reads them can do something "
               "about them."),
            required=owed,
        ))  # fmt: skip


def _ground(asking: Asking) -> forms.ChoiceField:
    must = "ground_named" in asking.step.needs and not asking.is_theirs
    found = [(one.ground, _ground_label(asking, one)) for one in grounds_for(asking)]
    none = [] if must else [("", pgettext("dossier step", "None is named"))]
    return pick_field(
        _p("dossier step", "Ground"),
        [*found, *none],
        _p("dossier step", "One of those that the law admits for this step, and no other."),
        required=must,
    )


def _ground_label(asking: Asking, ground: Ground) -> str:
    link = link_provision(asking.seat.node.book, str(ground.law))
    means = pgettext("law", ground.means)
    if ground.consult_first and asking.step.name != "consult":
        more = pgettext("dossier step", "Consultation comes first.")
        return format_html("<span>{} {} <em>{}</em></span>", means, link, more)
    return format_html("<span>{} {}</span>", means, link)


def _days(asking: Asking) -> Iterator[Ask]:
    """Ask for the days that clocks take from the step, and those that needs want."""
    zone = asking.seat.zone
    hint = pgettext("dossier step", "In your time zone: %(zone)s.") % {"zone": zone_name(zone)}
    owed = asking.wants("until_named") and not asking.is_theirs
    if owed or asking.wants("until_named") or asking.wants("order_within_limit"):
        yield make_ask(TERMS, "until", MomentField(
            zone=zone, label=_p("dossier step", "Until which day"), help_text=hint, required=owed
        ))  # fmt: skip
    for clock in clocks_of(asking):
        if clock.length is not None:
            continue
        is_start = asking.step.name in clock.starts
        if is_start and clock.nature == "wish":
            yield from _wish(asking, clock, hint)
        elif is_start or asking.step.name in clock.extended_by:
            yield make_ask(TERMS, "until", MomentField(
                zone=zone, label=_p("dossier step", "Until which day"),
                help_text=f"{pgettext('law', clock.means)} {hint}", required=False,
            ))  # fmt: skip


def _wish(asking: Asking, clock: Clock, hint: str) -> Iterator[Ask]:
    yield make_ask(TERMS, "answer_by", MomentField(
        zone=asking.seat.zone,
        label=_p("dossier step", "Answer wished by"),
        help_text=f"{pgettext('law', clock.means)} {hint}",
        required=False,
    ))  # fmt: skip
    yield make_ask(TERMS, "reason_by", line_field(
        _p("dossier step", "Reason for that day"),
        _p("dossier step", "A day is heeded when its reason is known. No names of persons."),
        required=False,
    ))  # fmt: skip


def clocks_of(asking: Asking) -> tuple[Clock, ...]:
    """Return the clocks of the process on this node, the packs' and the own State's."""
    node = asking.seat.node
    own = node.profile.clocks.values() if node.profile else ()
    mine = (one for one in own if one.process == asking.process.key)
    return (*node.book.clocks_of(asking.process.key), *mine)


def _words(asking: Asking) -> Iterator[Ask]:
    other = party(asking.seat, asking.head, is_ours=False)
    if asking.is_theirs:
        label = pgettext("dossier step", "What they wrote or said")
    elif asking.step.is_exchanged:
        label = pgettext("dossier step", "Message to %(who)s") % {"who": other}
    else:
        label = pgettext("dossier step", "Note for the record")
    yield make_ask(CONTENT, "says", text_field(label, required=False))
    if asking.is_theirs:
        yield make_ask(TERMS, "reference", line_field(
            _p("dossier step", "Their file number"), required=False
        ))  # fmt: skip


def _papers(asking: Asking) -> Iterator[Ask]:
    if asking.is_theirs:
        return
    if asking.wants("proof_attached"):
        yield make_ask(DOCUMENT, "scan", forms.FileField(
            label=_p("dossier step", "Scan of the letter"), required=True
        ))  # fmt: skip
    name = "translation" if asking.step.name.startswith("translate") else "attachment"
    must = name == "translation"
    label = (_p("dossier step", "The translation") if must
             else _p("dossier step", "A document that goes with it"))  # fmt: skip
    most = limits.MESSAGE_DOCUMENTS if asking.step.is_exchanged else limits.ATTACHMENT_BYTES
    hint = pgettext("dossier step", "At most %(size)s MB; what is larger is evidence.")
    yield make_ask(DOCUMENT, name, forms.FileField(
        label=label, help_text=hint % {"size": most >> 20}, required=must
    ))  # fmt: skip


def _against(asking: Asking) -> Iterator[Ask]:
    """Ask for reasons where a gate of good practice is closed: with them one may go on."""
    if asking.opening is None:
        return
    for gate in gates_of(asking.seat.node, asking.process, asking.step.name):
        if gate.kind == GOOD_PRACTICE and asking.lacks(gate.needs):
            link = link_provision(asking.seat.node.book, str(gate.law))
            means = pgettext("law", gate.means)
            more = pgettext("dossier step", "This is good practice. Meet it, or write why you go "
                            "on all the same; your reasons are signed with the step.")  # fmt: skip
            hint = format_html("{} ({}) {}", means, link, more)
            label = _p("dossier step", "Reasons to go on without it")
            yield make_ask(AGAINST, gate.gate, line_field(label, hint, required=False))
