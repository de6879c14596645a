"""The page about oneself: means of signing in, sessions, tokens for programs."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest
from comity.service.entrances import note_means
from comity.service.people import read_person
from comity.service.tokens import API, MOST_DAYS, issue_token, list_tokens, revoke_token
from comity.web.pages.accounts.changing import fresh
from comity.web.pages.accounts.means import end_sessions, means_of
from comity.web.pages.accounts.provider import provider_name
from comity.web.pages.accounts.shown import show_once
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy


class TokenForm(DeskForm):
    """What a token is for, and how long it lives."""

    label = forms.CharField(
        label=_p("accounts", "What it is for"),
        help_text=_p("accounts", "As in: comity command on my laptop."),
        max_length=100,
    )
    days = forms.IntegerField(
        label=_p("accounts", "Days that it lives"), min_value=1, max_value=MOST_DAYS, initial=30
    )


@page("me", Permission.SELF, name="me", title=_p("accounts", "About you"))
def show(seat: Seat) -> Answer:
    """Show by which means somebody signs in, where they are signed in, and their tokens."""
    user: Any = seat.http.user
    sessions = UserSession.objects.purge_and_list(user)
    key = seat.http.session.session_key
    values = {
        "person": read_person(seat.node, seat.actor),
        "means": means_of(user),
        "provider": provider_name(),
        "sessions": [{"row": one, "is_this": one.session_key == key} for one in sessions],
        "tokens": [row for row in list_tokens(seat.node, seat.actor) if row.purpose == API],
        "now": seat.node.clock.now(),
    }
    return Sheet(template="accounts/me.html", values=values)


@page(
    "me/sessions",
    Permission.SELF,
    name="me-sessions",
    title=_p("accounts", "Your sessions"),
    takes_posts=True,
    room="me",
)
def end(seat: Seat) -> Answer:
    """End one session of one's own, or all of them with this one."""
    if not seat.is_post:
        return Go(to=reverse("me"))
    user: Any = seat.http.user
    number = seat.http.POST.get("number", "")
    if "all" in seat.http.POST:
        end_sessions(user)
        logout(seat.http, show_message=False)
        says = pgettext("accounts", "All your sessions are over, and this one.")
        return Go(to=reverse("sign-in"), says=says)
    for session in UserSession.objects.filter(
        user=user, pk=int(number) if number.isdecimal() else 0
    ):
        session.end()
    return Go(to=reverse("me"), says=pgettext("accounts", "That session is over."))


@page(
    "me/tokens",
    Permission.SELF,
    name="me-tokens",
    title=_p("accounts", "A token for a program"),
    takes_posts=True,
    room="me",
)
@fresh
def make_token(seat: Seat) -> Answer:
    """Make a token with which a program acts as this person; it is shown once."""
    form = TokenForm.of(seat)
    if seat.is_post and form.is_valid():
        with form.catching():
            given = form.cleaned_data
            issued = issue_token(seat.node, seat.actor, given["label"], given["days"])
            note_means(seat.node, seat.actor, "It made a token of its own.")
            return show_once(
                seat,
                kind="token",
                secret=issued.secret,
                until=str(issued.row.until),
                whose=seat.login,
                back=reverse("me"),
            )
    return Sheet(template="accounts/token.html", values={"form": form})


@page(
    "me/tokens/<str:digest>",
    Permission.SELF,
    name="me-token",
    title=_p("accounts", "End a token"),
    takes_posts=True,
    room="me",
)
def revoke(seat: Seat, digest: str) -> Answer:
    """End a token of one's own."""
    name = Digest.parse(digest)
    if not seat.is_post:
        return Go(to=reverse("me"))
    revoke_token(seat.node, name, actor=seat.actor)
    return Go(to=reverse("me"), says=pgettext("accounts", "That token opens nothing any more."))
