"""What is done with an order: a code, a revocation, a demand of production, an answer brought."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Digest, limits
from comity.service.answers import Way, bring_answer
from comity.service.codes import make_code
from comity.service.node import Node
from comity.service.orders import Issue, issue_order, list_orders, revoke_order, show_order
from comity.service.repeats import Once, Said, do_once
from comity.service.rows import OrderRow
from comity.web.api.dossiers import step_roles
from comity.web.pages.evidence.moving import ReasonsForm
from comity.web.pages.evidence.parts import Told, ask, show
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import ONCE, Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.orders.words import MEASURES
from comity.web.permissions import Permission

_HOURS: Final = 24 * 14
_BACK: Final = pgettext_lazy("order", "This order")
_CHANNELS: Final = [
    ("mail", pgettext_lazy("order", "Electronic mail")),
    ("letter", pgettext_lazy("order", "Letter")),
    ("portal", pgettext_lazy("order", "The provider’s portal")),
    ("courier", pgettext_lazy("order", "Courier")),
    ("telephone", pgettext_lazy("order", "Telephone")),
]


def _row(seat: Seat, order: str) -> OrderRow:
    return show_order(seat.node, order).row


def _told(order: str, title: Any, lead: Any, button: Any = "") -> Told:  # noqa: ANN401 # texts
    return Told(
        title=title,
        lead=lead,
        button=button or title,
        back=reverse("order", kwargs={"order": order}),
        back_says=_BACK,
    )


class CodeForm(DeskForm):
    """For how long a code is good."""

    hours = forms.IntegerField(
        label=pgettext_lazy("order", "Good for how many hours"),
        min_value=1,
        max_value=_HOURS,
        initial=72,
    )


@page(
    "orders/<str:order>/code",
    Permission.ORDER_ISSUE,
    name="order-code",
    title=pgettext_lazy("order", "Make a code"),
    takes_posts=True,
    room="dossiers",
)
def code(seat: Seat, order: str) -> Answer:
    """Make a code for a provider without a key; it is shown this once."""
    row = _row(seat, order)
    form = CodeForm.of(seat)
    if seat.is_post and form.is_valid():
        with form.catching():
            return _show_code(seat, row, form.cleaned_data["hours"])
    lead = pgettext_lazy(
        "order",
        "A code lets a provider that has no key in the directory answer once, or return once. "
        "Tell it by "
        "another channel than the order came by: by telephone, on the number that you know. What "
        "comes "
        "with it is marked “provider not identified”.",
    )
    return show(form, _told(order, pgettext_lazy("order", "Make a code"), lead))


def _show_code(seat: Seat, row: OrderRow, hours: int) -> Answer:
    """Make the code and show it; a page that is loaded again does not show it again."""
    key = seat.http.POST.get(ONCE, "")
    request = Digest.of(f"{row.order}\n{hours}\n{seat.role}".encode())
    once = Once(actor=seat.actor, key=f"page-{key}", request=request)

    def say(node: Node) -> Said:
        made = make_code(node, seat.at(node).reader(), row.order, hours=hours)
        return Said(status=200, body=made.encode("ascii"))

    said = do_once(seat.node, once, say)
    values = {
        "order": row,
        "code": "" if said.is_repeated else said.body.decode("ascii"),
        "hours": hours,
    }
    return Sheet(template="orders/code.html", values=values)


@page(
    "orders/<str:order>/revocation",
    Permission.ORDER_ISSUE,
    name="order-revoke",
    title=pgettext_lazy("order", "Take the order back"),
    takes_posts=True,
    room="dossiers",
)
def revoke(seat: Seat, order: str) -> Answer:
    """Take an order back; from then on it stands in the public list."""
    row = _row(seat, order)
    form = ReasonsForm.of(seat)
    lead = pgettext_lazy(
        "order",
        "From now on it stands in the public list of revoked orders, with every other file of its "
        "dossier, and binds nobody. Tell the provider, too.",
    )

    def do(node: Node) -> Go:
        officer = seat.at(node).officer(step_roles(node, row.dossier, "revoke"))
        revoke_order(node, officer, order, form.cleaned_data["reasons"])
        return Go(
            to=reverse("order", kwargs={"order": order}),
            says=pgettext_lazy("order", "It is taken back."),
        )

    return ask(seat, form, _told(order, pgettext_lazy("order", "Take the order back"), lead), do)


class DemandForm(DeskForm):
    """What is to be produced of what was preserved."""

    measure = forms.ChoiceField(
        label=pgettext_lazy("order", "What is to be produced"),
        choices=[(name, text) for name, text in MEASURES.items() if name.startswith("produce_")],
        widget=forms.RadioSelect,
    )


@page(
    "orders/<str:order>/demand",
    Permission.ORDER_ISSUE,
    name="order-demand",
    title=pgettext_lazy("order", "Demand production"),
    takes_posts=True,
    room="dossiers",
)
def demand(seat: Seat, order: str) -> Answer:
    """Demand, by a second file, that what was preserved be produced; it reaches no further."""
    row = _row(seat, order)
    form = DemandForm.of(seat)
    lead = pgettext_lazy(
        "order",
        "A second signed file takes the place of the first: the same data, the same provider, the "
        "same "
        "period. The inventory is opened with the return. The law file asks for the decision of "
        "the "
        "body that may order it.",
    )

    def do(node: Node) -> Go:
        officer = seat.at(node).officer(step_roles(node, row.dossier, "demand_production"))
        wish = Issue(
            step="demand_production",
            replaces=order,
            changes={"measure": form.cleaned_data["measure"]},
        )
        served = Digest.of(issue_order(node, officer, row.dossier, wish))
        made = next(one for one in list_orders(node, row.dossier) if one.served == served)
        return Go(
            to=reverse("order", kwargs={"order": made.order}),
            says=pgettext_lazy("order", "Signed. Save the file and hand it to the provider."),
        )

    return ask(seat, form, _told(order, pgettext_lazy("order", "Demand production"), lead), do)


class AnswerForm(DeskForm):
    """An answer file of a provider that came by another way than its door."""

    answer = forms.FileField(label=pgettext_lazy("order", "The answer file, as it came"))
    channel = forms.ChoiceField(
        label=pgettext_lazy("order", "How it came"), choices=_CHANNELS, widget=forms.RadioSelect
    )
    code = forms.CharField(
        label=pgettext_lazy("order", "The code that came with it"),
        help_text=pgettext_lazy("order", "Only if no key signed it."),
        required=False,
        max_length=100,
    )

    def clean_answer(self) -> bytes:
        """Return the bytes of the file, within the bound of an answer."""
        file = self.cleaned_data["answer"]
        if file.size > limits.ENVELOPE_BYTES:
            raise forms.ValidationError(_LONG)
        return bytes(file.read())


_LONG: Final = pgettext_lazy("order", "This is longer than an answer can be.")


@page(
    "orders/<str:order>/answer",
    Permission.ANSWER_BRING,
    name="answer-bring",
    title=pgettext_lazy("order", "Record an answer that came another way"),
    takes_posts=True,
    room="dossiers",
)
def bring(seat: Seat, order: str) -> Answer:
    """Take an answer file of a provider that came by another channel than its door."""
    row = _row(seat, order)
    form = AnswerForm.of(seat)
    lead = pgettext_lazy(
        "order",
        "The file is verified as if it had come through the providers’ door, and recorded with "
        "what it "
        "says. It is the proof, whole.",
    )

    def do(node: Node) -> Go:
        said = form.cleaned_data
        way = Way(officer=seat.at(node).officer(), channel=said["channel"])
        bring_answer(node, row.dossier, said["answer"], way, said["code"])
        return Go(
            to=reverse("order", kwargs={"order": order}),
            says=pgettext_lazy("order", "Recorded."),
        )

    title = pgettext_lazy("order", "Record an answer that came another way")
    return ask(seat, form, _told(order, title, lead, pgettext_lazy("order", "Record")), do)
