"""Signed documents that stand alone: the key lies within, and the signatures must be its own.

That the signatures hold says only that the document is as the holder of this key signed
it. Whose key it is, is another question, and is answered from beside the document
(``comity.federation.trust``).
"""

from __future__ import annotations

from comity.base import parse_canonical
from comity.base.canonical import Json
from comity.federation.errors import OrderRefused
from comity.seal.dsse import Envelope, verify_envelope
from comity.seal.fields import read_mapping
from comity.seal.keys import VerifyingKey


def open_signed(envelope: Envelope) -> dict[str, Json]:
    """Return the payload if both signatures are of the key that stands in it.

    Raises ``SealBroken`` or ``Malformed``. But for the key nothing was read before.
    """
    found = read_mapping(parse_canonical(envelope.payload))
    if "key" not in found:
        detail = "No key stands in it."
        raise OrderRefused(detail)
    verify_envelope(envelope, VerifyingKey.parse(found["key"]))
    return found
