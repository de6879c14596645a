"""What django-allauth asks of us: who may enter, in which steps, and what is kept sealed."""

from __future__ import annotations

import base64
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import pgettext, pgettext_lazy

from comity.seal.age import decrypt_bytes
from comity.service.contents import seal_for
from comity.service.entrances import can_enter
from comity.service.people import read_person
from comity.web.pages.accounts.known import known_mark
from comity.web.place import current_node, current_place

MISMATCH: Final = pgettext_lazy(
    "accounts", "This name and this password do not belong together, or the person may not enter."
)
WAIT: Final = pgettext_lazy(
    "accounts",
    "There were too many failures. Wait 15 minutes, or sign in with a passkey, or from a browser "
    "that you signed in from before.",
)
WRONG_CODE: Final = pgettext_lazy(
    "accounts", "This code is not right, or it was used before. Wait for the next one."
)


class DeskAccounts(DefaultAccountAdapter):  # type: ignore[misc] # untyped there
    """People sign in; nobody signs up, and no mail is sent."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": WAIT,
        "incorrect_code": WRONG_CODE,
        "rate_limited": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes themselves a person."""
        del request
        return False

    def get_login_stages(self) -> list[str]:
        """Return the steps after the first: a second means, whoever came by a password."""
        return ["comity.web.pages.accounts.stages.SecondMeans"]

    def pre_login(
        self,
        request: HttpRequest,
        user: Any,  # noqa: ANN401 - the model lies behind storage
        **more: Any,  # noqa: ANN401 - allauth's
    ) -> HttpResponse | None:
        """Turn away who was retired, was reset, or has not accepted yet; by whatever means."""
        del more
        if can_enter(read_person(current_node(), user.actor)):
            return None
        return turn_away(request, str(MISMATCH))

    def is_safe_url(self, url: str) -> bool:
        """Go nowhere but to paths of this desk."""
        return is_own_path(url)

    def add_message(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - allauth's
        """Say nothing in others' words."""

    def send_notification_mail(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - allauth's
        """Send no mail; traces are findings."""

    def is_reauthentication_required(self, app: str | None = None) -> bool:
        """Ask again in our own way: pages that change means call ``require_fresh``."""
        del app
        return False

    def _get_login_attempts_cache_key(
        self,
        request: HttpRequest,
        **credentials: Any,  # noqa: ANN401 - allauth's
    ) -> str:
        """Count failures by name, and apart for each browser that signed in under it before.

        So a stranger who keeps failing keeps other strangers out, not the person.
        """
        login = str(credentials.get("username", "")).lower()
        return f"{login}:{known_mark(request, login)}"


class DeskMeans(DefaultMFAAdapter):  # type: ignore[misc] # untyped there
    """Means of signing in; their secrets lie sealed to the authority."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret: who copies the database has nothing."""
        node = current_node()
        sealed = seal_for(node, node.identity.recipient, text.encode())
        return base64.b64encode(sealed).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open what was sealed, also to an identity of before."""
        sealed = base64.b64decode(encrypted_text.encode("ascii"), validate=True)
        return decrypt_bytes(sealed, current_node().identities).decode()

    def send_notification_mail(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - allauth's
        """Send no mail; traces are findings."""

    def _get_site_name(self) -> str:
        """Return under which name an authenticator shows this desk."""
        return f"Comity {current_place().settings.authority}"


class DeskProviders(DefaultSocialAccountAdapter):  # type: ignore[misc] # untyped there
    """A provider opens the desk for whom it was linked to, and makes nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody becomes a person by what a provider says."""
        del request, sociallogin
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Find nobody by an address of mail: it can be given to another."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Turn away whom nobody linked; before anything is kept of them."""
        is_linking = sociallogin.state.get("process") == "connect"
        if not is_linking and not sociallogin.is_existing:
            says = pgettext(
                "accounts",
                "The provider knows you, but nobody here is linked to it. Sign in another way, "
                "and link it on the page about yourself.",
            )
            raise ImmediateHttpResponse(turn_away(request, says))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: object) -> str:
        """Return where one goes on after a link was made."""
        del request, socialaccount
        return reverse("me")

    def on_authentication_error(
        self,
        request: HttpRequest,
        *args: Any,  # noqa: ANN401 - allauth's
        **more: Any,  # noqa: ANN401 - allauth's
    ) -> None:
        """Say so on our own page."""
        del args, more
        says = pgettext("accounts", "The provider did not confirm who you are. Try again.")
        raise ImmediateHttpResponse(turn_away(request, says))

    def send_notification_mail(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - allauth's
        """Send no mail; traces are findings."""


def turn_away(request: HttpRequest, says: str) -> HttpResponse:
    """Return to the first page of signing in, and say why there."""
    messages.error(request, says)
    return HttpResponseRedirect(reverse("sign-in"))


def is_own_path(url: str | None) -> bool:
    """Return whether this is a path of this desk, and nothing that a browser could take abroad."""
    return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, None)
