"""A listed State that would fill the disk: what nobody asked for, and more than anybody meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Digest, Ident, limits
from comity.base.canonical import canonical_bytes
from comity.base.errors import Malformed
from comity.federation.descriptor import Descriptor, Volume
from comity.seal.act import Act
from comity.service import reading
from comity.service.fetching import resume_transfer
from comity.service.transfers import note_act
from comity.service.transfers_bounds import NotAskedFor, hold_back, require_asked
from comity.storage.memory import MemoryStore
from tests.attack.test_wire_adversary import FORM, Forger
from tests.crossing import OFFICER, Crossing, make_crossing
from tests.wires import make_pair


@pytest.fixture
def crossing(tmp_path: Path) -> Crossing:
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "one.txt").write_bytes(b"an exhibit")
    made.seal(folder)
    return made


def huge(count: int = 5_000, size: int = limits.VOLUME_BYTES) -> Descriptor:
    """Return a descriptor of more than a terabyte."""
    volumes = tuple(
        Volume(number=number, size=size, chunks=Digest.of(b"%d" % number))
        for number in range(count)
    )
    return Descriptor(
        transfer=Ident("xfr_" + "7" * 26),
        package=Ident("pkg_" + "7" * 26),
        statement=Digest.of(b"a statement"),
        objects=1,
        volumes=volumes,
        first=(),
    )


def kinds(crossing: Crossing) -> list[str]:
    with crossing.xa.store.view() as unit:
        return [one.kind for one in unit.findings.find()]


def handed(crossing: Crossing) -> Act:
    """Return the act of handing over, as it has come."""
    shown = reading.show_dossier(crossing.xa, crossing.dossier)
    return next(one.act for one in shown.acts if one.act.step == "hand_over")


def judge(crossing: Crossing, act: Act, **change: object) -> None:
    with crossing.xa.store.view() as unit:
        head = replace(unit.dossiers.get(crossing.dossier), **change)  # type: ignore[arg-type] # its fields
        require_asked(crossing.xa, unit, head, act)


def test_a_first_act_that_offers_a_terabyte_begins_no_fetching() -> None:
    forger = Forger(make_pair())
    document = huge().document()
    act = forger.act(
        covers={"content": Digest.of(FORM), "descriptor": Digest.of(document)},
        terms={"basis": "tst", "priority": "routine", "documents": "descriptor"},
    )
    data = forger.message(act, documents={"content": FORM, "descriptor": document})
    assert forger.bring(data) == "done"
    with forger.victim.store.view() as unit:
        assert (unit.transfers.count(), unit.jobs.count()) == (0, 0)
        (finding,) = unit.findings.find()
    assert (finding.kind, finding.evidence) == ("descriptor-unasked", b"")


def test_another_step_hands_nothing_over(crossing: Crossing) -> None:
    crossing.offer()
    with pytest.raises(NotAskedFor, match="hands nothing over"):
        judge(crossing, replace(handed(crossing), step="grant"))


def test_whoever_asks_hands_nothing_over(crossing: Crossing) -> None:
    crossing.offer()
    with pytest.raises(NotAskedFor, match="not they"):
        judge(crossing, handed(crossing), side="requested")


def test_a_dossier_in_which_we_said_nothing_asked_for_nothing(crossing: Crossing) -> None:
    crossing.offer()
    with pytest.raises(NotAskedFor, match="asked for nothing"):
        judge(crossing, handed(crossing), ident=Ident("dos_" + "7" * 26))


@pytest.mark.parametrize("outcome", ["irregular", "overtaken", "waiting"])
def test_a_step_that_does_not_count_hands_nothing_over(crossing: Crossing, outcome: str) -> None:
    crossing.offer()
    act = handed(crossing)
    judge(crossing, act)
    with crossing.xa.store.unit() as unit:
        standing = unit.standings.get(crossing.dossier)
        outcomes = canonical_bytes({str(act.digest): outcome})
        unit.standings.replace(replace(standing, outcomes=outcomes))
    with pytest.raises(NotAskedFor, match="does not count"):
        judge(crossing, act)


def test_what_is_refused_so_is_noted_nowhere_but_in_a_finding(crossing: Crossing) -> None:
    crossing.offer()
    document = huge(1).document()
    act = replace(handed(crossing), step="grant", covers={"descriptor": Digest.of(document)})
    with crossing.xa.store.unit() as unit:
        before = unit.transfers.count(), unit.jobs.count()
        head = unit.dossiers.get(crossing.dossier)
        note_act(crossing.xa, unit, head, act, {"descriptor": document})
        assert (unit.transfers.count(), unit.jobs.count()) == before
    assert kinds(crossing) == ["descriptor-unasked"]


@pytest.mark.parametrize(
    ("name", "value", "trouble"),
    [
        ("DOSSIER_TRANSFER_BYTES", 1, "service/not-by-itself"),
        ("DOSSIER_TRANSFERS", 0, "service/not-by-itself"),
        ("PEER_TRANSFER_BYTES", 1, "service/not-by-itself"),
        ("DISK_RESERVE_BYTES", 1 << 60, "service/no-room"),
    ],
)
def test_what_is_beyond_the_bounds_waits_until_an_officer_resumes_it(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch, name: str, value: int, trouble: str
) -> None:
    usual: int = getattr(limits, name)
    monkeypatch.setattr(limits, name, value)
    row = crossing.offer()
    assert crossing.fetch() == []
    assert crossing.wire.asked == []
    held = crossing.incoming()
    assert (held.state, held.trouble, held.got) == ("stopped", trouble, 0)
    assert kinds(crossing) == ["transfer-waits"]
    with crossing.xa.store.view() as unit:
        assert "transfer-stopped" in [one.kind for one in unit.notices.find()]
    if name == "DISK_RESERVE_BYTES":
        monkeypatch.setattr(limits, name, usual)
    resume_transfer(crossing.xa, OFFICER, row.ident)
    assert crossing.fetch() == []
    assert crossing.incoming().state == "done"


def test_no_officer_can_give_the_last_of_the_disk_away(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DISK_RESERVE_BYTES", 1 << 60)
    row = crossing.offer()
    resume_transfer(crossing.xa, OFFICER, row.ident)
    assert crossing.fetch() == ["service/no-room"]
    held = crossing.incoming()
    assert (held.state, held.trouble, held.got) == ("stopped", "service/no-room", 0)


def test_what_is_on_its_way_counts_against_the_disk(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = crossing.offer()
    free = crossing.xa.blobs.free()
    monkeypatch.setattr(limits, "DOSSIER_TRANSFER_BYTES", free * 9)
    with crossing.xa.store.unit() as unit:
        first = unit.transfers.get(row.ident)
        hold_back(crossing.xa, unit, first)
        assert unit.transfers.get(row.ident).state == "fetching"
        other = replace(first, ident=Ident("xfr_" + "7" * 26), peer_state="XC", size=free)
        unit.transfers.add(other)
        hold_back(crossing.xa, unit, first)
        assert unit.transfers.get(row.ident).trouble == "service/no-room"


@pytest.mark.parametrize(
    ("state", "trouble"),
    [("refused", "seal/broken"), ("stopped", "service/erased"), ("done", "")],
)
def test_what_is_dropped_or_taken_over_takes_nothing_of_the_bounds(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch, state: str, trouble: str
) -> None:
    row = crossing.offer()
    monkeypatch.setattr(limits, "PEER_TRANSFER_BYTES", row.size)
    with crossing.xa.store.unit() as unit:
        first = unit.transfers.get(row.ident)
        other = replace(first, ident=Ident("xfr_" + "7" * 26), dossier=Ident("dos_" + "7" * 26))
        unit.transfers.add(replace(other, size=1 << 60, state=state, trouble=trouble))
        hold_back(crossing.xa, unit, first)
        assert unit.transfers.get(row.ident).state == "fetching"


@pytest.mark.parametrize(
    "make",
    [
        lambda: huge(1, limits.VOLUME_BYTES + 1),
        lambda: huge(limits.TRANSFER_VOLUMES + 1, 1),
        lambda: huge(1, 0),
    ],
)
def test_a_volume_that_no_node_writes_is_refused(make: Callable[[], Descriptor]) -> None:
    with pytest.raises(Malformed):
        Descriptor.parse(make().document())
