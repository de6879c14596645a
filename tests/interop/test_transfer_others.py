"""Other people's tools on what goes across: age, sha256sum, bagit.py, our verifier alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comity.base import Ident
from comity.federation.courier import descriptor_name, volume_name
from comity.federation.message import Address
from comity.seal.keyfiles import write_public
from comity.service.courier import export_disk
from comity.service.handing import open_package
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.crossing import KEEPER, Crossing, make_crossing
from tests.places import CHECKOUT, tool

FOR_COURT = Move(terms={"purpose": "stated"})


@pytest.fixture
def crossing(tmp_path: Path) -> Crossing:
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "one.bin").write_bytes(os.urandom(100_000))
    (folder / "two.txt").write_bytes(b"two")
    made.seal(folder)
    made.offer()
    return made


def test_a_package_that_came_across_verifies_from_its_files_alone(
    crossing: Crossing, tmp_path: Path
) -> None:
    crossing.fetch()
    out = tmp_path / "plain"
    open_package(crossing.xa, KEEPER, crossing.package, out, FOR_COURT)
    card = tmp_path / "xb.pub"
    write_public(card, crossing.xb.sealer.card)
    script = "from comity.cli.main import run; run()"
    words = ["evidence", "verify", str(out), "--trust", str(card), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, cwd=CHECKOUT, check=False
    )
    assert done.returncode == 0, done.stdout
    manifest = ["sha256sum", "--check", "--strict", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    assert (
        subprocess.run(manifest, cwd=out / "bag", capture_output=True, check=False).returncode == 0
    )
    bagit = Path(sys.executable).with_name("bagit.py")
    judged = subprocess.run(
        [sys.executable, bagit, "--validate", out / "bag"], capture_output=True, check=False
    )
    assert judged.returncode == 0, judged.stderr


def test_age_opens_a_volume_with_the_receivers_identity_and_no_other(
    crossing: Crossing, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    to = Address(crossing.xa.state, crossing.xa.authority)
    export_disk(crossing.xb, to, disk, with_evidence=True, made=False)
    row = crossing.outgoing()
    volume = disk / volume_name(row.ident, 0)
    for node, code in ((crossing.xa, 0), (crossing.xb, 1)):
        key = tmp_path / f"{node.state}.key"
        key.write_text(f"{node.identity.secret_text()}\n")
        age = [tool("age"), "--decrypt", "--identity", str(key), str(volume)]
        done = subprocess.run(age, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        assert done.stdout.startswith(b"comity/volumes/1 ") is (code == 0)


def test_sha256sum_names_the_chunk_lists_as_the_descriptor_does(
    crossing: Crossing, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    to = Address(crossing.xa.state, crossing.xa.authority)
    export_disk(crossing.xb, to, disk, made=False)
    row = crossing.outgoing()
    told = json.loads((disk / descriptor_name(row.ident)).read_bytes())
    lists = disk / "transfers" / str(Ident(told["transfer"])) / "chunks"
    names = [f"{volume['number']:06d}" for volume in told["volumes"]]
    done = subprocess.run(["sha256sum", *names], cwd=lists, capture_output=True, check=True)
    found = [f"sha256:{line.split()[0]}" for line in done.stdout.decode().splitlines()]
    assert found == [volume["chunks"] for volume in told["volumes"]]
