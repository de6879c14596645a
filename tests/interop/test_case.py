"""The CASE summary conforms to CASE 1.5 and UCO, says the ontology's own validator, off line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from comity.base import Digest, Ident, limits
from comity.evidence.case import Sealing, write_case
from comity.evidence.record import Kind, ObjectRecord, Provenance
from tests.packages import BEGUN, PROVENANCE, SEALED_AT, make_package, seeded
from tests.places import tool


def conforms(document: bytes, folder: Path) -> bool:
    place = folder / "case.jsonld"
    place.write_bytes(document)
    done = subprocess.run(
        [tool("case_validate"), place], capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode == 0 and "Conforms: True" in done.stdout


def record(kind: Kind, path: bytes = b"a/b.txt") -> ObjectRecord:
    return ObjectRecord(
        path=path,
        kind=kind,
        size=3,
        digest=Digest.of(b"abc"),
        modified=None,
        mode=None,
        owner=None,
        irregular="",
        provenance=PROVENANCE,
        blind=bytes(32),
    )


def sealing(objects: int, provenance: Provenance = PROVENANCE) -> Sealing:
    return Sealing(
        package=Ident.make("pkg", seeded("case")(17)),
        authority="XB central authority",
        begun=BEGUN,
        ended=SEALED_AT,
        objects=objects,
        tools=(("comity", "0"),),
        provenance=provenance,
    )


def test_the_summary_of_every_kind_of_object_conforms(tmp_path: Path) -> None:
    records = [(at, record(kind)) for at, kind in enumerate(Kind, start=1)]
    records.append((len(records) + 1, record(Kind.FILE, b"\xff/\x00 bad")))
    assert conforms(write_case(sealing(len(records)), records), tmp_path)


def test_the_summary_of_a_package_without_particulars_conforms(tmp_path: Path) -> None:
    bare = sealing(1, Provenance())
    assert conforms(write_case(bare, [(1, record(Kind.FILE))]), tmp_path)


def test_the_summary_of_a_large_package_counts_and_does_not_list() -> None:
    graph = json.loads(write_case(sealing(limits.CASE_OBJECTS + 1), [(1, record(Kind.FILE))]))
    assert not any("uco-core:hasFacet" in node for node in graph["@graph"])
    assert f"{limits.CASE_OBJECTS + 1} objects" in json.dumps(graph)


def test_the_validator_notices_a_summary_that_does_not_conform(tmp_path: Path) -> None:
    text = make_package()["bag/case.jsonld"].decode().replace('"SHA256"', "7")
    assert not conforms(text.encode(), tmp_path)
