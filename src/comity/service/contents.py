"""Contents: kept as age files to the identity of their chain.

A chain (a dossier or an investigation) has an identity of its own, which is kept wrapped:
encrypted to the authority's. Destroying it makes all that was sealed to it unreadable
at once, while every act still verifies, for acts hold digests only. What is written
after that is sealed to a new identity, the next *generation*.
"""

from __future__ import annotations

from comity.base import Digest, Ident
from comity.seal.age import Identity, Recipient, decrypt_bytes, encrypt_bytes
from comity.seal.content import Content, open_content
from comity.seal.errors import SealBroken
from comity.service.errors import ContentErased, NotThere
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import ContentRow, IdentityRow


def live_identity(node: Node, unit: Unit, chain: Ident) -> IdentityRow:
    """Return the identity that new contents are sealed to; make one if there is none."""
    held = unit.identities.find(chain=chain)
    if held and held[-1].wrapped is not None:
        return held[-1]
    made = Identity.generate(node.random)
    row = IdentityRow(
        chain=chain,
        generation=len(held),
        recipient=str(made.recipient),
        wrapped=seal_for(node, node.identity.recipient, made.secret_text().encode()),
    )
    unit.identities.add(row)
    return row


def unwrap(node: Node, row: IdentityRow) -> Identity:
    """Return the identity itself; raise ``ContentErased`` if it was destroyed."""
    if row.wrapped is None:
        raise ContentErased(where=str(row.chain))
    return Identity.parse(decrypt_bytes(row.wrapped, node.identities).decode("ascii"))


def seal_for(node: Node, recipient: Recipient, document: bytes) -> bytes:
    """Return ``document`` as an age file."""
    return encrypt_bytes(document, [recipient], node.random)


def keep_document(node: Node, unit: Unit, chain: Ident, document: bytes) -> Digest:
    """Seal a document away under its digest, which an act is then to cover."""
    digest = Digest.of(document)
    identity = live_identity(node, unit, chain)
    same = unit.contents.find(chain=chain, digest=digest, generation=identity.generation)
    if not same:
        sealed = seal_for(node, Recipient.parse(identity.recipient), document)
        unit.contents.add(
            ContentRow(chain=chain, digest=digest, generation=identity.generation, sealed=sealed)
        )
    return digest


def read_document(node: Node, unit: Unit, chain: Ident, digest: Digest) -> bytes:
    """Return a document by its digest; raise ``NotThere`` or ``ContentErased``."""
    held = unit.contents.find(chain=chain, digest=digest)
    if not held:
        raise NotThere(str(digest), where=str(chain))
    row = held[-1]
    identity = unwrap(node, unit.identities.get(chain, row.generation))
    document = decrypt_bytes(row.sealed, [identity])
    if not Digest.of(document).matches(digest):
        detail = "A sealed document is not the one that its name says."
        raise SealBroken(detail, where=str(digest))
    return document


def read_content(node: Node, unit: Unit, chain: Ident, digest: Digest) -> Content:
    """Return the content that an act covers; raise ``NotThere`` or ``ContentErased``."""
    return open_content(read_document(node, unit, chain, digest), digest)
