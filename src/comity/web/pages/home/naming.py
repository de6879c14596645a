"""How a dossier is called in a list: what is asked, of whom or by whom; never what is in it."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext

from comity.law import Process, Step
from comity.service.rows import DossierRow
from comity.web.pages.dossiers.words import step_label
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_role, name_state


def name_other(seat: Seat, head: DossierRow) -> str:
    """Return who is on the other side: a State, or a provider at home."""
    if head.counterpart == seat.node.state and head.counterpart_authority:
        return head.counterpart_authority
    return name_state(seat, head.counterpart)


def name_dossier(seat: Seat, head: DossierRow) -> str:
    """Return what is asked, and of whom or by whom."""
    process = seat.node.book.processes.get(head.process)
    title = pgettext("law", process.title) if process else head.process
    asks = process is not None and head.side == process.sides.asking
    said = pgettext("inbox", "%(title)s: you ask %(other)s")
    if not asks:
        said = pgettext("inbox", "%(title)s: %(other)s asks you")
    return said % {"title": title, "other": name_other(seat, head)}


def name_standing(seat: Seat, head: DossierRow, state: str) -> str:
    """Return where a dossier stands, as the law file says it."""
    process = seat.node.book.processes.get(head.process)
    found = process.states.get(state) if process else None
    return pgettext("law", found.means) if found else ""


def link(name: str, *given: object) -> str:
    """Return the address of a page; nothing where there is no such page."""
    try:
        return reverse(name, args=[str(one) for one in given])
    except NoReverseMatch:
        return ""


def _near(process: Process | None, head: DossierRow, state: str, fitting: list[Step]) -> list[Step]:
    """Return the steps among which a person decides: ours that move, hardly more general."""
    if process is None or not fitting:
        return []
    most = 2 * min(len(one.sources) for one in fitting)
    return [
        one
        for one in process.steps.values()
        if one.side == head.side
        and one.is_exchanged
        and state in one.sources
        and one.target not in {None, state}
        and len(one.sources) <= most
    ]


def next_act(
    seat: Seat, head: DossierRow, state: str, steps: tuple[Step, ...]
) -> tuple[str, str, str]:
    """Return what to press, where it leads, and whose it is if it is nobody's here.

    Of ``steps`` it is the first that a role of this person may take; the dossier if there is
    none, or if there are others that lie as near: between them a person decides.
    """
    dossier = link("dossier", head.ident)
    process = seat.node.book.processes.get(head.process)
    roles = {seat.role} if seat.role else set(seat.roles)
    fitting = [one for one in steps if roles.intersection(one.roles)]
    if fitting and process is not None and state == process.begins:
        form = link("dossier-form", head.ident)
        if form:
            return pgettext("inbox", "Go on writing"), form, ""
    if len(_near(process, head, state, fitting)) > 1:
        return pgettext("inbox", "Decide"), dossier, ""
    if fitting:
        address = link("dossier-step", head.ident, fitting[0].name)
        return step_label(fitting[0].name), address or dossier, ""
    whose = ", ".join(name_role(role) for role in steps[0].roles) if steps else ""
    return pgettext("inbox", "Open"), dossier, whose
