"""The provider's page: every command on it runs as it stands there, against a real node."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.federation.answering import Code
from comity.seal import PublicCard, write_public
from comity.seal.keyfiles import read_signing_key
from comity.service.returning import list_returns
from tests.live import LiveNode, live_nodes
from tests.places import CHECKOUT
from tests.providers import PROVIDER, Desk, know_provider
from tests.steady import HandClock

PAGE = (CHECKOUT / "docs/provider.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ comity (.+)$", PAGE, re.MULTILINE)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveNode]:
    with live_nodes(tmp_path, "XB") as (node,):
        node.up(workers=1)
        yield node


def run(folder: Path, line: str) -> str:
    words = [sys.executable, "-c", "from comity.cli.main import run; run()", *shlex.split(line)]
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, (line, done.stdout.decode(), done.stderr.decode())
    return done.stdout.decode()


def test_every_command_on_the_page_does_what_the_page_says(live: LiveNode, tmp_path: Path) -> None:
    office = tmp_path / "office"
    (office / "preserved").mkdir(parents=True)
    (office / "preserved" / "mail.mbox").write_bytes(b"From alice\n" * 999)
    make_key, verify, freeze, answer, back = COMMANDS
    run(office, make_key)
    node = live.open()
    know_provider(node, PROVIDER, read_signing_key(office / "office.key"))
    (office / "authority.json").write_bytes(live.card().document())
    write_public(office / "authority.pub", PublicCard("key", node.authority, node.key.public))
    until = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    desk = Desk(node=node, clock=HandClock())
    dossier, file = desk.issue(valid_until=until)
    (office / "order.json").write_bytes(file)
    assert "exercise" in run(office, verify)
    run(office, freeze)
    run(office, answer)
    assert desk.state(dossier) == "preserved"
    desk.demand(dossier)
    run(office, back)
    (row,) = list_returns(node, dossier)
    assert (row.state, row.is_identified, desk.state(dossier)) == ("whole", True, "produced")
    close_connections()


def test_the_codes_on_the_page_are_all_there_are() -> None:
    shown = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert shown == [code.value for code in Code]
