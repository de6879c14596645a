"""``comity node up``: children that die are replaced, and nothing is left when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.app.wirekeys import renew_certificate
from comity.base import Ident, Instant, Period
from comity.service.node import Node, Officer
from comity.service.reading import show_dossier
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.rows import TrustRow
from comity.service.situations import Move
from tests.live import LiveNode, family, is_alive, live_nodes, make_live, wait_for
from tests.raw import raw_tables
from tests.stores import Place

DUTY = Officer(actor="p-3", role="duty_officer")
CHILDREN = ["peers", "desk", "worker-1", "worker-2"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNode]:
    """Return a node for all tests; it goes with the last."""
    with live_nodes(tmp_path_factory.mktemp("up"), "XA", pair=False) as (xa,):
        yield xa


@pytest.fixture
def up(kept: LiveNode) -> LiveNode:
    """Return the node, up: a test before may have ended it."""
    if kept.process is None:
        kept.up()
    return kept


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> LiveNode:
    """Return a node that is not up."""
    node = make_live(tmp_path_factory.mktemp("still"), "XA")
    close_connections()
    return node


def _is_replaced(node: LiveNode, child: str, old: int) -> bool:
    try:
        return node.children().get(child, old) != old
    except (OSError, ValueError):
        return False


@pytest.mark.parametrize("child", CHILDREN)
def test_a_child_that_is_killed_is_replaced(up: LiveNode, child: str) -> None:
    old = up.kill(child)
    wait_for(lambda: _is_replaced(up, child, old))
    up.wait_until_up()
    wait_for(lambda: not is_alive(old))


@pytest.mark.parametrize("door", ["peers", "desk"])
def test_a_door_whose_inner_process_is_killed_opens_again(up: LiveNode, door: str) -> None:
    outer = up.children()[door]
    wait_for(lambda: len(family(outer)) > 1)
    inner = min(family(outer) - {outer})
    os.kill(inner, signal.SIGKILL)
    wait_for(lambda: not is_alive(inner))
    up.wait_until_up()


def test_a_node_is_ready_when_its_worker_was_heard(up: LiveNode) -> None:
    wait_for(
        lambda: (
            up.comity("node", "health", str(up.folder), "--json", code=None)["verdict"] == "passed"
        )
    )


def test_a_node_that_is_up_is_not_started_twice(up: LiveNode) -> None:
    told = up.comity("node", "up", str(up.folder), "--json", code=5)
    assert told["error"]["code"] == "app/already-up"


def test_every_line_of_the_log_is_json_of_known_fields(up: LiveNode) -> None:
    from comity.app.logs import FIELDS  # noqa: PLC0415 - the list under test

    lines = [line for line in up.log.read_text().splitlines() if line.startswith("{")]
    assert len(lines) > 5
    assert all(set(json.loads(line)) <= FIELDS for line in lines)


def test_a_supervisor_told_to_stop_leaves_no_process(up: LiveNode) -> None:
    alive = up.processes()
    assert len(alive) >= 7
    assert up.down() == 0
    wait_for(lambda: not any(is_alive(one) for one in alive))


def test_a_supervisor_that_is_killed_leaves_no_process(up: LiveNode) -> None:
    alive = up.processes()
    up.die()
    wait_for(lambda: not any(is_alive(one) for one in alive))
    up.up()
    assert up.down() == 0


@pytest.mark.parametrize("door", ["peers", "desk"])
def test_a_port_that_is_taken_is_told_before_anything_starts(still: LiveNode, door: str) -> None:
    host, _, port = getattr(still.settings, door).rpartition(":")
    with socket.create_server((host, int(port))):
        told = still.comity("node", "up", str(still.folder), "--json", code=5)
    assert (told["error"]["code"], told["error"]["where"]) == ("app/port-taken", f"{host}:{port}")


def test_an_expired_certificate_is_told(still: LiveNode) -> None:
    renew_certificate(still.folder, still.settings, Instant.parse("2020-01-01T00:00:00Z"))
    told = still.comity("node", "up", str(still.folder), "--json", code=5)
    still.comity("node", "renew", str(still.folder))
    assert told["error"]["code"] == "app/certificate-expired"


def test_a_key_that_is_not_the_certificates_is_told(still: LiveNode) -> None:
    path = still.folder / "keys" / "tls.key"
    before = still.certificate.read_bytes()
    still.comity("node", "renew", str(still.folder))
    still.certificate.write_bytes(before)
    told = still.comity("node", "up", str(still.folder), "--json", code=1)
    still.comity("node", "renew", str(still.folder))
    assert (told["error"]["code"], told["error"]["where"]) == ("app/wire-key-damaged", str(path))


def test_a_clock_behind_what_happened_is_told(still: LiveNode) -> None:
    node = still.open()
    later = node.clock.now().plus(Period.parse("P1D"))
    row = TrustRow(
        name="state/XC", version=1, document=b"", source="paired", fetched=later, expires=None
    )
    with node.store.unit() as unit:
        unit.trust.add(row)
    told = still.comity("node", "up", str(still.folder), "--json", code=5)
    with node.store.unit() as unit:
        unit.trust.remove(name="state/XC")
    close_connections()
    assert told["error"]["code"] == "app/clock-off"


def test_outdated_tables_are_told(still: LiveNode) -> None:
    place = Place("sqlite", str(still.folder / "node.sqlite3"))
    with raw_tables(place) as raw:
        raw("UPDATE django_migrations SET app = 'gone' WHERE name = '0003_desk'")
    told = still.comity("node", "up", str(still.folder), "--json", code=5)
    with raw_tables(place) as raw:
        raw("UPDATE django_migrations SET app = 'storage' WHERE name = '0003_desk'")
    assert told["error"]["code"] == "app/tables-outdated"


def test_a_node_without_doors_is_told(still: LiveNode) -> None:
    path = still.folder / "node.toml"
    before = path.read_text()
    path.write_text(replace(still.settings, peers="", endpoint="", desk="").as_toml())
    told = still.comity("node", "up", str(still.folder), "--json", code=2)
    path.write_text(before)
    assert "no door" in told["error"]["detail"]


def test_a_door_ends_with_the_process_that_started_it(still: LiveNode) -> None:
    words = [sys.executable, "-m", "comity.web.serving", "desk", str(still.folder)]
    done = subprocess.run([*words, "--parent", "1"], capture_output=True, check=False, timeout=60)
    assert done.returncode == 1


def _say_urgent(node: Node, counterpart: str) -> Ident:
    """Open a dossier and make the request by telephone: the shortest exchanged act."""
    opening = Opening(
        process="uncc/preservation",
        counterpart=counterpart,
        authority=f"{counterpart}-CA",
        basis="uncc",
        channel="node",
        priority="emergency",
    )
    dossier = open_dossier(node, DUTY, opening)
    amend_form(node, DUTY, dossier, {"urgency": "urgent"})
    why = {"reasons": "Lives are at risk."}
    take_step(node, DUTY, dossier, Move(step="call", channel="telephone", content=why))
    return dossier


def _events(node: Node, dossier: Ident) -> set[str]:
    return {receipt.event for receipt in show_dossier(node, dossier).receipts}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_was_sent_while_supervisors_die_arrives_once(tmp_path: Path) -> None:
    with live_nodes(tmp_path, "XA", "XB") as (xa, xb):
        node = open_node(xa.folder)
        dossiers = []
        for number, victim in enumerate((xa, xb, xa)):
            for one in (xa, xb):
                if one.process is None:
                    one.up(wait=False)
            for one in (xa, xb):
                one.wait_until_up()
            dossiers += [_say_urgent(node, "XB") for _ in range(3)]
            victim.down() if number == 1 else victim.die()
        xa.up()
        wait_for(lambda: all("delivered" in _events(node, one) for one in dossiers), seconds=300)
        theirs = open_node(xb.folder)
        with theirs.store.view() as unit:
            held = {row.ident for row in unit.dossiers.find()}
        assert held == set(dossiers)
        for one in (xa, xb):
            one.down()
            assert one.comity("check", "--node", str(one.folder), "--json")["verdict"] == "passed"
