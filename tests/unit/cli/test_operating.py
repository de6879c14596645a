"""Every command that docs/operating.md gives for a node does what it is given for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.cli.main import run
from comity.service.findings import list_findings, make_finding
from comity.service.jobs import STOPPED
from comity.service.notices import FINDING, URGENT, note
from comity.service.rows import JobRow
from tests.nodes import Desk
from tests.places import CHECKOUT

SECTIONS = (
    *("A node", "Work", "Is all well?", "Upgrade"),
    *("Backup and restore", "Keys of a node", "Notices", "Findings and letters"),
)
NOWHERE = "postgres://comity@127.0.0.1:1/xb"


def _commands() -> list[str]:
    """Return the commands of our sections, from code blocks and from the text."""
    found = []
    text = (CHECKOUT / "docs" / "operating.md").read_text("utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        if section.partition("\n")[0] in SECTIONS:
            blocks = re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
            lines = [line for block in blocks for line in block.splitlines()]
            found += [re.split(r" {3,}", line)[0] for line in lines]
            found += re.findall(r"`(comity [^`]+)`", section)
    return [line for line in found if line.startswith("comity ")]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "srv" / "backup").mkdir(parents=True)
    yield tmp_path
    close_connections()


def _stop_a_job(_: Path) -> str:
    node = open_node(Path("node-xa"))
    desk = Desk(node=node, clock=None)  # type: ignore[arg-type] # nothing moves this clock
    dossier = desk.open(process="uncc/preservation", basis="uncc", channel="interpol")
    job = node.idents.new("job")
    row = JobRow(
        ident=job,
        kind="intake",
        dossier=dossier,
        generation=0,
        sealed=b"",
        due=node.clock.now(),
        lease_until=None,
        fence=0,
        attempts=0,
        state=STOPPED,
        trouble="a test",
    )
    with node.store.unit() as unit:
        unit.jobs.add(row)
    close_connections()
    return str(job)


def _find(folder: Path) -> str:
    """Return a finding of the node that nobody has seen; make one if there is none."""
    node = open_node(folder)
    waiting = [row for row in list_findings(node) if row.seen_at is None]
    with node.store.unit() as unit:
        found = waiting[0].ident if waiting else make_finding(node, unit, kind="odd", says="odd")
    close_connections()
    return str(found)


def _notice(folder: Path) -> str:
    node = open_node(folder)
    with node.store.unit() as unit:
        found = note(node, unit, FINDING, URGENT)
    close_connections()
    return str(found)


MADE = {"JOB": _stop_a_job, "FINDING": _find, "NOTICE": _notice}


@pytest.mark.usefixtures("desk")
def test_every_documented_command_of_a_node_runs(capsys: pytest.CaptureFixture[str]) -> None:
    commands = _commands()
    assert len(commands) >= 9
    left = {}
    for command in commands:
        words = shlex.split(command)[1:]
        words = [NOWHERE if word.startswith("postgres://") else word for word in words]
        words = ["1" if word == "3600" else word for word in words]
        words = [word.removeprefix("/") for word in words]
        words = [
            "node-xa/keys/authority.pub" if word == "authority.pub" else word for word in words
        ]
        for name, make in MADE.items():
            if name in words:
                words[words.index(name)] = make(Path(words[2]))
        with pytest.raises(SystemExit) as exit_:
            run(words)
        close_connections()
        left[command] = exit_.value.code or 0
    told = capsys.readouterr()
    wanted = {command: 5 if "postgres:" in command else 0 for command in commands}
    assert left == wanted, told.out + told.err


@pytest.mark.parametrize("verb", ["show", "work", "migrate", "sweep"])
@pytest.mark.usefixtures("desk")
def test_every_verb_of_a_node_asks_for_its_folder(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run(["node", verb])
    assert left.value.code == 2
    assert "folder" in capsys.readouterr().err.lower()


@pytest.mark.usefixtures("desk")
def test_sweep_tells_what_it_leaves_alone(capsys: pytest.CaptureFixture[str]) -> None:
    make = "node init n --state XA --authority A --kind court --exercise"
    with pytest.raises(SystemExit):
        run(make.split())
    (Path("n") / "blobs" / "junk").write_bytes(b"x")
    with pytest.raises(SystemExit) as left:
        run(["node", "sweep", "n"])
    assert not left.value.code
    assert "Left alone, for they are no blobs: junk." in capsys.readouterr().out
    assert (Path("n") / "blobs" / "junk").exists()
