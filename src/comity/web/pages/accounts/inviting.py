"""Pages for whoever holds a code: of an invitation, or of a reset. Nobody enters by half.

First the code and a password; then a second means. Only when both are there the code is spent,
the password kept, and the person signed in. What they used before opens nothing any more.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Instant
from comity.service.entrances import begin_person, find_invited, note_means
from comity.web.pages.accounts.adapters import WAIT
from comity.web.pages.accounts.entering import welcome
from comity.web.pages.accounts.means import (
    account_of,
    add_codes,
    add_passkey,
    drawn_code,
    new_secret,
)
from comity.web.pages.accounts.shown import keep_sealed, read_sealed
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
_HELD: Final = "comity-invited"
_PASSWORD: Final = 200
_SECONDS: Final = 1800


class TwicePassword(DeskForm):
    """A new password, written twice."""

    password = forms.CharField(
        label=_p("accounts", "New password"),
        max_length=_PASSWORD,
        strip=False,
        help_text=_p(
            "accounts",
            "At least 12 characters: three or four words that do not belong together do well.",
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_p("accounts", "The same password again"),
        max_length=_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    whose: Any = None

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        found = super().clean() or {}
        if found.get("password") != found.get("again") and "again" in found:
            self.add_error("again", pgettext("accounts", "The two passwords differ."))
        return found

    def judge(self, user: Any) -> bool:  # noqa: ANN401 - the model lies behind storage
        """Return whether the password will do for this person; else say why not."""
        try:
            validate_password(self.cleaned_data["password"], user)
        except ValidationError as error:
            self.add_error("password", error)
            return False
        return True


class InvitationForm(TwicePassword):
    """A code, and a new password."""

    code = forms.CharField(
        label=_p("accounts", "Code"),
        help_text=_p("accounts", "You were given it in person; it begins with comity_."),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("code", "password", "again")


class FirstCodeForm(DeskForm):
    """The first code of a new authenticator."""

    code = forms.CharField(
        label=_p("accounts", "The six digits that it shows now"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@page(
    "invitation",
    Permission.PUBLIC,
    name="invitation",
    title=_p("accounts", "Begin with your code"),
    takes_posts=True,
    room="sign-in",
)
def begin(seat: Seat) -> Answer:
    """Take a code and a new password; nothing is spent yet."""
    form = InvitationForm.of(seat)
    if seat.is_post and form.is_valid():
        if not ratelimit.consume(seat.http, app="allauth.account", action="invitation"):
            form.add_error(None, WAIT)
        else:
            with form.catching():
                code = form.cleaned_data["code"].strip()
                person = find_invited(seat.node, code)
                if form.judge(account_of(person.actor)):  # type: ignore[attr-defined] # it is ours
                    _hold(seat, person.actor, code, form.cleaned_data["password"])
                    return Go(to=reverse("invitation-second"))
    values = {"form": form, "rules": password_validators_help_texts()}
    return Sheet(template="accounts/invitation.html", values=values)


def _hold(seat: Seat, actor: str, code: str, password: str) -> None:
    """Keep code and hash in a session that begins here, whoever sat in this browser before."""
    seat.http.session.flush()
    told = {
        "actor": actor,
        "code": code,
        "password": make_password(password),
        "at": str(seat.node.clock.now()),
    }
    keep_sealed(seat.http, _HELD, told)


@page(
    "invitation/second",
    Permission.PUBLIC,
    name="invitation-second",
    title=_p("accounts", "Your second means of signing in"),
    takes_posts=True,
    room="sign-in",
)
def finish(seat: Seat) -> Answer:
    """Take a second means; then the code is spent and the person signed in."""
    held = _held(seat)
    if not held:
        says = pgettext("accounts", "Begin again: too much time went by.")
        return Go(to=reverse("invitation"), says=says)
    user = account_of(held["actor"])
    form = FirstCodeForm.of(seat)
    if seat.is_post:
        try:
            if "passkey" in seat.http.POST:
                return _by_passkey(seat, held, user)
            if form.is_valid():
                return _by_code(seat, held, user, form.cleaned_data["code"])
        except ValidationError as error:
            form.full_clean()
            form.add_error(None, error)
    drawn = drawn_code(user, new_secret(seat.http))
    return Sheet(
        template="accounts/second.html",
        values={"form": form, "drawn": drawn, "login": user.login, "is_first": True},
    )


def _held(seat: Seat) -> dict[str, Any]:
    held = read_sealed(seat.http, _HELD)
    if held:
        age = seat.node.clock.now().at - Instant.parse(held["at"]).at
        if age.total_seconds() > _SECONDS:
            return {}
    return held


def _by_passkey(seat: Seat, held: dict[str, Any], user: Any) -> Answer:  # noqa: ANN401 - the model
    if not seat.http.POST.get("credential"):
        return JsonResponse(passkeys.begin_registration(user, passwordless=True))
    find_invited(seat.node, held["code"])
    means = add_passkey(seat.http, user, seat.http.POST.get("name", ""), is_anew=True)
    return _enter(seat, held, means, "a new passkey")


def _by_code(seat: Seat, held: dict[str, Any], user: Any, code: str) -> Answer:  # noqa: ANN401 - as above
    find_invited(seat.node, held["code"])
    means = add_codes(seat.http, user, code, is_anew=True)
    return _enter(seat, held, means, "a new authenticator")


def _enter(seat: Seat, held: dict[str, Any], means: Authenticator, what: str) -> Answer:
    """Spend the code on the password, and let the person in."""
    person = begin_person(seat.node, held["code"], held["password"])
    note_means(seat.node, person.actor, f"It has {what}.")
    seat.http.session.pop(_HELD, None)
    user = account_of(person.actor)
    means.user = user
    record_authentication(seat.http, user, "password", username=user.login)
    post_authentication(seat.http, means)
    told = Login(user=user, redirect_url=reverse("me-codes"))
    return welcome(seat, perform_login(seat.http, told), f"a password and {what}")
