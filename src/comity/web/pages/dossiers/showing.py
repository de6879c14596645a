"""The dossier itself: the page that carries the product."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.base import Ident
from comity.law import Process
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_dossier, show_form
from comity.service.receipts import retrieve
from comity.web.pages.dossiers.binding import conditions, own_conditions, versions
from comity.web.pages.dossiers.holding import begun_steps
from comity.web.pages.dossiers.lanes import house_acts, moments, party
from comity.web.pages.dossiers.next_steps import next_steps
from comity.web.pages.dossiers.saying import form_lines
from comity.web.pages.dossiers.standing import all_owed, standing_of
from comity.web.pages.dossiers.words import standing_label
from comity.web.pages.kit.pages import Answer, Sheet, may_open, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission


@page(
    "dossiers/<str:dossier>",
    Permission.DOSSIER_READ,
    name="dossier",
    title=_("Dossier"),
    room="dossiers",
)
def show(seat: Seat, dossier: str) -> Answer:
    """Show a dossier; whoever sent to it learns that somebody who may read it opened it."""
    ident = Ident(dossier)
    if seat.has(Permission.CONTENT_READ):
        show_dossier(seat.node, ident)  # it is there, or nothing is noted
        retrieve(seat.node, seat.reader(), ident)
    shown = show_dossier(seat.node, ident)
    process = seat.node.book.processes.get(shown.head.process)
    return Sheet(
        template="dossiers/show.html",
        values={**head_values(seat, shown, process), **_values(seat, shown, process)},
        title=title_of(seat, shown, process),
    )


def title_of(seat: Seat, shown: ShownDossier, process: Process | None) -> str:
    """Return what a dossier is called: what is asked, and of whom or by whom."""
    what = pgettext("law", process.title) if process else shown.head.process
    other = party(seat, shown.head, is_ours=False)
    is_asking = process is None or shown.head.side == process.sides.asking
    if is_asking:
        return pgettext("dossier", "%(what)s: asked of %(who)s") % {"what": what, "who": other}
    return pgettext("dossier", "%(what)s: asked by %(who)s") % {"what": what, "who": other}


def head_values(seat: Seat, shown: ShownDossier, process: Process | None) -> dict[str, Any]:
    """Return what every page of a dossier shows above."""
    return {
        "shown": shown,
        "head": shown.head,
        "process": process,
        "dossier_title": title_of(seat, shown, process),
        "standing_name": standing_label(shown.state),
        "tabs": tabs(seat, shown.head.ident),
        "basis": _basis(seat.node, shown.head.basis),
        "we": party(seat, shown.head, is_ours=True),
        "they": party(seat, shown.head, is_ours=False),
    }


def _basis(node: Node, basis: str) -> str:
    """Return the legal basis as people name it: the instrument, or the treaty's title."""
    pack = node.book.packs.get(basis)
    return pgettext("law", pack.short) if pack else basis.removeprefix("treaty: ")


def tabs(seat: Seat, dossier: Ident) -> list[tuple[str, str, str]]:
    """Return the pages around a dossier: name, words, address; those that exist and are open."""
    wanted = [
        ("dossier", pgettext("dossier", "Timeline")),
        ("dossier-form", pgettext("dossier", "Request")),
        ("evidence", pgettext("dossier", "Evidence")),
        ("dossier-law", pgettext("dossier", "Law applied")),
    ]
    found = ((name, words, address(seat, name, dossier=str(dossier))) for name, words in wanted)
    return [(name, words, link) for name, words, link in found if link]


def address(seat: Seat, name: str, **given: str) -> str:
    """Return the address of a page; nothing where there is none that may be opened here."""
    return reverse(name, kwargs=given) if may_open(seat, name) else ""


def _values(seat: Seat, shown: ShownDossier, process: Process | None) -> dict[str, Any]:
    head = shown.head
    seen = moments(seat, shown, process)
    reads = seat.has(Permission.CONTENT_READ)
    acts = seat.has(Permission.DOSSIER_ACT)
    steps = next_steps(seat, head.ident) if acts else ()
    values = show_form(seat.node, head.ident) if reads else {}
    language = values.get("language")
    return {
        "standing": standing_of(seat, shown, process, seen),
        "begun": begun_steps(seat.node, seat.actor, head.ident) if acts else (),
        "open_steps": [one for one in steps if one.is_open],
        "closed_steps": [one for one in steps if not one.is_open],
        "moments": seen,
        "house": house_acts(shown, process),
        "bound": conditions(seat, shown, process),
        "own_conditions": own_conditions(seat, shown, process),
        "owed": all_owed(seat, shown),
        "may_read": reads,
        "may_act": acts,
        "form_lines": form_lines(seat.node, process, values) if reads else (),
        "form_language": language if isinstance(language, str) else "",
        "own_reference": values.get("own_reference", ""),
        "versions": versions(seat, shown.acts),
        "links": _links(seat, shown),
        "our_state": seat.node.state,
    }


def _links(seat: Seat, shown: ShownDossier) -> dict[str, str]:
    head = shown.head
    name = str(head.ident)
    found = {
        "record": address(seat, "dossier-record", dossier=name),
        "order": address(seat, "order-issue", dossier=name),
        "folder": address(seat, "folder", dossier=name),
        "register": address(seat, "register"),
        "paper": address(seat, "paper", dossier=name, kind="request"),
        "entry": address(seat, "directory-entry", state=head.counterpart,
                         authority=head.counterpart_authority),
    }  # fmt: skip
    if head.investigation is not None:
        found["investigation"] = address(
            seat, "investigation", investigation=str(head.investigation)
        )
    if head.follows is not None:
        found["follows"] = address(seat, "dossier", dossier=str(head.follows))
    orders = {one.act.terms.get("order", "") for one in shown.acts}
    found |= {f"order {one}": address(seat, "order", order=one) for one in sorted(orders)
              if one.startswith("ord_")}  # fmt: skip
    with seat.node.store.view() as unit:
        later = unit.dossiers.find(follows=head.ident)
    found |= {
        f"follower {row.ident}": address(seat, "dossier", dossier=str(row.ident)) for row in later
    }
    return {key: link for key, link in found.items() if link}
