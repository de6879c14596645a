"""One officer at the desk door of a node: HTTP with a token, and nothing else.

A request that found nobody at home is made again, and a POST with the same idempotency
key: whatever is killed or cut in between, it has one effect.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import tarfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from demo.errors import PlayStopped

_AGAIN: Final = frozenset({502, 503, 504})
_BLOCK: Final = 1 << 20


class Declined(PlayStopped):
    """The node answered, and its answer is no."""

    def __init__(self, status: int, text: str, what: str) -> None:
        """Keep the status of HTTP and what was said."""
        super().__init__(f"{what}: {status} {text}")
        self.status = status
        self.text = text


@dataclass(frozen=True)
class Officer:
    """A person of an authority, with the token that was given to this person."""

    role: str
    actor: str
    token: str


_EXAMINING_SECONDS: Final = 900


@dataclass
class Desk:
    """A node's desk door, as one officer uses it."""

    base: str
    officer: Officer
    patience: float = 240
    _http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open no connection yet."""
        headers = {"Authorization": f"Bearer {self.officer.token}"}
        headers["Comity-Role"] = self.officer.role
        self._http = httpx2.Client(base_url=f"{self.base}/api/1/", headers=headers, timeout=60)

    def close(self) -> None:
        """Close its connections; the node keeps what was done."""
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 # as JSON is
        """Read something."""
        return self._ask("GET", path, params=query).json()

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 # as JSON is
        """Do something, once."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = self._ask("POST", path, json=body, headers=key)
        return answer.json() if answer.content else None

    def put(self, path: str, body: object) -> Any:  # noqa: ANN401 # as JSON is
        """Put something in its place, once."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = self._ask("PUT", path, json=body, headers=key)
        return answer.json() if answer.content else None

    def read(self, path: str) -> bytes:
        """Read a file that is small."""
        return self._ask("GET", path).content

    def fetch_tree(self, path: str, body: object, out: Path) -> None:
        """Have a tar stream made; the one folder in it becomes the new folder ``out``."""
        raw = out.with_name(f"{out.name}.tar")
        key = {"Idempotency-Key": secrets.token_hex(16)}
        self._insist(f"POST {path}", lambda: self._save(path, raw, json=body, headers=key))
        opened = out.with_name(f"{out.name}.opened")
        with tarfile.open(raw) as archive:
            archive.extractall(opened, filter="data")
        raw.unlink()
        (inner,) = opened.iterdir()
        inner.rename(out)
        opened.rmdir()

    def upload(self, place: Path, dossier: str) -> str:
        """Bring a file in, in blocks, going on where it was cut; return its name there."""
        size = place.stat().st_size
        body = {"dossier": dossier, "name": place.name, "size": size}
        ident = str(self.post("uploads", body)["upload"])
        with place.open("rb") as stream:
            while (at := int(self.get(f"uploads/{ident}")["offset"])) < size:
                stream.seek(at)
                self._patch(f"uploads/{ident}", at, stream.read(8 * _BLOCK))
        return ident

    def _patch(self, path: str, at: int, data: bytes) -> None:
        told = base64.b64encode(hashlib.sha256(data).digest()).decode()
        kind = {"Upload-Offset": str(at), "Content-Digest": f"sha-256=:{told}:"}
        try:
            self._ask("PATCH", path, content=data, headers=kind)
        except Declined as error:
            if error.status != httpx2.codes.CONFLICT:  # it came after all; we ask how far it is
                raise

    def _save(self, path: str, raw: Path, **more: Any) -> httpx2.Response:  # noqa: ANN401 # httpx2's own
        # A node examines a whole package before it lets the first byte of it go.
        with self._http.stream("POST", path, timeout=_EXAMINING_SECONDS, **more) as answer:
            if answer.is_error:
                answer.read()
                return answer
            with raw.open("wb") as out:
                for block in answer.iter_bytes(_BLOCK):
                    out.write(block)
            return answer

    def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 # httpx2's own
        return self._insist(
            f"{method} {path}", lambda: self._http.request(method, path.lstrip("/"), **more)
        )

    def _insist(self, what: str, attempt: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Try until there is an answer, or patience ends; raise ``Declined`` if it is no."""
        until = time.monotonic() + self.patience
        while True:
            is_over = time.monotonic() > until
            try:
                answer = attempt()
            except httpx2.TransportError as error:
                if is_over:
                    message = f"{what}: nobody answers ({error})"
                    raise PlayStopped(message) from error
            else:
                if answer.status_code not in _AGAIN or is_over:
                    return self._require_good(answer, what)
            time.sleep(0.2)

    def _require_good(self, answer: httpx2.Response, what: str) -> httpx2.Response:
        if answer.is_error:
            raise Declined(answer.status_code, answer.text[:2000], f"{self.officer.actor} {what}")
        return answer


def as_base64(documents: Mapping[str, bytes]) -> dict[str, str]:
    """Return documents as they travel in JSON."""
    return {name: base64.b64encode(data).decode() for name, data in documents.items()}
