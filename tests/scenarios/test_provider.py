"""A provider at work: the commands as a compliance officer types them, against a real node."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comity.app.databases import close_connections
from comity.base import Ident
from comity.federation.calls import content_digest
from comity.seal import PublicCard, write_key, write_public
from comity.service.answers import list_answers
from comity.service.checking import check_node
from comity.service.codes import make_code
from comity.service.orders import revoke_order
from comity.service.returning import request_return_intake, show_comparison
from comity.service.uploads import list_returns
from tests.live import LiveNode, live_nodes, make_live, wait_for
from tests.providers import (
    EXECUTING,
    KEY,
    PROSECUTOR,
    PROVIDER,
    Desk,
    know_provider,
    read_order,
)
from tests.steady import HandClock

_DIGEST_OF_BRACES = {"Content_Digest": content_digest(b"{}")}
_COMMAND = [sys.executable, "-c", "from comity.cli.main import run; run()"]


@dataclass
class Office:
    """The provider's office: a folder with its key, and the card of the authority."""

    folder: Path
    live: LiveNode

    def run(self, *words: object, code: int | None = 0) -> Any:
        done = subprocess.run(
            [*_COMMAND, *map(str, words), "--json"], capture_output=True, check=False, timeout=120
        )
        said = done.stdout.decode()
        assert code is None or done.returncode == code, said + done.stderr.decode()
        return json.loads(said.splitlines()[-1])

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_COMMAND, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    @property
    def key(self) -> Path:
        return self.folder / "provider.key"

    @property
    def pin(self) -> Path:
        return self.folder / "authority.json"

    def keep(self, name: str, data: bytes) -> Path:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place


@dataclass
class Scene:
    """The authority's desk, and the provider's office."""

    desk: Desk
    office: Office

    def issue(self, name: str, **form: Any) -> tuple[Ident, Path]:
        until = datetime.now(UTC) + timedelta(days=20)
        plain = {"valid_until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
        dossier, file = self.desk.issue(**(plain | form))
        return dossier, self.office.keep(name, file)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNode]:
    with live_nodes(tmp_path_factory.mktemp("live"), "XB") as (node,):
        node.up(workers=1)
        yield node


@pytest.fixture
def scene(live: LiveNode, tmp_path: Path) -> Iterator[Scene]:
    node = live.open()
    know_provider(node, PROVIDER, KEY)
    office = Office(tmp_path, live)
    write_key(office.key, KEY, os.urandom)
    write_public(tmp_path / "authority.pub", PublicCard("a", node.authority, node.key.public))
    office.keep("authority.json", live.card().document())
    yield Scene(Desk(node=node, clock=HandClock()), office)
    close_connections()


def ask(
    live: LiveNode, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    """Ask as a stranger would, with the standard library; nothing is signed."""
    context = ssl.create_default_context(cafile=str(live.certificate))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    host, _, port = live.settings.peers.rpartition(":")
    link = http.client.HTTPSConnection(host, int(port), timeout=60, context=context)
    try:
        link.putrequest(method, path)
        for name, value in headers.items():
            link.putheader(name.replace("_", "-"), value)
        link.endheaders(body)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def make_files(office: Office) -> list[Path]:
    office.keep("data/mail/inbox.mbox", b"From alice\n" * 5000)
    office.keep("data/log", b"2026-11-01 login\n" * 9000)
    return [office.folder / "data"]


def test_a_provider_freezes_answers_and_returns(scene: Scene) -> None:
    office, node = scene.office, scene.desk.node
    dossier, order = scene.issue("order.json")
    office.run("order", "verify", order, "--trust", office.folder / "authority.pub", "--exercise")
    frozen = office.run("order", "freeze", order, *make_files(office), "--out", office.folder / "f")
    inventory = Path(frozen["inventory"])
    told = office.run(
        *("order", "answer", order, "--code", "done", "--inventory", inventory),
        *("--key", office.key, "--tls-pin", office.pin),
    )
    assert told["identified"] is True
    scene.desk.demand(dossier)
    back = office.run(
        *("order", "return", order, office.folder / "data", "--inventory", inventory),
        *("--key", office.key, "--tls-pin", office.pin),
    )
    request_return_intake(node, EXECUTING, dossier, [Ident(back["return"])])
    wait_for(lambda: list_returns(node, dossier)[0].state == "taken")
    compared = show_comparison(node, Ident(back["return"]))
    assert (compared["inventory"], compared["identified"]) == ("first", "yes")
    assert compared["counts"] == {"same": 2, "changed": 0, "moved": 0, "missing": 0, "added": 0}


def test_a_provider_without_a_key_answers_by_a_code_and_is_marked(scene: Scene) -> None:
    office, node = scene.office, scene.desk.node
    dossier, order = scene.issue("coded.json")
    code = make_code(node, PROSECUTOR, read_order(order.read_bytes()).order)
    words = ["order", "answer", order, "--code", "no_such_data", "--reasons", "Never held."]
    told = office.run(*words, "--by-code", code, "--tls-pin", office.pin)
    assert told["identified"] is False
    assert [one.is_identified for one in list_answers(node, dossier)] == [False]
    office.run(*words, "--by-code", code, "--tls-pin", office.pin, code=1)


def test_both_ends_killed_in_the_middle_lose_nothing(scene: Scene) -> None:
    office, node, live = scene.office, scene.desk.node, scene.office.live
    dossier, order = scene.issue("long.json", measure="produce_content_data")
    data = office.keep("disk.img", os.urandom(1 << 20) * 60)
    words = ("order", "return", order, data, "--key", office.key, "--tls-pin", office.pin)
    client = office.start(*words)
    wait_for(lambda: any(row.got for row in list_returns(node, dossier)))
    os.kill(client.pid, signal.SIGKILL)
    client.communicate()
    before = list_returns(node, dossier)[0]
    client = office.start(*words)
    wait_for(lambda: list_returns(node, dossier)[0].got > before.got)
    live.kill("peers")
    _, errors = client.communicate(timeout=120)
    assert client.returncode == 0, errors.decode()
    (row,) = list_returns(node, dossier)
    assert (row.state, scene.desk.state(dossier)) == ("whole", "produced")
    request_return_intake(node, EXECUTING, dossier, [row.ident])
    wait_for(lambda: list_returns(node, dossier)[0].state == "taken")
    assert check_node(node).verdict.value == "passed"


def test_a_return_that_is_done_can_be_run_again_and_changes_nothing(scene: Scene) -> None:
    office = scene.office
    dossier, order = scene.issue("twice.json", measure="produce_content_data")
    data = office.keep("small", b"all there is")
    words = ("order", "return", order, data, "--key", office.key, "--tls-pin", office.pin)
    first = office.run(*words)
    before = scene.desk.steps(dossier)
    assert office.run(*words)["return"] == first["return"]
    assert scene.desk.steps(dossier) == before


def test_another_node_than_the_cards_is_not_spoken_to(scene: Scene, tmp_path: Path) -> None:
    office = scene.office
    _, order = scene.issue("pinned.json")
    other = make_live(tmp_path, "XC")
    told = office.run(
        *("order", "answer", order, "--code", "done", "--key", office.key),
        *("--tls-pin", other.certificate, "--to", office.live.endpoint),
        code=5,
    )
    assert told["error"]["code"] == "order/door-unreachable"


def test_the_list_of_revoked_orders_is_public(scene: Scene) -> None:
    office, node = scene.office, scene.desk.node
    _, order = scene.issue("revoked.json")
    revoke_order(node, PROSECUTOR, read_order(order.read_bytes()).order, "Withdrawn.")
    status, body = ask(office.live, "GET", "/providers/1/orders/revocations")
    listed = office.keep("revocations.json", body)
    judged = office.run(
        *("order", "verify", order, "--trust", office.folder / "authority.pub"),
        *("--revoked", listed, "--exercise"),
        code=1,
    )
    assert (status, judged["word"]) == (200, "revoked")


HOSTILE: list[tuple[str, str, bytes | None, dict[str, str], int]] = [
    ("POST", "/providers/1/answers", None, {"Transfer_Encoding": "chunked"}, 411),
    ("POST", "/providers/1/answers", None, {"Content_Length": "99999999999"}, 413),
    ("POST", "/providers/1/answers", b"{}", {"Content_Length": "2"}, 400),
    ("POST", "/providers/1/returns", b"{}", {"Content_Length": "2"}, 400),
    ("POST", "/providers/1/answers", b"{}", {"Content_Length": "2", **_DIGEST_OF_BRACES}, 422),
    ("HEAD", "/providers/1/returns/ret_" + "0" * 26, None, {}, 404),
    ("GET", "/providers/1/returns/..%2f..%2fetc%2fpasswd", None, {}, 404),
    ("GET", "/providers/1/answers", None, {}, 405),
    ("GET", "/api/1/dossiers", None, {}, 404),
]


def test_a_stranger_on_the_real_door_is_refused_with_the_right_word(scene: Scene) -> None:
    live = scene.office.live
    found = [
        (path, ask(live, method, path, body, **headers)[0])
        for method, path, body, headers, _ in HOSTILE
    ]
    assert found == [(path, status) for _, path, _, _, status in HOSTILE]


def test_whoever_says_more_than_it_sends_holds_nobody_up(scene: Scene) -> None:
    live = scene.office.live
    context = ssl.create_default_context(cafile=str(live.certificate))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    host, _, port = live.settings.peers.rpartition(":")
    with (
        socket.create_connection((host, int(port)), 30) as plain,
        context.wrap_socket(plain, server_hostname=host) as link,
    ):
        link.sendall(
            b"POST /providers/1/answers HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            b"Content-Digest: sha-256=:" + b"A" * 43 + b"=:\r\n\r\nshort"
        )
        assert ask(live, "GET", "/providers/1/orders/revocations")[0] == 200
