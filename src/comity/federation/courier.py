"""What lies on a courier's disk: the same files that go over the wire, under plain names.

::

    courier.json                                   from whom, to whom, when
    letters/<message>.letter                       a message: statement line and age file
    receipts/<message>-<event>.json                a signed receipt
    transfers/<xfr_…>/descriptor.json              what was handed over
    transfers/<xfr_…>/chunks/000000                BLAKE3 digests of a volume's chunks
    transfers/<xfr_…>/volumes/000000.age           a volume, whole
    manifest-sha256.txt                            ``sha256sum -c`` verifies the disk

``<message>`` is the 64 hexadecimal digits of a message's name. The names are a closed set of
plain ASCII, three levels deep: there is nothing to traverse. Nothing rests on the manifest
or the cover, which anyone may have written: every other file is signed or named by its
digest in something that is. The manifest is written last: without it a disk is not whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident, Instant, canonical_bytes, limits, parse_canonical
from comity.base.errors import DoesNotVerify, Malformed
from comity.federation.message import Address
from comity.seal.fields import read_boolean, read_document, read_text

COVER: Final = "courier.json"
MANIFEST: Final = "manifest-sha256.txt"
_TYPE: Final = "comity/courier/1"
_FIELDS: Final = frozenset({"from", "to", "made", "exercise"})
_XFR: Final = r"(xfr_[0-9a-z]{26})"
_KINDS: Final = {
    "letter": (
        re.compile(r"letters/([0-9a-f]{64})\.letter"),
        limits.MESSAGE_BYTES + limits.STATEMENT_BYTES,
    ),
    "receipt": (re.compile(r"receipts/([0-9a-f]{64})-[a-z_]{1,40}\.json"), limits.ENVELOPE_BYTES),
    "descriptor": (re.compile(rf"transfers/{_XFR}/descriptor\.json"), limits.DESCRIPTOR_BYTES),
    "chunks": (re.compile(rf"transfers/{_XFR}/chunks/([0-9]{{6}})"), limits.KEY_FILE_BYTES),
    "volume": (re.compile(rf"transfers/{_XFR}/volumes/([0-9]{{6}})\.age"), limits.VOLUME_BYTES),
    "cover": (re.compile(re.escape(COVER)), limits.KEY_FILE_BYTES),
    "manifest": (re.compile(re.escape(MANIFEST)), limits.COURIER_MANIFEST_BYTES),
}
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([!-~]{1,120})")


class DiskRefused(DoesNotVerify):
    """This is no courier's disk, or holds what none holds."""

    code = "courier/refused"
    remedy = "Nothing strange was opened; ask the sender to write the disk anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file on a disk: of what kind it is, what its name names, and how large it may be."""

    name: str
    kind: str
    parts: tuple[str, ...]
    most: int

    @classmethod
    def parse(cls, name: str) -> Item:
        """Read the name of a file, relative to the disk's folder; raise ``DiskRefused``."""
        for kind, (form, most) in _KINDS.items():
            if match := form.fullmatch(name):
                return cls(name=name, kind=kind, parts=match.groups(), most=most)
        detail = f"{ascii(name)[:120]} does not belong on it."
        raise DiskRefused(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """From whom to whom a disk goes, and when it was written."""

    sender: Address
    receiver: Address
    made: Instant
    exercise: bool

    def document(self) -> bytes:
        """Return the bytes of ``courier.json``."""
        return canonical_bytes(
            {
                "type": _TYPE,
                "from": self.sender.as_data(),
                "to": self.receiver.as_data(),
                "made": str(self.made),
                "exercise": self.exercise,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Cover:
        """Read ``courier.json``; raise ``Malformed``."""
        found = read_document(parse_canonical(data, limit=limits.KEY_FILE_BYTES), _TYPE, _FIELDS)
        return cls(
            sender=Address.parse(found["from"]),
            receiver=Address.parse(found["to"]),
            made=Instant.parse(read_text(found["made"], most=20)),
            exercise=read_boolean(found["exercise"]),
        )


def letter_name(message: Digest) -> str:
    """Return where a message lies."""
    return f"letters/{message.hex}.letter"


def receipt_name(message: Digest, event: str) -> str:
    """Return where a receipt lies."""
    return f"receipts/{message.hex}-{event}.json"


def descriptor_name(transfer: Ident) -> str:
    """Return where a descriptor lies."""
    return f"transfers/{transfer}/descriptor.json"


def chunks_name(transfer: Ident, volume: int) -> str:
    """Return where a chunk list lies."""
    return f"transfers/{transfer}/chunks/{volume:06d}"


def volume_name(transfer: Ident, volume: int) -> str:
    """Return where a volume lies."""
    return f"transfers/{transfer}/volumes/{volume:06d}.age"


def write_manifest(digests: Mapping[str, Digest]) -> bytes:
    """Return the manifest of these files, as ``sha256sum`` writes it."""
    return b"".join(
        f"{digest.hex}  {name}\n".encode("ascii") for name, digest in sorted(digests.items())
    )


def read_manifest(data: bytes) -> dict[str, Digest]:
    """Read a manifest; raise ``Malformed``, or ``DiskRefused`` for a strange name in it."""
    found: dict[str, Digest] = {}
    for line in _text(data).splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found or len(found) >= limits.COURIER_FILES:
            detail = "The manifest holds a line that none holds, or one twice."
            raise Malformed(detail)
        found[Item.parse(match[2]).name] = Digest(bytes.fromhex(match[1]))
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        detail = "The manifest is not plain ASCII."
        raise Malformed(detail) from error
