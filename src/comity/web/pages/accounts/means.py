"""The means by which people sign in: codes, passkeys, a provider; how they are tried and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    validate_totp_code,
)
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from comity.seal.fields import is_line
from comity.web.pages.accounts.adapters import WRONG_CODE, DeskMeans
from comity.web.place import current_place

# Longer than a code can be right: three periods of 30 seconds.
_CODE_SECONDS: Final = 180
FRESH_SECONDS: Final = 600
_CREDENTIAL_BYTES: Final = 16 << 10
_NAME: Final = 60
_SECRET: Final = "comity-new-code"  # noqa: S105 - where the session keeps it, sealed


def account_of(actor: str) -> Any:  # noqa: ANN401 - the model lies behind storage
    """Return the person as Django knows them."""
    return get_user_model().objects.get(actor=actor)


def try_code(user: Any, code: str) -> Authenticator:  # noqa: ANN401 - as above
    """Return the means that this code proves, and use the code up; raise ``ValidationError``.

    A code is right once, whatever its time (RFC 6238, section 5.2).
    """
    clear = check_rate_limit(user)
    text = "".join(code.split())
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for means in Authenticator.objects.filter(user=user, type__in=kinds):
        if means.wrap().validate_code(text) and _use_up(user, text):
            means.user = user
            clear()
            return means
    raise ValidationError(WRONG_CODE)


def _use_up(user: Any, code: str) -> bool:  # noqa: ANN401 - as above
    name = hashlib.sha256(f"{user.pk} {code}".encode()).hexdigest()
    return bool(cache.add(f"comity.code.{name}", 1, timeout=_CODE_SECONDS))


def new_secret(request: HttpRequest, *, again: bool = False) -> str:
    """Return the secret of an authenticator that is being added; sealed in the session."""
    held = request.session.get(_SECRET)
    if held and not again:
        return DeskMeans().decrypt(held)
    secret: str = generate_totp_secret()
    request.session[_SECRET] = DeskMeans().encrypt(secret)
    return secret


def add_codes(
    request: HttpRequest,
    user: Any,  # noqa: ANN401 - as above
    code: str,
    *,
    is_anew: bool = False,
) -> Authenticator:
    """Add the authenticator whose first code this is; it takes the place of one of before.

    With ``is_anew`` it takes the place of all means. Raise ``ValidationError`` if the code is not
    right; then nothing is changed.
    """
    clear = check_rate_limit(user)
    secret = new_secret(request)
    if not validate_totp_code(secret, "".join(code.split())):
        raise ValidationError(WRONG_CODE)
    clear()
    if is_anew:
        forget_means(user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    means: Authenticator = TOTP.activate(user, secret).instance
    request.session.pop(_SECRET, None)
    RecoveryCodes.activate(user)
    return means


def drawn_code(user: Any, secret: str) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return the secret in groups of four, and as a picture for a telephone's camera."""
    adapter = DeskMeans()
    url = adapter.build_totp_url(user, secret)
    drawn = adapter.build_totp_svg(url)
    return {"secret": secret, "url": url, "svg": drawn[drawn.index("<svg") :]}


def add_passkey(
    request: HttpRequest,
    user: Any,  # noqa: ANN401 - as above
    name: str,
    *,
    is_anew: bool = False,
) -> Authenticator:
    """Add a passkey from what the browser sent; raise ``ValidationError``.

    With ``is_anew`` it takes the place of all means.
    """
    sent = request.POST.get("credential", "")
    credential = read_credential(request, sent)
    passkeys.parse_registration_response(credential)
    binding = passkeys.complete_registration(credential)
    if not binding.is_user_verified():
        raise ValidationError(WRONG_CODE)
    if is_anew:
        forget_means(user)
    label = name.strip()[:_NAME] if is_line(name.strip(), most=_NAME) else ""
    means: Authenticator = passkeys.WebAuthn.add(user, label or "Passkey", credential).instance
    RecoveryCodes.activate(user)
    return means


def read_credential(request: HttpRequest, sent: str) -> dict[str, Any]:
    """Return what an authenticator signed, if it was asked for by a page of this very desk.

    Raise ``ValidationError``. What it proves is judged later; the library takes subdomains too.
    """
    try:
        if len(sent) > _CREDENTIAL_BYTES:
            raise ValidationError(WRONG_CODE)
        found = json.loads(sent)
        said = json.loads(passkeys.websafe_decode(found["response"]["clientDataJSON"]))
        origin = said["origin"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValidationError(WRONG_CODE) from error
    own = current_place().settings.desk_url or f"{request.scheme}://{request.get_host()}"
    if origin != own or not isinstance(found, dict):
        raise ValidationError(WRONG_CODE)
    return found


def means_of(user: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return by which means a person may sign in, for the page about themselves."""
    held: Iterable[Authenticator] = Authenticator.objects.filter(user=user).order_by("pk")
    by_kind = {means.type: means for means in held}
    return {
        "codes": by_kind.get(Authenticator.Type.TOTP),
        "passkeys": [one for one in held if one.type == Authenticator.Type.WEBAUTHN],
        "left": _left(by_kind.get(Authenticator.Type.RECOVERY_CODES)),
        "links": list(SocialAccount.objects.filter(user=user)),
    }


def _left(means: Authenticator | None) -> int:
    return len(means.wrap().get_unused_codes()) if means else 0


def make_codes(user: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return new recovery codes; those of before open nothing any more."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return read_codes(user)


def read_codes(user: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return the recovery codes if they were not shown yet, and note that they are shown now."""
    codes = RecoveryCodes.activate(user)
    if codes.did_view:
        return []
    codes.mark_as_viewed()
    found: list[str] = codes.get_unused_codes()
    return found


def forget_means(user: Any) -> None:  # noqa: ANN401 - as above
    """Forget every means of signing in but the password, and end every session."""
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    end_sessions(user)


def end_sessions(user: Any, *, but: str = "") -> int:  # noqa: ANN401 - as above
    """End the sessions of a person, all ``but`` one; return how many."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()
        ended += 1
    return ended


def is_fresh(request: HttpRequest) -> bool:
    """Return whether who sits here proved it a moment ago: means are not changed in passing."""
    records = get_authentication_records(request, request.user)
    proved = [record["at"] for record in records if record["method"] != "password"]
    return bool(proved) and timezone.now().timestamp() - max(proved) < FRESH_SECONDS
