"""Letters, answers and early openings at the desk's door."""

from __future__ import annotations

import io
import json
import tarfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.base import Digest, Ident
from comity.seal.act import Act
from comity.service.chains import read_acts
from comity.service.contents import read_content
from comity.service.errors import PeerUnreachable
from comity.service.node import Node
from comity.service.posting import post_letters
from comity.storage.memory import MemoryStore
from tests.crossing import Crossing, make_crossing
from tests.desks import open_door, told
from tests.providers import answer, order_desk
from tests.wires import Pair, make_pair

CANARY = b"CANARY the content of an exhibit"


@pytest.fixture
def pair() -> Pair:
    """XA wrote to XB, which is away."""
    made = make_pair()
    made.net.is_cut = True
    made.send()
    post_letters(made.asking.node)
    return made


def last_act(node: Node, dossier: str) -> Act:
    with node.store.view() as unit:
        return max(read_acts(unit, Ident(dossier)), key=lambda act: act.number)


def test_letters_are_listed_by_dossier_and_state(pair: Pair) -> None:
    with open_door(pair.asking.node, pair.asking.node.book) as door:
        (row,) = told(door.get("duty", "letters"))["items"]
        assert (row["state"], row["receiver"], row["attempts"]) == ("waiting", "XB", 1)
        assert told(door.get("ops", f"letters?dossier={row['dossier']}"))["items"] == [row]
        assert told(door.get("ops", "letters?state=done"))["items"] == []


def test_a_letter_is_stopped_for_reasons_that_an_act_keeps(pair: Pair) -> None:
    node = pair.asking.node
    with open_door(node, node.book) as door:
        (row,) = told(door.get("duty", "letters"))["items"]
        body = {"reasons": "It was sent in error."}
        answered = door.post("duty", f"letters/{row['message']}/stop", body)
        assert answered.status_code == 200, answered.content
        stopped = told(answered)
        assert stopped["state"] == "stopped"
        again = door.post("duty", f"letters/{row['message']}/stop", body)
        assert again.status_code == 400
    with node.store.view() as unit:
        acts = [one for one in read_acts(unit, Ident(row["dossier"])) if one.step == "stop_letter"]
        (act,) = acts
        kept = read_content(node, unit, Ident(row["dossier"]), act.covers["content"])
    assert act.actor == "xa-duty"
    assert kept.values["reasons"] == "It was sent in error."


def test_of_a_stopped_letter_a_new_one_is_made(pair: Pair) -> None:
    with open_door(pair.asking.node, pair.asking.node.book) as door:
        (row,) = told(door.get("duty", "letters"))["items"]
        door.post("duty", f"letters/{row['message']}/stop", {"reasons": "Wait."})
        fresh = told(door.post("duty", f"letters/{row['message']}/again"))
        assert fresh["state"] == "waiting"
        assert fresh["act"] == row["act"]


def test_whoever_only_watches_stops_no_letter(pair: Pair) -> None:
    with open_door(pair.asking.node, pair.asking.node.book) as door:
        (row,) = told(door.get("watch", "letters"))["items"]
        for who in ("watch", "ops"):
            refused = door.post(who, f"letters/{row['message']}/stop", {"reasons": "No."})
            assert refused.status_code == 403


class TestAnswersBrought:
    def test_an_answer_that_came_by_mail_is_recorded_by_who_brought_it(
        self, tmp_path: Path
    ) -> None:
        desk = order_desk(MemoryStore(), tmp_path)
        dossier, file = desk.issue()
        data = answer(file, desk.clock.now())
        with open_door(desk.node) as door:
            body = {"file": b64encode(data).decode(), "channel": "mail"}
            found = door.post("pros", f"dossiers/{dossier}/answers", body)
            assert found.status_code == 201, found.content
            assert told(found)["step"] == "preserve"
            assert told(found)["is_identified"] is True
            listed = told(door.get("pros", f"dossiers/{dossier}/orders"))["answers"]
            assert listed == [told(found)]
        act = last_act(desk.node, str(dossier))
        assert (act.actor, act.recorded and act.recorded["channel"]) == ("xa-pros", "mail")

    def test_an_answer_to_an_order_of_another_dossier_is_refused(self, tmp_path: Path) -> None:
        desk = order_desk(MemoryStore(), tmp_path)
        _, file = desk.issue()
        other, _ = desk.issue()
        data = answer(file, desk.clock.now())
        with open_door(desk.node) as door:
            body = {"file": b64encode(data).decode(), "channel": "mail"}
            refused = door.post("pros", f"dossiers/{other}/answers", body)
            assert (refused.status_code, told(refused)["code"]) == (422, "provider/other-order")


class TestEarlyOpening:
    @pytest.fixture
    def crossing(self, tmp_path: Path) -> Crossing:
        made = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
        folder = tmp_path / "evidence"
        folder.mkdir()
        (folder / "one.bin").write_bytes(bytes(range(256)) * 2_000)
        (folder / "two.txt").write_bytes(CANARY)
        made.seal(folder)
        return made

    def test_what_came_first_goes_out_as_a_tar_and_an_act_says_so(
        self, crossing: Crossing, tmp_path: Path
    ) -> None:
        row = crossing.offer(first=(2,))
        crossing.wire.spoil = _cut_after(6)
        crossing.fetch()
        before = {path for path in tmp_path.rglob("*") if path.is_file()}
        with open_door(crossing.xa) as door:
            body = {"serials": [2], "terms": {"purpose": "stated"}}
            answered = door.post("pros", f"transfers/{row.ident}/early-opening", body)
            assert answered.status_code == 200, answered.content
            data = b"".join(answered.streaming_content)  # type: ignore[attr-defined] # Django's
            assert len(data) == int(answered["Content-Length"])
            answered.close()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            held = {
                one.name.partition("/")[2]: tar.extractfile(one).read()  # type: ignore[union-attr] # a file
                for one in tar.getmembers()
            }
        assert set(held) == {
            "seal/statement.dsse.json",
            "meta/000002.json",
            "objects/000002",
            "early.json",
        }
        assert held["objects/000002"] == CANARY
        assert json.loads(held["early.json"])["says"].startswith("Verified in part")
        with crossing.xa.store.view() as unit:
            acts = read_acts(unit, crossing.dossier)
        act = next(one for one in acts if one.digest == Digest.parse(answered["Comity-Act"]))
        assert (act.step, act.terms["verification"]) == ("open_evidence", "in part")
        fresh = {path for path in tmp_path.rglob("*") if path.is_file()} - before
        assert not any(CANARY in path.read_bytes() for path in fresh)

    def test_what_is_not_here_yet_is_not_opened(self, crossing: Crossing) -> None:
        row = crossing.offer(first=(2,))
        crossing.wire.spoil = _cut_after(6)
        crossing.fetch()
        with open_door(crossing.xa) as door:
            body = {"serials": [1], "terms": {"purpose": "stated"}}
            refused = door.post("pros", f"transfers/{row.ident}/early-opening", body)
            assert (refused.status_code, told(refused)["code"]) == (503, "service/not-here-yet")

    def test_without_the_purpose_the_law_refuses(self, crossing: Crossing) -> None:
        row = crossing.offer(first=(2,))
        crossing.wire.spoil = _cut_after(6)
        crossing.fetch()
        with open_door(crossing.xa) as door:
            refused = door.post("pros", f"transfers/{row.ident}/early-opening", {"serials": [2]})
            assert (refused.status_code, told(refused)["code"]) == (403, "domain/step-closed")


def _cut_after(count: int) -> Callable[[str, bytes], bytes]:
    """Return a line that breaks after so many answers."""
    left = [count]

    def spoil(_path: str, body: bytes) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise PeerUnreachable
        return body

    return spoil
