"""The reference program (age 1.3) and the npm package: they read ours, and we read theirs."""

from __future__ import annotations

import base64
import shlex
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from comity.seal import (
    Decryptor,
    Encryptor,
    Identity,
    NoMatch,
    Passphrase,
    X25519Identity,
    decrypt_bytes,
    encrypt_bytes,
    parse_identity,
    parse_recipient,
    write_key,
)
from tests.ages import IDENTITY, STRANGER
from tests.javascript import run_script
from tests.places import tool
from tests.seals import SeedBytes

OLD = X25519Identity.generate(SeedBytes(51))
SIZES = [0, 1, 65535, 65536, 65537, 131072, 3_000_001]
IDENTITIES = pytest.mark.parametrize("identity", [IDENTITY, OLD], ids=["hybrid", "x25519"])


def run_age(*arguments: str, data: bytes = b"", name: str = "age") -> bytes:
    done = subprocess.run([tool(name), *arguments], input=data, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.txt"
    path.write_text(f"{IDENTITY.secret_text()}\n{OLD.secret_text()}\n")
    return path


@IDENTITIES
@pytest.mark.parametrize("size", SIZES)
def test_age_opens_what_we_encrypt(
    keys: Path, identity: Identity | X25519Identity, size: int
) -> None:
    data = SeedBytes(size)(size)
    sealed = encrypt_bytes(data, [identity.recipient], SeedBytes())
    assert run_age("--decrypt", "-i", str(keys), data=sealed) == data


@IDENTITIES
@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_age_encrypts(identity: Identity | X25519Identity, size: int) -> None:
    data = SeedBytes(size)(size)
    sealed = run_age("-r", str(identity.recipient), data=data)
    assert decrypt_bytes(sealed, [identity]) == data


def test_age_opens_what_we_encrypt_to_two(keys: Path) -> None:
    sealed = encrypt_bytes(b"two", [STRANGER.recipient, IDENTITY.recipient], SeedBytes())
    assert run_age("--decrypt", "-i", str(keys), data=sealed) == b"two"


def test_we_open_what_age_encrypts_to_two() -> None:
    to = ["-r", str(STRANGER.recipient), "-r", str(IDENTITY.recipient)]
    assert decrypt_bytes(run_age(*to, data=b"two"), [IDENTITY]) == b"two"


def test_age_sees_no_match_where_we_see_none(keys: Path) -> None:
    sealed = encrypt_bytes(b"x", [STRANGER.recipient], SeedBytes())
    with pytest.raises(AssertionError, match="no identity matched"):
        run_age("--decrypt", "-i", str(keys), data=sealed)


def test_we_see_no_match_where_age_would_see_none() -> None:
    with pytest.raises(NoMatch):
        decrypt_bytes(run_age("-r", str(OLD.recipient), data=b"x"), [IDENTITY, STRANGER])


def test_age_refuses_what_we_left_without_an_end(keys: Path) -> None:
    sink = BytesIO()
    Encryptor(sink, [IDENTITY.recipient], SeedBytes()).abandon()
    with pytest.raises(AssertionError):
        run_age("--decrypt", "-i", str(keys), data=sink.getvalue())


def test_we_read_the_keys_that_age_makes(tmp_path: Path) -> None:
    path = tmp_path / "theirs.txt"
    run_age("-pq", "-o", str(path), name="age-keygen")
    lines = path.read_text().splitlines()
    named = next(line.split()[-1] for line in lines if "public key" in line)
    assert str(parse_identity(lines[-1]).recipient) == named


@IDENTITIES
def test_age_finds_the_same_recipient_for_our_key(
    tmp_path: Path, identity: Identity | X25519Identity
) -> None:
    path = tmp_path / "ours.txt"
    path.write_text(identity.secret_text() + "\n")
    assert run_age("-y", str(path), name="age-keygen").decode().strip() == str(identity.recipient)


def test_a_middle_of_what_age_wrote_is_read_without_the_rest() -> None:
    data = SeedBytes(3)(3_000_001)
    reader = Decryptor(BytesIO(run_age("-r", str(IDENTITY.recipient), data=data)), [IDENTITY])
    reader.seek(1_234_567)
    assert reader.read(100_000) == data[1_234_567:1_334_567]


def test_age_opens_a_locked_key_file_of_ours(tmp_path: Path) -> None:
    write_key(tmp_path / "key", IDENTITY, SeedBytes(), passphrase=Passphrase("horse", log_n=10))
    # age asks a terminal for the passphrase; `script` lends it one.
    command = f"{shlex.quote(tool('age'))} --decrypt --output plain key"
    subprocess.run(
        [tool("script"), "--quiet", "--return", "--command", command, "/dev/null"],
        cwd=tmp_path,
        input=b"horse\n",
        capture_output=True,
        check=True,
    )
    assert IDENTITY.secret_text() in (tmp_path / "plain").read_text()


def test_age_for_javascript_opens_a_locked_key_file_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_key(path, IDENTITY, SeedBytes(), passphrase=Passphrase("correct horse", log_n=10))
    found = run_script(
        """
        const age = await import('age-encryption'); const d = new age.Decrypter()
        d.addPassphrase('correct horse'); return await d.decrypt(raw(value), 'text')
        """,
        base64.b64encode(path.read_bytes()).decode(),
    )
    assert IDENTITY.secret_text() in found


def test_we_open_what_age_for_javascript_locks_with_a_passphrase() -> None:
    sealed = run_script(
        """
        const age = await import('age-encryption'); const e = new age.Encrypter()
        e.setPassphrase(value); e.setScryptWorkFactor(10); return b64(await e.encrypt('locked'))
        """,
        "correct horse",
    )
    assert decrypt_bytes(base64.b64decode(sealed), [Passphrase("correct horse")]) == b"locked"


@IDENTITIES
@pytest.mark.parametrize("size", SIZES)
def test_age_for_javascript_opens_what_we_encrypt(
    identity: Identity | X25519Identity, size: int
) -> None:
    data = SeedBytes(size)(size)
    sealed = encrypt_bytes(data, [identity.recipient], SeedBytes())
    value = {"key": identity.secret_text(), "sealed": base64.b64encode(sealed).decode()}
    found = run_script(
        """
        const age = await import('age-encryption'); const d = new age.Decrypter()
        d.addIdentity(value.key); return b64(await d.decrypt(raw(value.sealed)))
        """,
        value,
    )
    assert base64.b64decode(found) == data


@IDENTITIES
@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_age_for_javascript_encrypts(
    identity: Identity | X25519Identity, size: int
) -> None:
    data = SeedBytes(size)(size)
    value = {"to": str(identity.recipient), "data": base64.b64encode(data).decode()}
    sealed = run_script(
        """
        const age = await import('age-encryption'); const e = new age.Encrypter()
        e.addRecipient(value.to); return b64(await e.encrypt(raw(value.data)))
        """,
        value,
    )
    assert decrypt_bytes(base64.b64decode(sealed), [identity]) == data


def test_we_read_the_keys_that_age_for_javascript_makes() -> None:
    found: dict[str, Any] = run_script(
        """
        const age = await import('age-encryption')
        const secret = await age.generateHybridIdentity()
        return {secret, open: await age.identityToRecipient(secret)}
        """
    )
    assert parse_identity(found["secret"]).recipient == parse_recipient(found["open"])
