"""Pages of signing in: a name and a password, then a code; a passkey; a provider; and out."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.service.entrances import can_enter, note_entrance, note_failure, note_shut_out
from comity.service.people import read_person
from comity.web.pages.accounts.adapters import MISMATCH, WAIT, is_own_path, turn_away
from comity.web.pages.accounts.known import remember_browser
from comity.web.pages.accounts.means import read_credential, try_code
from comity.web.pages.accounts.provider import provider_name
from comity.web.pages.accounts.stages import SecondMeans
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
NEXT: Final = "next"
_LOGIN: Final = 64
_PASSWORD: Final = 200


class PasswordForm(DeskForm):
    """A name and a password."""

    login = forms.CharField(
        label=_p("accounts", "Name"),
        max_length=_LOGIN,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_p("accounts", "Password"),
        max_length=_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(DeskForm):
    """A code of an authenticator, or one that was kept for the day it is lost."""

    code = forms.CharField(
        label=_p("accounts", "Code"),
        help_text=_p(
            "accounts",
            "The six digits that your authenticator shows now, or one of your recovery codes.",
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@page(
    "sign-in",
    Permission.PUBLIC,
    name="sign-in",
    title=_p("accounts", "Sign in"),
    takes_posts=True,
)
def sign_in(seat: Seat) -> Answer:
    """Ask for a name and a password; or lead to the other ways."""
    if seat.is_taken and not seat.is_post:
        return Go(to=own_next(seat.http))
    form = PasswordForm.of(seat)
    if seat.is_post and form.is_valid():
        answer = _try_password(seat, form)
        if answer is not None:
            return answer
    values = {"form": form, "next": own_next(seat.http, ""), "provider": provider_name()}
    return Sheet(template="accounts/sign-in.html", values=values)


def _try_password(seat: Seat, form: DeskForm) -> HttpResponse | None:
    """Return where to go on; None, with the reason in the form, if these do not fit."""
    login, password = form.cleaned_data["login"].lower(), form.cleaned_data["password"]
    try:
        user = get_adapter().authenticate(seat.http, username=login, password=password)
    except ValidationError as error:
        note_shut_out(seat.node, login)
        form.add_error(None, error)
        return None
    if user is None or not can_enter(read_person(seat.node, user.actor)):
        note_failure(seat.node, login, "A wrong password was given to sign in as it.")
        form.add_error(None, MISMATCH)
        return None
    told = Login(user=user, redirect_url=own_next(seat.http))
    answer: HttpResponse = perform_password_login(seat.http, {"username": login}, told)
    return answer


@page(
    "sign-in/code",
    Permission.PUBLIC,
    name="sign-in-code",
    title=_p("accounts", "Your code"),
    takes_posts=True,
    room="sign-in",
)
def sign_in_code(seat: Seat) -> Answer:
    """Ask for the second means of whoever gave the right password."""
    stage = LoginStageController.enter(seat.http, SecondMeans.key)
    if stage is None:
        return Go(to=reverse("sign-in"))
    form = CodeForm.of(seat)
    if seat.is_post and form.is_valid():
        user = stage.login.user
        try:
            means = try_code(user, form.cleaned_data["code"])
        except ValidationError as error:
            note_failure(seat.node, user.login, "The password was right, the code was not.")
            form.add_error("code", error)
        else:
            post_authentication(seat.http, means)
            return welcome(seat, stage.exit(), _said(means))
    return Sheet(template="accounts/code.html", values={"form": form})


def _said(means: Authenticator) -> str:
    kind = Authenticator.Type.RECOVERY_CODES
    return "a password and a " + ("recovery code" if means.type == kind else "code")


@page(
    "sign-in/passkey",
    Permission.PUBLIC,
    name="sign-in-passkey",
    title=_p("accounts", "Sign in with a passkey"),
    takes_posts=True,
    room="sign-in",
)
def sign_in_passkey(seat: Seat) -> Answer:
    """Say what a passkey is to sign; then judge what it signed."""
    request = seat.http
    if not seat.is_post:
        return Go(to=reverse("sign-in"))
    if not ratelimit.consume(request, app="allauth.account", action="passkey"):
        return turn_away(request, str(WAIT))
    sent = request.POST.get("credential", "")
    if not sent:
        return JsonResponse(passkeys.begin_authentication())
    says = pgettext("accounts", "This passkey opens nothing here. Try another way.")
    form = LoginWebAuthnForm(data={"credential": sent})
    if not _is_good(request, form, sent):
        note_failure(seat.node, "", "A passkey was shown that opens nothing.")
        return turn_away(request, says)
    means = form.cleaned_data["credential"]
    told = Login(user=means.user, redirect_url=own_next(request))
    return welcome(seat, perform_passwordless_login(request, means, told), "a passkey")


def _is_good(request: HttpRequest, form: LoginWebAuthnForm, sent: str) -> bool:
    try:
        read_credential(request, sent)
        return bool(form.is_valid())
    except ValidationError:
        return False


@page(
    "sign-out",
    Permission.SELF,
    name="sign-out",
    title=_p("accounts", "Sign out"),
    takes_posts=True,
)
def sign_out(seat: Seat) -> Answer:
    """End this session."""
    if not seat.is_post:
        return Sheet(template="accounts/sign-out.html", values={})
    logout(seat.http, show_message=False)
    says = pgettext("accounts", "You are signed out. Close the browser on a computer of others.")
    return Go(to=reverse("sign-in"), says=says)


def welcome(seat: Seat, response: HttpResponse, means: str) -> HttpResponse:
    """Keep that somebody came in, if they did; their browser is known from now on."""
    user: Any = seat.http.user
    if user.is_authenticated:
        note_entrance(seat.node, user.actor, means)
        remember_browser(response, user.login)
    return response


def own_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Return where to go on after signing in: a path of this desk and nothing else."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    return wanted if is_own_path(wanted) else otherwise
