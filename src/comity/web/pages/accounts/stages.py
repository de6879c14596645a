"""The step between a password and the desk: a second means, without exception."""

from __future__ import annotations

from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import pgettext

from comity.web.pages.accounts.adapters import turn_away

# What allauth calls what proves more than a password does.
_ENOUGH: Final = frozenset({"mfa", "socialaccount"})


class SecondMeans(LoginStage):  # type: ignore[misc] # untyped there
    """Asks for a code of whoever came by a password; lets in who came by passkey or provider."""

    key = "comity_second"
    urlname = "sign-in-code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to go on, and whether this signing in goes on at all."""
        if self._is_enough():
            return None, True
        if not _has_codes(self.login.user.pk):
            says = pgettext(
                "accounts",
                "A password alone opens nothing here. Use your passkey; if you have none, ask "
                "your enrolment officer for a code to begin anew.",
            )
            return turn_away(self.request, says), False
        return HttpResponseRedirect(reverse(self.urlname)), True

    def _is_enough(self) -> bool:
        records = get_authentication_records(self.request, self.login.user)
        return any(record["method"] in _ENOUGH for record in records)


def _has_codes(person: int) -> bool:
    kinds = (Authenticator.Type.TOTP,)
    return bool(Authenticator.objects.filter(user_id=person, type__in=kinds).exists())
