"""Other people's tools read our envelopes: securesystemslib, openssl, noble, plain hashes."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path

import jcs
import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from comity.base import Digest
from comity.seal import pae, sign_act, sign_envelope
from comity.seal.act import PAYLOAD_TYPE
from tests.javascript import run_script
from tests.places import tool
from tests.seals import KEY, OTHER, loads, make_act

ACT = make_act()
ENVELOPE = sign_act(ACT, KEY).envelope
PAE = pae(PAYLOAD_TYPE, ACT.payload())
OPENSSL_35 = (3, 5)


def their_key(key_id: str, raw: bytes) -> SSlibKey:
    return SSlibKey(key_id, "ed25519", "ed25519", {"public": raw.hex()})


def signatures() -> dict[str, bytes]:
    found = loads(ENVELOPE)["signatures"]
    return {one["keyid"].split("#")[1]: base64.b64decode(one["sig"]) for one in found}


def test_securesystemslib_signs_the_same_bytes() -> None:
    assert Envelope.from_dict(loads(ENVELOPE)).pae() == PAE


def test_securesystemslib_verifies_the_ed25519_half() -> None:
    name = f"{KEY.public.key_id.hex}#ed25519"
    key = their_key(name, KEY.public.ed25519)
    assert list(Envelope.from_dict(loads(ENVELOPE)).verify([key], 1)) == [name]


def test_securesystemslib_refuses_another_key() -> None:
    key = their_key(f"{KEY.public.key_id.hex}#ed25519", OTHER.public.ed25519)
    with pytest.raises(VerificationError):
        Envelope.from_dict(loads(ENVELOPE)).verify([key], 1)


def test_securesystemslib_writes_the_envelope_as_we_do() -> None:
    assert jcs.canonicalize(Envelope.from_dict(loads(ENVELOPE)).to_dict()) == ENVELOPE


def openssl_verifies(tmp_path: Path, pem: bytes, data: bytes, signature: bytes) -> bool:
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "sig").write_bytes(signature)
    files = ["-inkey", "key.pem", "-in", "data", "-sigfile", "sig"]
    command = ["pkeyutl", "-verify", "-rawin", "-pubin", *files]
    done = subprocess.run(
        [tool("openssl"), *command], cwd=tmp_path, capture_output=True, check=False
    )
    return done.returncode == 0


def test_openssl_verifies_the_ed25519_half(tmp_path: Path) -> None:
    assert openssl_verifies(tmp_path, KEY.public.ed25519_pem(), PAE, signatures()["ed25519"])


def test_openssl_refuses_other_bytes(tmp_path: Path) -> None:
    pem, signature = KEY.public.ed25519_pem(), signatures()["ed25519"]
    assert not openssl_verifies(tmp_path, pem, PAE + b".", signature)


def test_openssl_from_3_5_verifies_the_mldsa_half(tmp_path: Path) -> None:
    said = subprocess.run([tool("openssl"), "version"], capture_output=True, check=True).stdout
    found = re.search(rb"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OPENSSL_35:
        pytest.skip("NOT RUN: this openssl is older than 3.5 and knows no ML-DSA")
    assert openssl_verifies(tmp_path, KEY.public.mldsa65_pem(), PAE, signatures()["ml-dsa-65"])


def noble_verifies(public: bytes, data: bytes, signature: bytes) -> bool:
    value = [base64.b64encode(part).decode() for part in (signature, data, public)]
    script = """
      const {ml_dsa65} = await import('@noble/post-quantum/ml-dsa.js')
      return ml_dsa65.verify(...value.map(raw))
    """
    return run_script(script, value) is True


def test_noble_verifies_the_mldsa_half() -> None:
    assert noble_verifies(KEY.public.mldsa65, PAE, signatures()["ml-dsa-65"])


def test_noble_refuses_other_bytes() -> None:
    assert not noble_verifies(KEY.public.mldsa65, PAE + b".", signatures()["ml-dsa-65"])


def test_noble_makes_the_same_mldsa_key_from_the_seed() -> None:
    secret = KEY.secret_data()
    assert isinstance(secret, dict)
    script = """
      const {ml_dsa65} = await import('@noble/post-quantum/ml-dsa.js')
      return b64(ml_dsa65.keygen(raw(value)).publicKey)
    """
    assert base64.b64decode(run_script(script, secret["ml-dsa-65"])) == KEY.public.mldsa65


def test_jcs_and_sha256_name_the_key_as_we_do() -> None:
    assert Digest.of(jcs.canonicalize(KEY.public.as_data())) == KEY.public.key_id


def test_jcs_writes_an_act_as_we_do() -> None:
    assert jcs.canonicalize(json.loads(ACT.payload())) == ACT.payload()


def test_an_envelope_of_empty_payload_is_read_by_securesystemslib() -> None:
    envelope = sign_envelope("application/x", b"", KEY)
    assert Envelope.from_dict(loads(envelope)).payload == b""
