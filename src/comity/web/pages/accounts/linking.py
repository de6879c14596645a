"""Pages of the provider: out to it, back from it, and linking oneself to it."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.service.entrances import note_entrance, note_means
from comity.web.pages.accounts.adapters import WAIT, turn_away
from comity.web.pages.accounts.entering import own_next
from comity.web.pages.accounts.known import remember_browser
from comity.web.pages.accounts.means import is_fresh
from comity.web.pages.accounts.provider import came_by_provider, come_back, go_to_provider
from comity.web.pages.kit.pages import Answer, Go, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy


@page(
    "sign-in/provider",
    Permission.PUBLIC,
    name="sign-in-provider",
    title=_p("accounts", "Sign in through a provider"),
    takes_posts=True,
    room="sign-in",
)
def go_out(seat: Seat) -> Answer:
    """Send whoever wants to sign in to the provider; by a form alone, so that no link does it."""
    if not seat.is_post:
        return Go(to=reverse("sign-in"))
    try:
        return go_to_provider(seat.http, "login", own_next(seat.http))
    except RateLimited:
        return turn_away(seat.http, str(WAIT))


@page(
    "sign-in/provider/back",
    Permission.PUBLIC,
    name="sign-in-provider-back",
    title=_p("accounts", "Back from the provider"),
    room="sign-in",
)
def come_in(seat: Seat) -> Answer:
    """Let in whom the provider knows and somebody linked; or keep a link that was asked for."""
    before = _links(seat.http.user)
    answer = come_back(seat.http)
    user: Any = seat.http.user
    if not user.is_authenticated:
        return answer
    if seat.is_taken and user.actor == seat.actor:
        if _links(user) != before:
            note_means(seat.node, seat.actor, "It is linked to the provider of sign-in.")
            messages.success(seat.http, pgettext("accounts", "You are linked to the provider."))
        elif not came_by_provider(seat.http):
            says = pgettext("accounts", "The provider's account is linked to somebody else.")
            messages.error(seat.http, says)
    else:
        note_entrance(seat.node, user.actor, "the provider of sign-in")
        remember_browser(answer, user.login)
    return answer


@page(
    "me/link",
    Permission.SELF,
    name="me-link",
    title=_p("accounts", "Link yourself to the provider"),
    takes_posts=True,
    room="me",
)
def link(seat: Seat) -> Answer:
    """Send whoever sits here to the provider, to be linked to what it knows them by."""
    if not seat.is_post:
        return Go(to=reverse("me"))
    if not is_fresh(seat.http):
        return Go(to=f"{reverse('me-confirm')}?next={reverse('me')}")
    try:
        return go_to_provider(seat.http, "connect", reverse("me"))
    except RateLimited:
        return Go(to=reverse("me"), says=WAIT)


def _links(user: Any) -> int:  # noqa: ANN401 - the model lies behind storage
    if not user.is_authenticated:
        return 0
    return int(SocialAccount.objects.filter(user=user).count())
