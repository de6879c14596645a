"""What lies in a paper: the act as it was signed, its signature, its key, its content.

Whoever holds the paper holds the proof: the files are the very bytes that were signed, beside
what ``sha256sum`` and ``openssl`` need to look at them. A paper is not the original; they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant, canonical_bytes
from comity.seal.dsse import Envelope
from comity.seal.keys import ED25519, VerifyingKey
from comity.web.paper.frames import Inlay

SOURCE: Final = "Source"
DATA: Final = "Data"
KEY: Final = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed document under a short name, with its key where that is known."""

    name: str
    document: bytes
    envelope: Envelope
    key: VerifyingKey | None
    at: Instant

    @property
    def digest(self) -> Digest:
        """Return the digest of what was signed."""
        return Digest.of(self.envelope.payload)


def signed_files(signed: Signed) -> dict[str, bytes]:
    """Return the files of a signed document: payload, envelope, signature; key apart."""
    return {
        f"{signed.name}.json": signed.envelope.payload,
        f"{signed.name}.dsse.json": signed.document,
        f"{signed.name}.ed25519.sig": signed.envelope.signatures[ED25519],
    }


def key_files(key: VerifyingKey, name: str = KEY) -> dict[str, bytes]:
    """Return the files of a key: its document, whose SHA-256 is the key id, and its first half."""
    return {
        f"{name}.json": canonical_bytes(key.as_data()),
        f"{name}.ed25519.pem": key.ed25519_pem(),
    }


def inlay(name: str, data: bytes, at: Instant, *, relation: str = SOURCE) -> Inlay:
    """Return a file to be embedded, of the time of its act."""
    return Inlay(name=name, says=name, data=data, at=_naive(at), relation=relation)


def signed_inlays(signed: Signed) -> tuple[Inlay, ...]:
    """Return what is embedded of a signed document."""
    files = signed_files(signed)
    if signed.key is not None:
        files |= key_files(signed.key, f"{signed.name}.key")
    return tuple(inlay(name, data, signed.at) for name, data in files.items())


def check_lines(signed: Signed) -> tuple[str, ...]:
    """Return the commands by which anybody repeats the checks, with nothing of ours."""
    name, kind = signed.name, signed.envelope.payload_type
    lines = [f"sha256sum {name}.json"]
    if signed.key is None:
        return tuple(lines)
    opens = f"printf 'DSSEv1 %d %s %d ' {len(kind)} {kind} $(wc -c < {name}.json)"
    verifies = (
        f"openssl pkeyutl -verify -rawin -pubin -inkey {name}.key.ed25519.pem "
        f"-in {name}.pae -sigfile {name}.ed25519.sig"
    )
    return (
        *lines,
        f"sha256sum {name}.key.json",
        f"({opens}; cat {name}.json) > {name}.pae",
        verifies,
    )


def _naive(at: Instant) -> str:
    """Return the instant without its zone, which a PDF states apart."""
    return at.at.replace(tzinfo=None).isoformat()
