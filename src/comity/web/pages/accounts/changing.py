"""Pages that change by which means somebody signs in. Each asks first who sits here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.service.entrances import change_password, note_failure, note_means
from comity.web.pages.accounts.entering import CodeForm, own_next
from comity.web.pages.accounts.inviting import FirstCodeForm, TwicePassword
from comity.web.pages.accounts.means import (
    account_of,
    add_codes,
    add_passkey,
    drawn_code,
    end_sessions,
    is_fresh,
    make_codes,
    means_of,
    new_secret,
    read_codes,
    read_credential,
    try_code,
)
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
Given = ParamSpec("Given")


def fresh(view: Callable[Concatenate[Seat, Given], Answer]) -> Callable[..., Answer]:
    """Open a page only to who proved a moment ago who they are; else ask."""

    @wraps(view)
    def ask(seat: Seat, *args: Given.args, **given: Given.kwargs) -> Answer:
        if is_fresh(seat.http):
            return view(seat, *args, **given)
        here = reverse("me") if seat.is_post else seat.http.path
        return Go(to=f"{reverse('me-confirm')}?next={here}")

    return ask


@page(
    "me/confirm",
    Permission.SELF,
    name="me-confirm",
    title=_p("accounts", "Show that it is you"),
    takes_posts=True,
    room="me",
)
def confirm(seat: Seat) -> Answer:
    """Ask for a code or a passkey before something is changed."""
    user: Any = seat.http.user
    form = CodeForm.of(seat)
    if seat.is_post:
        try:
            if "passkey" in seat.http.POST:
                return _confirm_passkey(seat, user)
            if form.is_valid():
                means = try_code(user, form.cleaned_data["code"])
                post_authentication(seat.http, means, reauthenticated=True)
                return Go(to=own_next(seat.http, reverse("me")))
        except ValidationError as error:
            note_failure(seat.node, seat.login, "Whoever sat there did not show that it was they.")
            form.full_clean()
            form.add_error(None, error)
    values = {
        "form": form,
        "next": own_next(seat.http, reverse("me")),
        "has_passkeys": bool(means_of(user)["passkeys"]),
    }
    return Sheet(template="accounts/confirm.html", values=values)


def _confirm_passkey(seat: Seat, user: Any) -> Answer:  # noqa: ANN401 - the model
    sent = seat.http.POST.get("credential", "")
    if not sent:
        return JsonResponse(passkeys.begin_authentication(user))
    credential = read_credential(seat.http, sent)
    passkeys.parse_authentication_response(credential)
    means = passkeys.complete_authentication(user, credential)
    means.user = user
    post_authentication(seat.http, means, reauthenticated=True)
    return Go(to=own_next(seat.http, reverse("me")))


@page(
    "me/password",
    Permission.SELF,
    name="me-password",
    title=_p("accounts", "Another password"),
    takes_posts=True,
    room="me",
)
@fresh
def password(seat: Seat) -> Answer:
    """Take another password; every other session ends."""
    user: Any = seat.http.user
    form = TwicePassword.of(seat)
    if seat.is_post and form.is_valid() and form.judge(user):  # type: ignore[attr-defined] # it is ours
        with form.catching():
            change_password(seat.node, seat.actor, make_password(form.cleaned_data["password"]))
            update_session_auth_hash(seat.http, account_of(seat.actor))
            end_sessions(user, but=seat.http.session.session_key or "")
            says = pgettext("accounts", "You have another password; your other sessions ended.")
            return Go(to=reverse("me"), says=says)
    return Sheet(template="accounts/password.html", values={"form": form})


@page(
    "me/authenticator",
    Permission.SELF,
    name="me-authenticator",
    title=_p("accounts", "An authenticator"),
    takes_posts=True,
    room="me",
)
@fresh
def authenticator(seat: Seat) -> Answer:
    """Take an authenticator; it takes the place of one of before."""
    user: Any = seat.http.user
    form = FirstCodeForm.of(seat)
    if seat.is_post and form.is_valid():
        try:
            add_codes(seat.http, user, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            note_means(seat.node, seat.actor, "It has a new authenticator.")
            says = pgettext("accounts", "Your authenticator opens the desk from now on.")
            return Go(to=reverse("me-codes"), says=says)
    drawn = drawn_code(user, new_secret(seat.http, again=not seat.is_post))
    values = {"form": form, "drawn": drawn, "login": seat.login, "is_first": False}
    return Sheet(template="accounts/second.html", values=values)


@page(
    "me/passkey",
    Permission.SELF,
    name="me-passkey",
    title=_p("accounts", "Another passkey"),
    takes_posts=True,
    room="me",
)
@fresh
def passkey(seat: Seat) -> Answer:
    """Take another passkey."""
    user: Any = seat.http.user
    if not seat.is_post:
        return Sheet(template="accounts/passkey.html", values={})
    if not seat.http.POST.get("credential"):
        return JsonResponse(passkeys.begin_registration(user, passwordless=True))
    try:
        add_passkey(seat.http, user, seat.http.POST.get("name", ""))
    except ValidationError:
        says = pgettext("accounts", "The passkey was not taken. Try again.")
        return Go(to=reverse("me-passkey"), says=says)
    note_means(seat.node, seat.actor, "It has a new passkey.")
    says = pgettext("accounts", "Your passkey opens the desk from now on.")
    return Go(to=reverse("me-codes"), says=says)


@page(
    "me/means",
    Permission.SELF,
    name="me-means",
    title=_p("accounts", "Give up a means of signing in"),
    takes_posts=True,
    room="me",
)
@fresh
def give_up(seat: Seat) -> Answer:
    """Give up a passkey, the authenticator or a link; one second means is always left."""
    user: Any = seat.http.user
    if not seat.is_post:
        return Go(to=reverse("me"))
    number = seat.http.POST.get("number", "")
    if "link" in seat.http.POST:
        gone, _kinds = SocialAccount.objects.filter(user=user).delete()
        return _gone(seat, gone, "It is linked to no provider any more.")
    held = means_of(user)
    if len(held["passkeys"]) + bool(held["codes"]) < len(("this", "another")):
        says = pgettext("accounts", "Without it you could not sign in. Add another means first.")
        return Go(to=reverse("me"), says=says)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    wanted = Authenticator.objects.filter(
        user=user, type__in=kinds, pk=int(number) if number.isdecimal() else 0
    )
    gone, _kinds = wanted.delete()
    return _gone(seat, gone, "It gave up a means of signing in.")


def _gone(seat: Seat, gone: int, says: str) -> Answer:
    if not gone:
        return Go(to=reverse("me"))
    note_means(seat.node, seat.actor, says)
    return Go(to=reverse("me"), says=pgettext("accounts", "It opens the desk no more."))


@page(
    "me/codes",
    Permission.SELF,
    name="me-codes",
    title=_p("accounts", "Recovery codes"),
    takes_posts=True,
    room="me",
)
@fresh
def codes(seat: Seat) -> Answer:
    """Show recovery codes once; or make new ones."""
    user: Any = seat.http.user
    if not seat.is_post:
        return Sheet(template="accounts/codes.html", values={"codes": read_codes(user)})
    make_codes(user)
    note_means(seat.node, seat.actor, "It has new recovery codes.")
    return Go(to=reverse("me-codes"))
