"""Other people's tools read a package, whole and part, and find what we find."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer._key import SSlibKey

from comity.evidence import EncryptedSink, FolderSink, Form, disclose_part
from comity.seal import Identity
from tests.packages import KEY, MemorySource, make_package, make_part, seeded
from tests.places import tool

WHOLE = {b"mail/one.eml": b"one", "名前.txt".encode(): b"two" * 1000, b"\xff\xfe bad %25 name": b""}


def lay(folder: Path, entries: dict[str, bytes]) -> Path:
    for name, data in entries.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


@pytest.fixture(params=list(Form), ids=lambda form: form.value)
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A package on disk, once whole, once a part."""
    entries = make_package(WHOLE)
    if request.param is Form.PART:
        entries = make_part(entries, 1, 3)
    return lay(tmp_path / "pkg", entries)


def ran(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, cwd=cwd, check=False)


def test_bagit_validates_it(package: Path) -> None:
    done = ran(tool("bagit.py"), "--validate", package / "bag")
    assert done.returncode == 0, done.stderr


def test_bagit_refuses_it_with_one_byte_changed(package: Path) -> None:
    (package / "bag/data/objects/000001").write_bytes(b"onf")
    assert ran(tool("bagit.py"), "--validate", package / "bag").returncode != 0


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_checks_its_manifests(package: Path, manifest: str) -> None:
    done = ran(tool("sha256sum"), "--strict", "-c", manifest, cwd=package / "bag")
    assert done.returncode == 0, done.stderr


def test_sha256sum_refuses_it_with_one_byte_changed(package: Path) -> None:
    (package / "bag/data/objects/000001").write_bytes(b"onf")
    done = ran(tool("sha256sum"), "-c", "manifest-sha256.txt", cwd=package / "bag")
    assert done.returncode != 0


def encoding(package: Path) -> tuple[bytes, dict[str, bytes]]:
    """Return what DSSE says is signed, and the signatures, without the code under test."""
    envelope = json.loads((package / "seal/statement.dsse.json").read_bytes())
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    made = {one["keyid"].split("#")[1]: one["sig"] for one in envelope["signatures"]}
    return signed, {name: base64.b64decode(sig) for name, sig in made.items()}


def test_openssl_verifies_the_ed25519_signature(package: Path, tmp_path: Path) -> None:
    signed, signatures = encoding(package)
    for name, data in {
        "signed": signed,
        "sig": signatures["ed25519"],
        "key": KEY.public.ed25519_pem(),
        "other": signed + b" ",
    }.items():
        (tmp_path / name).write_bytes(data)
    command = [tool("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key"]
    good = ran(*command, "-sigfile", "sig", "-in", "signed", cwd=tmp_path)
    bad = ran(*command, "-sigfile", "sig", "-in", "other", cwd=tmp_path)
    assert (good.returncode, bad.returncode) == (0, 1), good.stderr


def test_securesystemslib_verifies_the_envelope(package: Path) -> None:
    envelope = Envelope.from_dict(
        json.loads((package / "seal/statement.dsse.json").read_bytes()),
    )
    keyid = next(name for name in envelope.signatures if name.endswith("#ed25519"))
    public = {"public": KEY.public.ed25519.hex()}
    key = SSlibKey(keyid, "ed25519", "ed25519", public)
    assert envelope.verify([key], 1)


def test_the_statement_is_an_in_toto_statement_of_the_tag_manifest(tmp_path: Path) -> None:
    package = lay(tmp_path, make_package(WHOLE))
    payload = json.loads((package / "seal/statement.dsse.json").read_bytes())["payload"]
    statement = json.loads(base64.b64decode(payload))
    named = ran(tool("sha256sum"), package / "bag/tagmanifest-sha256.txt").stdout[:64].decode()
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [
        {"name": "bag/tagmanifest-sha256.txt", "digest": {"sha256": named}}
    ]


def test_age_opens_the_volumes_of_an_encrypted_package(tmp_path: Path) -> None:
    identity = Identity.generate(seeded("identity"))
    sink = EncryptedSink(tmp_path / "pkg", [identity.recipient], seeded("volumes"))
    whole = make_package(WHOLE)
    for name, data in whole.items():
        writer = sink.create(name)
        writer.write(data)
        writer.close()
    sink.finish()
    (tmp_path / "id").write_text(f"{identity.secret_text()}\n")
    opened = {
        place.name: ran(tool("age"), "-d", "-i", tmp_path / "id", place)
        for place in sorted((tmp_path / "pkg").iterdir())
    }
    assert [done.returncode for done in opened.values()] == [0, 0, 0]
    assert opened["000000.age"].stdout.startswith(b"comity/volumes/1 ")
    contents = b"".join(done.stdout for done in opened.values())
    assert all(data in contents for data in whole.values())


def test_a_part_written_to_a_folder_is_a_valid_bag_too(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "part")
    disclose_part(MemorySource(make_package(WHOLE)), [2], sink)
    sink.finish()
    assert ran(tool("bagit.py"), "--validate", tmp_path / "part/bag").returncode == 0
