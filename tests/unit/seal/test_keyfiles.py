"""Key files: for the owner alone, never overwritten, whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from comity.base import limits
from comity.base.errors import BadValue, Malformed, TooLarge
from comity.seal import (
    Identity,
    KeyFileExists,
    KeyFileExposed,
    KeyFileLocked,
    KeyFileUnreachable,
    Passphrase,
    PublicCard,
    read_identity,
    read_public,
    read_signing_key,
    write_key,
    write_public,
)
from tests.seals import KEY, SeedBytes

IDENTITY = Identity.generate(SeedBytes(21))
WORDS = Passphrase("correct horse", log_n=4)
CARD = PublicCard("seal 2026", "Duty desk of Arvenia", KEY.public)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key"


def test_a_signing_key_reads_back(path: Path) -> None:
    write_key(path, KEY, SeedBytes())
    assert read_signing_key(path).public == KEY.public


def test_an_identity_reads_back(path: Path) -> None:
    write_key(path, IDENTITY, SeedBytes())
    assert read_identity(path).recipient == IDENTITY.recipient


def test_a_locked_signing_key_reads_back_with_its_passphrase(path: Path) -> None:
    write_key(path, KEY, SeedBytes(), passphrase=WORDS)
    assert read_signing_key(path, WORDS).public == KEY.public


def test_a_locked_identity_reads_back_with_its_passphrase(path: Path) -> None:
    write_key(path, IDENTITY, SeedBytes(), passphrase=WORDS)
    assert read_identity(path, WORDS).recipient == IDENTITY.recipient


def test_a_locked_file_shows_nothing_of_the_key(path: Path) -> None:
    write_key(path, IDENTITY, SeedBytes(), passphrase=WORDS)
    assert b"AGE-SECRET" not in path.read_bytes()


@pytest.mark.parametrize("words", [None, Passphrase("wrong")])
def test_a_locked_file_stays_locked_without_its_passphrase(
    path: Path, words: Passphrase | None
) -> None:
    write_key(path, KEY, SeedBytes(), passphrase=WORDS)
    with pytest.raises(KeyFileLocked):
        read_signing_key(path, words)


def test_a_key_file_is_for_its_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        write_key(path, KEY, SeedBytes())
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_a_key_file_with_any_right_for_others_is_not_read(path: Path, mode: int) -> None:
    write_key(path, KEY, SeedBytes())
    path.chmod(mode)
    with pytest.raises(KeyFileExposed):
        read_signing_key(path)


def test_a_key_file_is_never_overwritten(path: Path) -> None:
    write_key(path, KEY, SeedBytes())
    with pytest.raises(KeyFileExists):
        write_key(path, IDENTITY, SeedBytes())


def test_a_refused_overwriting_leaves_the_old_key(path: Path) -> None:
    write_key(path, KEY, SeedBytes())
    with pytest.raises(KeyFileExists):
        write_key(path, IDENTITY, SeedBytes())
    assert read_signing_key(path).public == KEY.public


def test_a_key_is_not_written_through_a_link_that_lies_there(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileExists):
        write_key(path, KEY, SeedBytes())


def test_a_key_of_the_other_kind_is_refused(path: Path) -> None:
    write_key(path, KEY, SeedBytes())
    with pytest.raises(Malformed):
        read_identity(path)


def test_an_absent_key_file_is_said_to_be_unreachable(path: Path) -> None:
    with pytest.raises(KeyFileUnreachable):
        read_signing_key(path)


def test_an_absent_folder_is_said_to_be_unreachable(path: Path) -> None:
    with pytest.raises(KeyFileUnreachable):
        write_key(path / "deeper", KEY, SeedBytes())


def test_an_impossible_name_is_said_to_be_unreachable() -> None:
    with pytest.raises(KeyFileUnreachable):
        read_signing_key(Path("a\0b"))


def test_a_pipe_in_place_of_a_key_file_is_refused(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(Malformed):
        read_signing_key(path)


def test_an_endless_key_file_is_refused(path: Path) -> None:
    path.write_bytes(b" " * (limits.KEY_FILE_BYTES + 1))
    path.chmod(0o600)
    with pytest.raises(TooLarge):
        read_signing_key(path)


def test_a_card_reads_back(path: Path) -> None:
    write_public(path, CARD)
    assert read_public(path) == CARD


def test_a_card_may_be_read_by_everyone(path: Path) -> None:
    write_public(path, CARD)
    path.chmod(0o644)
    assert read_public(path).key.key_id == KEY.public.key_id


def test_a_card_is_never_overwritten(path: Path) -> None:
    write_public(path, CARD)
    with pytest.raises(KeyFileExists):
        write_public(path, CARD)


@pytest.mark.parametrize("name", ["", "a\nb", "a" * (limits.ACT_TEXT + 1)])
def test_a_card_has_a_name_of_one_line(name: str) -> None:
    with pytest.raises(BadValue):
        PublicCard(name, "x", KEY.public)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        CARD.document().replace(b'"seal 2026"', b'""'),
        CARD.document().replace(b'"seal 2026"', b'"a\\nb"'),
        CARD.document().replace(b'"seal 2026"', b"7"),
        CARD.document().replace(b"comity/key/1", b"comity/key/2"),
        CARD.document() + b"\n",
        b'{"a":1,' + CARD.document()[1:],
    ],
)
def test_documents_that_are_no_card_are_refused(document: bytes) -> None:
    with pytest.raises(Malformed):
        PublicCard.parse(document)
