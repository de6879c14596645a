"""Packages in memory, sealed with seeded keys, and what a forger needs to change them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comity.base import Digest, Ident, Instant, canonical_bytes
from comity.evidence import (
    Examined,
    Intake,
    Particulars,
    Provenance,
    Sealer,
    Statement,
    Stream,
    Vouched,
    check_package,
    disclose_part,
    seal_rows,
    take_in,
)
from comity.seal import SigningKey, sign_envelope

BEGUN = Instant.parse("2026-11-21T02:14:05Z")
SEALED_AT = Instant.parse("2026-11-21T02:15:00Z")
PAYLOAD_TYPE = "application/vnd.in-toto+json"
OBJECTS = {b"mail/one.eml": b"first", b"mail/two.eml": b"second letter", b"notes.txt": b""}
STATEMENT = "seal/statement.dsse.json"


def seeded(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that looks random and is the same on every run."""
    count = iter(range(1 << 40))

    def random(size: int) -> bytes:
        block = hashlib.shake_256(f"{seed}/{next(count)}".encode())
        return block.digest(size)

    return random


@dataclass(frozen=True)
class FixedClock:
    at: Instant = SEALED_AT

    def now(self) -> Instant:
        return self.at


class MemorySink:
    """What was written, by name."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def create(self, name: str) -> _Entry:
        assert name not in self.entries, f"{name} is written twice"
        return _Entry(self, name)


class _Entry:
    def __init__(self, sink: MemorySink, name: str) -> None:
        self._sink, self._name, self._held = sink, name, io.BytesIO()

    def write(self, chunk: bytes | memoryview, /) -> int:
        return self._held.write(chunk)

    def close(self) -> None:
        self._sink.entries[self._name] = self._held.getvalue()


class MemorySource:
    """A package in memory; ``listed`` may lie about the names."""

    def __init__(self, entries: Mapping[str, bytes], listed: Sequence[str] | None = None) -> None:
        self._entries = entries
        self._listed = listed

    def names(self) -> Iterator[str]:
        yield from self._entries if self._listed is None else self._listed

    def open(self, name: str) -> io.BufferedIOBase:
        return io.BytesIO(self._entries[name])

    def size(self, name: str) -> int:
        return len(self._entries[name])


KEY = SigningKey.generate(seeded("sealer"))
OTHER_KEY = SigningKey.generate(seeded("other"))
SEALER = Sealer(key=KEY, name="Evidence desk", authority="XB central authority")
TRUST = (Vouched(card=SEALER.card),)
PROVENANCE = Provenance(origin="Provider", collector="Unit 4", tool="t", basis="uncc:44")


def make_package(
    objects: Mapping[bytes, bytes] | None = None,
    *,
    seed: str = "package",
    sealer: Sealer = SEALER,
    random: Callable[[int], bytes] | None = None,
    exercise: bool = False,
) -> dict[str, bytes]:
    """Return the entries of a whole package of ``objects`` (content by name)."""
    sink = MemorySink()
    draw = random or seeded(seed)
    places = [
        Stream(name=name, reader=io.BytesIO(content))
        for name, content in (OBJECTS if objects is None else objects).items()
    ]
    intake = Intake(provenance=PROVENANCE, begun=BEGUN, random=draw)
    particulars = Particulars(
        package=Ident.make("pkg", seeded(f"{seed}/name")(17)),
        begun=BEGUN,
        clock=FixedClock(),
        tools={"comity": "0"},
        exercise=exercise,
    )
    seal_rows(take_in(places, sink, intake), sink, sealer, particulars)
    return sink.entries


def make_part(entries: Mapping[str, bytes], *serials: int) -> dict[str, bytes]:
    """Return the entries of the part that shows ``serials``."""
    sink = MemorySink()
    disclose_part(MemorySource(entries), serials, sink)
    return sink.entries


def examine(entries: Mapping[str, bytes], trust: Sequence[Vouched] = TRUST) -> Examined:
    return check_package(MemorySource(entries), trust)


def first_failed(examined: Examined) -> int | None:
    """Return the number of the first check that failed."""
    failed = [f.check for f in examined.report.findings if f.verdict.value == "failed"]
    return failed[0] if failed else None


def envelope_payload(entries: Mapping[str, bytes]) -> bytes:
    return base64.b64decode(json.loads(entries[STATEMENT])["payload"])


def rewrite(entries: dict[str, bytes], name: str, **changes: Any) -> None:
    """Change fields of a JSON entry; write it canonically."""
    entries[name] = canonical_bytes(json.loads(entries[name]) | changes)


def relist(entries: dict[str, bytes]) -> None:
    """Make manifest and tag manifest fit whatever lies in the package now."""
    payload = sorted(
        (name for name in entries if name.startswith("bag/data/")),
        key=lambda name: (int("".join(filter(str.isdigit, name))), "meta" in name),
    )
    entries["bag/manifest-sha256.txt"] = _lines(entries, payload)
    retag(entries)


def retag(entries: dict[str, bytes]) -> None:
    """Make the tag manifest fit the tag files as they are now."""
    tags = [
        name
        for name in sorted(entries)
        if name.startswith("bag/")
        and not name.startswith("bag/data/")
        and "tagmanifest" not in name
    ]
    entries["bag/tagmanifest-sha256.txt"] = _lines(entries, tags)


def resign(entries: dict[str, bytes], *, key: SigningKey = KEY, **changes: Any) -> None:
    """Sign anew, as a dishonest sealer could: the tag manifest as it is, fields as wished."""
    stated = Statement.parse(envelope_payload(entries))
    tag_manifest = Digest.of(entries["bag/tagmanifest-sha256.txt"])
    made = replace(stated, **({"tag_manifest": tag_manifest} | changes))
    entries[STATEMENT] = sign_envelope(PAYLOAD_TYPE, made.as_bytes(), key)


def sign_raw(entries: dict[str, bytes], statement: Any, *, key: SigningKey = KEY) -> None:
    """Sign any document in place of the Statement."""
    entries[STATEMENT] = sign_envelope(PAYLOAD_TYPE, canonical_bytes(statement), key)


def root_of(entries: Mapping[str, bytes]) -> Digest:
    """Return the root over what lies here, computed without the code under test."""
    salts = [bytes.fromhex(salt) for salt in json.loads(entries["seal/salts.json"])["salts"]]
    leaves = sorted(
        _sha(
            b"\0"
            + salt
            + _sha(entries[f"bag/data/objects/{serial:06d}"])
            + _sha(entries[f"bag/data/meta/{serial:06d}.json"])
        )
        for serial, salt in enumerate(salts, start=1)
    )
    return Digest(merkle(leaves))


def merkle(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 tree hash, by its recursive definition."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return _sha(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:]))


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _lines(entries: Mapping[str, bytes], names: Sequence[str]) -> bytes:
    return "".join(
        f"{_sha(entries[name]).hex()}  {name.removeprefix('bag/')}\n" for name in names
    ).encode()
