"""The keys of a node, all of them: which there are, what the directory says of them, changing.

The order of a change, for every kind:

1. ``begin_rotation``: a new key is made and waits. For signing it is known to the record.
2. The State's directory signs a new card of the authority that lists it (signing keys and
   recipients beside the old ones; wire key and certificate in their place), publishes it, and
   this node fetches it.
3. ``use_key``: the new key is used, which is refused until the card lists it, for until then
   nobody could verify, or reach, us. Every process of the node is then started again.
4. When everybody has the new card, the State ends or revokes the old key in the next one.

Between 2 and 3 a peer that has the new card refuses the old wire key and certificate, and one
that has the old card refuses the new: what could not be sent is sent again.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from comity.app.compose import open_node, read_passphrase
from comity.app.rotating import (
    FILES,
    IDENTITY,
    SIGNING,
    TLS,
    WIRE,
    make_next,
    next_card,
    next_folder,
    next_identity,
    require_kind,
    use_next,
)
from comity.app.settings import read_settings
from comity.app.wirekeys import CERTIFICATE, KEYS, WIRE_PUBLIC
from comity.base import Digest
from comity.base.errors import NotPermitted
from comity.federation.directory import AuthorityCard
from comity.service.directory import UnknownAuthority, own_card
from comity.service.node import Node
from comity.service.rotation import know_key, rewrap_identities

ACTIVE: Final = "active"
NEXT: Final = "next"
FORMER: Final = "former"
REVOKED: Final = "revoked"


class NotListed(NotPermitted):
    """The directory does not list this key yet; nobody could verify or reach us with it."""

    code = "app/key-not-listed"
    remedy = "Let the State sign a card with it, publish and fetch that; then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key, by its kind and public name. ``is_listed`` is None where no directory knows us."""

    kind: str
    name: str
    state: str
    is_listed: bool | None

    def as_data(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "kind": self.kind,
            "name": self.name,
            "state": self.state,
            "listed": self.is_listed,
        }


def begin_rotation(folder: Path, kind: str) -> ShownKey:
    """Make a new key of that kind, to be listed and then used."""
    require_kind(kind)
    node = open_node(folder)
    make_next(
        folder,
        kind,
        read_settings(folder),
        node.clock.now(),
        random=node.random,
        phrase=read_passphrase(),
    )
    _know_next(node, folder, kind)
    return next(key for key in list_keys(folder) if (key.kind, key.state) == (kind, NEXT))


def use_key(folder: Path, kind: str, *, is_unlisted: bool = False) -> int:
    """Use the key that waits; return how many identities were wrapped anew.

    Raise ``NotListed`` unless the directory lists it, or the caller says that there is none.
    """
    require_kind(kind)
    node = open_node(folder)
    waiting = [key for key in list_keys(folder) if (key.kind, key.state) == (kind, NEXT)]
    if waiting and not waiting[0].is_listed:
        may_go = is_unlisted and waiting[0].is_listed is None
        if not may_go:
            raise NotListed(waiting[0].name)
    _know_next(node, folder, kind)
    use_next(folder, kind, read_passphrase())
    return rewrap_identities(open_node(folder)) if kind == IDENTITY else 0


def list_keys(folder: Path) -> tuple[ShownKey, ...]:
    """Return all keys of the node: those used, those that wait, those of before."""
    node = open_node(folder)
    card = _own(node)
    phrase = read_passphrase()
    found = [*_signing_keys(node, folder, card)]
    found += [_identity(str(node.identity.recipient), ACTIVE, card)]
    found += [_identity(str(one.recipient), FORMER, card) for one in node.former]
    if (coming := next_identity(folder, phrase)) is not None:
        found.append(_identity(str(coming.recipient), NEXT, card))
    for kind in (WIRE, TLS):
        for place, state in ((folder, ACTIVE), (next_folder(folder, kind), NEXT)):
            name = _name(place, kind)
            if name:
                found.append(_shown(kind, name, state, card, _listed(card, kind)))
    order = list(FILES)
    return tuple(sorted(found, key=lambda key: order.index(key.kind)))


def _know_next(node: Node, folder: Path, kind: str) -> None:
    card = next_card(folder) if kind == SIGNING else None
    if card is not None:
        know_key(node, card.key)


def _own(node: Node) -> AuthorityCard | None:
    try:
        return own_card(node).card
    except UnknownAuthority:
        return None


def _signing_keys(node: Node, folder: Path, card: AuthorityCard | None) -> Iterator[ShownKey]:
    listed = {key.key.key_id: key for key in card.keys} if card else {}
    waiting = next_card(folder)
    with node.store.view() as unit:
        known = unit.keys.find(state=node.state, authority=node.authority)
    for row in known:
        state = FORMER
        if row.key_id == node.key.public.key_id:
            state = ACTIVE
        elif waiting is not None and row.key_id == waiting.key.key_id:
            state = NEXT
        found = listed.get(row.key_id)
        if found is not None and found.revoked is not None:
            state = REVOKED
        yield _shown(SIGNING, str(row.key_id), state, card, frozenset(map(str, listed)))


def _identity(recipient: str, state: str, card: AuthorityCard | None) -> ShownKey:
    listed = frozenset(one.recipient for one in card.recipients) if card else frozenset()
    return _shown(IDENTITY, recipient, state, card, listed)


def _shown(
    kind: str, name: str, state: str, card: AuthorityCard | None, listed: frozenset[str]
) -> ShownKey:
    is_listed = None if card is None else name in listed and state != REVOKED
    return ShownKey(kind=kind, name=name, state=state, is_listed=is_listed)


def _name(place: Path, kind: str) -> str:
    """Return the public name of a wire key or certificate; nothing where there is none."""
    path = place / KEYS / (WIRE_PUBLIC if kind == WIRE else CERTIFICATE)
    if not path.exists():
        return ""
    if kind == TLS:
        return _fingerprint(path.read_text("ascii"))
    key = load_pem_public_key(path.read_bytes())
    return key.public_bytes_raw().hex() if isinstance(key, Ed25519PublicKey) else ""


def _listed(card: AuthorityCard | None, kind: str) -> frozenset[str]:
    if card is None:
        return frozenset()
    if kind == WIRE:
        return frozenset({card.wire_key.hex()})
    return frozenset({_fingerprint(card.certificate)} if card.certificate else ())


def _fingerprint(certificate: str) -> str:
    """Return what ``openssl x509 -fingerprint -sha256`` prints, as a digest of ours."""
    return str(Digest(hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest()))
