"""Whoever would hide a grave finding among cheap ones, or make them in another's name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from comity.base import Digest, limits
from comity.base.errors import ComityError
from comity.federation.message import Address
from comity.seal.content import seal_content
from comity.service import handover
from comity.service.courier import export_disk
from comity.service.courier_import import import_disk
from comity.service.findings import WEIGHTY, list_findings, make_finding
from comity.service.node import Node
from comity.service.order_errors import OrderOver, UnknownOrder
from comity.service.receiving import accept_message
from comity.service.rows import OrderRow
from comity.service.speakers import refusals_kept
from comity.storage.memory import MemoryStore
from tests.attack.test_wire_adversary import Forger
from tests.crossing import HAND_OVER, OFFICER, Crossing, make_crossing, work
from tests.nodes import make_desk
from tests.providers import order_desk
from tests.wires import make_pair

PEER = "XA XA-CA"


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return make_desk(MemoryStore(), tmp_path).node


def tell(node: Node, kind: str, says: str = "It says so.", source: str = PEER) -> bool:
    """Make a finding; return whether it was kept."""
    with node.store.unit() as unit:
        return make_finding(node, unit, kind=kind, says=says, source=source) is not None


def urgent(node: Node) -> list[str]:
    with node.store.view() as unit:
        return [one.kind for one in unit.notices.find() if one.priority == "urgent"]


def test_a_fork_is_kept_as_proof_however_much_rubbish_came_before() -> None:
    forger = Forger(make_pair())
    first = forger.act()
    assert forger.bring(forger.message(first)) == "done"
    for _ in range(limits.FINDINGS_A_DAY + 3):
        assert forger.bring(forger.message(exercise=False)) == "other-ground"
    other = seal_content({"form": {"facts": "other", "urgency": "urgent"}}, b"t" * 32).document
    second = forger.act(covers={"content": Digest.of(other)})
    assert forger.bring(forger.message(second, documents={"content": other})) == "fork"
    (fork,) = [one for one in list_findings(forger.victim) if one.kind == "fork"]
    assert fork.evidence.count(b"\n") == 1
    assert str(first.digest) in fork.says
    assert urgent(forger.victim) == ["finding"]


def test_forks_at_one_place_do_not_hide_a_fork_at_another(node: Node) -> None:
    for _ in range(limits.FINDINGS_A_DAY):
        assert tell(node, "fork", "place 1")
    assert not tell(node, "fork", "place 1")
    assert tell(node, "fork", "place 2")
    assert not tell(node, "fork", "place 2")


@pytest.mark.parametrize("kind", sorted(WEIGHTY))
def test_what_is_grave_is_never_crowded_out_by_what_is_cheap(node: Node, kind: str) -> None:
    for number in range(limits.FINDINGS_A_DAY * 2):
        tell(node, "malformed", f"{number}")
    assert tell(node, kind)
    assert urgent(node) == ["finding"]


def test_what_is_cheap_is_bounded_whatever_it_says(node: Node) -> None:
    kept = [tell(node, "malformed", f"{number}") for number in range(limits.FINDINGS_A_DAY * 2)]
    assert sum(kept) == limits.FINDINGS_A_DAY
    (more,) = [one for one in list_findings(node) if one.kind == "more"]
    assert more.more == limits.FINDINGS_A_DAY
    assert "malformed" in more.says


def test_one_kind_takes_nothing_of_the_share_of_another(node: Node) -> None:
    for _ in range(limits.FINDINGS_A_DAY + 1):
        tell(node, "malformed")
    assert tell(node, "too-old")


def test_one_who_is_not_proved_wakes_nobody(node: Node) -> None:
    for source in ("unknown", "a disk"):
        assert tell(node, "revoked-key", source=source)
    assert urgent(node) == []


def test_strangers_take_nothing_of_the_share_of_who_knows_an_order(tmp_path: Path) -> None:
    desk = order_desk(MemoryStore(), tmp_path)
    desk.issue()
    with desk.node.store.view() as unit:
        order = unit.orders.find()[0]
    for _ in range(limits.FINDINGS_A_DAY + 1):
        _refuse(desk.node, "ord_of_nobody")
        _refuse(desk.node, order.order)
    with pytest.raises(OrderOver):
        _refuse_proved(desk.node, order)
    sources = {one.source for one in list_findings(desk.node)}
    door = "a provider's door"
    assert sources == {door, f"{door}, {order.order}", f"{door}, proved: {order.provider}"}


def _refuse_proved(node: Node, order: OrderRow) -> None:
    with refusals_kept(node, b"", order.order) as heard:
        heard.note(order.provider)
        raise OrderOver


def _refuse(node: Node, order: str) -> None:
    with pytest.raises(UnknownOrder), refusals_kept(node, b"", order):
        raise UnknownOrder


@pytest.fixture
def carried(tmp_path: Path) -> tuple[Crossing, Path]:
    """Return two nodes with no line between them, and the disk from one to the other."""
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path, channel="courier")
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "disk.img").write_bytes(os.urandom(100_000))
    made.seal(folder)
    handover.request_handover(made.xb, OFFICER, made.package, move=HAND_OVER)
    assert work(made.xb) == []
    disk = tmp_path / "disk"
    export_disk(made.xb, Address(made.xa.state, made.xa.authority), disk, with_evidence=True)
    return made, disk


def test_a_disk_makes_no_finding_in_the_name_that_is_written_on_it(
    carried: tuple[Crossing, Path],
) -> None:
    crossing, disk = carried
    (disk / "autorun.inf").write_bytes(b"x")
    volume = max(disk.rglob("*.age"), key=lambda path: path.stat().st_size)
    data = bytearray(volume.read_bytes())
    data[5] ^= 1
    volume.write_bytes(data)
    import_disk(crossing.xa, disk)
    found = {(one.kind, one.source) for one in list_findings(crossing.xa)}
    assert found == {("disk-strange", "a disk"), ("chunk-wrong", "a disk")}
    assert crossing.incoming().trouble == ""


def test_rubbish_for_a_letter_on_a_disk_is_nobodys(carried: tuple[Crossing, Path]) -> None:
    crossing, disk = carried
    letter = next((disk / "letters").iterdir())
    line, _, _ = letter.read_bytes().partition(b"\n")
    with pytest.raises(ComityError):
        accept_message(crossing.xa, None, b"x" + line)
    assert {one.source for one in list_findings(crossing.xa)} == {"a disk"}
