"""The vectors that we publish for others hold for us, and in part for others' code too."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jcs
import pytest

from comity.base import Digest, Instant, Verdict
from comity.base.errors import ComityError
from comity.seal import (
    Act,
    Content,
    VerifyingKey,
    check_chain,
    cite_act,
    pae,
    verify_act,
)
from tests.places import CHECKOUT

VECTORS = json.loads((CHECKOUT / "tests" / "vectors" / "seal" / "seals.json").read_bytes())
KEY = VerifyingKey.parse(VECTORS["key"]["public"])
DOCUMENTS = VECTORS["documents"]


def name_of(row: dict[str, Any]) -> str:
    return str(row["id"])


def test_the_vectors_are_all_there() -> None:
    assert (len(VECTORS["envelopes"]), len(VECTORS["chains"])) == (20, 12)


@pytest.mark.parametrize("row", VECTORS["envelopes"], ids=name_of)
def test_an_envelope_gets_the_verdict_that_is_written(row: dict[str, Any]) -> None:
    try:
        verify_act(row["envelope"].encode(), KEY)
        found = "passed"
    except ComityError as error:
        found = error.code
    assert found == row["expect"]


@pytest.mark.parametrize("row", VECTORS["chains"], ids=name_of)
def test_a_chain_fails_the_checks_that_are_written(row: dict[str, Any]) -> None:
    report = check_chain(
        [VECTORS["signed"][name].encode() for name in row["acts"]],
        keys=[KEY],
        known={Digest.parse(text) for text in row["known"]},
        now=Instant.parse(row["now"]),
    )
    failed = [one.check for one in report.findings if one.verdict is Verdict.FAILED]
    assert failed == row["failed"]


def test_the_key_has_the_name_that_is_written() -> None:
    assert str(KEY.key_id) == VECTORS["key"]["id"]


def test_jcs_and_sha256_give_the_name_that_is_written() -> None:
    found = hashlib.sha256(jcs.canonicalize(VECTORS["key"]["public"])).hexdigest()
    assert f"sha256:{found}" == VECTORS["key"]["id"]


def test_the_act_has_the_digest_that_is_written() -> None:
    act = Act.parse(DOCUMENTS["act"]["payload"].encode())
    assert str(act.digest) == DOCUMENTS["act"]["digest"]


def test_the_signed_bytes_are_those_that_are_written() -> None:
    found = pae(DOCUMENTS["pae"]["type"], DOCUMENTS["act"]["payload"].encode())
    assert hashlib.sha256(found).hexdigest() == DOCUMENTS["pae"]["sha256"]


def test_the_content_has_the_digest_that_is_written() -> None:
    content = Content.parse(DOCUMENTS["content"]["document"].encode())
    assert str(content.digest) == DOCUMENTS["content"]["digest"]


def test_the_citation_is_the_one_that_is_written() -> None:
    row = DOCUMENTS["citation"]
    found = cite_act(Digest.parse(row["act"]), bytes.fromhex(row["salt"]))
    assert str(found) == row["digest"]
