"""Taking a step: what it asks, what it means and starts; checked once more, then signed.

One page for every step of every law file. What is written is held until it is signed, so that
nothing is sent twice and nothing is lost. What is signed is what was shown: the page that asks to
check carries the digest of it, and the version of the dossier that was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.base import Ident, Instant
from comity.base.errors import AskedWrongly, ComityError, NotPermitted
from comity.base.verdict import Finding
from comity.domain.moves import Opening
from comity.law import Clock, Crossing, Process, Step
from comity.seal.act import SignedAct
from comity.service.custody import ERASE
from comity.service.erasing import erase_content
from comity.service.errors import Moved
from comity.service.node import Node, Officer
from comity.service.reading import ShownAct, show_dossier, try_step
from comity.service.receipts import retrieve
from comity.service.requests import take_step
from comity.service.rows import DossierRow
from comity.service.situations import Move
from comity.web.pages.dossiers.asks import asks_of, clocks_of, forbidden_for
from comity.web.pages.dossiers.forms import (
    ROLE,
    AskingForm,
    answers,
    channel_field,
    move_of,
    officer_of,
    role_field,
)
from comity.web.pages.dossiers.holding import Held, drop_held, hold_step, read_held
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.next_steps import gates_of, hard_unmet, own_page
from comity.web.pages.dossiers.questions import Asking
from comity.web.pages.dossiers.showing import address, head_values
from comity.web.pages.dossiers.standing import all_owed
from comity.web.pages.dossiers.words import standing_label, step_label
from comity.web.pages.kit.pages import Answer, Go, PageClosed, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

SIGN: Final = "sign"
VERSION: Final = "version"
SHOWN: Final = "shown"


class NoSuchStep(AskedWrongly):
    """The process of this dossier has no such step."""

    code = "pages/no-such-step"
    remedy = "Choose one of the next steps that the dossier lists."


class OtherThanShown(NotPermitted):
    """What would be signed is not what was shown."""

    code = "pages/other-than-shown"
    remedy = "Read it again below, and sign it then."


@dataclass(frozen=True, kw_only=True)
class Place:
    """The dossier and the step that a request is about."""

    seat: Seat
    ident: Ident
    head: DossierRow
    process: Process
    step: Step

    @property
    def here(self) -> dict[str, str]:
        """Return the parts of the address."""
        return {"dossier": str(self.ident), "step": self.step.name}

    def look(self, move: Move, role: str = "") -> Opening:
        """Return how the step stands with a move; nothing is written."""
        officer = officer_of(self.seat, self.step.roles, role)
        return try_step(self.seat.node, officer, self.ident, move)


@page(
    "dossiers/<str:dossier>/steps/<str:step>",
    Permission.DOSSIER_ACT,
    name="dossier-step",
    title=_("Take a step"),
    takes_posts=True,
    room="dossiers",
)
def take(seat: Seat, dossier: str, step: str) -> Answer:
    """Ask for what a step needs, show what would be signed, and sign it."""
    place = find_place(seat, dossier, step)
    if own := address(seat, own_page(step), dossier=dossier):
        return Go(to=own)
    if step in ERASE and not seat.has(Permission.CONTENT_ERASE):
        raise PageClosed(Permission.CONTENT_ERASE.value)
    if seat.has(Permission.CONTENT_READ):
        retrieve(seat.node, seat.reader(), place.ident)
    roles = {seat.role} if seat.role else set(seat.roles)
    if not roles & set(place.step.roles):
        return _closed(place, (), is_role_fit=False)
    held = read_held(seat.node, seat.actor, place.ident, step)
    first = next(one for one in place.step.roles if one in roles)
    opening = place.look(Move(step=step), "" if seat.role else first)
    gates = gates_of(seat.node, place.process, step)
    if hard := hard_unmet(opening, gates):
        return _closed(place, hard, is_role_fit=True)
    form = _make_form(place, opening, held)
    if not seat.is_post:
        return _sheet(place, form, held)
    if seat.http.POST.get(SIGN):
        return _sign(place, form, held)
    return _prepare(place, form)


def find_place(seat: Seat, dossier: str, step: str) -> Place:
    """Return the dossier and the step of our side; raise ``NotThere`` or ``NoSuchStep``."""
    ident = Ident(dossier)
    head = show_dossier(seat.node, ident).head
    process = seat.node.process(head.process)
    found = process.steps.get(step)
    if found is None or found.side != head.side:
        raise NoSuchStep(where=dossier)
    return Place(seat=seat, ident=ident, head=head, process=process, step=found)


def _asking(place: Place, opening: Opening) -> Asking:
    return Asking(
        seat=place.seat, head=place.head, process=place.process, step=place.step, opening=opening
    )


def _make_form(place: Place, opening: Opening, held: Held) -> AskingForm:
    asks = asks_of(_asking(place, opening))
    extra = {
        **channel_field(place.head, place.step),
        **role_field(place.seat, place.step.roles),
    }
    more: dict[str, Any] = {"asks": asks, "extra": extra, "held": held}
    is_signing = place.seat.is_post and place.seat.http.POST.get(SIGN)
    if place.seat.is_post and not is_signing:
        return AskingForm(place.seat.http.POST, place.seat.http.FILES, **more)
    return AskingForm(initial=_initial(asks, held), **more)


def _initial(asks: list[Any], held: Held) -> dict[str, Any]:
    """Return what was written before; moments again by the reader's wall clock."""
    found: dict[str, Any] = {name: text for name, text in held.texts.items() if text}
    for ask in asks:
        if ask.name in found and hasattr(ask.field, "zone"):
            found[ask.name] = _moment(found[ask.name])
    return found


def _moment(text: str) -> Any:  # noqa: ANN401 # an instant, or the text as it is
    try:
        return Instant.parse(text)
    except ComityError:
        return text


def _prepare(place: Place, form: AskingForm) -> Answer:
    """Hold what was written, try the step with it, and show what would be signed."""
    seat = place.seat
    if not form.is_valid():
        return _sheet(place, form, read_held(seat.node, seat.actor, place.ident, place.step.name))
    with form.catching():
        answer = _weigh(place, form)
    if form.problem is None:
        return answer
    held = read_held(seat.node, seat.actor, place.ident, place.step.name)
    return _sheet(place, form, held, (), _since(place, form.problem))


def _weigh(place: Place, form: AskingForm) -> Sheet:
    """Hold what was written, and show it: to be checked, or with what keeps the step closed."""
    seat, step = place.seat, place.step.name
    _require_version(place)
    texts, files = form.texts(), form.sent_files()
    held = hold_step(seat.node, seat.actor, place.ident, step, texts, files)
    opening = place.look(move_of(form.asks, step, held), texts.get(ROLE, ""))
    if opening.unmet or not opening.is_role_fit:
        return _sheet(place, _make_again(place, opening, form), held, opening.unmet)
    return _check(place, form, held, opening)


def _require_version(place: Place) -> None:
    """Raise ``Moved`` if the dossier is not the one that the officer saw."""
    seen = read_version(place.seat.http.POST.get(VERSION, ""))
    if seen != place.head.version:
        detail = f"It had {seen} acts when it was read, and has {place.head.version}."
        raise Moved(detail, where=str(place.ident))


def _make_again(place: Place, opening: Opening, form: AskingForm) -> AskingForm:
    """Return the form with what the step still wants: a gate that closed through what was said."""
    asks = asks_of(_asking(place, opening))
    extra = {name: form.fields[name] for name in form.fields if "-" not in name}
    held = Held(texts={}, files=form.sent_files(), version=-1)
    return AskingForm(place.seat.http.POST, place.seat.http.FILES, asks=asks, extra=extra,
                      held=held)  # fmt: skip


def _sign(place: Place, form: AskingForm, held: Held) -> Answer:
    """Sign what was shown, if it still is that, in the dossier as it was seen."""
    seat, posted = place.seat, place.seat.http.POST
    with form.catching():
        if posted.get(SHOWN) != str(held.digest):
            raise OtherThanShown(where=place.step.name)
        version = read_version(posted.get(VERSION, ""))
        move = move_of(form.asks, place.step.name, held)
        officer = officer_of(seat, place.step.roles, held.texts.get(ROLE, ""))

        def sign(node: Node) -> Go:
            drop_held(node, seat.actor, place.ident, place.step.name)
            act = _do(node, officer, place, move, version)
            return Go(
                to=reverse("dossier", kwargs={"dossier": str(place.ident)}),
                says=pgettext("dossier step", "Signed: %(step)s. Its digest begins %(digest)s.")
                % {"step": step_label(place.step.name), "digest": act.digest.hex[:8]},
            )

        answer = do_it(seat, sign)
    if form.problem is None:
        return answer
    return _sheet(place, form, held, (), _since(place, form.problem))


def _do(node: Node, officer: Officer, place: Place, move: Move, version: int) -> SignedAct:
    """Take the step; erasing is more than an act that says so."""
    if place.step.name not in ERASE:
        return take_step(node, officer, place.ident, move, version=version)
    held = show_dossier(node, place.ident).head.version
    if held != version:
        detail = f"It had {version} acts when it was read, and has {held}."
        raise Moved(detail, where=str(place.ident))
    return erase_content(node, officer, place.ident, move)


def read_version(text: str) -> int:
    """Return the version that a form carries; raise ``Moved`` where it carries none."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 # as in the API
        detail = "The page does not say which version it showed."
        raise Moved(detail)
    return int(text)


def _since(place: Place, problem: ComityError | None) -> tuple[ShownAct, ...]:
    """Return the acts that came since the page was shown, if that is the problem."""
    version = place.seat.http.POST.get(VERSION, "")
    if not isinstance(problem, Moved) or not version.isdigit():
        return ()
    acts = show_dossier(place.seat.node, place.ident).acts
    return acts[int(version) :]


def _check(place: Place, form: AskingForm, held: Held, opening: Opening) -> Sheet:
    values = {
        **_values(place),
        "form": form,
        "answers": answers(form.asks, form.fields, held),
        "opening": opening,
        "digest": held.digest,
        "role": officer_of(place.seat, place.step.roles, held.texts.get(ROLE, "")).role,
    }
    title = pgettext("dossier step", "Check before you sign: %(step)s")
    return Sheet(template="dossiers/step_check.html", values=values,
                 title=title % {"step": step_label(place.step.name)})  # fmt: skip


def _sheet(
    place: Place,
    form: AskingForm,
    held: Held,
    unmet: tuple[Finding, ...] = (),
    since: tuple[ShownAct, ...] = (),
) -> Sheet:
    asking = Asking(seat=place.seat, head=place.head, process=place.process, step=place.step)
    values = {
        **_values(place),
        "form": form,
        "unmet": unmet,
        "since": since,
        "forbidden": forbidden_for(asking),
        "held_files": {name: title for name, (title, _data) in held.files.items()},
        "is_held": bool(held.texts) and not place.seat.is_post,
    }
    status = 409 if isinstance(form.problem, Moved) else 200
    return Sheet(template="dossiers/step.html", values=values,
                 title=step_label(place.step.name), status=status)  # fmt: skip


def _closed(place: Place, unmet: tuple[Finding, ...], *, is_role_fit: bool) -> Sheet:
    values = {**_values(place), "unmet": unmet, "is_role_fit": is_role_fit}
    return Sheet(template="dossiers/step_closed.html", values=values,
                 title=step_label(place.step.name))  # fmt: skip


def _values(place: Place) -> dict[str, Any]:
    shown = show_dossier(place.seat.node, place.ident)
    step, process = place.step, place.process
    target = process.states.get(step.target) if step.target else None
    asking = Asking(seat=place.seat, head=place.head, process=process, step=step)
    clocks = clocks_of(asking)
    running = {one.row.clock for one in all_owed(place.seat, shown) if one.row.state != "met"}
    return {
        **head_values(place.seat, shown, process),
        "step": step,
        "step_name": step_label(step.name),
        "target": target,
        "target_name": standing_label(target.name) if target else "",
        "starts": [_clock(place, one) for one in clocks if step.name in one.starts],
        "ends": [
            _clock(place, one) for one in clocks if step.name in one.ends and one.key in running
        ],
        "crossings": _crossings(process, step),
        "version": shown.head.version,
        "other": party(place.seat, place.head, is_ours=False),
    }


def _clock(place: Place, clock: Clock) -> tuple[str, Clock]:
    return party(place.seat, place.head, is_ours=clock.owed_by == place.head.side), clock


def _crossings(process: Process, step: Step) -> list[tuple[str, Crossing]]:
    """Return what holds if a step of theirs is under way and crosses this one."""
    found = []
    for (asking, asked), crossing in process.crossings.items():
        if step.name in {asking, asked}:
            other = asked if step.name == asking else asking
            found.append((step_label(other), crossing))
    return found
