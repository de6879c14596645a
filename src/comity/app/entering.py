"""What Django and django-allauth are to know of signing in; what is told of it to one desk.

Cookies bear the authority's name, for several desks may share a host and cookies know no
ports. What the desk signs (sessions, cookies of known browsers) it signs with a key that
follows from the authority's own identity, so that it outlives the process and is the same in
all of them; a rotated identity ends all sessions.
"""

from __future__ import annotations

import re
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comity.app.policy import content_policy
from comity.app.settings import Settings
from comity.seal.age import Identity

IDLE_SECONDS: Final = 30 * 60
WHOLE_SECONDS: Final = 12 * 3600
_KEY_BYTES: Final = 32
_VALIDATION: Final = "django.contrib.auth.password_validation"
_YEAR: Final = 365 * 24 * 3600


def signing_in() -> dict[str, Any]:
    """Return how people prove who they are, on every desk."""
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("login", "actor", "mail")},
            },
            {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
            {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
        ],
        "ACCOUNT_ADAPTER": "comity.web.pages.accounts.adapters.DeskAccounts",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": "login",
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_LOGIN_TIMEOUT": 600,
        "ACCOUNT_RATE_LIMITS": {
            "login_failed": "20/m/ip,5/15m/key",
            "passkey": "30/m/ip",
            "provider": "20/m/ip",
            "invitation": "20/m/ip",
        },
        "MFA_ADAPTER": "comity.web.pages.accounts.adapters.DeskMeans",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_WEBAUTHN_USER_VERIFICATION": "required",
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_RECOVERY_CODE_DIGITS": 12,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "SOCIALACCOUNT_ADAPTER": "comity.web.pages.accounts.adapters.DeskProviders",
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
        "SOCIALACCOUNT_PROVIDERS": {},
        "CACHES": {
            "default": {
                "BACKEND": "comity.storage.counting.NodeCounts",
                "LOCATION": "comity_counts",
            }
        },
        "LOGIN_URL": "/sign-in",
        "LOGIN_REDIRECT_URL": "home",
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SESSION_COOKIE_AGE": IDLE_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
    }


def desk_secret(identity: Identity) -> str:
    """Return the key with which a desk signs what it gives to browsers."""
    hkdf = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"comity/desk-key/1")
    return hkdf.derive(identity.secret_text().encode("ascii")).hex()


def told_of(settings: Settings, identity: Identity, secret: str = "") -> dict[str, Any]:
    """Return what Django is to know of this desk; ``secret`` is ours at its provider."""
    mark = re.sub(r"[^a-z0-9]+", "-", f"{settings.state} {settings.authority}".lower())
    is_shut = settings.desk_url.startswith("https://")
    # A browser lets nobody but this very host set a cookie that begins so (RFC 6265bis, 4.1.3.2).
    before = "__Host-" if is_shut else ""
    told: dict[str, Any] = {
        "SECRET_KEY": desk_secret(identity),
        "SESSION_COOKIE_NAME": f"{before}comity-{mark}",
        "CSRF_COOKIE_NAME": f"{before}comity-{mark}-form",
        "LANGUAGE_COOKIE_NAME": f"comity-{mark}-language",
        "SESSION_COOKIE_SECURE": is_shut,
        "CSRF_COOKIE_SECURE": is_shut,
        "MFA_TOTP_ISSUER": f"Comity {settings.authority}",
    }
    if settings.desk_url:
        told["CSRF_TRUSTED_ORIGINS"] = [settings.desk_url]
        told["ALLAUTH_TRUSTED_PROXY_COUNT"] = 1
    if is_shut:
        told["SECURE_PROXY_SSL_HEADER"] = ("HTTP_X_FORWARDED_PROTO", "https")
        told["SECURE_HSTS_SECONDS"] = _YEAR
    if settings.oidc:
        told["CONTENT_SECURITY_POLICY"] = content_policy(settings.oidc.origin)
        told["SOCIALACCOUNT_PROVIDERS"] = settings.oidc.as_django(secret)
    return told
