"""Signing in through a provider of OpenID Connect, if the operator named one."""

from __future__ import annotations

from typing import Any, Final

import jwt
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException

from comity.app.provider import PROVIDER
from comity.base.errors import OutOfReach
from comity.service.errors import NotThere
from comity.web.place import current_place

_SIGNED_WITH: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY: Final = 60
_REFUSED: Final = "This token does not say who somebody is."


class ProviderSilent(OutOfReach):
    """The provider of sign-in does not answer."""

    code = "pages/provider-silent"
    remedy = "Try again later, or sign in another way."


class DeskOpenId(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # untyped there
    """Comes back to our own address, and checks the signature of what the provider says."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends people back to."""
        del app
        here = current_place().settings.desk_url
        path = reverse("sign-in-provider-back")
        return f"{here}{path}" if here else request.build_absolute_uri(path)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Return what the token says; its signature counts, not only the way that it came.

        OpenID Connect Core 1.0, 3.1.3.7: issuer, audience, times, a signature by a key that the
        issuer publishes; never one by a shared secret. Raise ``OAuth2Error``.
        """
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != app.settings["server_url"].rstrip("/"):
            raise OAuth2Error(_REFUSED)
        try:
            key = self._key_of(jwt.get_unverified_header(id_token).get("kid"))
            found: dict[str, Any] = jwt.decode(
                id_token,
                key=key.key,
                algorithms=_SIGNED_WITH,
                issuer=issuer,
                audience=app.client_id,
                leeway=_LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise OAuth2Error(_REFUSED) from error
        if found.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error(_REFUSED)
        return found

    def _key_of(self, name: str | None) -> jwt.PyJWK:
        """Return the issuer's key of that name; without a name, its only one (section 10.1)."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        held = answer.json()["keys"]
        fit = [one for one in held if one.get("use", "sig") == "sig"]
        fit = fit if name is None else [one for one in fit if one.get("kid") == name]
        if len(fit) != 1:
            raise OAuth2Error(_REFUSED)
        return jwt.PyJWK(fit[0])


def _named() -> dict[str, Any]:
    named: dict[str, dict[str, Any]] = getattr(settings, "SOCIALACCOUNT_PROVIDERS", {})
    return named.get("openid_connect", {})


def provider_name() -> str:
    """Return what people know the provider by; "" where the operator named none."""
    apps = _named().get("APPS", [])
    return str(apps[0]["name"]) if apps else ""


def go_to_provider(request: HttpRequest, process: str, path: str) -> HttpResponse:
    """Send a browser to the provider; ``process`` is ``login`` or ``connect``.

    Raise ``NotThere`` where there is none, ``ProviderSilent`` where it does not answer.
    """
    if not provider_name():
        raise NotThere(where="provider")
    ratelimit.consume(request, app="allauth.account", action="provider", raise_exception=True)
    provider = get_adapter().get_provider(request, provider=PROVIDER)
    provider.oauth2_adapter_class = DeskOpenId
    try:
        answer: HttpResponse = provider.redirect(request, process, next_url=path)
    except (RequestException, ValueError, KeyError) as error:
        raise ProviderSilent from error
    return answer


def come_back(request: HttpRequest) -> HttpResponse:
    """Judge what the provider said of who comes back; raise ``ProviderSilent``."""
    if not provider_name():
        raise NotThere(where="provider")
    try:
        view = OAuth2CallbackView.adapter_view(DeskOpenId(request, PROVIDER))
        answer: HttpResponse = view(request)
    except (RequestException, ValueError, KeyError) as error:
        raise ProviderSilent from error
    return answer


def came_by_provider(request: HttpRequest) -> bool:
    """Return whether who sits here signed in through the provider."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "socialaccount" for record in records)
