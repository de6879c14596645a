"""The peers' door, with threads that strangers cannot take and bodies that must come in time.

The views are plain functions, each in a thread; the server hands requests to an event loop
(ASGI). Between them lie two lanes of threads: one for ``/peers/``, where a body is read only of
who has proved who they are, and a smaller one for all else. Whoever stalls at the providers'
door keeps no peer waiting. While a body is waited for, the loop holds the clock: one that is
not there in time is given up, the thread goes on, and the connection is closed.

Answers go out whole: nothing at this door is longer than one chunk of evidence.
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_to_bytes

from comity.base import limits

_PEERS: Final = "/peers/"
_PEERS_THREADS: Final = 24
_OTHERS_THREADS: Final = 16
# The loop gives up first; this is for a loop that has stopped.
_AFTERWARDS_SECONDS: Final = 5.0
_OWN_NAMES: Final = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE"})

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Answer: TypeAlias = tuple[int, list[tuple[bytes, bytes]], bytes]


class Body(io.RawIOBase):
    """The body of one request, read in a thread while it arrives in the loop.

    Reading raises ``TimeoutError`` once the whole body had time enough; the time begins with
    the first reading.
    """

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop, size: int) -> None:
        """Take a body of ``size`` bytes, as the request says, from ``receive``."""
        super().__init__()
        self._receive = receive
        self._loop = loop
        self._seconds = limits.BODY_SECONDS + size / limits.BODY_BYTES_A_SECOND
        self._until: float | None = None
        self._held = b""
        self._missing = size

    @property
    def is_over(self) -> bool:
        """Return whether all of it has come."""
        return not self._missing

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, into: Any) -> int:  # noqa: ANN401 - a buffer, as io has it
        """Fill ``into`` as far as the next part goes; return how far; 0 is the end."""
        if not self._held and self._missing:
            self._held = self._wait()
        part, self._held = self._held[: len(into)], self._held[len(into) :]
        into[: len(part)] = part
        return len(part)

    def _wait(self) -> bytes:
        if self._until is None:
            self._until = time.monotonic() + self._seconds
        left = max(0.0, self._until - time.monotonic())
        coming = asyncio.run_coroutine_threadsafe(self._next(left), self._loop)
        return coming.result(left + _AFTERWARDS_SECONDS)

    async def _next(self, seconds: float) -> bytes:
        """Return the next part; none at the end, also where it breaks off."""
        async with asyncio.timeout(seconds):
            message: MutableMapping[str, Any] = {"more_body": True}
            while message.get("more_body") and not message.get("body"):
                message = await self._receive()
        part = bytes(message.get("body", b""))
        self._missing = max(0, self._missing - len(part))
        return part


class Lanes:
    """An ASGI application that answers with a WSGI one, in two lanes of threads."""

    def __init__(self, application: Application) -> None:
        """Answer with ``application``."""
        self._application = application
        self._peers = ThreadPoolExecutor(_PEERS_THREADS, "peers")
        self._others = ThreadPoolExecutor(_OTHERS_THREADS, "others")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        loop = asyncio.get_running_loop()
        environ = make_environ(scope)
        body = Body(receive, loop, _size(environ))
        environ["wsgi.input"] = io.BufferedReader(body, 1 << 16)
        lane = self._peers if environ["PATH_INFO"].startswith(_PEERS) else self._others
        status, headers, said = await loop.run_in_executor(lane, self._answer, environ)
        if not body.is_over:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    def _answer(self, environ: Environ) -> Answer:
        started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            coded = [
                (name.lower().encode("latin-1"), said.encode("latin-1")) for name, said in headers
            ]
            started.append((int(status[:3]), coded))

        parts = self._application(environ, start)
        try:
            whole = b"".join(parts)
        finally:
            # As PEP 3333 has it: only then is the request over for what the views use.
            getattr(parts, "close", lambda: None)()
        status, headers = started[-1]
        return status, headers, whole


def make_environ(scope: Scope) -> Environ:
    """Return a request of ASGI as one of WSGI (PEP 3333), without its body."""
    host, port = scope.get("server") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": _path(scope).decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str((scope.get("client") or ("", 0))[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "https"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        _add(environ, raw.decode("latin-1"), value.decode("latin-1"))
    return environ


def _path(scope: Scope) -> bytes:
    raw = scope.get("raw_path")
    return unquote_to_bytes(raw) if raw else str(scope["path"]).encode()


def _add(environ: Environ, field: str, value: str) -> None:
    """Add a field; one that is there twice is joined (RFC 9110 5.3)."""
    if "_" in field:  # would be taken for the same with a hyphen
        return
    name = field.upper().replace("-", "_")
    key = name if name in _OWN_NAMES else f"HTTP_{name}"
    environ[key] = f"{environ[key]},{value}" if key in environ else value


def _size(environ: Environ) -> int:
    """Return the length that is said; without one, as much as may be: the views refuse that."""
    said = environ.get("CONTENT_LENGTH", "")
    if said.isascii() and said.isdigit():
        return min(int(said[:20]), limits.MESSAGE_BYTES + limits.STATEMENT_BYTES)
    return limits.MESSAGE_BYTES if said or "HTTP_TRANSFER_ENCODING" in environ else 0
