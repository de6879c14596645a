"""How many requests become receipts in a second, durably, between two real nodes.

Two nodes run as an operator runs them (``comity node up``: granian, TLS 1.3, workers, SQLite
or, with ``--postgres URL-with-{name}``, PostgreSQL). One round trip: an officer's act is taken
and kept, made into a sealed and signed message, posted, kept by the other side, opened, chained,
answered with a signed ``delivered``, and that is kept: some dozen flushed transactions.

The limit it is measured against, in the same run on the same machine: bodies of the same size
posted over the same server, TLS and client, each flushed to the disk by the other side (fsync)
before it is answered. What lies between the two is the work of the platform.

JSON lines: ``name``, ``per_second``, ``p50_ms``, ``p99_ms``, ``count``, ``bytes``.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.base import Ident
from comity.service.node import Node, Officer
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.situations import Move
from comity.transport.pinning import pinned_context
from tests.live import LiveNode, free_port, live_nodes

DUTY = Officer(actor="p-3", role="duty_officer")
WHY = {"reasons": "Lives are at risk and the logs are about to be lost."}
SIDE_BY_SIDE = 3
PATIENCE = 300.0
BODY = 14_000  # a message with one short act, as measured


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--count", type=int, default=40)
    words.add_argument("--postgres", default="")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_bare(Path(folder), asked.count * 5)
        databases = {state: asked.postgres.format(name=state.lower()) for state in ("XA", "XB")}
        kind = "postgresql" if asked.postgres else "sqlite"
        chosen = databases if asked.postgres else {}
        with live_nodes(Path(folder), "XA", "XB", databases=chosen) as (xa, xb):
            measure_nodes(xa, xb, asked.count, kind)


def measure_nodes(xa: LiveNode, xb: LiveNode, count: int, kind: str) -> None:
    for one in (xa, xb):
        one.up(wait=False)
    for one in (xa, xb):
        one.wait_until_up()
    node = open_node(xa.folder)
    round_trip(node, [prepare(node)])  # the first one opens connections
    dossiers = [prepare(node) for _ in range(count)]
    times, whole = round_trip(node, dossiers)
    tell(f"round_trips_{kind}", times, whole, size(node))
    alone = [round_trip(node, [prepare(node)])[0][0] for _ in range(max(5, count // 4))]
    tell(f"round_trip_alone_{kind}", alone, sum(alone), size(node))
    close_connections()


def prepare(node: Node) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB-CA",
        basis="uncc",
        channel="node",
    )
    dossier = open_dossier(node, DUTY, opening)
    amend_form(node, DUTY, dossier, {"urgency": "urgent"})
    return dossier


def round_trip(node: Node, dossiers: list[Ident]) -> tuple[list[float], float]:
    """Take the act in each dossier, wait for every receipt; return seconds each and in all."""
    begun: dict[Ident, float] = {}
    ended: dict[Ident, float] = {}
    thread = threading.Thread(target=watch, args=(node, set(dossiers), ended))
    thread.start()
    for dossier in dossiers:
        begun[dossier] = time.perf_counter()
        take_step(node, DUTY, dossier, Move(step="call", channel="telephone", content=WHY))
    thread.join()
    times = [ended[one] - begun[one] for one in dossiers]
    return times, max(ended.values()) - min(begun.values())


def watch(node: Node, wanted: set[Ident], ended: dict[Ident, float]) -> None:
    """Note when the receipt of each dossier is kept."""
    until = time.perf_counter() + PATIENCE
    while wanted - ended.keys():
        with node.store.view() as unit:
            for dossier in wanted - ended.keys():
                if unit.receipts.count(dossier=dossier, event="delivered"):
                    ended[dossier] = time.perf_counter()
        if time.perf_counter() > until:
            sys.exit(f"{len(wanted - ended.keys())} receipts did not come")
        time.sleep(0.01)
    close_connections()


def size(node: Node) -> int:
    with node.store.view() as unit:
        return max((row.size for row in unit.outbox.find() if hasattr(row, "size")), default=BODY)


def measure_bare(folder: Path, count: int) -> None:
    """Post bodies over the same server and client, flushed before they are answered."""
    with serving(folder) as (endpoint, certificate):
        context = pinned_context(certificate)
        body = os.urandom(BODY)
        client = httpx2.Client(verify=context, trust_env=False)
        for path, name in (("/keep", "bare_https_post_fsync"), ("/drop", "bare_https_post")):

            def post(url: str = endpoint + path) -> float:
                begun = time.perf_counter()
                client.post(url, content=body).raise_for_status()
                return time.perf_counter() - begun

            post()
            times, whole = side_by_side(post, count)
            tell(name, times, whole, BODY)
        client.close()


def side_by_side(post: Callable[[], float], count: int) -> tuple[list[float], float]:
    times: list[float] = []
    lock = threading.Lock()

    def run() -> None:
        for _ in range(count // SIDE_BY_SIDE):
            taken = post()
            with lock:
                times.append(taken)

    begun = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(SIDE_BY_SIDE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, time.perf_counter() - begun


_BARE = """
import itertools, os, sys
from pathlib import Path
from granian import Granian
from granian.constants import Interfaces
NUMBERS = itertools.count()
def application(environ, start):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    if environ["PATH_INFO"] == "/keep":
        with open(f"{environ['COMITY_BENCH']}/{next(NUMBERS)}", "xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]
if __name__ == "__main__":
    Granian("bare:application", port=int(sys.argv[1]), interface=Interfaces.WSGI,
            blocking_threads=8, log_enabled=False,
            ssl_cert=Path("bare.crt"), ssl_key=Path("bare.key")).serve()
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    place = folder / "bare"
    (place / "kept").mkdir(parents=True)
    (place / "bare.py").write_text(_BARE)
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bare"
    more = ["-keyout", "bare.key", "-out", "bare.crt", "-addext", "basicConstraints=CA:FALSE"]
    subprocess.run(["openssl", *words.split(), *more], cwd=place, check=True, capture_output=True)
    port = free_port()
    world = {**os.environ, "COMITY_BENCH": str(place / "kept")}
    server = subprocess.Popen([sys.executable, "bare.py", str(port)], cwd=place, env=world)
    endpoint, certificate = f"https://127.0.0.1:{port}", (place / "bare.crt").read_text()
    try:
        await_server(endpoint, pinned_context(certificate))
        yield endpoint, certificate
    finally:
        server.terminate()
        server.wait(30)


def await_server(endpoint: str, context: ssl.SSLContext) -> None:
    for _ in range(300):
        try:
            httpx2.post(f"{endpoint}/drop", content=b"x", verify=context, trust_env=False)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the bare server does not come up")


def tell(name: str, times: list[float], whole: float, body: int) -> None:
    ranked = sorted(times)
    line = {
        "name": name,
        "per_second": round(len(times) / whole, 2),
        "p50_ms": round(statistics.median(ranked) * 1000, 1),
        "p99_ms": round(ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))] * 1000, 1),
        "count": len(times),
        "bytes": body,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
