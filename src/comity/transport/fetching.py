"""Public files of a directory's mirror: neither signed nor pinned, for they verify themselves.

A mirror can stall, never forge; and it cannot stall for long: the fetching is left alone when
its time is over.
"""

from __future__ import annotations

import threading
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx2

from comity.service.errors import PeerUnreachable

_SECONDS: Final = 30.0
_SILENCE_SECONDS: Final = 10.0
_BYTES_A_SECOND: Final = 16 << 10


def fetch_public(url: str, *, most: int, seconds: float = _SECONDS) -> bytes | None:
    """Return the file at ``url`` (http or https), None if there is none, of at most ``most`` bytes.

    Raise ``PeerUnreachable``. No redirect is followed and no proxy asked.
    """
    if _split(url).scheme not in {"http", "https"}:
        detail = "A mirror is an address that begins with https:// or http://."
        raise PeerUnreachable(detail, where=_host(url))
    task = _Task(url, most)
    thread = threading.Thread(target=task.run, name="fetch", daemon=True)
    thread.start()
    thread.join(seconds + most / _BYTES_A_SECOND)
    if thread.is_alive():
        detail = "It is too slow."
        raise PeerUnreachable(detail, where=_host(url))
    if task.trouble is not None:
        raise task.trouble
    return task.found


class _Task:
    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        self.found: bytes | None = None
        self.trouble: PeerUnreachable | None = None

    def run(self) -> None:
        try:
            self.found = _fetch(self._url, self._most)
        except PeerUnreachable as error:
            self.trouble = error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            self.trouble = PeerUnreachable(f"{type(error).__name__}.", where=_host(self._url))


def _fetch(url: str, most: int) -> bytes | None:
    with (
        httpx2.Client(trust_env=False, follow_redirects=False, timeout=_SILENCE_SECONDS) as client,
        client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response,
    ):
        if response.status_code in {httpx2.codes.NOT_FOUND, httpx2.codes.GONE}:
            return None
        if response.status_code != httpx2.codes.OK:
            detail = f"It answered {response.status_code}."
            raise PeerUnreachable(detail, where=_host(url))
        return read_bounded(response, most)


def read_bounded(response: httpx2.Response, most: int) -> bytes:
    """Return the body as it came over the line; raise ``PeerUnreachable`` if it is too long."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        detail = "It answered in an encoding that was not asked for."
        raise PeerUnreachable(detail)
    held = bytearray()
    for part in response.iter_raw():
        held += part
        if len(held) > most:
            detail = f"It answered with more than {most} bytes."
            raise PeerUnreachable(detail)
    return bytes(held)


def _host(url: str) -> str:
    return (_split(url).netloc or url)[:200].rpartition("@")[2]


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
