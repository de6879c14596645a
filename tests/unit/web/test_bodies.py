"""How much of whom is read at once, and for how long."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import limits
from comity.web.bodies import BodyCut, BodyLate, TooManyAtOnce, neighbourhood, read_body
from comity.web.bodies import read_stranger as read
from comity.web.lanes import Body, Lanes, make_environ


class _Request:
    """A request with a body of one byte, from ``address``; reading it does ``then``."""

    def __init__(self, address: str, then: Callable[[], bytes] = lambda: b"1") -> None:
        self.META = {"CONTENT_LENGTH": "1", "REMOTE_ADDR": address}
        self._then = then

    def read(self, _size: int) -> bytes:
        return self._then()


def read_stranger(request: _Request) -> bytes:
    return read(request, 1)  # type: ignore[arg-type] # enough of one


def _crowd(addresses: list[str]) -> bytes:
    """Begin reading from each address while the one before it is read; return the last word."""
    first, *others = addresses
    return read_stranger(_Request(first, lambda: _crowd(others) if others else b"1"))


def test_of_all_strangers_only_so_many_are_read_at_once() -> None:
    addresses = [f"192.0.2.{number}" for number in range(limits.STRANGERS_AT_ONCE + 1)]
    assert _crowd(addresses[:-1]) == b"1"
    with pytest.raises(TooManyAtOnce):
        _crowd(addresses)


def test_of_one_network_of_64_bits_only_so_many_are_read_at_once() -> None:
    addresses = [f"2001:db8::{number}" for number in range(1, limits.STRANGER_AT_ONCE + 2)]
    with pytest.raises(TooManyAtOnce):
        _crowd(addresses)
    assert _crowd([*addresses[:-1], "2001:db8:0:1::1"]) == b"1"


def test_strangers_take_nothing_from_who_is_known() -> None:
    def known() -> bytes:
        return read_body(_Request("192.0.2.1"), 1, sender="XB/XB-CA")  # type: ignore[arg-type] # as above

    addresses = [f"192.0.2.{number}" for number in range(limits.STRANGERS_AT_ONCE - 1)]
    then = _after("198.51.100.1", known)
    for address in addresses:
        then = _after(address, then)
    assert then() == b"1"


def _after(address: str, then: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: read_stranger(_Request(address, then))


def test_a_state_with_many_authorities_takes_few_threads() -> None:
    def ask(number: int) -> bytes:
        request = _Request("", lambda: ask(number - 1) if number else b"1")
        return read_body(request, 1, sender=f"XB/{number}", group="XB")  # type: ignore[arg-type] # as above

    assert ask(limits.GROUP_BODIES_AT_ONCE - 1) == b"1"
    with pytest.raises(TooManyAtOnce):
        ask(limits.GROUP_BODIES_AT_ONCE)


@given(st.ip_addresses(v=6, network="2001:db8::/32"), st.integers(0, 2**64 - 1))
def test_all_of_a_network_of_64_bits_are_one_neighbourhood(
    address: ipaddress.IPv6Address, host: int
) -> None:
    other = ipaddress.IPv6Address((int(address) >> 64 << 64) | host)
    assert neighbourhood(str(other)) == neighbourhood(str(address))
    further = ipaddress.IPv6Address(int(address) ^ (1 << 64))
    assert neighbourhood(str(further)) != neighbourhood(str(address))


def test_an_address_of_ipv4_is_the_same_however_it_is_written() -> None:
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("no address") == ""


def test_what_came_too_late_is_told_from_what_broke_off() -> None:
    def late() -> bytes:
        raise OSError from TimeoutError()

    def broken() -> bytes:
        raise OSError

    with pytest.raises(BodyLate):
        read_stranger(_Request("192.0.2.1", late))
    with pytest.raises(BodyCut):
        read_stranger(_Request("192.0.2.1", broken))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


def _parts(*parts: bytes) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    left = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        if left:
            return {"type": "http.request", "body": left.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    return receive


async def _never() -> MutableMapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_body_that_stalls_is_given_up(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.0)
    body = Body(_never, loop, 5)
    with pytest.raises(TimeoutError):
        body.read(5)
    assert not body.is_over


def test_a_body_is_read_in_the_parts_in_which_it_comes(loop: asyncio.AbstractEventLoop) -> None:
    body = Body(_parts(b"ab", b"", b"cde"), loop, 5)
    assert [body.read(1), body.read(9), body.read(9), body.read(1)] == [b"a", b"b", b"cde", b""]
    assert body.is_over


def test_a_body_that_breaks_off_ends(loop: asyncio.AbstractEventLoop) -> None:
    body = Body(_parts(b"ab"), loop, 5)
    assert [body.read(9), body.read(9)] == [b"ab", b""]
    assert not body.is_over


def test_a_field_with_an_underscore_is_not_taken_for_another() -> None:
    fields = [(b"signature_input", b"forged"), (b"accept", b"a"), (b"accept", b"b")]
    environ = make_environ(
        {"method": "GET", "path": "/é", "raw_path": b"/%C3%A9", "headers": fields}
    )
    assert "HTTP_SIGNATURE_INPUT" not in environ
    assert (environ["HTTP_ACCEPT"], environ["PATH_INFO"]) == ("a,b", "/\xc3\xa9")


def test_threads_for_peers_are_not_those_of_others() -> None:
    used: list[str] = []

    def application(_environ: dict[str, Any], start: Callable[..., None]) -> list[bytes]:
        used.append(threading.current_thread().name.partition("_")[0])
        start("204 No Content", [])
        return []

    async def ask() -> None:
        lanes = Lanes(application)
        for path in ("/peers/1/echo", "/providers/1/answers", "/livez", "/peers"):
            scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": []}
            await lanes(scope, _never, _ignore)

    asyncio.run(ask())
    assert used == ["peers", "others", "others", "others"]


async def _ignore(_message: MutableMapping[str, Any]) -> None:
    return
