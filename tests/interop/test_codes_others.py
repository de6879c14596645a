"""Codes of authenticators, held against the RFC's vectors, oathtool and the desk itself."""

from __future__ import annotations

import base64
import shutil
import subprocess

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret, hotp_value, validate_totp_code

from tests.codes import code_at, now

# RFC 6238, appendix B, SHA-1: a moment and the eight digits that belong to it.
VECTORS = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_codes_in_tests_are_those_of_the_rfc(moment: int, code: str) -> None:
    assert code_at(SECRET, moment, digits=8) == code


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_codes_of_the_desk_are_those_of_the_rfc(moment: int, code: str) -> None:
    assert f"{hotp_value(SECRET, moment // 30):06}" == code[-6:]


def test_the_desk_takes_what_another_program_shows_now() -> None:
    secret = generate_totp_secret()
    assert validate_totp_code(secret, code_at(secret, now()))


@pytest.mark.skipif(shutil.which("oathtool") is None, reason="oathtool is not installed")
def test_the_desk_takes_what_oathtool_shows_now() -> None:
    secret = generate_totp_secret()
    said = subprocess.run(
        ["oathtool", "--totp", "--base32", "-"],
        input=secret,
        capture_output=True,
        text=True,
        check=True,
    )
    assert validate_totp_code(secret, said.stdout.strip())
