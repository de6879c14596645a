"""Whoever sees the salted digest of an inventory and guesses well learns nothing from it."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from comity.base import Digest, Instant, canonical_bytes
from comity.base.canonical import Json
from comity.federation.inventory import Item, read_inventory, write_head
from tests.steady import SeedBytes

ORDER = "ord_0123456789abcdefghjkmnpqrs"
AT = Instant.parse("2026-11-21T02:00:00Z")
FILES = {"mail/inbox.mbox": b"what was said", "log": b"who came"}


def make(files: dict[str, bytes], seed: int) -> bytes:
    random = SeedBytes(seed)
    lines = [write_head(ORDER, AT, random(32))]
    lines += [
        Item(name=name, size=len(data), digest=Digest.of(data)).line(random(32))
        for name, data in sorted(files.items())
    ]
    return b"".join(lines)


def guesses(files: dict[str, bytes]) -> set[str]:
    """Return every digest that an adversary makes who knows all but the salts.

    It tries digests of the contents, of the lists with no salts and with poor ones, flat and as
    the format joins them, with and without the head.
    """
    salts = [b"", b"\x00" * 32, b"\xff" * 32, hashlib.sha256(ORDER.encode()).digest()]
    found = {hashlib.sha256(data).hexdigest() for data in files.values()}
    for salt in salts:
        rows: list[Json] = [
            {"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest(), "salt": salt.hex()}
            for n, d in sorted(files.items())
        ]
        head = {
            "type": "comity/inventory/1",
            "order": ORDER,
            "frozen_at": str(AT),
            "salt": salt.hex(),
        }
        lines = [canonical_bytes(row) for row in rows]
        for some in itertools.chain.from_iterable(
            itertools.combinations(lines, count) for count in range(len(lines) + 1)
        ):
            for first in ([], [canonical_bytes(dict(head))]):
                joined = [*first, *some]
                hashed = b"".join(hashlib.sha256(line).digest() for line in joined)
                found.add(hashlib.sha256(b"comity/inventory/1\n" + hashed).hexdigest())
                found.add(hashlib.sha256(hashed).hexdigest())
                found.add(hashlib.sha256(b"\n".join(joined)).hexdigest())
    return found


def test_who_knows_everything_but_the_salts_cannot_confirm_it() -> None:
    told = read_inventory(make(FILES, 3)).digest.hex
    assert told not in guesses(FILES)


def test_the_same_files_frozen_twice_give_two_digests() -> None:
    one, two = (read_inventory(make(FILES, seed)).digest for seed in (3, 4))
    assert one != two


def test_that_nothing_is_held_does_not_show() -> None:
    one, two = (read_inventory(make({}, seed)).digest for seed in (3, 4))
    assert one != two
    assert one.hex not in guesses({})


def test_who_knows_all_salts_but_one_still_cannot_confirm_that_item() -> None:
    data = make(FILES, 3)
    lines = data.splitlines()
    told = read_inventory(data).digest.hex
    rest = lines[:-1]
    for salt in (b"\x00" * 32, b"\xff" * 32):
        name, body = max(FILES.items())
        last = Item(name=name, size=len(body), digest=Digest.of(body)).line(salt).rstrip(b"\n")
        hashed = b"".join(hashlib.sha256(line).digest() for line in [*rest, last])
        assert hashlib.sha256(b"comity/inventory/1\n" + hashed).hexdigest() != told


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_digest_binds_every_line(place: int) -> None:
    lines = make(FILES, 3).splitlines(keepends=True)
    others = make({**FILES, "log": b"who did not come"}, 4).splitlines(keepends=True)
    mixed = [*lines[:place], others[place], *lines[place + 1 :]]
    assert read_inventory(b"".join(mixed)).digest != read_inventory(b"".join(lines)).digest


def test_a_line_cannot_be_dropped() -> None:
    lines = make(FILES, 3).splitlines(keepends=True)
    assert read_inventory(b"".join(lines[:-1])).digest != read_inventory(b"".join(lines)).digest
