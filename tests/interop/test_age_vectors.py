"""The age test kit of C2SP (CCTV): 143 files, each with the verdict that every reader must reach.

Armor (the text form) is refused by us, whatever the kit expects of those who read it.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import pytest

from comity.base.errors import ComityError
from comity.seal.age import Decryptor, Passphrase, Unwraps, parse_identity
from comity.seal.errors import (
    ArmorRefused,
    HeaderBroken,
    HeaderForged,
    NoMatch,
    PayloadBroken,
)
from tests.javascript import run_script
from tests.places import absent, shared_data

COUNT = 143
ARMORED = 33
ERRORS: dict[str, type[ComityError]] = {
    "header failure": HeaderBroken,
    "HMAC failure": HeaderForged,
    "no match": NoMatch,
    "payload failure": PayloadBroken,
}


@dataclass(frozen=True)
class Vector:
    expect: str
    payload: str
    armored: bool
    identities: tuple[Unwraps, ...]
    body: bytes


def read_vector(data: bytes) -> Vector:
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(": ") for line in head.decode().splitlines()]
    fields = {name: value for name, _, value in lines}
    known = {"expect", "payload", "file key", "identity", "passphrase", "armored", "compressed"}
    assert fields.keys() <= known | {"comment"}
    if fields.get("compressed") == "zlib":
        body = zlib.decompress(body)
    identities: list[Unwraps] = [parse_identity(v) for n, _, v in lines if n == "identity"]
    identities += [Passphrase(v) for n, _, v in lines if n == "passphrase"]
    return Vector(
        fields["expect"],
        fields.get("payload", ""),
        fields.get("armored") == "yes",
        tuple(identities),
        body,
    )


def folder_kit() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in shared_data("age").iterdir()}


def npm_kit() -> dict[str, bytes]:
    script = """
      const kit = await import('cctv-age')
      return Object.fromEntries(Object.entries(kit).map(([name, data]) => [name, b64(data)]))
    """
    found = run_script(script)
    return {name: base64.b64decode(data) for name, data in found.items()}


def whole_kit() -> dict[str, bytes]:
    """Take the kit from whichever place has it, without skipping: that is for the counts below."""
    for place in (folder_kit, npm_kit):
        with suppress(pytest.skip.Exception, pytest.fail.Exception):
            return place()
    return {}


KIT = {name: read_vector(data) for name, data in whole_kit().items()}


def test_the_kit_in_the_folder_is_whole() -> None:
    assert len(folder_kit()) == COUNT


def test_the_kit_of_npm_is_whole() -> None:
    assert len(npm_kit()) == COUNT


def test_both_kits_are_the_same() -> None:
    assert npm_kit() == folder_kit()


def test_all_vectors_are_tried() -> None:
    if not KIT:
        absent("the age test kit, from the folder as well as from npm,")
    assert (len(KIT), sum(vector.armored for vector in KIT.values())) == (COUNT, ARMORED)


@pytest.mark.parametrize("name", sorted(KIT))
def test_the_verdict_is_the_expected_one(name: str) -> None:
    vector = KIT[name]
    if vector.armored:
        with pytest.raises((ArmorRefused, HeaderBroken)):
            Decryptor(BytesIO(vector.body), vector.identities)
    elif vector.expect == "success":
        plain = Decryptor(BytesIO(vector.body), vector.identities).read()
        assert hashlib.sha256(plain).hexdigest() == vector.payload
    else:
        with pytest.raises(ERRORS[vector.expect]):
            Decryptor(BytesIO(vector.body), vector.identities).read()


@pytest.mark.parametrize("name", sorted(name for name in KIT if not KIT[name].armored))
def test_changed_bytes_anywhere_are_noticed(name: str) -> None:
    vector = KIT[name]
    places = range(0, len(vector.body), max(1, len(vector.body) // 40))
    for at in places:
        changed = bytearray(vector.body)
        changed[at] ^= 0x20
        try:
            plain = Decryptor(BytesIO(bytes(changed)), vector.identities).read()
        except ComityError:
            continue
        pytest.fail(f"byte {at} changed, and {len(plain)} bytes were handed out")
