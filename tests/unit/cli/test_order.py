"""``comity order`` as a person uses it, and the one-file verifier beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from comity.federation.directory import CardKey
from tests.cards import SINCE, make_card
from tests.orders import AUTHORITY, CARD, KEY, NOW, OTHER, PROVIDER, revocation, signed
from tests.places import CHECKOUT

PROGRAM = [sys.executable, "-c", "from comity.cli.main import run; run()"]
AT = ["--at", str(NOW)]
FORM: dict[str, Any] = {
    "reference": "PG-2026/4711",
    "state": "XB",
    "provider": PROVIDER,
    "measure": "preserve",
    "kinds": ["content"],
    "data": ["account: alice_84 at mail.example"],
    "law": ["Code of Criminal Procedure of Belmora, section 112"],
    "valid_until": "9026-01-01T00:00:00Z",
    "objection": {"how": "In writing.", "to": "District court", "by": None},
}

Done = subprocess.CompletedProcess[bytes]


def comity(folder: Path, *words: str) -> Done:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), "HOME": str(folder)}
    command = [*PROGRAM, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verifier") / "verify.pyz"
    pack(out)
    return out


def pack(out: Path) -> bytes:
    command = [sys.executable, str(CHECKOUT / "tools/make_order_verifier.py"), str(out)]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages that the cryptography wheel brings, and no others."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("cryptography", "_cffi_backend", "cffi", "pycparser"):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            place = origin.parent if origin.name == "__init__.py" else origin
            (folder / place.name).symlink_to(place)
    return folder


def alone(verifier: Path, bare: Path, folder: Path, *words: str) -> Done:
    environment = {"PYTHONPATH": str(bare), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-S", str(verifier), *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A provider's folder: orders as they came, the card, revocations."""
    (tmp_path / "card.pub").write_bytes(CARD.document())
    (tmp_path / "good").write_bytes(signed())
    (tmp_path / "exercise").write_bytes(signed(exercise=True))
    (tmp_path / "strict").write_bytes(signed(must_check=True))
    (tmp_path / "stranger").write_bytes(signed(OTHER))
    (tmp_path / "cut").write_bytes(signed()[:-9])
    (tmp_path / "persian").write_bytes(signed(reference="\u0645\u06cc\u200c\u062e\u0648\u0627"))
    (tmp_path / "revoked").write_bytes(revocation())
    (tmp_path / "bad").write_bytes(b"{}")
    for name, revoked in (("listed.json", None), ("stolen.json", NOW)):
        key = CardKey(key=KEY.public, since=SINCE, revoked=revoked)
        card = make_card("XB", authority=AUTHORITY, exercise=False, keys=(key,))
        (tmp_path / name).write_bytes(card.document())
    (tmp_path / "other.json").write_bytes(
        make_card("XB", authority=AUTHORITY, exercise=False).document()
    )
    return tmp_path


TRUST = ["--trust", "card.pub"]
CASES: list[tuple[int, list[str]]] = [
    (0, ["good", *TRUST]),
    (0, ["good", *TRUST, "--for", PROVIDER]),
    (0, ["good", *TRUST, "--json"]),
    (0, ["persian", *TRUST]),
    (0, ["good", "--trust", "listed.json"]),
    (1, ["good", "--trust", "other.json"]),
    (3, ["good", "--trust", "stolen.json"]),
    (0, ["exercise", *TRUST, "--exercise"]),
    (1, ["stranger", *TRUST]),
    (1, ["stranger", *TRUST, "--json"]),
    (1, ["cut", *TRUST]),
    (1, ["good", *TRUST, "--at", "2027-02-19T02:30:00Z"]),
    (1, ["good", *TRUST, "--revoked", "bad", "--revoked", "revoked"]),
    (3, ["good"]),
    (3, ["good", *TRUST, "--for", "Castova Cloud"]),
    (3, ["good", *TRUST, "--exercise"]),
    (3, ["good", *TRUST, "--revoked", "bad"]),
    (3, ["exercise", *TRUST]),
    (3, ["strict", *TRUST, "--json"]),
    (2, ["absent", *TRUST]),
    (2, ["good", "--trust", "bad"]),
    (2, ["good", "--trust", "bad", "--json"]),
    (2, ["good", "--revoked", "absent"]),
    (2, ["good", "--at", "yesterday"]),
]


@pytest.mark.parametrize(("code", "words"), CASES, ids=[" ".join(row[1]) for row in CASES])
def test_the_one_file_verifier_answers_as_the_command_does(
    code: int, words: Sequence[str], desk: Path, verifier: Path, bare: Path
) -> None:
    words = words if "--at" in words else [*words, *AT]
    ours = comity(desk, "order", "verify", *words)
    theirs = alone(verifier, bare, desk, *words)
    assert (ours.returncode, theirs.returncode) == (code, code), ours.stderr + theirs.stderr
    assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


def test_an_unknown_option_is_a_usage_error_of_both(desk: Path, verifier: Path, bare: Path) -> None:
    assert comity(desk, "order", "verify", "good", "--trusted").returncode == 2
    assert alone(verifier, bare, desk, "good", "--trusted").returncode == 2


def test_the_verifier_is_made_again_to_the_byte(verifier: Path, tmp_path: Path) -> None:
    said = pack(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == verifier.read_bytes()
    digest = subprocess.run(["sha256sum", str(verifier)], capture_output=True, check=True).stdout
    assert said.split()[0] == digest.split()[0]


def test_the_word_and_what_to_do_next_are_told_to_machines(desk: Path) -> None:
    told = json.loads(comity(desk, "order", "verify", "stranger", *TRUST, *AT, "--json").stdout)
    assert told["word"] == "forged"
    assert "the number in the directory" in told["next"]


def make(folder: Path, form: dict[str, Any], *words: str) -> Done:
    (folder / "form.json").write_text(json.dumps(form))
    return comity(folder, "order", "make", "--form", "form.json", "--key", "k", "--out", *words)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """An authority's folder: a key and its card."""
    assert comity(tmp_path, "evidence", "key", "k", "--authority", AUTHORITY).returncode == 0
    return tmp_path


def test_an_order_is_made_verified_revoked_and_known_as_revoked(authority: Path) -> None:
    assert make(authority, FORM, "o").returncode == 0
    words = ("order", "verify", "o", "--trust", "k.pub", "--for", PROVIDER)
    assert comity(authority, *words).returncode == 0
    revoked = comity(authority, "order", "revoke", "o", "--key", "k", "--out", "r")
    assert revoked.returncode == 0
    assert b"this order is: revoked." in comity(authority, *words, "--revoked", "r").stdout


def test_a_whole_list_without_orders_lets_a_strict_order_pass(authority: Path) -> None:
    assert make(authority, {**FORM, "must_check": True}, "o").returncode == 0
    words = ("order", "verify", "o", "--trust", "k.pub")
    assert comity(authority, *words).returncode == 3
    listing = ("--state", "XB", "--whole-until", "9026-01-01T00:00:00Z")
    made = comity(authority, "order", "revoke", "--key", "k", "--out", "r", *listing)
    assert made.returncode == 0
    assert comity(authority, *words, "--revoked", "r").returncode == 0


@pytest.mark.parametrize(
    "change",
    [
        {"data": ["account: * at mail.example"]},
        {"data": ["everything"]},
        {"data": []},
        {"data": "account: alice_84 at mail.example"},
        {"authority": "Another"},
        {"state": "Belmora"},
        {"key": {}},
        {"telephone": "+1 555 0100"},
        {"valid_until": "2020-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_a_form_that_makes_no_order_is_refused_and_nothing_written(
    authority: Path, change: dict[str, Any]
) -> None:
    done = make(authority, {**FORM, **change}, "o")
    assert (done.returncode, (authority / "o").exists()) == (2, False), done.stderr


def test_an_order_of_no_authority_is_not_signed(authority: Path) -> None:
    (authority / "k.pub").unlink()
    assert make(authority, FORM, "o").returncode == 2


def test_nothing_is_written_over(authority: Path) -> None:
    (authority / "o").write_text("mine")
    assert make(authority, FORM, "o").returncode == 2
    assert (authority / "o").read_text() == "mine"


def test_orders_of_another_authority_are_not_revoked(authority: Path) -> None:
    (authority / "theirs").write_bytes(signed(OTHER, authority="Another"))
    done = comity(authority, "order", "revoke", "theirs", "--key", "k", "--out", "r")
    assert (done.returncode, (authority / "r").exists()) == (2, False)


def test_an_order_that_does_not_verify_is_not_revoked(authority: Path) -> None:
    (authority / "cut").write_bytes(signed()[:-9])
    done = comity(authority, "order", "revoke", "cut", "--key", "k", "--out", "r")
    assert (done.returncode, (authority / "r").exists()) == (1, False)
