"""Issuing an order: choose the provider, answer for its part in the case, check, sign.

The form is the law file's, and is written on the pages of forms. Here it is read as a whole,
beside what is missing; the question whether the custodian may be involved stands in the way of
every order (UNCC 42(7)); and a person signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Digest, limits
from comity.base.canonical import Json
from comity.base.verdict import Finding, Verdict
from comity.domain.form import check_form, is_empty
from comity.domain.moves import Opening as Way
from comity.law import Field
from comity.service.chains import read_acts
from comity.service.directory import list_cards
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.orders import Issue, issue_order, list_orders
from comity.service.reading import list_steps, show_form
from comity.service.requests import Opening, amend_form, open_dossier
from comity.service.rows import DossierRow
from comity.web.api.dossiers import step_roles
from comity.web.pages.evidence.parts import note_seen, read_ident
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_SUBJECT: Final = "order"
_PROVIDER: Final = "provider"
_INVOLVED: Final = "custodian_involved"
_WHY: Final = "custodian_reasons"
_SERVE: Final = ("serve", "serve_production")
_OTHER: Final = ""


@page(
    "dossiers/<str:dossier>/order",
    Permission.ORDER_ISSUE,
    name="order-issue",
    title=pgettext_lazy("order", "Order on a provider"),
    takes_posts=True,
    room="dossiers",
)
def issue(seat: Seat, dossier: str) -> Answer:
    """Begin an order that serves a request; or check, and sign, the one that is written."""
    ident = read_ident(dossier, "dos")
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(ident)
    note_seen(seat, ident)
    if seat.node.process(head.process).subject == _SUBJECT:
        return _sign(seat, head)
    return _begin(seat, head)


class BeginForm(DeskForm):
    """Of whom the data are asked."""

    provider = forms.ChoiceField(
        label=pgettext_lazy("order", "Provider"),
        help_text=pgettext_lazy(
            "order", "Those that the directory lists with a key can answer signed."
        ),
        required=False,
    )
    other = forms.CharField(
        label=pgettext_lazy("order", "Another provider"),
        help_text=pgettext_lazy(
            "order", "Its name, if the directory does not list it. It answers by a code."
        ),
        required=False,
        max_length=200,
    )

    def __init__(self, *sent: Any, providers: tuple[str, ...] = (), **more: Any) -> None:  # noqa: ANN401 # Django's
        """Offer the providers that the directory lists."""
        super().__init__(*sent, **more)
        field = self.fields["provider"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(_OTHER, _NOT_LISTED), *((one, one) for one in providers)]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that names none, or two."""
        found = super().clean() or self.cleaned_data
        if bool(found.get("provider")) == bool((found.get("other") or "").strip()):
            raise forms.ValidationError(_ONE)
        return found


_NOT_LISTED: Final = pgettext_lazy("order", "Not in the directory")
_ONE: Final = pgettext_lazy(
    "order", "Choose a provider, or write the name of another: one of the two."
)


def _begin(seat: Seat, head: DossierRow) -> Answer:
    cards = [one.card for one in list_cards(seat.node) if one.is_listed]
    own = [one for one in cards if one.kind == _PROVIDER and one.state == seat.node.state]
    form = BeginForm.of(seat, providers=tuple(sorted(one.authority for one in own)))
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, lambda node: _open(seat.at(node), head, form.cleaned_data))
    return Sheet(template="orders/begin.html", values={"form": form, "dossier": head})


def _open(seat: Seat, head: DossierRow, said: dict[str, Any]) -> Go:
    """Open the order's own dossier, with what the request says already."""
    node, provider = seat.node, said["provider"] or said["other"].strip()
    process = next(one for one in _order_processes(node, head.process))
    officer = seat.officer(frozenset(node.process(process).steps["draft"].roles))
    opening = Opening(
        process=process,
        counterpart=node.state,
        authority=provider,
        basis=head.basis,
        channel="portal",
        investigation=head.investigation,
        priority=head.priority,
    )
    ident = open_dossier(node, officer, opening)
    amend_form(node, officer, ident, _first_words(node, head, provider))
    return Go(
        to=reverse("order-issue", kwargs={"dossier": str(ident)}),
        says=pgettext_lazy("order", "The order has a dossier of its own. Write what it demands."),
    )


def _order_processes(node: Node, beside: str) -> list[str]:
    """Return the processes of orders, that of the request's own treaty first."""
    pack = beside.partition("/")[0]
    found = [key for key, one in node.book.processes.items() if one.subject == _SUBJECT]
    if not found:
        raise NotThere(where=_SUBJECT)
    return sorted(found, key=lambda key: (key.partition("/")[0] != pack, key))


def _first_words(node: Node, head: DossierRow, provider: str) -> dict[str, Json]:
    """Return what stands in the form from the start: whose order, of whom, for which request."""
    words: dict[str, Json] = {"issuing_authority": node.authority, "custodian": provider}
    asked = show_form(node, head.ident)
    for name in ("data", "period"):
        if not is_empty(asked.get(name)):
            words[name] = asked[name]
    request = _request_of(node, head)
    if request is not None:
        words["carries_request"] = str(request)
    return words


def _request_of(node: Node, head: DossierRow) -> Digest | None:
    """Return the other State's act that the order serves: its request."""
    with node.store.view() as unit:
        acts = read_acts(unit, head.ident)
    sent = [act for act in acts if act.track == "exchanged" and act.side != head.side]
    return min(sent, key=lambda act: (act.at, act.number)).digest if sent else None


class SignForm(DeskForm):
    """What is asked of whoever signs an order."""

    custodian_involved = forms.ChoiceField(
        label=pgettext_lazy(
            "order", "May the custodian be involved in the offence, or warn those who are?"
        ),
        choices=[
            ("no_sign", pgettext_lazy("order", "There is no sign of it")),
            ("possible", pgettext_lazy("order", "It is possible")),
        ],
        widget=forms.RadioSelect,
        help_text=pgettext_lazy(
            "order",
            "An order warns whoever gets it. If they may be involved, choose another way, or say "
            "why not.",
        ),
    )
    custodian_reasons = forms.CharField(
        label=pgettext_lazy("order", "Why it is served there all the same"),
        required=False,
        max_length=limits.ACT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    must_check = forms.BooleanField(
        label=pgettext_lazy(
            "order", "The provider must look at the list of revoked orders before it obeys"
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for reasons where the custodian may be involved."""
        found = super().clean() or self.cleaned_data
        if found.get(_INVOLVED) == "possible" and not (found.get(_WHY) or "").strip():
            self.add_error(_WHY, str(_NEEDED))
        return found


_NEEDED: Final = pgettext_lazy("order", "Write why the order is served there all the same.")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A field of the form as it stands."""

    field: Field
    lines: tuple[str, ...]
    finding: Finding | None


def _sign(seat: Seat, head: DossierRow) -> Answer:
    form = show_form(seat.node, head.ident)
    initial = {name: form.get(name, "") for name in (_INVOLVED, _WHY)}
    asked = SignForm.of(seat, initial=initial)
    step = _SERVE[form.get("measure") != "preserve"]
    way = _find_way(seat, head, step)
    if seat.is_post and asked.is_valid():
        with asked.catching():
            return do_it(seat, lambda node: _issue(seat.at(node), head, asked.cleaned_data))
    return Sheet(
        template="orders/issue.html",
        values={
            "form": asked,
            "dossier": head,
            "written": _written(seat.node, head, form),
            "way": way,
            "unmet": [] if way is None else way.unmet,
            "orders": list_orders(seat.node, head.ident),
        },
    )


def _find_way(seat: Seat, head: DossierRow, step: str) -> Way | None:
    steps = list_steps(seat.node, seat.reader(), head.ident)
    return next((one for one in steps if one.step.name == step), None)


def _issue(seat: Seat, head: DossierRow, said: dict[str, Any]) -> Go:
    node = seat.node
    form = dict(show_form(node, head.ident))
    answered = {_INVOLVED: said[_INVOLVED], _WHY: said[_WHY]}
    changed = {name: text for name, text in answered.items() if form.get(name, "") != text}
    step = _SERVE[form.get("measure") != "preserve"]
    officer = seat.officer(step_roles(node, head.ident, step))
    if changed:
        writer = seat.officer(step_roles(node, head.ident, "draft"))
        amend_form(node, writer, head.ident, {**form, **changed})
    data = issue_order(node, officer, head.ident, Issue(must_check=said["must_check"]))
    served = Digest.of(data)
    row = next(one for one in list_orders(node, head.ident) if one.served == served)
    return Go(
        to=reverse("order", kwargs={"order": row.order}),
        says=pgettext_lazy("order", "Signed. Save the file and hand it to the provider."),
    )


def _written(node: Node, head: DossierRow, form: Any) -> list[Written]:  # noqa: ANN401 # values of JSON
    asked = node.book.forms.get(head.process)
    if asked is None:
        return []
    found = {one.name: one for one in check_form(asked, form).findings}
    return [
        Written(
            field=field,
            lines=_lines(form.get(field.field)),
            finding=_failed(found.get(field.field)),
        )
        for field in asked.fields.values()
        if field.field not in {_INVOLVED, _WHY}
    ]


def _failed(finding: Finding | None) -> Finding | None:
    return finding if finding is not None and finding.verdict is Verdict.FAILED else None


def _lines(value: Json) -> tuple[str, ...]:
    """Return a value of a form as lines of text."""
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    if isinstance(value, dict):
        return tuple(f"{name}: {one}" for name, one in value.items())
    return () if is_empty(value) else (str(value),)
