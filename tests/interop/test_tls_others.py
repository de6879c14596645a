"""Others' TLS and HTTP tools at the peers' door of a real node; our client at theirs."""

from __future__ import annotations

import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comity.app.world import SystemClock
from comity.base.errors import ComityError
from comity.service.errors import NoCommonVersion, PeerUnreachable
from comity.service.ports import Peer
from comity.transport.pinning import OtherCertificate
from comity.transport.wire import HttpWire
from tests.doors import wire_key
from tests.live import LiveNode, live_nodes
from tests.places import tool
from tests.steady import SeedBytes


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNode]:
    with live_nodes(tmp_path_factory.mktemp("tls"), "XB", pair=False) as (xb,):
        xb.up(workers=1)
        yield xb


def _s_client(node: LiveNode, *words: str) -> str:
    whole = [tool("openssl"), "s_client", "-connect", node.settings.peers, *words]
    done = subprocess.run(whole, input=b"", capture_output=True, check=False, timeout=30)
    return (done.stdout + done.stderr).decode()


def _curl(node: LiveNode, path: str, *words: str) -> str:
    whole = [tool("curl"), "-sS", "--noproxy", "*", "-w", " %{http_code}", *words]
    done = subprocess.run(
        [*whole, f"{node.endpoint}{path}"], capture_output=True, check=False, timeout=60
    )
    return (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1", "-tls1_2"])
def test_openssl_is_refused_with_an_older_tls(node: LiveNode, version: str) -> None:
    told = _s_client(node, version)
    assert "BEGIN CERTIFICATE" not in told
    assert re.search(r"Cipher is \(NONE\)|alert protocol version|no protocols available", told)


def test_openssl_is_shown_the_certificate_over_tls_1_3(node: LiveNode) -> None:
    told = _s_client(node, "-tls1_3", "-CAfile", str(node.certificate), "-verify_return_error")
    shown = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", told, re.DOTALL)
    assert shown is not None
    assert shown[0] == node.certificate.read_text()
    assert "Verify return code: 0 (ok)" in told


def test_openssl_finds_a_certificate_that_can_issue_no_other(node: LiveNode) -> None:
    words = [tool("openssl"), "x509", "-in", str(node.certificate), "-noout", "-text"]
    told = subprocess.run(words, capture_output=True, check=True).stdout.decode()
    assert "CA:FALSE" in told
    assert "prime256v1" in told


def test_curl_with_the_certificate_as_its_only_anchor_is_served(node: LiveNode) -> None:
    told = _curl(node, "/peers/versions", "--tlsv1.3", "--cacert", str(node.certificate))
    assert told == '{"protocols": ["1"]} 200'


def test_a_strict_python_client_with_the_same_anchor_is_served(node: LiveNode) -> None:
    import http.client  # noqa: PLC0415 - a third client

    context = ssl.create_default_context(cafile=str(node.certificate))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    host, _, port = node.settings.peers.partition(":")
    with_it = http.client.HTTPSConnection(host, int(port), context=context, timeout=20)
    with_it.request("GET", "/livez")
    assert with_it.getresponse().status == 200
    with_it.close()


def test_curl_without_the_certificate_is_refused_by_itself(node: LiveNode) -> None:
    assert "certificate" in _curl(node, "/peers/versions").lower()


def test_curl_sending_in_pieces_is_answered_411(node: LiveNode) -> None:
    pin = ("--cacert", str(node.certificate))
    words = ("-X", "POST", "-H", "Transfer-Encoding: chunked", "--data-binary", "abc")
    assert _curl(node, "/peers/1/messages", *pin, *words).endswith(" 411")


def test_curl_sending_too_much_is_answered_before_it_has_sent_it(node: LiveNode) -> None:
    pin = ("--cacert", str(node.certificate))
    words = ("-X", "POST", "-H", "Expect: 100-continue", "-w", " %{http_code} %{size_upload}")
    file = node.folder.with_name("much")
    with file.open("wb") as much:
        much.truncate(1 << 30)
    told = _curl(node, "/peers/1/messages", *pin, *words, "-T", str(file))
    status, sent = told.split()[-2:]
    assert status == "413"
    assert int(sent) < 64 << 20


class _Quiet(BaseHTTPRequestHandler):
    """A server that answers every question about versions with one text."""

    answer = b'{"protocols": ["1"]}'
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None: ...


def _certificate(folder: Path, name: str, *, days: int = 10, is_authority: bool = False) -> Path:
    """Write a self-signed certificate and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _write(folder / f"{name}.pem", made, key)


def _issue(folder: Path, by: Path, name: str) -> Path:
    """Write a certificate that the authority in ``by`` issued."""
    authority = x509.load_pem_x509_certificate(by.read_bytes())
    signer = serialization.load_pem_private_key(by.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=authority.subject)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(signer, hashes.SHA256())
    )
    return _write(folder / f"{name}.pem", made, key)


def _write(path: Path, made: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def _pem(path: Path) -> str:
    return path.read_text().partition("-----BEGIN PRIVATE")[0]


@contextmanager
def _serving(
    certificate: Path, *, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, answer: bytes = b""
) -> Iterator[str]:
    """Serve on loopback with that certificate; give the endpoint."""
    handler = type("Handler", (_Quiet,), {"answer": answer or _Quiet.answer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # refused handshakes
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _ask(endpoint: str, pin: str) -> int:
    wire = HttpWire(keyid="XA/XA-CA", key=wire_key(1), clock=SystemClock(), random=SeedBytes(1))
    peer = Peer(state="XB", authority="XB-CA", endpoint=endpoint, certificate=pin)
    try:
        return wire.call(peer, "GET", "/peers/1/anything", most=1_000).status
    finally:
        wire.close()


def test_our_client_speaks_to_whoever_shows_the_pinned_certificate(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "good")
    with _serving(good) as endpoint:
        assert _ask(endpoint, _pem(good)) == 200


def test_our_client_asks_for_no_host_name(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "elsewhere.example")
    with _serving(good) as endpoint:
        assert _ask(endpoint, _pem(good)) == 200


def test_our_client_refuses_another_certificate(tmp_path: Path) -> None:
    good, other = _certificate(tmp_path, "good"), _certificate(tmp_path, "other")
    with _serving(other) as endpoint, pytest.raises(OtherCertificate):
        _ask(endpoint, _pem(good))


def test_our_client_refuses_a_certificate_of_the_same_name(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "same")
    pin = _pem(good)
    with _serving(_certificate(tmp_path, "same")) as endpoint, pytest.raises(OtherCertificate):
        _ask(endpoint, pin)


def test_our_client_refuses_what_the_pinned_certificate_issued(tmp_path: Path) -> None:
    authority = _certificate(tmp_path, "authority", is_authority=True)
    issued = _issue(tmp_path, authority, "issued")
    with _serving(issued) as endpoint, pytest.raises(OtherCertificate):
        _ask(endpoint, _pem(authority))


def test_our_client_refuses_an_expired_certificate_and_says_so(tmp_path: Path) -> None:
    old = _certificate(tmp_path, "old", days=-1)
    with _serving(old) as endpoint, pytest.raises(OtherCertificate, match="expired"):
        _ask(endpoint, _pem(old))


def test_our_client_refuses_an_older_tls(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "good")
    with (
        _serving(good, newest=ssl.TLSVersion.TLSv1_2) as endpoint,
        pytest.raises(PeerUnreachable),
    ):
        _ask(endpoint, _pem(good))


def test_our_client_says_which_versions_a_stranger_speaks(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "good")
    with (
        _serving(good, answer=b'{"protocols": ["7", "8"]}') as endpoint,
        pytest.raises(NoCommonVersion, match="It offers 7, 8; we speak 1"),
    ):
        _ask(endpoint, _pem(good))


@pytest.mark.parametrize("answer", [b"[]", b"{}", b"\xff", b'{"protocols": "1"}', b"x" * 70_000])
def test_our_client_takes_no_rubbish_for_versions(tmp_path: Path, answer: bytes) -> None:
    good = _certificate(tmp_path, "good")
    with _serving(good, answer=answer) as endpoint, pytest.raises(ComityError) as told:
        _ask(endpoint, _pem(good))
    assert isinstance(told.value, PeerUnreachable)


def test_our_client_takes_no_more_than_it_asked_for(tmp_path: Path) -> None:
    good = _certificate(tmp_path, "good")
    wire = HttpWire(keyid="XA/XA-CA", key=wire_key(1), clock=SystemClock(), random=SeedBytes(1))
    with _serving(good) as endpoint:
        peer = Peer(state="XB", authority="XB-CA", endpoint=endpoint, certificate=_pem(good))
        with pytest.raises(PeerUnreachable, match="more than 3 bytes"):
            wire.call(peer, "GET", "/peers/1/anything", most=3)
        wire.close()
