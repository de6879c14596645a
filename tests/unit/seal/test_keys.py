"""Sealing keys: two halves, one name, both signatures or none."""

from __future__ import annotations

import json
from typing import cast

import pytest

from comity.base import Digest
from comity.base.canonical import Json
from comity.base.errors import ComityError, Malformed
from comity.seal import SealBroken, SigningKey, VerifyingKey
from tests.seals import KEY, OTHER, SeedBytes

DATA = b"the bytes"
PRIME = 2**255 - 19


def public(**change: Json) -> Json:
    return cast("dict[str, Json]", KEY.public.as_data()) | change


def test_what_a_key_signs_it_verifies() -> None:
    KEY.public.verify(DATA, KEY.sign(DATA))


def test_other_bytes_do_not_verify() -> None:
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA + b".", KEY.sign(DATA))


@pytest.mark.parametrize("algorithm", ["ed25519", "ml-dsa-65"])
def test_one_signature_alone_is_refused(algorithm: str) -> None:
    signatures = {algorithm: KEY.sign(DATA)[algorithm]}
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, signatures)


@pytest.mark.parametrize("algorithm", ["ed25519", "ml-dsa-65"])
def test_one_good_and_one_foreign_signature_are_refused(algorithm: str) -> None:
    signatures = KEY.sign(DATA) | {algorithm: OTHER.sign(DATA)[algorithm]}
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, signatures)


@pytest.mark.parametrize("algorithm", ["ed25519", "ml-dsa-65"])
def test_one_good_and_one_empty_signature_are_refused(algorithm: str) -> None:
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, KEY.sign(DATA) | {algorithm: b""})


def test_a_third_signature_is_refused() -> None:
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, KEY.sign(DATA) | {"rsa": b"x"})


def test_no_signatures_are_refused() -> None:
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, {})


def test_swapped_signatures_are_refused() -> None:
    made = KEY.sign(DATA)
    swapped = {"ed25519": made["ml-dsa-65"], "ml-dsa-65": made["ed25519"]}
    with pytest.raises(SealBroken):
        KEY.public.verify(DATA, swapped)


def test_the_key_id_covers_both_halves() -> None:
    mixed = VerifyingKey(KEY.public.ed25519, OTHER.public.mldsa65)
    assert len({mixed.key_id, KEY.public.key_id, OTHER.public.key_id}) == 3


def test_the_key_id_is_the_digest_of_the_sorted_document() -> None:
    plain = json.dumps(KEY.public.as_data(), sort_keys=True, separators=(",", ":"))
    assert KEY.public.key_id == Digest.of(plain.encode())


def test_a_public_key_reads_back_as_it_was() -> None:
    assert VerifyingKey.parse(KEY.public.as_data()) == KEY.public


def test_a_secret_key_reads_back_as_it_was() -> None:
    assert SigningKey.parse(KEY.secret_data()).public == KEY.public


def test_the_same_seed_gives_the_same_key() -> None:
    assert SigningKey.generate(SeedBytes(11)).public == KEY.public


def test_a_source_of_too_few_random_bytes_stops_us() -> None:
    with pytest.raises(RuntimeError):
        SigningKey.generate(lambda _: b"few")


def test_a_secret_key_does_not_print_itself() -> None:
    secret = cast("dict[str, str]", KEY.secret_data())
    assert not any(half in repr(KEY) for half in (secret["ed25519"], secret["ml-dsa-65"]))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "key",
        {},
        public(type="comity/key/2"),
        public(more="x"),
        public(ed25519=None),
        public(ed25519="!"),
        public(ed25519=cast("dict[str, str]", KEY.public.as_data())["ml-dsa-65"]),
        {"type": "comity/key/1", "ed25519": public()},
        KEY.secret_data(),
    ],
)
def test_documents_that_are_no_public_key_are_refused(data: Json) -> None:
    with pytest.raises(Malformed):
        VerifyingKey.parse(data)


def test_halves_in_each_others_place_are_refused() -> None:
    with pytest.raises(Malformed):
        VerifyingKey(KEY.public.mldsa65, KEY.public.ed25519)


def test_a_public_document_is_no_secret_one() -> None:
    with pytest.raises(Malformed):
        SigningKey.parse(KEY.public.as_data())


Point = tuple[int, int]
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
ORDER = 2**252 + 27742317777372353535851937790883648493


def add(p: Point, q: Point) -> Point:
    """Add two points by the complete formula of RFC 8032, section 5.1.4."""
    k = CURVE * p[0] * q[0] * p[1] * q[1]
    x = (p[0] * q[1] + q[0] * p[1]) * pow(1 + k, -1, PRIME)
    y = (p[1] * q[1] + p[0] * q[0]) * pow(1 - k, -1, PRIME)
    return x % PRIME, y % PRIME


def times(number: int, point: Point) -> Point:
    result = (0, 1)
    while number:
        result = add(result, point) if number & 1 else result
        point, number = add(point, point), number >> 1
    return result


def lift(y: int) -> Point | None:
    """Find a point of height ``y`` (RFC 8032, section 5.1.3)."""
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    roots = (x, x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME)
    return next(((root, y) for root in roots if root * root % PRIME == square), None)


def small_order_points() -> set[bytes]:
    """Find all points whose order divides eight: what is left when the great prime is taken out."""
    for point in filter(None, map(lift, range(2, 50))):
        rest = times(ORDER, point)
        found = {times(count, rest) for count in range(8)}
        if len(found) == 8:
            return {(y | (x & 1) << 255).to_bytes(32, "little") for x, y in found}
    return set()


def test_all_eight_points_of_small_order_are_refused_as_keys() -> None:
    points = small_order_points()
    refused = []
    for point in points:
        with pytest.raises(Malformed):
            VerifyingKey(point, KEY.public.mldsa65)
        refused.append(point)
    assert len(refused) == 8


@pytest.mark.parametrize("height", [PRIME, PRIME + 1, PRIME + 3, 2**255 - 1])
def test_a_second_way_to_write_a_point_is_refused(height: int) -> None:
    with pytest.raises(ComityError):
        VerifyingKey(height.to_bytes(32, "little"), KEY.public.mldsa65)
