"""The small particulars that the law's conditions look for, step by step.

Each stands under the name that a condition in ``comity.domain.conditions`` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

from comity.web.pages.dossiers.questions import (
    CONTENT,
    TERMS,
    Ask,
    Asking,
    line_field,
    make_ask,
    pick_field,
    text_field,
    tick_field,
)

_p = pgettext_lazy
_YES_NO: Final = (("yes", _p("answer", "Yes")), ("no", _p("answer", "No")))
_ORDERS: Final = 50


def particulars(asking: Asking) -> Iterator[Ask]:
    """Yield what the step itself asks, then what its needs ask."""
    if not asking.is_theirs:
        yield from _OF_STEPS.get(asking.step.name, _nothing)(asking)
        if asking.lacks("order_served"):
            yield make_ask(
                TERMS,
                "order",
                tick_field(
                    _p("dossier step", "The law here requires no order; the reasons say why"),
                    "not_required",
                ),
            )
    if asking.wants("use_covered"):
        yield from _use()
    if asking.wants("erasure_ordered"):
        label = _p("dossier step", "Decision that orders the erasure")
        yield make_ask(TERMS, "decision", line_field(label, required=not asking.is_theirs))


def _nothing(asking: Asking) -> Iterator[Ask]:
    del asking
    yield from ()


def _language(asking: Asking) -> Iterator[Ask]:
    del asking
    label = _p("dossier step", "Language of the translation")
    hint = _p("dossier step", "By its code, as in en, fr or ar.")
    yield make_ask(TERMS, "language", line_field(label, hint, required=True))


def _named_order(asking: Asking) -> Iterator[Ask]:
    yield make_ask(TERMS, "order", _order(asking))


def _verified(asking: Asking) -> Iterator[Ask]:
    del asking
    results = [
        ("passed", pgettext("dossier step", "It is genuine and current")),
        ("failed", pgettext("dossier step", "It is not")),
    ]
    label = _p("dossier step", "What came of it")
    yield make_ask(TERMS, "result", pick_field(label, results, required=True))


def _compared(asking: Asking) -> Iterator[Ask]:
    del asking
    label = _p("dossier step", "What goes out was compared with the inventory at the freeze")
    yield make_ask(TERMS, "inventory", tick_field(label, "compared"))


def _acknowledged(asking: Asking) -> Iterator[Ask]:
    del asking
    label = _p("dossier step", "We acknowledge the conditions on use")
    yield make_ask(TERMS, "conditions", tick_field(label, "acknowledged"))


def _lent(asking: Asking) -> Iterator[Ask]:
    del asking
    label = _p("dossier step", "Originals are lent with it")
    yield make_ask(TERMS, "originals", tick_field(label, "yes"))


def _authorisation(asking: Asking) -> Iterator[Ask]:
    del asking
    yield make_ask(TERMS, "body", pick_field(
        _p("dossier step", "Body that decided"),
        [("court", pgettext("dossier step", "A court")),
         ("prosecutor", pgettext("dossier step", "A prosecutor")),
         ("other", pgettext("dossier step", "Another competent body"))],
        required=True,
    ))  # fmt: skip
    yield make_ask(TERMS, "decision", line_field(
        _p("dossier step", "Number of the decision"),
        _p("dossier step", "As the registry of that body writes it. No names of persons."),
        required=True,
    ))  # fmt: skip
    yield make_ask(TERMS, "dated", line_field(
        _p("dossier step", "Date of the decision"), _p("dossier step", "As in 2026-11-21"),
        required=False,
    ))  # fmt: skip
    yield make_ask(TERMS, "purpose", pick_field(
        _p("dossier step", "What it allows"),
        [("measure", pgettext("dossier step", "The measure itself")),
         ("notice", pgettext("dossier step", "Notice to the person concerned"))],
        required=True,
    ))  # fmt: skip
    yield make_ask(CONTENT, "scope", text_field(
        _p("dossier step", "Scope and duration"), required=False, rows=3
    ))  # fmt: skip
    yield make_ask(CONTENT, "remedy", text_field(
        _p("dossier step", "Remedy against it"), required=False, rows=2
    ))  # fmt: skip


def _screening(asking: Asking) -> Iterator[Ask]:
    del asking
    yield make_ask(TERMS, "speech_only", pick_field(
        _p("dossier step", "Is the conduct expression alone?"), _YES_NO,
        _p("dossier step", "Speech, belief, assembly. If yes, a rights reviewer looks at it before "
           "anything is granted."),
        required=True,
    ))  # fmt: skip
    yield make_ask(TERMS, "exposed", pick_field(
        _p("dossier step", "Is a person of an exposed calling touched?"),
        [("none", pgettext("dossier step", "No")),
         ("journalist", pgettext("dossier step", "A journalist")),
         ("lawyer", pgettext("dossier step", "A lawyer")),
         ("doctor", pgettext("dossier step", "A doctor")),
         ("defender", pgettext("dossier step", "A defender of rights")),
         ("other", pgettext("dossier step", "An opponent, a refugee, a child or another"))],
        required=True,
    ))  # fmt: skip


def _use() -> Iterator[Ask]:
    yield make_ask(TERMS, "purpose", pick_field(
        _p("dossier step", "For what use"),
        [("stated", pgettext("dossier step", "The use that was stated")),
         ("court_order", pgettext("dossier step", "A court ordered it")),
         ("exculpatory", pgettext("dossier step", "It clears an accused person"))],
        required=True,
    ))  # fmt: skip
    yield make_ask(TERMS, "decision", line_field(
        _p("dossier step", "Decision of the court, if one ordered it"), required=False
    ))  # fmt: skip
    yield make_ask(TERMS, "notice", pick_field(
        _p("dossier step", "Notice to the other State, if it clears a person"),
        [("given", pgettext("dossier step", "Given")),
         ("to_follow", pgettext("dossier step", "To follow")),
         ("", pgettext("dossier step", "Not needed"))],
        required=False,
    ))  # fmt: skip


def _order(asking: Asking) -> forms.ChoiceField:
    with asking.seat.node.store.view() as unit:
        rows = sorted(unit.orders.find(revoked=None), key=lambda row: str(row.made), reverse=True)
    known = [(row.order, f"{row.provider}: {row.order}") for row in rows[:_ORDERS]]
    none = ("", pgettext("dossier step", "None of those issued here"))
    return forms.ChoiceField(
        label=_p("dossier step", "Order"),
        help_text=_p("dossier step", "An order on a provider is a dossier of its own; here it is "
                     "named."),
        required=False,
        choices=[none, *known],
    )  # fmt: skip


_OF_STEPS: Final[dict[str, Callable[[Asking], Iterator[Ask]]]] = {
    "authorise": _authorisation,
    "confirm_receipt": _acknowledged,
    "freeze_inventory": _named_order,
    "hand_over": _lent,
    "record_objection": _named_order,
    "renew_order": _named_order,
    "review": _compared,
    "screen_rights": _screening,
    "serve_order": _named_order,
    "translate": _language,
    "translate_answer": _language,
    "verify_order": _verified,
}
