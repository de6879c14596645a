"""Choosing, at the top of every page: role, time zone, language; then back to where one was."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.base.clock import read_zone
from comity.base.errors import BadValue
from comity.web.pages.kit.pages import Answer, page
from comity.web.pages.kit.seat import ROLE, ZONE, Seat
from comity.web.permissions import Permission

_YEAR_SECONDS: Final = 365 * 86_400
_ZONE_CHARACTERS: Final = 60


@page("choose", Permission.PUBLIC, name="choose", title=_("Choose"), takes_posts=True)
def choose(seat: Seat) -> Answer:
    """Keep what was chosen."""
    answer = HttpResponseRedirect(_where_one_was(seat))
    if not seat.is_post:
        return answer
    given = seat.http.POST
    if "role" in given and seat.is_taken:
        _keep_role(seat, given["role"])
    if "zone" in given:
        _keep_zone(seat, given["zone"][:_ZONE_CHARACTERS])
    if "language" in given:
        _keep_language(answer, given["language"])
    return answer


def _where_one_was(seat: Seat) -> str:
    asked = seat.http.POST.get("next", "")
    # Else the page could be used to lead people to somebody else's.
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={seat.http.get_host()})
    return asked if is_ours else reverse("home")


def _keep_role(seat: Seat, role: str) -> None:
    seat.http.session[ROLE] = role if role in seat.roles else ""


def _keep_zone(seat: Seat, zone: str) -> None:
    try:
        read_zone(zone or "UTC")
    except BadValue:
        said = pgettext("page", "There is no time zone of that name; one is Africa/Nairobi.")
        messages.warning(seat.http, said)
    else:
        seat.http.session[ZONE] = zone


def _keep_language(answer: HttpResponse, language: str) -> None:
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
        )
