"""The keys of the wire: one signs requests (Ed25519), one is the TLS certificate's (P-256).

They lie beside the authority's keys, as PEM that every tool reads::

    keys/wire.key   signs requests to other nodes (PKCS#8)      keys/wire.pub   its public half
    keys/tls.key    the certificate's (PKCS#8)                  keys/tls.crt    the certificate

The certificate is self-signed and vouches for nothing by itself: other nodes trust exactly
these bytes because the directory names them. P-256, for every TLS library speaks it, which
cannot be said of Ed25519. It is no authority (``CA:FALSE``), so it can issue no other, and
bears the host of the endpoint, so that tools that ask for it are content.
Where ``COMITY_PASSPHRASE_FILE`` names a passphrase, both private keys are locked with it.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from comity.app.settings import Settings, passphrase_file
from comity.base import Instant, limits
from comity.base.errors import DoesNotVerify, OutOfReach

KEYS: Final = "keys"
WIRE_KEY: Final = "wire.key"
WIRE_PUBLIC: Final = "wire.pub"
TLS_KEY: Final = "tls.key"
CERTIFICATE: Final = "tls.crt"
VALID_DAYS: Final = 730
_SECRET: Final = 0o600
_EVERYONE: Final = 0o644
_OTHERS: Final = 0o077
# X.520 allows no longer common name.
_COMMON_NAME: Final = 64

_Loaded = TypeVar("_Loaded")


class WireKeyMissing(OutOfReach):
    """A key or certificate of the wire is missing or cannot be read."""

    code = "app/wire-key-missing"
    remedy = "Put it back from the backup, or make new ones with: comity node renew FOLDER."


class WireKeyDamaged(DoesNotVerify):
    """This is not the key or certificate of the wire that it was."""

    code = "app/wire-key-damaged"
    remedy = "Put the file back from the backup, or make new ones with: comity node renew FOLDER."


class WireKeyExposed(DoesNotVerify):
    """Others than the owner can read this key."""

    code = "app/wire-key-exposed"
    remedy = "Make it the owner's alone (chmod 600); if others may have read it, renew it."


def make_wire_keys(folder: Path, settings: Settings, now: Instant) -> None:
    """Write new keys and a new certificate into the node's ``folder``; replace older ones."""
    renew_wire_key(folder)
    renew_certificate(folder, settings, now)


def renew_wire_key(folder: Path) -> bytes:
    """Write a new key for signing requests; return its public half (32 bytes)."""
    key = Ed25519PrivateKey.generate()
    _write(folder / KEYS / WIRE_KEY, _private_pem(key), _SECRET)
    _write(folder / KEYS / WIRE_PUBLIC, _public_pem(key.public_key()), _EVERYONE)
    return key.public_key().public_bytes_raw()


def renew_certificate(folder: Path, settings: Settings, now: Instant) -> str:
    """Write a new TLS key and certificate; return the certificate as PEM.

    The directory must bring it to the others before they will speak to this node again.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certify(key, settings, now).public_bytes(serialization.Encoding.PEM)
    _write(folder / KEYS / TLS_KEY, _private_pem(key), _SECRET)
    _write(folder / KEYS / CERTIFICATE, certificate, _EVERYONE)
    return certificate.decode("ascii")


def read_wire_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key that signs requests; raise ``WireKeyMissing``, ``-Damaged``, ``-Exposed``."""
    key = _load_private(folder / KEYS / WIRE_KEY)
    if not isinstance(key, Ed25519PrivateKey):
        detail = "It is no Ed25519 key."
        raise WireKeyDamaged(detail, where=str(folder / KEYS / WIRE_KEY))
    return key


def read_certificate(folder: Path) -> str:
    """Return the node's certificate as PEM."""
    return _load_certificate(folder).public_bytes(serialization.Encoding.PEM).decode("ascii")


def certificate_times(folder: Path) -> tuple[Instant, Instant]:
    """Return from when until when the node's certificate is valid."""
    found = _load_certificate(folder)
    return Instant.of(found.not_valid_before_utc), Instant.of(found.not_valid_after_utc)


def require_pair(folder: Path) -> None:
    """Raise ``WireKeyDamaged`` unless the TLS key is the certificate's."""
    key = _load_private(folder / KEYS / TLS_KEY)
    named = _public_pem(_load_certificate(folder).public_key())
    if _public_pem(key.public_key()) != named:
        detail = "The certificate is not that of the key beside it."
        raise WireKeyDamaged(detail, where=str(folder / KEYS / TLS_KEY))


def tls_files(folder: Path) -> tuple[Path, Path, str | None]:
    """Return where certificate and key lie, and the passphrase of the key if it has one."""
    phrase = _phrase()
    keys = folder / KEYS
    return keys / CERTIFICATE, keys / TLS_KEY, phrase.decode("utf-8") if phrase else None


def _certify(key: ec.EllipticCurvePrivateKey, settings: Settings, now: Instant) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, settings.authority[:_COMMON_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"Comity node {settings.state}"),
        ]
    )
    public = key.public_key()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=public)
        .serial_number(x509.random_serial_number())
        # An hour of grace for peers whose clocks run behind.
        .not_valid_before(now.at - timedelta(hours=1))
        .not_valid_after(now.at + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if host := _host(settings):
        builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
    return builder.sign(key, hashes.SHA256())


def _host(settings: Settings) -> x509.GeneralName | None:
    host = urlsplit(settings.endpoint or f"//{settings.peers}").hostname
    if not host:
        return None
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))


def _phrase() -> bytes | None:
    path = passphrase_file()
    if path is None:
        return None
    try:
        return path.read_bytes().partition(b"\n")[0]
    except OSError as error:
        raise WireKeyMissing(error.strerror or "", where=str(path)) from error


def _private_pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    phrase = _phrase()
    lock: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(phrase) if phrase else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption_algorithm=lock
    )


def _public_pem(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _load_private(path: Path) -> PrivateKeyTypes:
    data = _read(path)
    if path.stat().st_mode & _OTHERS:
        raise WireKeyExposed(where=str(path))
    phrase = _phrase() if b"ENCRYPTED" in data else None
    return _loaded(path, lambda: serialization.load_pem_private_key(data, phrase))


def _load_certificate(folder: Path) -> x509.Certificate:
    path = folder / KEYS / CERTIFICATE
    data = _read(path)
    return _loaded(path, lambda: x509.load_pem_x509_certificate(data))


def _loaded(path: Path, load: Callable[[], _Loaded]) -> _Loaded:
    try:
        return load()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WireKeyDamaged(where=str(path)) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limits.KEY_FILE_BYTES + 1)
    except OSError as error:
        raise WireKeyMissing(error.strerror or "", where=str(path)) from error
    if len(data) > limits.KEY_FILE_BYTES:
        raise WireKeyDamaged(where=str(path))
    return data


def _write(path: Path, data: bytes, mode: int) -> None:
    """Put ``data`` in the place of what was there, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
