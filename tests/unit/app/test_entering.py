"""What one desk is told of signing in: cookies of its own, a key of its own, its provider."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.app.entering import desk_secret, told_of
from comity.app.provider import Provider, ProviderRefused, read_provider
from comity.app.settings import FILE, Settings, provider_secret, read_settings
from comity.seal.age import Identity

XA = Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)
XB = replace(XA, state="XB", authority="XB-CP")
NAMED = Provider(issuer="https://login.xa.example/realms/j", client_id="comity")
IDENTITY = Identity(b"1" * 32)


def test_desks_that_share_a_host_share_no_cookie() -> None:
    names = [told_of(one, IDENTITY)["SESSION_COOKIE_NAME"] for one in (XA, XB)]
    assert names == ["comity-xa-xa-ca", "comity-xb-xb-cp"]


def test_behind_tls_cookies_are_for_this_host_alone_and_never_go_in_the_clear() -> None:
    told = told_of(replace(XA, desk_url="https://desk.xa.example"), IDENTITY)
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert (told["SESSION_COOKIE_SECURE"], told["CSRF_COOKIE_SECURE"]) == (True, True)


def test_the_key_of_a_desk_outlives_its_process_and_is_no_others() -> None:
    assert desk_secret(IDENTITY) == desk_secret(Identity(b"1" * 32))
    assert desk_secret(IDENTITY) != desk_secret(Identity(b"2" * 32))


def test_a_form_may_lead_to_the_provider_and_nowhere_else() -> None:
    told = told_of(replace(XA, oidc=NAMED), IDENTITY)["CONTENT_SECURITY_POLICY"]
    assert told["DIRECTIVES"]["form-action"] == ["'self'", "https://login.xa.example"]


def test_settings_with_a_provider_are_read_as_they_were_written(tmp_path: Path) -> None:
    settings = replace(XA, desk_url="https://desk.xa.example", oidc=NAMED)
    (tmp_path / FILE).write_text(settings.as_toml(), "utf-8")
    assert read_settings(tmp_path, {}) == settings


def test_the_secret_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "oidc.secret").write_text("hush\nmore\n", "utf-8")
    settings = replace(XA, oidc=replace(NAMED, secret_file="oidc.secret"))
    assert provider_secret(tmp_path, settings, {}) == "hush"


def test_the_secret_may_come_from_the_environment(tmp_path: Path) -> None:
    settings = replace(XA, oidc=NAMED)
    assert provider_secret(tmp_path, settings, {"COMITY_OIDC_SECRET": "hush"}) == "hush"


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"issuer": "http://login.xa.example", "client_id": "comity"},
        {"issuer": "https://", "client_id": "comity"},
        {"issuer": "https://login.xa.example", "client_id": ""},
        {"issuer": "https://login.xa.example", "client_id": 7},
        {"issuer": "https://login.xa.example", "client_id": "comity", "secret": "hush"},
        "https://login.xa.example",
    ],
)
def test_a_provider_that_could_be_overheard_or_misread_is_refused(found: object) -> None:
    with pytest.raises(ProviderRefused):
        read_provider(found)
