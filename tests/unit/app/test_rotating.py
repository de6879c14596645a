"""A key is changed for another so that the node always opens with the one or the other."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from comity.app.compose import init_node, open_node
from comity.app.databases import close_connections
from comity.app.rotating import (
    FILES,
    IDENTITY,
    SIGNING,
    TLS,
    WIRE,
    NoNextKey,
    RotationBegun,
    UnknownKind,
    drop_next,
    finish_rotation,
    former_identities,
    has_next,
    make_next,
    next_card,
    next_folder,
    next_identity,
    use_next,
)
from comity.app.settings import Settings
from comity.app.wirekeys import read_wire_key, require_pair
from comity.base import Instant
from comity.seal.age import Passphrase
from comity.seal.keyfiles import read_identity, read_public, read_signing_key

SETTINGS = Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)
NOW = Instant.parse("2026-11-21T02:14:05Z")
# What a process does to the disk, as Python's own audit events name it.
_TOUCHES = {"open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rotating") / "node"
    init_node(folder, SETTINGS)
    close_connections()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "node"))


def begin(folder: Path, kind: str, phrase: Passphrase | None = None) -> Path:
    return make_next(folder, kind, SETTINGS, NOW, random=os.urandom, phrase=phrase)


def held(folder: Path, kind: str) -> tuple[bytes, ...]:
    """Return the bytes of all files of one kind of key."""
    return tuple((folder / "keys" / name).read_bytes() for name in FILES[kind])


def require_sound(folder: Path, kind: str) -> None:
    """Fail unless the files of one kind of key belong together."""
    keys = folder / "keys"
    if kind == SIGNING:
        key = read_signing_key(keys / "authority.key")
        assert read_public(keys / "authority.pub").key == key.public
    elif kind == IDENTITY:
        read_identity(keys / "authority.age")
    elif kind == WIRE:
        public = read_wire_key(folder).public_key()
        assert load_pem_public_key((keys / "wire.pub").read_bytes()) == public
    else:
        require_pair(folder)


@pytest.mark.parametrize("kind", FILES)
def test_a_new_key_changes_nothing_until_it_is_used(folder: Path, kind: str) -> None:
    before = held(folder, kind)
    begin(folder, kind)
    assert held(folder, kind) == before
    finish_rotation(folder)
    assert held(folder, kind) == before


@pytest.mark.parametrize("kind", FILES)
def test_used_it_takes_the_place_of_the_old_one(folder: Path, kind: str) -> None:
    before = held(folder, kind)
    place = begin(folder, kind)
    waiting = held(place, kind)
    use_next(folder, kind, None)
    assert held(folder, kind) == waiting != before
    require_sound(folder, kind)
    assert not has_next(folder, kind)
    for other in FILES.keys() - {kind}:
        require_sound(folder, other)


@pytest.mark.parametrize("kind", FILES)
def test_secrets_of_a_new_key_are_their_owner_s_alone(folder: Path, kind: str) -> None:
    begin(folder, kind)
    use_next(folder, kind, None)
    secret = folder / "keys" / FILES[kind][0]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_two_new_keys_of_a_kind_do_not_wait_at_once(folder: Path) -> None:
    begin(folder, SIGNING)
    with pytest.raises(RotationBegun):
        begin(folder, SIGNING)
    drop_next(folder, SIGNING)
    begin(folder, SIGNING)


@pytest.mark.parametrize("act", [drop_next, lambda folder, kind: use_next(folder, kind, None)])
def test_without_a_new_key_there_is_nothing_to_use_or_drop(
    folder: Path, act: Callable[[Path, str], None]
) -> None:
    with pytest.raises(NoNextKey):
        act(folder, SIGNING)
    with pytest.raises(UnknownKind):
        act(folder, "house")


def test_what_waits_is_told_by_its_public_half(folder: Path) -> None:
    assert next_card(folder) is None
    assert next_identity(folder, None) is None
    begin(folder, SIGNING)
    begin(folder, IDENTITY)
    card, identity = next_card(folder), next_identity(folder, None)
    assert card is not None
    assert identity is not None
    use_next(folder, SIGNING, None)
    use_next(folder, IDENTITY, None)
    node = open_node(folder)
    assert (node.key.public, node.identity.recipient) == (card.key, identity.recipient)
    close_connections()


def test_every_identity_of_before_is_kept(folder: Path) -> None:
    seen = []
    for _ in range(3):
        seen.append(read_identity(folder / "keys" / "authority.age").recipient)
        begin(folder, IDENTITY)
        use_next(folder, IDENTITY, None)
    assert {one.recipient for one in former_identities(folder, None)} == set(seen)
    node = open_node(folder)
    assert {one.recipient for one in node.former} == set(seen)
    assert node.identities[0] is node.identity
    close_connections()


def test_a_new_key_lies_under_the_same_passphrase(folder: Path) -> None:
    phrase = Passphrase("words", log_n=10)
    place = begin(folder, SIGNING, phrase)
    assert (place / "keys" / "authority.key").read_bytes().startswith(b"age-encryption.org/v1\n")
    read_signing_key(place / "keys" / "authority.key", phrase)


def _die(folder: Path, touches: int, act: Callable[[], object]) -> bool:
    """Do something in a process that is killed at its nth touch of the disk; return whether."""
    child = os.fork()
    if child == 0:
        left = [touches]

        def watch(event: str, given: tuple[object, ...]) -> None:
            if event in _TOUCHES and str(folder) in str(given):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("kind", FILES)
def test_killed_at_any_moment_of_using_there_is_the_old_key_or_the_new(
    folder: Path, kind: str
) -> None:
    place = begin(folder, kind)
    before, after = held(folder, kind), held(place, kind)
    seen = set()
    for touches in range(1, 60):
        if not _die(folder, touches, lambda: use_next(folder, kind, None)):
            break
        finish_rotation(folder)  # what whoever opens the node does first
        require_sound(folder, kind)
        now = held(folder, kind)
        assert now in {before, after}
        seen.add(now == after)
        if kind == IDENTITY and now == after:
            assert former_identities(folder, None)
        if now == after:
            begin(folder, kind)
            before, after = now, held(next_folder(folder, kind), kind)
    assert touches > 3
    assert seen == {False, True}
    assert held(folder, kind) == after


@pytest.mark.parametrize("kind", [SIGNING, TLS])
def test_killed_at_any_moment_of_making_there_is_a_whole_new_key_or_none(
    folder: Path, kind: str
) -> None:
    before = held(folder, kind)
    for touches in range(1, 60):
        if not _die(folder, touches, lambda: begin(folder, kind)):
            break
        assert held(folder, kind) == before
        if has_next(folder, kind):
            require_sound(next_folder(folder, kind), kind)
            drop_next(folder, kind)
    assert touches > 3
    assert has_next(folder, kind)
