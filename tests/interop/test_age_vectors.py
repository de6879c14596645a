"""The age test kit of C2SP (CCTV): 143 files, each with the verdict that every reader must reach.

Armor (the text form) is refused by us, whatever the kit expects of those who read it.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

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
from tests.places import CHECKOUT, node_modules, shared_data

COUNT = 143
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


def read_vector(path: Path) -> Vector:
    head, _, body = path.read_bytes().partition(b"\n\n")
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


def _names() -> list[str]:
    for folder in (CHECKOUT, *CHECKOUT.parents):
        found = folder / "shared" / "data" / "age"
        if found.is_dir():
            return sorted(path.name for path in found.iterdir())
    return []


def test_the_kit_is_whole() -> None:
    assert len([path for path in shared_data("age").iterdir() if path.is_file()]) == COUNT


def test_the_kit_names_armor_33_times() -> None:
    vectors = [read_vector(path) for path in shared_data("age").iterdir()]
    assert sum(vector.armored for vector in vectors) == 33


def test_the_kit_of_npm_is_the_same_kit() -> None:
    theirs = node_modules() / "cctv-age"
    found = {p.name: p for p in theirs.rglob("*") if p.is_file() and b"expect: " in p.read_bytes()}
    same = [p for p in shared_data("age").iterdir() if p.name in found]
    assert len(same) == COUNT
    assert all(path.read_bytes() == found[path.name].read_bytes() for path in same)


@pytest.mark.parametrize("name", _names())
def test_the_verdict_is_the_expected_one(name: str) -> None:
    vector = read_vector(shared_data("age", name))
    if vector.armored:
        with pytest.raises((ArmorRefused, HeaderBroken)):
            Decryptor(BytesIO(vector.body), vector.identities)
    elif vector.expect == "success":
        plain = Decryptor(BytesIO(vector.body), vector.identities).read()
        assert hashlib.sha256(plain).hexdigest() == vector.payload
    else:
        with pytest.raises(ERRORS[vector.expect]):
            Decryptor(BytesIO(vector.body), vector.identities).read()


@pytest.mark.parametrize("name", [name for name in _names() if not name.startswith("armor")])
def test_every_single_changed_byte_is_noticed_or_harmless(name: str) -> None:
    vector = read_vector(shared_data("age", name))
    places = range(0, len(vector.body), max(1, len(vector.body) // 40))
    for at in places:
        changed = bytearray(vector.body)
        changed[at] ^= 0x20
        try:
            plain = Decryptor(BytesIO(bytes(changed)), vector.identities).read()
        except ComityError:
            continue
        pytest.fail(f"byte {at} changed, and {len(plain)} bytes were handed out")
