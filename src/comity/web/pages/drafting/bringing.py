"""Import of open requests from a list: look first, then bring in all of it or nothing."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from typing import Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import npgettext, pgettext_lazy

from comity.base import limits
from comity.service.bringing import (
    COLUMNS,
    NEEDED,
    Line,
    ListRefused,
    bring_in,
    find_problems,
    read_list,
    template,
)
from comity.service.node import Node, Officer
from comity.web.pages.drafting.opening import list_kinds
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.register.index import index_of
from comity.web.permissions import Permission, roles_with

_SHOWN: Final = 200
_NOTES: Final = {
    "who_asks": pgettext_lazy("import", "we, or they"),
    "process": pgettext_lazy("import", "One of the processes listed below"),
    "state": pgettext_lazy("import", "Two letters, as in KE"),
    "authority": pgettext_lazy("import", "The other authority’s name, as it writes it itself"),
    "basis": pgettext_lazy("import", "The instrument; the process’s own where empty"),
    "channel": pgettext_lazy("import", "letter where empty"),
    "priority": pgettext_lazy("import", "routine where empty; or urgent, or emergency"),
    "our_number": pgettext_lazy("import", "Our file number; ours, theirs or both are needed"),
    "their_number": pgettext_lazy("import", "Their file number"),
    "date": pgettext_lazy("import", "The day it was sent or received, as 2026-03-02"),
    "offence_article": pgettext_lazy(
        "import", "The instrument and the article, as the empty list shows"
    ),
    "offence_title": pgettext_lazy("import", "What the law of who asks calls it"),
    "offence_months": pgettext_lazy("import", "The longest penalty in months"),
    "facts": pgettext_lazy("import", "A summary"),
    "data": pgettext_lazy("import", "Identifiers, with | between them"),
    "link": pgettext_lazy("import", "Why these data"),
    "necessity": pgettext_lazy("import", "Why it is needed"),
    "language": pgettext_lazy("import", "Two letters, as in en"),
}


class ListForm(DeskForm):
    """The list, as a file; or the list that was looked at, to be brought in now."""

    file = forms.FileField(
        label=pgettext_lazy("import", "The list, as a CSV file in UTF-8"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    held = forms.CharField(required=False, widget=forms.HiddenInput)

    def read(self) -> bytes:
        """Return the bytes of the list; raise ``ListRefused``."""
        sent = self.cleaned_data.get("file")
        if sent:
            return bytes(sent.read(limits.IMPORT_BYTES + 1))
        try:
            data = b64decode(self.cleaned_data.get("held", ""), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ListRefused from error
        if not data:
            detail = "Choose a file first."
            raise ListRefused(detail)
        return data


@page(
    "import",
    Permission.DOSSIER_OPEN,
    name="import",
    title=pgettext_lazy("import", "Bring in open requests from a list"),
    takes_posts=True,
    room="register",
)
def bring(seat: Seat) -> Answer:
    """Look at a list and say what is wrong with it; bring it in if nothing is."""
    if seat.http.GET.get("template") == "csv":
        return _template(seat.node)
    form = ListForm.of(seat)
    values = {"form": form, "columns": [(one, one in NEEDED, _NOTES[one]) for one in COLUMNS]}
    values |= {"kinds": list_kinds(seat.node), "most": limits.IMPORT_ROWS}
    if seat.is_post and form.is_valid() and isinstance(form, ListForm):
        with form.catching():
            data = form.read()
            lines = read_list(data)
            problems = find_problems(seat.node, lines, _roles(seat), _known(seat, lines))
            if seat.http.POST.get("do") == "bring" and not problems:
                return do_it(seat, lambda node: _bring(seat.at(node), lines))
            held = b64encode(data).decode()
            values |= {"lines": lines, "problems": problems[:_SHOWN], "held": held}
            values |= {"wrong": len({one.row for one in problems}), "all_problems": len(problems)}
    return Sheet(template="drafting/import.html", values=values)


def _bring(seat: Seat, lines: tuple[Line, ...]) -> Go:
    node: Node = seat.node
    chosen: dict[frozenset[str], Officer] = {}

    def choose(fit: frozenset[str]) -> Officer:
        if fit not in chosen:
            chosen[fit] = seat.officer(fit or None)
        return chosen[fit]

    count = len(bring_in(node, choose, lines, _roles(seat)))
    says = npgettext("import", "%(n)s request was brought in.", "%(n)s requests were brought in.",
                     count) % {"n": count}  # fmt: skip
    return Go(to=reverse("register"), says=says)


def _roles(seat: Seat) -> frozenset[str]:
    mine = (seat.role,) if seat.role else seat.roles
    return frozenset(roles_with(mine, Permission.DOSSIER_OPEN))


def _known(seat: Seat, lines: tuple[Line, ...]) -> frozenset[tuple[str, str]]:
    """Return which of the list's own numbers the register has already, as far as it was read."""
    index = index_of(seat)
    wanted = {(line["state"].upper(), line["our_number"]) for line in lines}
    with seat.node.store.view() as unit:
        heads = unit.dossiers.find()
    held = {(head.counterpart, index.numbers(head.ident).ours) for head in heads}
    return frozenset(wanted & held)


def _template(node: Node) -> HttpResponse:
    answer = HttpResponse(template(node.book), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="open-requests.csv"'
    return answer
