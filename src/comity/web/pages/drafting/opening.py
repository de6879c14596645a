"""Opening a dossier, in two pages: what and whom; then on which basis, by which way, how urgent.

The first page is a question of the address (``?kind=…&with=…``), so that going back and forth
loses nothing and a link can begin in the middle: ``?investigation=`` and ``?follows=`` preset what
the new request belongs to. The second page is a form, and opens the dossier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident
from comity.base.errors import ComityError
from comity.domain.codes import EXERCISE_STATES, STATES
from comity.law import Process
from comity.service.deriving import PRIORITIES, ROUTINE
from comity.service.directory import list_cards
from comity.service.drafting import is_request, sending_step
from comity.service.investigations import read_title
from comity.service.node import Node
from comity.service.requests import Opening, open_dossier
from comity.web.pages.drafting.aside import Counterpart, card_name, show_counterpart
from comity.web.pages.drafting.wording import (
    CHANNELS,
    KINDS,
    say_process,
)
from comity.web.pages.drafting.wording import (
    PRIORITIES as PRIORITY_WORDS,
)
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state
from comity.web.permissions import Permission

Choices = list[tuple[str, str]]
OTHER: Final = "other"
OTHER_TREATY: Final = "treaty"
WE_ASK: Final = "we"
THEY_ASK: Final = "they"
# So many dossiers and investigations are offered, the latest first.
_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of request that one may open, under its instrument."""

    key: str
    title: str
    pack: str
    roles: tuple[str, ...]


class StartForm(DeskForm):
    """What is asked for, of whom, and who asks."""

    who = forms.ChoiceField(
        label=pgettext_lazy("drafting", "Who asks?"),
        choices=[
            (WE_ASK, pgettext_lazy("drafting", "We ask another State")),
            (
                THEY_ASK,
                pgettext_lazy("drafting", "Another State asks us, by letter, mail or telephone"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=WE_ASK,
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("drafting", "What is asked for, and under which instrument?"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *given: Any, seat: Seat, **more: Any) -> None:  # noqa: ANN401 # Django's
        """Offer the processes of the law book, and the authorities of the directory."""
        super().__init__(*given, **more)
        kinds, cards = list_kinds(seat.node), _list_authorities(seat)
        self.fields["kind"].choices = [(one.key, one.title) for one in kinds]  # type: ignore[attr-defined] # a choice
        other = pgettext("drafting", "Another authority, which the directory does not list")
        self.fields["with"] = forms.ChoiceField(
            label=pgettext("drafting", "Which State, and which authority?"),
            help_text=pgettext("drafting", "From the directory, with the languages they work in."),
            choices=[("", pgettext("drafting", "Choose")), *cards, (OTHER, other)],
        )


class OpenForm(DeskForm):
    """On which basis, by which way, how urgent, and what it belongs to."""

    kind = forms.CharField(widget=forms.HiddenInput)
    who = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=pgettext_lazy("drafting", "State"), required=False)
    authority = forms.CharField(
        label=pgettext_lazy("drafting", "Authority"),
        help_text=pgettext_lazy("drafting", "Its name, as it writes it itself."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    basis = forms.ChoiceField(
        label=pgettext_lazy("drafting", "Legal basis"), widget=forms.RadioSelect
    )
    treaty = forms.CharField(
        label=pgettext_lazy("drafting", "The title of the other treaty"),
        help_text=pgettext_lazy(
            "drafting",
            "Only if you chose another treaty. For help without one, write: reciprocity.",
        ),
        max_length=290,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    channel = forms.ChoiceField(label=pgettext_lazy("drafting", "Channel"))
    priority = forms.ChoiceField(
        label=pgettext_lazy("drafting", "How urgent is it?"),
        choices=[(one, PRIORITY_WORDS[one]) for one in reversed(PRIORITIES)],
        initial=ROUTINE,
        widget=forms.RadioSelect,
    )
    investigation = forms.ChoiceField(
        label=pgettext_lazy("drafting", "Investigation"),
        help_text=pgettext_lazy("drafting", "No other State ever sees it."),
        required=False,
    )
    follows = forms.ChoiceField(
        label=pgettext_lazy("drafting", "Follows the request"),
        help_text=pgettext_lazy(
            "drafting", "A hold lasts until the request that follows it is decided."
        ),
        required=False,
    )

    def __init__(self, *given: Any, desk: Seat, start: Start, **more: Any) -> None:  # noqa: ANN401 # Django's
        """Offer what fits what was chosen on the page before."""
        super().__init__(*given, **more)
        nothing = ("", pgettext("drafting", "None"))
        offered: dict[str, Choices] = {
            "basis": _bases(desk, start.process),
            "channel": [(key, str(said)) for key, said in CHANNELS.items()],
            "investigation": [nothing, *_investigations(desk)],
            "follows": [nothing, *_requests(desk, start)],
            "state": [("", pgettext("drafting", "Choose")), *_states(desk)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined] # a choice
        for name in ("state", "authority"):
            self.fields[name].required = start.is_elsewhere
            if not start.is_elsewhere:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse another treaty without its title."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("basis") == OTHER_TREATY and not found.get("treaty", "").strip():
            self.add_error("treaty", pgettext("drafting", "Write the title of the treaty."))
        return found


@dataclass(frozen=True, kw_only=True)
class Start:
    """What was chosen on the first page."""

    process: Process
    is_asking: bool
    state: str
    authority: str

    @property
    def is_elsewhere(self) -> bool:
        """Return whether the authority is none of the directory."""
        return not self.state


@page(
    "open",
    Permission.DOSSIER_OPEN,
    name="open",
    title=pgettext_lazy("drafting", "Start a request"),
    takes_posts=True,
    room="dossiers",
)
def start(seat: Seat) -> Answer:
    """Ask what and whom; then the rest; then open the dossier."""
    asked = seat.http.GET
    form = StartForm(asked if "kind" in asked else None, seat=seat)
    if not form.is_bound or not form.is_valid():
        values = {"form": form, "kept": _presets(asked), "kinds": list_kinds(seat.node)}
        return Sheet(template="drafting/start.html", values=values)
    return _second(seat, _read_start(seat.node, form.cleaned_data))


def list_kinds(node: Node) -> list[Kind]:
    """Return the kinds of request that one State makes to another, by their instruments."""
    book = node.book
    requests = [one for one in book.processes.values() if is_request(one)]
    counts = Counter(one.pack for one in requests)
    # The instrument that serves most comes first; within one, the order of its articles.
    requests.sort(key=lambda one: (-counts[one.pack], one.pack, one.law))
    return [
        Kind(
            key=one.key,
            title=say_process(book, one),
            pack=pgettext("law", book.packs[one.pack].short),
            roles=_drafters(one),
        )
        for one in requests
    ]


def _drafters(process: Process) -> tuple[str, ...]:
    step = process.steps.get("draft")
    return tuple(step.roles) if step else ()


def _read_start(node: Node, chosen: dict[str, str]) -> Start:
    state, _, authority = chosen["with"].partition("|")
    return Start(
        process=node.process(chosen["kind"]),
        is_asking=chosen["who"] == WE_ASK,
        state="" if chosen["with"] == OTHER else state,
        authority=authority,
    )


def _second(seat: Seat, begun: Start) -> Answer:
    asked = seat.http.GET
    other = None if begun.is_elsewhere else show_counterpart(
        seat, begun.state, begun.authority, begun.process.key
    )  # fmt: skip
    initial = {
        "kind": begun.process.key,
        "who": WE_ASK if begun.is_asking else THEY_ASK,
        "basis": begun.process.pack,
        "channel": _likely_channel(other, begun),
        **_presets(asked),
    }
    form = OpenForm.of(seat, desk=seat, start=begun, initial=initial)
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, lambda node: _open(seat.at(node), begun, form))
    values = {
        "form": form,
        "begun": begun,
        "other": other,
        "said": say_process(seat.node.book, begun.process),
        "urgency": _urgency(begun.process),
        "sends": sending_step(begun.process),
        "back": f"{reverse('open')}?{_without_answers(asked)}",
    }
    return Sheet(template="drafting/open.html", values=values)


def _open(seat: Seat, begun: Start, form: DeskForm) -> Go:
    given = form.cleaned_data
    is_other = given["basis"] == OTHER_TREATY
    opening = Opening(
        process=begun.process.key,
        counterpart=begun.state or given["state"],
        authority=begun.authority or given["authority"].strip(),
        basis=f"treaty: {given['treaty'].strip()}" if is_other else given["basis"],
        channel=given["channel"],
        is_asking=begun.is_asking,
        investigation=Ident(given["investigation"]) if given["investigation"] else None,
        follows=Ident(given["follows"]) if given["follows"] else None,
        priority=given["priority"],
    )
    fit = frozenset(_drafters(begun.process)) if begun.is_asking else None
    ident = open_dossier(seat.node, seat.officer(fit), opening)
    if begun.is_asking:
        says = pgettext("drafting", "The dossier is open. Nothing has been sent.")
        return Go(to=reverse("dossier-form", args=[ident]), says=says)
    says = pgettext("drafting", "The dossier is open. Record now what they sent, with its scan.")
    return Go(to=reverse("dossier-record", args=[ident]), says=says)


def _presets(asked: Any) -> dict[str, str]:  # noqa: ANN401 # Django's query
    return {name: asked[name][:40] for name in ("investigation", "follows") if asked.get(name)}


def _without_answers(asked: Any) -> str:  # noqa: ANN401 # Django's query
    query = asked.copy()
    query.pop("kind", None)
    return str(query.urlencode())


def _likely_channel(other: Counterpart | None, begun: Start) -> str:
    if not begun.is_asking or other is None or other.known is None:
        return "letter"
    return "node" if other.known.card.is_reachable else "letter"


def _urgency(process: Process) -> list[str]:
    """Return the states' own words of haste: wishes, never numbers of days."""
    return [str(one.law) for one in process.steps.values() if one.within == "answer_wish"][:1]


def _list_authorities(seat: Seat) -> list[tuple[str, Choices]]:
    """Return the authorities of the directory that take part in dossiers, State by State."""
    found: dict[str, Choices] = {}
    for known in list_cards(seat.node):
        card = known.card
        fits = card.may_act and known.is_listed and card.exercise is seat.node.exercise
        if not fits or card.state == seat.node.state:
            continue
        kind = KINDS.get(card.kind, card.kind)
        told = f"{card_name(known)} – {kind}; {', '.join(card.languages)}"
        found.setdefault(name_state(seat, card.state), []).append(
            (f"{card.state}|{card.authority}", told)
        )
    return sorted(found.items())


def _states(seat: Seat) -> Choices:
    known = EXERCISE_STATES if seat.node.exercise else STATES
    return sorted(
        ((code, name_state(seat, code)) for code in known if code != seat.node.state),
        key=lambda one: one[1],
    )


def _bases(seat: Seat, process: Process) -> Choices:
    packs = seat.node.book.packs
    ordered = sorted(packs.values(), key=lambda one: one.pack != process.pack)
    found = [(one.pack, f"{pgettext('law', one.title)} ({one.symbol})") for one in ordered]
    return [*found, (OTHER_TREATY, pgettext("drafting", "Another treaty, or reciprocity"))]


def _investigations(seat: Seat) -> Iterator[tuple[str, str]]:
    with seat.node.store.view() as unit:
        rows = unit.investigations.find()
    for row in sorted(rows, key=lambda one: str(one.opened), reverse=True)[:_MOST]:
        try:
            yield str(row.ident), f"{read_title(seat.node, row.ident)} · {row.ident}"
        except ComityError:
            yield str(row.ident), str(row.ident)


def _requests(seat: Seat, begun: Start) -> Iterator[tuple[str, str]]:
    book = seat.node.book
    with seat.node.store.view() as unit:
        heads = unit.dossiers.find()
    latest = sorted(heads, key=lambda one: str(one.opened), reverse=True)
    fitting = [
        one for one in latest if _may_follow(book.processes.get(one.process), one.side, begun)
    ]
    fitting.sort(key=lambda one: one.counterpart != begun.state)
    for row in fitting[:_MOST]:
        process = book.processes[row.process]
        told = f"{say_process(book, process)} · {name_state(seat, row.counterpart)}"
        yield str(row.ident), f"{told} · {str(row.opened)[:10]} · {row.ident}"


def _may_follow(process: Process | None, side: str, begun: Start) -> bool:
    """Return whether a dossier is one of our own side's requests to another State."""
    if process is None or not is_request(process):
        return False
    own = begun.process.sides.asking if begun.is_asking else begun.process.sides.asked
    return side == own
