"""The inventory at the freeze: what a provider holds, item by item, and one digest that leaves.

The provider makes it when it freezes the data, and keeps it. A file of lines, each of them
canonical JSON (RFC 8785) and a line end. The head first, then one line per item in the
order of their names::

    {"frozen_at":"…","order":"ord_…","salt":"<64 hex>","type":"comity/inventory/1"}
    {"name":"mail/inbox.mbox","salt":"<64 hex>","sha256":"<64 hex>","size":4096}

The *salted digest* is the SHA-256 of the words ``comity/inventory/1`` and a line end, followed by
the SHA-256 of each line without its end. Head and items each hold 32 random bytes: so the digest
binds the provider to every line, and tells whoever guesses names, sizes and contents
nothing, not even whether there is any item. A name is a path with ``/``; bytes that are no
visible UTF-8, and the percent sign, are written ``%25``.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import Malformed, TooLarge
from comity.federation.order import read_instant, require_order_id
from comity.seal.fields import (
    read_document,
    read_hex,
    read_number,
    read_object,
    read_text,
)

TYPE: Final = "comity/inventory/1"
SALT_BYTES: Final = 32
_HEAD: Final = frozenset({"order", "frozen_at", "salt"})
_ITEM: Final = frozenset({"name", "size", "sha256", "salt"})
_LISTED: Final = frozenset({"name", "size", "sha256"})
_NAME_BYTES: Final = 4_400
_NAME: Final = re.compile(r"(?:[^%\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|%[0-9A-F]{2})+")
_ODD: Final = re.compile("[%\x00-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file: its name, its size in bytes, the SHA-256 of its bytes."""

    name: str
    size: int
    digest: Digest

    def line(self, salt: bytes | None = None) -> bytes:
        """Return its line; with a salt that of an inventory, without one that of a list."""
        data: dict[str, Json] = {
            "name": self.name,
            "size": self.size,
            "sha256": self.digest.hex,
        }
        if salt is not None:
            data["salt"] = salt.hex()
        return canonical_bytes(data) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """An inventory that was read: to which order, made when, with which items."""

    order: str
    frozen_at: Instant
    items: tuple[Item, ...]
    digest: Digest


def write_name(path: bytes) -> str:
    """Return how a path is named in an inventory; no two paths have one name."""
    text = path.decode("utf-8", "surrogateescape")
    return _ODD.sub(_escape, text)


def write_head(order: str, frozen_at: Instant, salt: bytes) -> bytes:
    """Return the first line of an inventory."""
    require_order_id(order)
    return (
        canonical_bytes(
            {"type": TYPE, "order": order, "frozen_at": str(frozen_at), "salt": salt.hex()}
        )
        + b"\n"
    )


def digest_lines(lines: Iterable[bytes]) -> Digest:
    """Return the salted digest of an inventory, from its lines without their ends."""
    hasher = hashlib.sha256(TYPE.encode("ascii") + b"\n")
    for line in lines:
        hasher.update(hashlib.sha256(line).digest())
    return Digest(hasher.digest())


def read_inventory(data: bytes) -> Inventory:
    """Read an inventory; raise ``Malformed`` or ``TooLarge`` for anything else."""
    lines = _lines(data)
    if not lines:
        detail = "It has no head."
        raise Malformed(detail)
    head = read_document(_parse(lines[0]), TYPE, _HEAD)
    _read_salt(head["salt"])
    items = tuple(_read_item(line, _ITEM) for line in lines[1:])
    _require_order(items)
    return Inventory(
        order=read_text(head["order"], most=limits.ACT_TEXT),
        frozen_at=read_instant(head["frozen_at"]),
        items=items,
        digest=digest_lines(lines),
    )


def write_listing(items: Iterable[Item]) -> bytes:
    """Return the list of what is returned: lines as in an inventory, without head and salts."""
    return b"".join(item.line() for item in items)


def read_listing(data: bytes) -> tuple[Item, ...]:
    """Read the list of what is returned; raise ``Malformed`` or ``TooLarge``."""
    items = tuple(_read_item(line, _LISTED) for line in _lines(data))
    _require_order(items)
    return items


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))


def _lines(data: bytes) -> list[bytes]:
    if len(data) > limits.INVENTORY_BYTES:
        detail = f"{len(data)} bytes, where {limits.INVENTORY_BYTES} are the most."
        raise TooLarge(detail)
    if not data:
        return []
    if not data.endswith(b"\n"):
        detail = "It ends in the middle of a line."
        raise Malformed(detail)
    return data[:-1].split(b"\n")


def _parse(line: bytes) -> Json:
    return parse_canonical(line, limit=limits.INVENTORY_LINE_BYTES)


def _read_item(line: bytes, names: frozenset[str]) -> Item:
    found = read_object(_parse(line), names)
    name = read_text(found["name"], most=_NAME_BYTES)
    if _NAME.fullmatch(name) is None or len(name.encode("utf-8")) > _NAME_BYTES:
        detail = f"A name is 1 to {_NAME_BYTES} bytes that can be seen."
        raise Malformed(detail)
    size = read_number(found["size"])
    if size < 0:
        detail = "A size is a whole number from 0."
        raise Malformed(detail)
    if "salt" in names:
        _read_salt(found["salt"])
    return Item(name=name, size=size, digest=Digest(read_hex(found["sha256"])))


def _read_salt(value: Json) -> None:
    if len(read_hex(value)) != SALT_BYTES:
        detail = f"A salt has {SALT_BYTES} bytes."
        raise Malformed(detail)


def _require_order(items: tuple[Item, ...]) -> None:
    """Demand each name once, in the order of code points."""
    for before, after in itertools.pairwise(items):
        if before.name >= after.name:
            detail = "The items do not stand once each in the order of their names."
            raise Malformed(detail)
