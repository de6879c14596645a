"""Settings of a node: every key is there, and no other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from comity.app.settings import NoNode, Settings, SettingsRefused, read_settings
from comity.base.errors import ComityError, Malformed

GOOD = Settings(state="XA", authority='The "XA" \\ CA é', kind="court", exercise=True)


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(GOOD.as_toml(), "utf-8")
    assert read_settings(tmp_path, {}) == GOOD


def test_the_environment_can_name_another_database(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(GOOD.as_toml(), "utf-8")
    found = read_settings(tmp_path, {"COMITY_DATABASE": "postgres:///x"})
    assert found.database == "postgres:///x"


@pytest.mark.parametrize("address", ["foo://bar", "mysql://a@b/c", "sqlite:x", ""])
def test_a_database_of_another_kind_is_refused_with_what_is_possible(address: str) -> None:
    with pytest.raises(SettingsRefused, match="postgres://user@host:port/name") as told:
        dataclasses.replace(GOOD, database=address)
    assert "node.toml" not in str(told.value)


def test_what_a_person_asks_for_is_not_said_to_stand_in_a_file() -> None:
    with pytest.raises(SettingsRefused, match="central_authority, contact_point") as told:
        dataclasses.replace(GOOD, kind="king")
    assert "node.toml" not in str(told.value)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("kind = = 1", "line 6"),
        ("kind = 'court'", "line 6"),
        ("password = 'x'", "line 6"),
    ],
)
def test_bad_settings_are_told_with_path_and_line(tmp_path: Path, line: str, place: str) -> None:
    path = tmp_path / "node.toml"
    path.write_text(f"{GOOD.as_toml()}{line}\n", "utf-8")
    with pytest.raises(ComityError, match=place) as told:
        read_settings(tmp_path, {})
    assert told.value.where.startswith(str(path))
    assert "Correct node.toml" in str(told.value)


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_bytes(b"state = 'XA'\nkind = '\xff'\n")
    with pytest.raises(Malformed, match="line 2"):
        read_settings(tmp_path, {})


def test_no_settings_are_no_node(tmp_path: Path) -> None:
    with pytest.raises(NoNode):
        read_settings(tmp_path, {})


@pytest.mark.parametrize(
    "text",
    [
        GOOD.as_toml() + "password = 'x'\n",
        GOOD.as_toml().replace("kind", "sort"),
        GOOD.as_toml().replace("true", '"yes"'),
        GOOD.as_toml().replace('"court"', '"ministry"'),
        GOOD.as_toml().replace("exercise = true", "exercise = false"),
    ],
)
def test_settings_that_are_odd_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "node.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsRefused):
        read_settings(tmp_path, {})


@pytest.mark.parametrize("data", [b"\xff", b"state = ", b"[[["])
def test_what_is_no_toml_is_refused_in_our_words(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "node.toml").write_bytes(data)
    with pytest.raises(Malformed):
        read_settings(tmp_path, {})


@pytest.mark.parametrize("state", ["QQ", "xa", "", "XXX"])
def test_an_unknown_state_has_no_node(state: str) -> None:
    with pytest.raises(ComityError):
        Settings(state=state, authority="A", kind="court", exercise=True)


@pytest.mark.parametrize(
    "doors",
    [
        {"peers": "8443"},
        {"peers": "127.0.0.1:99999"},
        {"desk": "http://127.0.0.1:80"},
        {"desk": "127.0.0.1:0"},
        {"endpoint": "http://xa.example:8443"},
        {"endpoint": "https://xa.example"},
        {"endpoint": "https://xa.example:8443/path"},
        {"endpoint": "https://[::"},
        {"mirrors": ("ftp://x",)},
        {"smtp": "127.0.0.1:25"},
    ],
)
def test_a_door_that_cannot_be_is_refused(doors: dict[str, object]) -> None:
    with pytest.raises(SettingsRefused):
        dataclasses.replace(GOOD, **doors)  # type: ignore[arg-type] # as given


def test_doors_come_back_as_they_were_written(tmp_path: Path) -> None:
    settings = dataclasses.replace(
        GOOD,
        peers="[::1]:8443",
        endpoint="https://xa.example:8443",
        desk="127.0.0.1:8080",
        mirrors=("https://one.example", "http://127.0.0.1:1"),
        smtp="127.0.0.1:25",
        mail_from="a@b",
    )
    (tmp_path / "node.toml").write_text(settings.as_toml(), "utf-8")
    assert read_settings(tmp_path, {}) == settings
