"""Noting the file numbers of a dossier: ours and theirs, by a house act."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident
from comity.service.chains import read_acts
from comity.service.numbering import FileNumbers, note_numbers, read_numbers
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission


class NumbersForm(DeskForm):
    """The two numbers, and the day of the paper that named them."""

    ours = forms.CharField(
        label=pgettext_lazy("register", "Our number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "class": "narrow"}),
    )
    theirs = forms.CharField(
        label=pgettext_lazy("register", "Their number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "class": "narrow"}),
    )


@page(
    "register/<str:dossier>",
    Permission.DOSSIER_ACT,
    name="register-numbers",
    title=pgettext_lazy("register", "File numbers"),
    takes_posts=True,
    room="register",
)
def note(seat: Seat, dossier: str) -> Answer:
    """Show and note the file numbers of a dossier."""
    ident = Ident(dossier)
    node = seat.node
    with node.store.view() as unit:
        head = unit.dossiers.get(ident)
        held = read_numbers(node, unit, head, read_acts(unit, ident))
    form = NumbersForm.of(seat, initial={"ours": held.ours, "theirs": held.theirs})
    if seat.is_post and form.is_valid():
        given = FileNumbers(ours=form.cleaned_data["ours"], theirs=form.cleaned_data["theirs"])
        with form.catching():
            return do_it(seat, lambda inner: _note(seat.at(inner), ident, held, given))
    values = {"form": form, "dossier": dossier, "head": head}
    return Sheet(template="register/numbers.html", values=values)


def _note(seat: Seat, ident: Ident, held: FileNumbers, given: FileNumbers) -> Go:
    changed = FileNumbers(
        ours=given.ours if given.ours != held.ours else "",
        theirs=given.theirs if given.theirs != held.theirs else "",
    )
    if changed == FileNumbers():
        says = pgettext("register", "Nothing was changed, so nothing was signed.")
        return Go(to=reverse("register"), says=says)
    note_numbers(seat.node, seat.reader(), ident, changed)
    return Go(to=reverse("register"), says=pgettext("register", "The file numbers are noted."))
