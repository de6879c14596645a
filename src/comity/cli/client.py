"""The desk's door from a command: one request at a time, each with the person's token.

The address comes from ``--desk`` or ``COMITY_DESK``, the token from a file that its owner
alone can read (``--token-file`` or ``COMITY_TOKEN_FILE``); never from the command line. A
problem that the node tells becomes an error of ours, with its code, place and remedy. What
changes something bears a new idempotency key, and is sent again under it when the line was
cut: so it is done once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import typer

from comity.base.errors import (
    AskedWrongly,
    ComityError,
    DoesNotVerify,
    NotPermitted,
    OutOfReach,
)
from comity.cli.secrets import read_secret

DeskUrl: TypeAlias = Annotated[
    str, typer.Option("--desk", envvar="COMITY_DESK", help="The desk's door: http://host:port.")
]
TokenFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--token-file", envvar="COMITY_TOKEN_FILE", help="The file with your token (mode 600)."
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Role: TypeAlias = Annotated[
    str, typer.Option("--as", help="The role in which you act, where several of yours fit.")
]

_PREFIX: Final = "/api/1/"
_ANSWER_BYTES: Final = 64 << 20
_TRIES: Final = 4
_PAUSE: Final = 0.5
_PIECE: Final = 8 << 20
_NEARBY: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SECONDS: Final = httpx2.Timeout(120, connect=10)
# A node examines a whole package before it lets the first byte of a part go: a terabyte, hours.
_EXAMINING: Final = httpx2.Timeout(120, connect=10, read=12 * 3600)
Json: TypeAlias = dict[str, Any]


class NoDesk(AskedWrongly):
    """It is not said which node is meant."""

    code = "cli/no-desk"
    remedy = "Give --desk http://host:port, or set COMITY_DESK."


class NoToken(AskedWrongly):
    """It is not said who asks."""

    code = "cli/no-token"
    remedy = "Give --token-file FILE, or set COMITY_TOKEN_FILE; comity person makes tokens."


class DeskUnreachable(OutOfReach):
    """The node's desk does not answer."""

    code = "cli/desk-unreachable"
    remedy = "See that the node is up and that the address is right; then try again."


class DeskOdd(DoesNotVerify):
    """What answered is not a node's desk."""

    code = "cli/desk-odd"
    remedy = "See that --desk names the desk's door of a node."


_BRANCHES: Final[tuple[tuple[frozenset[int], type[ComityError]], ...]] = (
    (frozenset({401, 403, 429}), NotPermitted),
    (frozenset({422}), DoesNotVerify),
    (frozenset({503}), OutOfReach),
    (frozenset(range(400, 500)), AskedWrongly),
)


class Door:
    """A desk's door, opened with one token."""

    def __init__(self, client: httpx2.Client, secret: str, role: str = "") -> None:
        """Ask through ``client`` as the holder of ``secret``, in ``role`` if one is named."""
        self._client = client
        self._secret = secret
        self._headers = {"Authorization": f"Bearer {secret}"}
        if role:
            self._headers["Comity-Role"] = role

    def get(self, path: str, **query: object) -> Json:
        """Return what there is."""
        named = {
            name: _query_text(value) for name, value in query.items() if value not in {"", None}
        }
        tail = f"?{urlencode(named)}" if named else ""
        return _read(self._send("GET", _path(path) + tail))

    def get_bytes(self, path: str) -> bytes:
        """Return a document, whole."""
        return self._send("GET", _path(path)).content

    def each(self, path: str, **query: object) -> Iterator[Json]:
        """Yield every item of a list, page after page."""
        after: object = ""
        while after is not None:
            found = self.get(path, **query, after=after)
            yield from found["items"]
            after = found["next"]

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Do something, once."""
        return _read(self._send("POST", _path(path), _write(body), **_once()))

    def put(self, path: str, body: Mapping[str, object]) -> Json:
        """Write something anew, once."""
        return _read(self._send("PUT", _path(path), _write(body), **_once()))

    def accept(self) -> Json:
        """Spend a code: it stands in the body, not in the header."""
        body = _write({"code": self._secret})
        del self._headers["Authorization"]
        return _read(self._send("POST", _path("invitations/accept"), body, **_once()))

    def piece(self, path: str, offset: int, data: bytes) -> None:
        """Send a piece of an upload."""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
        self._send(
            "PATCH",
            _path(path),
            data,
            **{
                "Content-Type": "application/octet-stream",
                "Upload-Offset": str(offset),
                "Content-Digest": f"sha-256=:{digest}:",
            },
        )

    @contextmanager
    def stream(self, path: str, body: Mapping[str, object]) -> Iterator[httpx2.Response]:
        """Ask for something long, read as it comes."""
        headers = {**self._headers, **_once(), "Content-Type": "application/json"}
        with (
            _reached(),
            self._client.stream(
                "POST", _path(path), content=_write(body), headers=headers, timeout=_EXAMINING
            ) as answer,
        ):
            if answer.status_code >= 400:  # noqa: PLR2004 # RFC 9110: the client's fault or ours
                answer.read()
                raise _problem(answer)
            yield answer

    def _send(self, method: str, path: str, body: bytes = b"", **headers: str) -> httpx2.Response:
        """Send it; what may be repeated is sent again while nothing is in reach."""
        given = {**self._headers, **headers}
        if body and "Content-Type" not in given:
            given["Content-Type"] = "application/json"
        for left in reversed(range(_TRIES)):
            try:
                return self._send_once(method, path, body, given)
            except OutOfReach:
                if not left or method == "PATCH":
                    raise
                time.sleep(_PAUSE * (_TRIES - left))
        raise DeskUnreachable

    def _send_once(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx2.Response:
        with _reached():
            request = self._client.build_request(method, path, content=body, headers={**headers})
            answer = self._client.send(request, stream=True)
            try:
                _read_bounded(answer)
            finally:
                answer.close()
        if answer.status_code >= 400:  # noqa: PLR2004 # RFC 9110: the client's fault or ours
            raise _problem(answer)
        return answer


@contextmanager
def open_desk(url: str, token_file: Path | None, role: str = "") -> Iterator[Door]:
    """Open the door for one command."""
    if not url:
        raise NoDesk
    if token_file is None:
        raise NoToken
    _require_safe(url)
    secret = read_secret(token_file)
    with httpx2.Client(base_url=url, timeout=_SECONDS, trust_env=False) as client:
        yield Door(client, secret, role)


def send_file(door: Door, dossier: str, path: Path, name: str, watch: Any) -> str:  # noqa: ANN401 # Watch
    """Send a file as an upload, piece by piece; return what it is called there."""
    size = path.stat().st_size
    begun = door.post("uploads", {"dossier": dossier, "name": name, "size": size})
    upload = str(begun["upload"])
    with path.open("rb") as file:
        offset = 0
        while data := file.read(_PIECE):
            offset = _send_piece(door, upload, offset, data)
            watch(len(data))
    return upload


def _send_piece(door: Door, upload: str, offset: int, data: bytes) -> int:
    """Send one piece; where the answer was lost, ask how much is there and go on."""
    for left in reversed(range(_TRIES)):
        try:
            door.piece(f"uploads/{upload}", offset, data)
        except OutOfReach:
            if not left:
                raise
            time.sleep(_PAUSE * (_TRIES - left))
            if int(door.get(f"uploads/{upload}")["offset"]) == offset + len(data):
                break
        else:
            break
    return offset + len(data)


def encode(path: Path) -> str:
    """Return a file's bytes as a document of a request."""
    try:
        return base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(path)) from error


def _require_safe(url: str) -> None:
    """Refuse to send a token over the open net."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
        parts = urlsplit("")
    if not known:
        raise NoDesk(where=url[:80])
    if parts.scheme == "http" and parts.hostname not in _NEARBY:
        detail = "Plain http would show the token to whoever listens on the way."
        raise NoDesk(detail, where=url[:80])


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except httpx2.TransportError as error:
        raise DeskUnreachable(type(error).__name__) from error
    except httpx2.HTTPError as error:
        raise DeskOdd(type(error).__name__) from error


def _read_bounded(answer: httpx2.Response) -> None:
    """Read an answer into memory, but not without end."""
    held = bytearray()
    for chunk in answer.iter_bytes():
        held += chunk
        if len(held) > _ANSWER_BYTES:
            detail = "It answers without end."
            raise DeskOdd(detail)
    answer._content = bytes(held)  # noqa: SLF001 # where httpx keeps what was read


def _problem(answer: httpx2.Response) -> ComityError:
    """Return the problem that the node tells as an error of ours."""
    try:
        told = json.loads(answer.content)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("code"), str):
        return DeskOdd(f"It answers {answer.status_code} and no problem of ours.")
    branch = next((kind for codes, kind in _BRANCHES if answer.status_code in codes), OutOfReach)
    return _Told.of(branch, told)


class _Told:
    """Errors that a node told: with its words, in our branch, so that the exit code is right."""

    @staticmethod
    def of(branch: type[ComityError], told: Mapping[str, object]) -> ComityError:
        text = {name: str(told.get(name, "")) for name in ("title", "code", "remedy")}
        particulars = {
            "__doc__": text["title"] or branch.sentence(),
            "code": text["code"],
            "remedy": text["remedy"],
        }
        kind = type("ToldByNode", (branch,), particulars)
        where, law = str(told.get("where", "")), str(told.get("law", ""))
        made: ComityError = kind(str(told.get("detail", "")), where=where, law=law)
        return made


def _read(answer: httpx2.Response) -> Json:
    if not answer.content:
        return {}
    try:
        found = json.loads(answer.content)
    except ValueError as error:
        raise DeskOdd from error
    if not isinstance(found, dict):
        raise DeskOdd
    return found


def _write(body: Mapping[str, object] | None) -> bytes:
    return json.dumps(body or {}).encode("ascii")


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(24)}


def _path(path: str) -> str:
    return _PREFIX + quote(path, safe="/:%")


def _query_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
