"""Requests at the peers' door that are not what they should be: refused, and kept for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Digest, limits
from comity.service.recovery import declare_restored
from comity.storage.memory import MemoryStore
from comity.web.bodies import read_body
from tests.cards import know_card, make_card
from tests.doors import HOST, Door, open_door, wire_key


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(MemoryStore(), tmp_path) as opened:
        yield opened


def test_what_is_signed_as_it_must_be_is_answered(door: Door) -> None:
    answer = door.send(door.signed())
    assert (answer.status_code, door.findings()) == (200, ())


def test_a_request_without_signature_is_refused_and_kept(door: Door) -> None:
    fields = {name: text for name, text in door.signed().items() if "Signature" not in name}
    assert door.send(fields).status_code == 401
    assert [one.kind for one in door.findings()] == ["request-refused"]


@pytest.mark.parametrize(
    "change",
    [
        {"keyid": "XC/XC-CA"},
        {"keyid": "XB/another"},
        {"keyid": "nobody"},
        {"keyid": "QQ/QQ-CA"},
        {"keyid": "XB/XB%2DCA"},
        {"key": wire_key(9)},
        {"method": "PUT"},
        {"url": f"https://{HOST}/peers/1/messages"},
        {"url": f"https://{HOST}/peers/1/echo?again=1"},
        {"url": "https://other.example:8443/peers/1/echo"},
        {"nonce": "short"},
        {"nonce": "n" * 65},
    ],
)
def test_what_another_signed_or_for_another_purpose_is_refused(
    door: Door, change: dict[str, object]
) -> None:
    assert door.send(door.signed(**change)).status_code == 401  # type: ignore[arg-type] # as given
    assert len(door.findings()) == 1


def test_what_was_meant_for_another_node_is_refused_though_its_host_is_named(door: Door) -> None:
    other = "other.example:8443"
    fields = door.signed(url=f"https://{other}/peers/1/echo")
    assert door.send(fields, host=other).status_code == 401


def test_a_request_counts_once(door: Door) -> None:
    fields = door.signed()
    assert [door.send(fields).status_code for _ in range(3)] == [200, 401, 401]


def test_a_request_that_is_too_old_is_refused(door: Door) -> None:
    fields = door.signed()
    door.clock.forward("PT11M")
    assert door.send(fields).status_code == 401


def test_a_request_from_the_future_is_refused(door: Door) -> None:
    ahead = replace(door.clock.now(), at=door.clock.now().at.replace(hour=3))
    assert door.send(door.signed(now=ahead)).status_code == 401


def test_an_altered_body_is_refused_and_kept(door: Door) -> None:
    answer = door.send(door.signed(), body=b"another.")
    assert answer.status_code == 400
    assert [one.source for one in door.findings()] == ["XB/XB-CA"]


@pytest.mark.parametrize(
    "digest",
    ["", "sha-256=:AAAA:", "sha-512=:AAAA:", "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:", "garbage"],
)
def test_a_body_without_a_proper_digest_is_refused(door: Door, digest: str) -> None:
    assert door.send({**door.signed(), "Content-Digest": digest}).status_code == 400


def test_a_body_without_length_is_answered_411(door: Door) -> None:
    fields = {**door.signed(), "Content-Length": ""}
    assert door.send(fields).status_code == 411


def test_a_body_in_pieces_is_answered_411(door: Door) -> None:
    fields = {**door.signed(), "Transfer-Encoding": "chunked"}
    assert door.send(fields).status_code == 411


@pytest.mark.parametrize("length", ["1025", "99999999999999999999999999", "1e3", "-1", "+8"])
def test_a_body_over_the_bound_or_of_no_length_is_refused_unread(door: Door, length: str) -> None:
    fields = {**door.signed(), "Content-Length": length}
    assert door.send(fields).status_code in {411, 413}


def test_a_body_where_none_belongs_is_refused(door: Door) -> None:
    path = f"/peers/1/receipts/{'0' * 64}"
    fields = {**door.signed("GET", path, None), "Content-Length": "8"}
    assert door.send(fields, method="GET", path=path).status_code == 413


def test_a_second_signature_under_our_tag_is_refused(door: Door) -> None:
    fields = door.signed()
    twice = {
        name: f"{fields[name]}, other={fields[name].partition('=')[2]}"
        for name in ("Signature", "Signature-Input")
    }
    assert door.send({**fields, **twice}).status_code == 401


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"@method" ', ""),
        ('"@authority" ', ""),
        (' "content-digest"', ""),
        (';nonce="', ';nonse="'),
        (';alg="ed25519"', ""),
        (';alg="ed25519"', ';alg="hmac-sha256"'),
        (';tag="comity"', ';tag="other"'),
        ("created=", "created=1"),
        ("comity=(", "comity=["),
        ("comity=", "\x00="),
    ],
)
def test_what_the_signature_covers_cannot_be_changed(door: Door, old: str, new: str) -> None:
    fields = door.signed()
    changed = fields["Signature-Input"].replace(old, new)
    assert changed != fields["Signature-Input"]
    assert door.send({**fields, "Signature-Input": changed}).status_code == 401


@pytest.mark.parametrize("name", ["Signature", "Signature-Input"])
@pytest.mark.parametrize("text", ["", "x", "é", "comity=:AAAA:", "a" * 100_000, "comity=1", ":::"])
def test_rubbish_in_the_place_of_a_signature_is_refused(door: Door, name: str, text: str) -> None:
    assert door.send({**door.signed(), name: text}).status_code == 401


def test_an_authority_that_its_state_dropped_is_refused(door: Door) -> None:
    with door.node.store.unit() as unit:
        row = unit.authorities.get("XB", "XB-CA")
        unit.authorities.replace(replace(row, is_listed=False))
    assert door.send(door.signed()).status_code == 401


def test_a_stolen_key_is_refused_once_the_directory_names_another(door: Door) -> None:
    new = wire_key(5)
    know_card(door.node, make_card("XB", wire_key=new.public_key().public_bytes_raw()))
    assert door.send(door.signed()).status_code == 401
    assert door.send(door.signed(key=new)).status_code == 200


def test_strangers_can_fill_no_more_findings_than_a_day_has(door: Door) -> None:
    for _ in range(limits.FINDINGS_A_DAY + 20):
        door.send({"Content-Length": "8", "Content-Digest": door.signed()["Content-Digest"]})
    assert len(door.findings()) == limits.FINDINGS_A_DAY + 1


def test_a_version_that_is_not_spoken_is_refused_with_those_that_are(door: Door) -> None:
    answer = door.send({}, path="/peers/7/messages")
    assert (answer.status_code, json.loads(answer.content)["protocols"]) == (400, ["1"])


@pytest.mark.parametrize(
    "path",
    [
        "/peers/1/transfers/xfr_00000000000000000000000000/descriptor",
        "/peers/1/transfers/xfr_00000000000000000000000000/chunks/1",
        "/peers/1/transfers/xfr_00000000000000000000000000/volumes/1/chunks/999999999",
        f"/peers/1/receipts/{'0' * 64}",
    ],
)
def test_what_is_not_the_callers_is_not_there(door: Door, path: str) -> None:
    assert door.send(door.signed("GET", path, None), method="GET", path=path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/peers/1/directory/../../node.toml", "/peers/1/directory/x.json"]
)
def test_no_file_but_the_directorys_is_given_out(door: Door, path: str) -> None:
    assert door.send({}, method="GET", path=path, body=None).status_code == 404


def test_a_restoration_is_told_to_strangers_and_nothing_else_is(door: Door) -> None:
    path = "/peers/1/restored"
    assert door.send({}, method="GET", path=path, body=None).content == b""
    made = door.node.clock.now()
    statement = declare_restored(door.node, Digest.of(b"a backup"), made)
    assert door.send({}, method="GET", path=path, body=None).content == statement


def test_a_refusal_tells_a_stranger_nothing_of_the_node(door: Door) -> None:
    told = door.send({**door.signed(), "Signature": "x"}).content.decode()
    assert str(door.node.home) not in told
    assert "Traceback" not in told
    assert json.loads(told)["status"] == 401


@pytest.mark.parametrize(
    "change",
    [
        {"Content-Length": ""},
        {"Content-Length": "99999999"},
        {"Content-Digest": "garbage"},
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_what_is_refused_by_its_head_alone_is_kept_for_a_person(
    door: Door, change: dict[str, str]
) -> None:
    door.send({**door.signed(), **change})
    assert [(one.kind, one.source) for one in door.findings()] == [("request-refused", "unknown")]


def test_a_peer_that_sends_too_much_at_once_is_refused_and_kept(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODIES_AT_ONCE", 0)
    assert door.send(door.signed()).status_code == 429
    assert [one.source for one in door.findings()] == ["XB/XB-CA"]


class _Slow:
    """A request whose body comes when it is let go."""

    def __init__(self) -> None:
        self.META = {"CONTENT_LENGTH": "1"}
        self.asked: list[_Slow] = []

    def read(self, _size: int) -> bytes:
        from comity.web.bodies import TooManyAtOnce  # noqa: PLC0415 - named once

        if len(self.asked) < limits.BODIES_AT_ONCE - 1:
            self.asked.append(self)
            inner = _Slow()
            inner.asked = self.asked
            return read_body(inner, 1, sender="XB/XB-CA")  # type: ignore[arg-type] # enough of one
        with pytest.raises(TooManyAtOnce):
            read_body(_Slow(), 1, sender="XB/XB-CA")  # type: ignore[arg-type] # enough of one
        assert read_body(_One(), 1, sender="XC/XC-CA") == b"1"  # type: ignore[arg-type] # as above
        return b"1"


class _One(_Slow):
    def read(self, _size: int) -> bytes:
        return b"1"


def test_one_sender_cannot_take_every_thread_with_slow_bodies() -> None:
    assert read_body(_Slow(), 1, sender="XB/XB-CA") == b"1"  # type: ignore[arg-type] # as above
    assert read_body(_One(), 1, sender="XB/XB-CA") == b"1"  # type: ignore[arg-type] # as above
