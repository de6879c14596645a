"""Pairing: two States that know each other by a fingerprint, and need no directory.

A *fingerprint* is the SHA-256 of which keys speak for a State and how many of them must, in
canonical JSON; it is exchanged in a note verbale and compared by people::

    {"keys":["<key id, hex>", …],"state":"XB","threshold":2,"type":"comity/state-keys/1"}

A *bundle* holds the State's keys from the first on, its list and its cards::

    {"cards":{"XB/XB-CA.json":"<base64>"},"list":"<base64>","roots":["<base64>", …],
     "state":"XB","type":"comity/pair/1"}

A fingerprint of keys that were changed since still holds: each change is signed by the keys
before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tuf.api.metadata import Root, Targets

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.federation.directory.card import AuthorityCard
from comity.federation.directory.errors import Mismatched, OtherFingerprint
from comity.federation.directory.metadata import File, role_keys
from comity.federation.directory.verifying import first_root, follow_roots, take_card, take_list
from comity.seal.fields import (
    read_base64,
    read_document,
    read_list,
    read_mapping,
    read_text,
    write_base64,
)

TYPE: Final = "comity/pair/1"
# The name under which the shared directory's root has a fingerprint: no State bears it.
COMMON: Final = "--"
_KEYS: Final = "comity/state-keys/1"
_NAMES: Final = frozenset({"state", "roots", "list", "cards"})
_STATE: Final = re.compile(r"[A-Z]{2}")
_GROUP: Final = 4
_BLANKS: Final = re.compile(r"[\s:-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a State hands over of itself. Nothing in it is verified yet."""

    state: str
    roots: tuple[bytes, ...]
    list: bytes
    cards: Mapping[str, bytes]

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Read a bundle; raise ``Malformed`` or ``TooLarge``."""
        said = parse_canonical(data, limit=limits.PAIR_BYTES)
        found = read_document(said, TYPE, _NAMES)
        state = read_text(found["state"], most=2)
        roots = read_list(found["roots"])
        cards = read_mapping(found["cards"])
        if not _STATE.fullmatch(state) or not 0 < len(roots) <= limits.ROOT_STEPS:
            detail = "A bundle names its State and holds that State's keys."
            raise Malformed(detail)
        if len(cards) > limits.STATE_CARDS:
            detail = f"A State lists at most {limits.STATE_CARDS} authorities."
            raise Malformed(detail)
        return cls(
            state=state,
            roots=tuple(read_base64(one) for one in roots),
            list=read_base64(found["list"]),
            cards={path: read_base64(one) for path, one in cards.items()},
        )

    def document(self) -> bytes:
        """Return the bundle as bytes: canonical JSON."""
        cards: Json = {path: write_base64(data) for path, data in self.cards.items()}
        return canonical_bytes(
            {
                "type": TYPE,
                "state": self.state,
                "roots": [write_base64(one) for one in self.roots],
                "list": write_base64(self.list),
                "cards": cards,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFiles:
    """A State's keys from the trusted ones on, its list and its cards: all verified."""

    state: str
    roots: tuple[File[Root], ...]
    list: File[Targets]
    cards: Mapping[str, bytes]
    read: tuple[AuthorityCard, ...]


def fingerprint(state: str, root: Root) -> Digest:
    """Return the fingerprint of a State's keys."""
    keys, threshold = role_keys(root, "root")
    names: list[Json] = [*sorted(keys)]
    return Digest.of(
        canonical_bytes({"type": _KEYS, "state": state, "keys": names, "threshold": threshold})
    )


def write_fingerprint(found: Digest) -> str:
    """Return a fingerprint as people compare it: sixteen groups of four digits."""
    return " ".join(found.hex[at : at + _GROUP] for at in range(0, len(found.hex), _GROUP))


def read_fingerprint(text: str) -> Digest:
    """Read a fingerprint as it was typed; raise ``BadValue``."""
    plain = _BLANKS.sub("", text).lower().removeprefix("sha256")
    try:
        return Digest.parse(f"sha256:{plain}")
    except Malformed as error:
        detail = "A fingerprint is 64 hexadecimal digits; blanks between them do not matter."
        raise BadValue(detail) from error


def open_bundle(bundle: Bundle, wanted: Digest, now: Instant) -> StateFiles:
    """Return what a bundle holds if some of its keys bear the fingerprint; verify all of it.

    Raise ``OtherFingerprint``, or what is wrong with the rest.
    """
    begun = first_root(bundle.roots[0])
    roots = (begun, *follow_roots(begun, bundle.roots[1:]))
    found = [fingerprint(bundle.state, root.signed) for root in roots]
    if not any(one.matches(wanted) for one in found):
        detail = f"It is {write_fingerprint(found[-1])}."
        raise OtherFingerprint(detail)
    return verify_files(bundle, roots, None, now)


def continue_bundle(
    bundle: Bundle, known: File[Root], before: File[Targets] | None, now: Instant
) -> StateFiles:
    """Return what is new in a bundle of a State whose keys are known already."""
    later = follow_roots(known, _after(bundle.roots, known.version))
    return verify_files(bundle, (known, *later), before, now)


def verify_files(
    bundle: Bundle, roots: tuple[File[Root], ...], before: File[Targets] | None, now: Instant
) -> StateFiles:
    """Return list and cards of a bundle if the last of these keys signed the list."""
    found = take_list(roots[-1], before, bundle.list, bundle.state, now)
    if found.signed.targets.keys() != bundle.cards.keys():
        detail = "The cards of the bundle are not those that its list names."
        raise Mismatched(detail)
    cards = tuple(
        take_card(target, bundle.cards[path], bundle.state)
        for path, target in found.signed.targets.items()
    )
    return StateFiles(state=bundle.state, roots=roots, list=found, cards=bundle.cards, read=cards)


def _after(roots: tuple[bytes, ...], version: int) -> tuple[bytes, ...]:
    return tuple(data for data in roots if first_root(data).version > version)
