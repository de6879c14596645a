"""A package from node to node in MB/s, beside curl fetching the same bytes from the same server.

Two nodes run as an operator runs them (``comity node up``: TLS 1.3, workers, SQLite). XB holds
a sealed package of ``--mb`` MB (4 GiB by default) and hands it over to XA. First curl, with
requests signed as XA's, fetches every chunk from XB's door and throws it away: that is the
server, TLS and the loopback. Then XA is started and fetches the same chunks: each compared,
kept, flushed to the disk and listed before it counts; and then verifies while it decrypts and
encrypts to itself. ``peaks`` is the most memory that each process of the nodes held.

JSON lines: ``name``, ``seconds``, ``mb_per_second``, ``bytes``.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.app.wirekeys import read_wire_key
from comity.service.peers import Caller
from comity.service.rows import TransferRow
from comity.transport.signing import sign_request
from tests.live import LiveNode, live_nodes
from tests.live_transfer import LivePackage, seal_live, wait_until

MEGA = 1_000_000
PATIENCE = 4 * 3600.0


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--mb", type=int, default=(4 << 30) // MEGA)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "disk.img"
        write_large(source, asked.mb)
        with live_nodes(folder, "XA", "XB") as (xa, xb):
            package = seal_live(xa, xb, source)
            source.unlink()
            package.request()
            xb.up()
            took = wait_until(lambda: stands(package.outgoing, "offered"), PATIENCE, 0.5)
            row = package.outgoing()
            if row is None:
                sys.exit("nothing was offered")
            tell("hand_over (decrypt, encrypt to the receiver, digest)", took, row.size)
            tell("curl, same chunks, same server, thrown away", curl_all(xa, xb, row), row.size)
            measure_fetch(package, row)
            for live in (xa, xb):
                print(json.dumps({"name": f"peaks {live.folder.name}", **peaks(live)}))


def measure_fetch(package: LivePackage, row: TransferRow) -> None:
    """Start XA and measure from its first chunk to its last, and to the package received."""
    package.xa.up()
    wait_until(lambda: got(package) > 0, PATIENCE, 0.1)
    begun = got(package)
    took = wait_until(lambda: got(package) == row.size, PATIENCE, 0.2)
    tell("fetch (compared, flushed, listed)", took, row.size - begun)
    took = wait_until(lambda: stands(package.incoming, "done"), PATIENCE, 0.5)
    tell("receive (decrypt, thirteen checks, encrypt, flushed)", took, row.size)


def curl_all(xa: LiveNode, xb: LiveNode, row: TransferRow) -> float:
    """Fetch every chunk with curl, one volume to a process; return the seconds it took."""
    node = open_node(xb.folder)
    with node.store.view() as unit:
        chunks = [(one.volume, one.chunk) for one in unit.pieces.find(transfer=row.ident)]
    close_connections()
    seconds = 0.0
    for volume in sorted({number for number, _ in chunks}):
        paths = [
            f"/peers/1/transfers/{row.ident}/volumes/{volume}/chunks/{chunk}"
            for number, chunk in chunks
            if number == volume
        ]
        asked = "next\n".join(signed_words(xa, xb, paths))
        begun = time.monotonic()
        subprocess.run(["curl", "--silent", "--fail", "-K", "-"], input=asked.encode(), check=True)
        seconds += time.monotonic() - begun
    return seconds


def signed_words(xa: LiveNode, xb: LiveNode, paths: list[str]) -> Iterator[str]:
    """Yield curl's words for each of these paths, signed as XA's requests are."""
    key = read_wire_key(xa.folder)
    keyid = Caller(state=xa.settings.state, authority=xa.settings.authority).keyid
    now = open_node(xa.folder).clock.now()
    for path in paths:
        url = f"{xb.endpoint}{path}"
        nonce = base64.urlsafe_b64encode(os.urandom(24)).decode().rstrip("=")
        headers = sign_request(key, keyid, method="GET", url=url, body=None, nonce=nonce, now=now)
        said = [f'header = "{name}: {quote(value)}"\n' for name, value in headers.items()]
        words = [f'url = "{url}"\n', 'output = "/dev/null"\n', "insecure\n", "tlsv1.3\n", "fail\n"]
        yield "".join([*words, *said])


def quote(value: str) -> str:
    """Return text as it stands between quotes in curl's words."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def got(package: LivePackage) -> int:
    row = package.incoming()
    return row.got if row else 0


def stands(read: Callable[[], TransferRow | None], state: str) -> bool:
    row = read()
    if row is not None and row.state in {"stopped", "refused"}:
        sys.exit(f"the transfer was {row.state}: {row.trouble}")
    return row is not None and row.state == state


def peaks(live: LiveNode) -> dict[str, str]:
    """Return the most memory that each process of a node held."""
    found = {}
    for name, number in live.children().items():
        text = Path(f"/proc/{number}/status").read_text()
        match = re.search(r"VmHWM:\s+(\d+) kB", text)
        found[name] = f"{int(match[1]) >> 10} MiB" if match else "?"
    return found


def tell(name: str, seconds: float, octets: int) -> None:
    """Print one measurement."""
    rate = round(octets / MEGA / max(seconds, 0.001), 1)
    told = {"name": name, "seconds": round(seconds, 2), "mb_per_second": rate, "bytes": octets}
    print(json.dumps(told), flush=True)


def write_large(path: Path, mega: int) -> None:
    block = os.urandom(MEGA)
    with path.open("wb") as file:
        for number in range(mega):
            file.write(number.to_bytes(4, "big") + block[4:])


if __name__ == "__main__":
    main()
