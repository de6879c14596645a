"""What does not verify about a request on the wire."""

from __future__ import annotations

from comity.base.errors import DoesNotVerify


class SignatureRefused(DoesNotVerify):
    """The request is not signed as it must be."""

    code = "transport/signature-refused"
    remedy = "Sign as docs/protocol/doors.md says, with the key that the directory names."


class DigestRefused(DoesNotVerify):
    """The body is not the one whose digest was given."""

    code = "transport/digest-refused"
    remedy = "Give the SHA-256 of the body in Content-Digest (RFC 9530), and send that body."
