"""Who else may say who somebody is: a provider of OpenID Connect that the operator names.

    [oidc]
    issuer = "https://login.xa.example/realms/justice"
    client_id = "comity-xa"
    name = "Justice login"            as the button says; else the issuer's host
    secret_file = "oidc.secret"       a file beside node.toml, or elsewhere; first line

The secret may also come from the environment, ``COMITY_OIDC_SECRET``. Without one, the client is
public and proves itself by PKCE alone. A person is never made from what a provider says: it
opens the desk only for whom it was linked to from within.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import urlsplit

from comity.base.errors import AskedWrongly
from comity.domain.plain import require_line

PROVIDER: Final = "provider"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderRefused(AskedWrongly):
    """The provider of OpenID Connect is not named as one is."""

    code = "app/oidc"
    remedy = "Correct [oidc] in node.toml; comity.app.provider says what may stand there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider of OpenID Connect, and as whom we come to it."""

    issuer: str
    client_id: str
    name: str = ""
    secret_file: str = ""

    def __post_init__(self) -> None:
        """Refuse an issuer that could be overheard."""
        for one in (self.issuer, self.client_id, self.name, self.secret_file):
            if one:
                require_line(one)
        parts = urlsplit(self.issuer)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or is_near) or not parts.hostname or not self.client_id:
            detail = "An issuer begins with https://, and a client_id stands beside it."
            raise ProviderRefused(detail)

    @property
    def label(self) -> str:
        """Return what people know it by."""
        return self.name or urlsplit(self.issuer).hostname or ""

    @property
    def origin(self) -> str:
        """Return scheme and host of the issuer."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def as_toml(self) -> str:
        """Return the table of ``node.toml``."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        lines = (f"{name} = {json.dumps(text)}\n" for name, text in said.items() if text)
        return "[oidc]\n" + "".join(lines)

    def as_django(self, secret: str) -> dict[str, Any]:
        """Return what django-allauth is to know of it."""
        app = {
            "provider_id": PROVIDER,
            "name": self.label[:40],
            "client_id": self.client_id,
            "secret": secret,
            "settings": {
                "server_url": self.issuer,
                "scope": ["openid"],
                "oauth_pkce_enabled": True,
                "fetch_userinfo": False,
            },
        }
        return {"openid_connect": {"APPS": [app]}}


def read_provider(found: object) -> Provider:
    """Return the provider that ``[oidc]`` names; raise ``ProviderRefused``."""
    names = {field.name for field in fields(Provider)}
    if (
        not isinstance(found, dict)
        or found.keys() - names
        or not {"issuer", "client_id"} <= found.keys()
        or not all(isinstance(one, str) for one in found.values())
    ):
        detail = f"[oidc] has {', '.join(sorted(names))}, each of them text."
        raise ProviderRefused(detail)
    return Provider(**found)
