"""Pages of the enrolment officer: invite, roles, reset, retire. Each leaves a trace for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.service.node import Node
from comity.service.people import (
    Newcomer,
    change_roles,
    invite_person,
    known_roles,
    read_person,
    reset_person,
    retire_person,
)
from comity.service.tokens import Issued
from comity.web.pages.accounts.shown import show_once
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_role
from comity.web.permissions import ROLES, Permission

_p = pgettext_lazy
_LOGIN = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class RolesForm(DeskForm):
    """Which roles a person holds."""

    roles = forms.MultipleChoiceField(
        label=_p("people", "Roles"),
        help_text=_p("people", "The law files say which steps each may take."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, node: Node, **more: Any) -> None:  # noqa: ANN401 - Django's
        """Offer the roles that this node knows and this door has a line for."""
        super().__init__(*args, **more)
        held = sorted(known_roles(node) & ROLES.keys())
        self.fields["roles"].choices = [(one, name_role(one)) for one in held]  # type: ignore[attr-defined] # a field of choices


class InviteForm(RolesForm):
    """Who is to be enrolled."""

    login = forms.RegexField(
        _LOGIN,
        label=_p("people", "Name to sign in under"),
        help_text=_p("people", "Small Latin letters, digits, points and hyphens; as in a.haddad."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    mail = forms.EmailField(
        label=_p("people", "Address for notices"),
        help_text=_p("people", "Notices say that something waits, and nothing of what it is."),
        required=False,
        max_length=255,
    )
    language = forms.ChoiceField(
        label=_p("people", "Language of notices"),
        choices=[
            ("en", "English"),
            ("ar", "العربية"),
            ("es", "Español"),
            ("fr", "Français"),
            ("ru", "Русский"),
            ("zh", "中文"),
        ],
    )
    field_order = ("login", "roles", "mail", "language")


@page(
    "invite",
    Permission.PERSON_ENROL,
    name="invite",
    title=_p("people", "Invite a person"),
    takes_posts=True,
    room="people",
)
def invite(seat: Seat) -> Answer:
    """Enrol a person who begins with a code; it is shown this once."""
    form = InviteForm.of(seat, node=seat.node)
    if seat.is_post and form.is_valid():
        given = form.cleaned_data
        newcomer = Newcomer(
            login=given["login"],
            roles=given["roles"],
            mail=given["mail"],
            language=given["language"],
        )

        def do(node: Node) -> Go:
            person, issued = invite_person(node, seat.officer(), newcomer)
            return _hand(seat, issued, person.login, person.actor)

        with form.catching():
            return do_it(seat, do)
    return Sheet(template="people/invite.html", values={"form": form})


def _hand(seat: Seat, issued: Issued, login: str, actor: str) -> Go:
    return show_once(
        seat,
        kind="code",
        secret=issued.secret,
        until=str(issued.row.until),
        whose=login,
        back=reverse("person", args=[actor]),
    )


@page(
    "people/<str:actor>/roles",
    Permission.PERSON_ENROL,
    name="person-roles",
    title=_p("people", "Change roles"),
    takes_posts=True,
    room="people",
)
def roles(seat: Seat, actor: str) -> Answer:
    """Let a person hold these roles and no other."""
    person = read_person(seat.node, actor)
    form = RolesForm.of(seat, node=seat.node, initial={"roles": person.roles.split()})
    if seat.is_post and form.is_valid():

        def do(node: Node) -> Go:
            change_roles(node, seat.officer(), actor, form.cleaned_data["roles"])
            says = pgettext(
                "people", "These are the roles from now on; the people on duty are told."
            )
            return Go(to=reverse("person", args=[actor]), says=says)

        with form.catching():
            return do_it(seat, do)
    return Sheet(template="people/roles.html", values={"form": form, "person": person})


@page(
    "people/<str:actor>/reset",
    Permission.PERSON_ENROL,
    name="person-reset",
    title=_p("people", "Let a person begin anew"),
    takes_posts=True,
    room="people",
)
def reset(seat: Seat, actor: str) -> Answer:
    """End every means and session of a person; show the code with which they begin anew."""
    login = read_person(seat.node, actor).login

    def do(node: Node) -> Go:
        return _hand(seat, reset_person(node, seat.officer(), actor), login, actor)

    return _ask(seat, actor, "people/reset.html", do)


@page(
    "people/<str:actor>/retirement",
    Permission.PERSON_ENROL,
    name="person-retire",
    title=_p("people", "Let a person act no more"),
    takes_posts=True,
    room="people",
)
def retire(seat: Seat, actor: str) -> Answer:
    """Let a person act no more; what they did stays theirs."""

    def do(node: Node) -> Go:
        retire_person(node, seat.officer(), actor)
        says = pgettext("people", "This person acts no more; their sessions and tokens are over.")
        return Go(to=reverse("person", args=[actor]), says=says)

    return _ask(seat, actor, "people/retire.html", do)


def _ask(seat: Seat, actor: str, template: str, do: Callable[[Node], Go]) -> Answer:
    """Ask whether it is meant, and do it."""
    form = DeskForm.of(seat)
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, do)
    values = {"form": form, "person": read_person(seat.node, actor)}
    return Sheet(template=template, values=values)
