"""A node is made whole or not at all, and opened only if its keys are safe."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest

from comity.app.compose import FolderTaken, card_path, init_node, open_node
from comity.app.databases import close_connections
from comity.app.settings import Settings
from comity.base.errors import ComityError, OutOfReach
from comity.seal.errors import KeyFileExposed, KeyFileLocked
from comity.seal.keyfiles import read_public
from tests.nodes import small_book

SETTINGS = Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_node(tmp_path / "node", SETTINGS)
    close_connections()
    return tmp_path / "node"


def test_a_node_opens_with_the_key_of_its_card(folder: Path) -> None:
    node = open_node(folder, book=small_book())
    assert (node.state, node.authority, node.exercise) == ("XA", "XA-CA", True)
    assert read_public(card_path(folder)).key == node.key.public
    close_connections()


def test_all_of_a_node_is_for_its_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for secret in ("authority.key", "authority.age"):
        assert stat.S_IMODE((folder / "keys" / secret).stat().st_mode) == 0o600


def test_no_secret_lies_outside_the_key_files(folder: Path) -> None:
    node = open_node(folder, book=small_book())
    close_connections()
    secret = node.identity.secret_text().encode()
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".age"]
    assert len(files) >= 4
    assert all(secret not in path.read_bytes() for path in files)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    with pytest.raises(FolderTaken):
        init_node(tmp_path / "node", SETTINGS)
    assert list((tmp_path / "node").iterdir()) == []


def test_a_node_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    nowhere = dataclasses.replace(SETTINGS, database="postgres://a@127.0.0.1:1/none")
    with pytest.raises(OutOfReach):
        init_node(tmp_path / "node", nowhere)
    assert list(tmp_path.iterdir()) == []
    close_connections()


def test_keys_that_others_can_read_open_no_node(folder: Path) -> None:
    (folder / "keys" / "authority.key").chmod(0o644)
    with pytest.raises(KeyFileExposed):
        open_node(folder, book=small_book())


@pytest.mark.parametrize("name", ["authority.key", "authority.age"])
@pytest.mark.parametrize("data", [b"garbage", b"{}", b"\xff" * 99, b"age-encryption.org/v1\nx"])
def test_a_damaged_key_file_is_named_with_what_to_do(folder: Path, name: str, data: bytes) -> None:
    path = folder / "keys" / name
    path.write_bytes(data)
    with pytest.raises(ComityError) as told:
        open_node(folder, book=small_book())
    assert told.value.where == str(path)
    assert "sender" not in str(told.value)
    close_connections()


def test_a_passphrase_file_that_is_not_there_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(tmp_path / "none"))
    with pytest.raises(OutOfReach, match="COMITY_PASSPHRASE_FILE") as told:
        open_node(folder, book=small_book())
    assert told.value.where == str(tmp_path / "none")


def test_keys_can_be_locked_with_a_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse battery staple\n", "utf-8")
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(phrase))
    init_node(tmp_path / "node", SETTINGS)
    assert open_node(tmp_path / "node", book=small_book()).state == "XA"
    monkeypatch.delenv("COMITY_PASSPHRASE_FILE")
    with pytest.raises(KeyFileLocked):
        open_node(tmp_path / "node", book=small_book())
    close_connections()
