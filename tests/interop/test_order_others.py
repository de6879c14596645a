"""Other people's tools read our orders: openssl, jcs, securesystemslib."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import jcs
from securesystemslib.dsse import Envelope

from tests.orders import KEY, signed
from tests.places import tool
from tests.seals import loads

FILE = signed()
PAYLOAD = base64.b64decode(loads(FILE)["payload"])
TYPE = b"application/vnd.comity.order+json"


def written_pae(payload: bytes) -> bytes:
    """The bytes that are signed, as the DSSE protocol words them."""
    parts = (b"DSSEv1", str(len(TYPE)).encode(), TYPE, str(len(payload)).encode(), payload)
    return b" ".join(parts)


def openssl_verifies(folder: Path, data: bytes) -> bool:
    (folder / "key.pem").write_bytes(KEY.public.ed25519_pem())
    (folder / "pae.bin").write_bytes(data)
    (folder / "sig").write_bytes(base64.b64decode(loads(FILE)["signatures"][0]["sig"]))
    files = ["-inkey", "key.pem", "-in", "pae.bin", "-sigfile", "sig"]
    command = [tool("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_openssl_verifies_the_ed25519_half_of_an_order(tmp_path: Path) -> None:
    assert openssl_verifies(tmp_path, written_pae(PAYLOAD))


def test_openssl_refuses_an_order_that_says_otherwise(tmp_path: Path) -> None:
    changed = PAYLOAD.replace(b"preserve", b"produce!")
    assert changed != PAYLOAD
    assert not openssl_verifies(tmp_path, written_pae(changed))


def test_jcs_writes_an_order_as_we_do() -> None:
    assert jcs.canonicalize(json.loads(PAYLOAD)) == PAYLOAD


def test_securesystemslib_signs_the_same_bytes() -> None:
    assert Envelope.from_dict(loads(FILE)).pae() == written_pae(PAYLOAD)
