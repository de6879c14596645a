"""A new key is used once the directory lists it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from comity.app.compose import init_node, open_node
from comity.app.databases import close_connections
from comity.app.keyring import (
    ACTIVE,
    FORMER,
    NEXT,
    REVOKED,
    NotListed,
    ShownKey,
    begin_rotation,
    list_keys,
    use_key,
)
from comity.app.rotating import (
    FILES,
    IDENTITY,
    SIGNING,
    TLS,
    WIRE,
    NoNextKey,
    next_card,
    next_folder,
    next_identity,
)
from comity.app.settings import Settings
from comity.base import Instant, Verdict
from comity.federation.directory import AuthorityCard, CardKey, CardRecipient
from comity.service.checking import check_node
from comity.service.contents import live_identity
from comity.service.node import Officer
from comity.service.requests import Opening, open_dossier
from tests.cards import SINCE, card_of, know_card

SETTINGS = Settings(
    state="XA", authority="XA-CA", kind="central_authority", exercise=True, peers="127.0.0.1:8443"
)
LATER = Instant.parse("2027-01-01T00:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    init_node(tmp_path / "node", SETTINGS)
    yield tmp_path / "node"
    close_connections()


def listed_card(folder: Path) -> AuthorityCard:
    """Return the card of the node as it is now."""
    return card_of(
        open_node(folder),
        wire_key=_raw(folder),
        certificate=(folder / "keys" / "tls.crt").read_text(),
    )


def new_card(folder: Path, kind: str) -> AuthorityCard:
    """Return the card that lists the new key of one kind, as its State would sign it."""
    card = listed_card(folder)
    place = next_folder(folder, kind)
    if kind == SIGNING:
        waiting = next_card(folder)
        assert waiting is not None
        return replace(card, keys=(*card.keys, CardKey(key=waiting.key, since=SINCE)))
    if kind == IDENTITY:
        identity = next_identity(folder, None)
        assert identity is not None
        found = CardRecipient(recipient=str(identity.recipient), since=SINCE)
        return replace(card, recipients=(*card.recipients, found))
    if kind == WIRE:
        return replace(card, wire_key=_raw(place))
    return replace(card, certificate=(place / "keys" / "tls.crt").read_text())


def _raw(folder: Path) -> bytes:
    key = load_pem_public_key((folder / "keys" / "wire.pub").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


def of(folder: Path, kind: str, state: str) -> list[ShownKey]:
    return [key for key in list_keys(folder) if (key.kind, key.state) == (kind, state)]


@pytest.mark.parametrize("kind", FILES)
def test_a_key_that_the_directory_does_not_list_is_not_used(folder: Path, kind: str) -> None:
    know_card(open_node(folder), listed_card(folder))
    begin_rotation(folder, kind)
    for is_unlisted in (False, True):
        with pytest.raises(NotListed):
            use_key(folder, kind, is_unlisted=is_unlisted)
    assert [key.is_listed for key in of(folder, kind, ACTIVE)] == [True]


@pytest.mark.parametrize("kind", FILES)
def test_a_key_that_the_directory_lists_is_used(folder: Path, kind: str) -> None:
    know_card(open_node(folder), listed_card(folder))
    begin_rotation(folder, kind)
    (waiting,) = of(folder, kind, NEXT)
    know_card(open_node(folder), new_card(folder, kind))
    use_key(folder, kind)
    (active,) = of(folder, kind, ACTIVE)
    assert (active.name, active.is_listed) == (waiting.name, True)
    assert of(folder, kind, NEXT) == []
    assert check_node(open_node(folder)).verdict is Verdict.PASSED


def test_where_no_directory_knows_the_node_that_must_be_said(folder: Path) -> None:
    begin_rotation(folder, TLS)
    with pytest.raises(NotListed):
        use_key(folder, TLS)
    use_key(folder, TLS, is_unlisted=True)
    with pytest.raises(NoNextKey):
        use_key(folder, TLS, is_unlisted=True)


def test_dossiers_are_wrapped_to_the_new_identity(folder: Path) -> None:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB-CP",
        basis="uncc",
        channel="letter",
    )
    node = open_node(folder)
    dossier = open_dossier(node, Officer(actor="p-1", role="central_authority"), opening)
    with node.store.unit() as unit:
        live_identity(node, unit, dossier)
    begin_rotation(folder, IDENTITY)
    assert use_key(folder, IDENTITY, is_unlisted=True) == 1
    assert len(of(folder, IDENTITY, FORMER)) == 1
    assert check_node(open_node(folder)).verdict is Verdict.PASSED


def test_a_revoked_key_is_shown_as_that(folder: Path) -> None:
    begin_rotation(folder, SIGNING)
    card = new_card(folder, SIGNING)
    old = replace(card.keys[0], revoked=LATER, reason="stolen")
    use_key(folder, SIGNING, is_unlisted=True)
    know_card(open_node(folder), replace(card, keys=(old, card.keys[1])))
    (gone,) = of(folder, SIGNING, REVOKED)
    assert gone.name == str(old.key.key_id)
    assert gone.is_listed is False
