"""A bad line between nodes: a TCP proxy of ours that cuts, delays, holds, resets and repeats.

It sees TLS records and no more. Cutting the answer after the request went through makes the
sender send again, which is how a message comes twice. Holding one connection while others
pass is how messages come out of order. Repeating sends all that a client once sent on a new
connection: a recording, which must come to nothing.

    python -m tests.proxy LISTEN_PORT TARGET_PORT SEED
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

_BLOCK: Final = 65536
_MOST_RECORDED: Final = 1 << 18
_AT_ONCE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


@dataclass(frozen=True)
class Mishap:
    """What befalls one connection: after so many bytes of one direction, for so long."""

    kind: str = "none"  # none, cut, reset, delay, hold, repeat, refuse
    after: int = 0
    seconds: float = 0
    is_answer: bool = False


Chooser = Callable[[], Mishap]


def choose_by(chance: random.Random, *, share: float = 0.3, longest: float = 1.5) -> Chooser:
    """Let a share of the connections meet with something, as the dice fall."""
    kinds = ("cut", "cut", "reset", "delay", "hold", "repeat", "refuse")

    def choose() -> Mishap:
        if chance.random() >= share:
            return Mishap()
        after = chance.choice((0, 1, 200, 1_500, 3_000, 6_000, 20_000, 200_000, 3_000_000))
        return Mishap(
            kind=chance.choice(kinds),
            after=chance.randrange(after + 1),
            seconds=chance.random() * longest,
            is_answer=chance.random() < 0.5,
        )

    return choose


@dataclass
class Proxy:
    """Fronts before nodes' doors, all with the same luck."""

    choose: Chooser
    counts: Counter[str] = field(default_factory=Counter)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _servers: list[asyncio.Server] = field(default_factory=list)

    def front(self, target: int, port: int = 0) -> int:
        """Listen on ``port`` (0: any) for what is meant for ``target``; return the port."""
        made = asyncio.run_coroutine_threadsafe(self._listen(target, port), self._loop)
        return made.result(10)

    async def _listen(self, target: int, port: int) -> int:
        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            # Cancelled only when all ends: then nobody is left to be told.
            with contextlib.suppress(asyncio.CancelledError):
                await self._carry(target, reader, writer)
            await _close(writer)
            self._tasks.discard(task)

        server = await asyncio.start_server(meet, "127.0.0.1", port)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _carry(
        self, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        mishap = self.choose()
        self.counts[mishap.kind] += 1
        try:
            if mishap.kind == "refuse":
                _reset(writer)
                return
            there, back = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            return
        recorded = bytearray()
        pumps = [
            asyncio.ensure_future(self._pump(reader, back, mishap, recorded, is_answer=False)),
            asyncio.ensure_future(self._pump(there, writer, mishap, None, is_answer=True)),
        ]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if not any(one.result() for one in done):  # the other direction may still speak
                await asyncio.wait(pumps, timeout=5)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            if mishap.kind == "reset":
                _reset(writer)
            await _close(writer)
            await _close(back)
        if mishap.kind == "repeat":
            await self._say_again(target, bytes(recorded))

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        mishap: Mishap,
        recorded: bytearray | None,
        *,
        is_answer: bool,
    ) -> bool:
        """Carry bytes one way until they end; return whether the connection is to be cut."""
        is_here = mishap.is_answer is is_answer
        is_cut = is_here and mishap.kind in {"cut", "reset"}
        waits = is_here and mishap.kind in {"delay", "hold"}
        seen = 0
        with contextlib.suppress(OSError):
            while block := await reader.read(_BLOCK):
                if recorded is not None and len(recorded) < _MOST_RECORDED:
                    recorded += block
                if waits and seen + len(block) > mishap.after:
                    await asyncio.sleep(mishap.seconds)
                    waits = mishap.kind == "delay" and mishap.seconds < 0.2
                if is_cut and seen + len(block) > mishap.after:
                    writer.write(block[: mishap.after - seen])
                    await writer.drain()
                    return True
                seen += len(block)
                writer.write(block)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        return False

    async def _say_again(self, target: int, recorded: bytes) -> None:
        """Send on a new connection what a client once sent."""
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", target)
            try:
                writer.write(recorded)
                await writer.drain()
                await asyncio.wait_for(reader.read(), 1)
            finally:
                await _close(writer)

    async def _drop_all(self) -> None:
        for server in self._servers:
            server.close()
        while self._tasks:
            for task in [*self._tasks]:
                task.cancel()
            await asyncio.sleep(0.05)


@contextmanager
def bad_line(choose: Chooser) -> Iterator[Proxy]:
    """Run a proxy in a thread of its own."""
    proxy = Proxy(choose)
    thread = threading.Thread(target=proxy._loop.run_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy._drop_all(), proxy._loop).result(10)
        proxy._loop.call_soon_threadsafe(proxy._loop.stop)
        thread.join(10)
        proxy._loop.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    held = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()


def main(listen: str, target: str, seed: str) -> None:
    """Stand before one door until ended."""
    with bad_line(choose_by(random.Random(int(seed)))) as proxy:
        sys.stdout.write(f"{proxy.front(int(target), int(listen))}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
