"""How long the first page and the lists take in an office of many years: 100,000 dossiers.

On SQLite, as a laptop has it. The dossiers of the example (``tests/examples.py``) are copied as
rows: their heads, standings and deadlines, moved in time so that one in five is live and its
deadlines spread over the next half year; the rest ended long ago. The hundreds that lapse first,
which pages show and read, are copied with all their acts and sealed contents. Each page is asked
for by Django's own client as somebody who signed in, through all the middleware; what is counted is
the time until the whole answer is there, without a network.

JSON lines: ``name``, ``p50_ms``, ``p99_ms``, ``count``, ``dossiers``, ``bytes``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.test import Client

from comity.app.databases import configure_django
from comity.base import Digest, Ident, Instant
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import (
    ActRow,
    ContentRow,
    DeadlineRow,
    DossierRow,
    IdentityRow,
    StandingRow,
)
from tests.browser.served import open_cached, serve, sit
from tests.steady import SeedBytes

PAGES = {
    "inbox": ("/", "duty"),
    "inbox of a central authority": ("/", "ca"),
    "dossiers": ("/dossiers", "ca"),
    "dossiers, page 1000": ("/dossiers?page=1000", "ca"),
    "dossiers, filtered": ("/dossiers?find=XB", "ca"),
    "deadlines": ("/deadlines", "ca"),
    "register": ("/register", "ca"),
    "a dossier": ("/dossiers/{dossier}", "ca"),
}
BATCH = 5_000
LIVE = 5  # one in so many is live
WHOLE = 300  # so many, which lapse first, are copied whole
OLD = timedelta(days=400)
ENDED = frozenset({"refused", "closed", "withdrawn"})


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--dossiers", type=int, default=100_000)
    words.add_argument("--count", type=int, default=30)
    asked = words.parse_args()
    configure_django("comity.web.urls_desk", has_pages=True)
    with open_cached() as example, serve(example) as served:
        node = example.nodes["XA"]
        begun = time.monotonic()
        fill(node, asked.dossiers)
        tell(name="filling", seconds=round(time.monotonic() - begun, 1), dossiers=asked.dossiers)
        for name, (path, login) in PAGES.items():
            measure(name, sit(login), served.fill(path), asked.count, asked.dossiers)


def measure(name: str, client: Client, path: str, count: int, dossiers: int) -> None:
    """Ask for a page again and again, and tell how long it took."""
    first = time.perf_counter()
    answer = client.get(path, HTTP_ACCEPT_ENCODING="gzip")
    cold = round((time.perf_counter() - first) * 1000, 1)
    if answer.status_code != 200:  # noqa: PLR2004 # as HTTP counts
        tell(name=name, status=answer.status_code)
        return
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        answer = client.get(path, HTTP_ACCEPT_ENCODING="gzip")
        taken.append((time.perf_counter() - begun) * 1000)
    whole = answer.content
    if answer.get("Content-Encoding") == "gzip":
        whole = gzip.decompress(whole)
    tell(
        name=name,
        p50_ms=round(statistics.median(taken), 1),
        p99_ms=round(sorted(taken)[int(len(taken) * 0.99)], 1),
        first_ms=cold,
        count=count,
        dossiers=dossiers,
        bytes=len(answer.content),
        plain_bytes=len(whole),
    )


def fill(node: Node, count: int) -> None:
    """Copy the example's dossiers until there are ``count``."""
    with node.store.view() as unit:
        kept = [Kept.read(unit, head) for head in unit.dossiers.find()]
    live = [one for one in kept if one.standing.state not in ENDED]
    ended = [one for one in kept if one.standing.state in ENDED]
    random = SeedBytes(99)
    wanted = count - len(kept)
    for begin in range(0, wanted, BATCH):
        with node.store.unit() as unit:
            for place in range(begin, min(begin + BATCH, wanted)):
                is_live = place < WHOLE or place % LIVE == 0
                among = live if is_live else ended
                copy(unit, among[place % len(among)], place, random, is_live=is_live)
        print(f"{begin + BATCH:>8}", end="\r", file=sys.stderr)


@dataclass(frozen=True)
class Kept:
    """All rows of one dossier that are copied."""

    head: DossierRow
    standing: StandingRow
    deadlines: tuple[DeadlineRow, ...]
    acts: tuple[ActRow, ...]
    contents: tuple[ContentRow, ...]
    identities: tuple[IdentityRow, ...]

    @classmethod
    def read(cls, unit: Unit, head: DossierRow) -> Kept:
        """Read the rows of a dossier."""
        return cls(
            head,
            unit.standings.get(head.ident),
            unit.deadlines.find(dossier=head.ident),
            unit.acts.find(chain=head.ident),
            unit.contents.find(chain=head.ident),
            unit.identities.find(chain=head.ident),
        )


def copy(unit: Unit, kept: Kept, place: int, random: SeedBytes, *, is_live: bool) -> None:
    """Copy one dossier: the first ones whole, most as heads that ended long ago."""
    ident = Ident.make("dos", random(17))
    head = replace(kept.head, ident=ident, follows=None)
    away = timedelta(minutes=place) if place < WHOLE else timedelta(days=1, minutes=place * 2)
    if is_live:
        dues = [replace(row, dossier=ident, due=later(row.due, away)) for row in kept.deadlines]
    else:
        head = replace(head, opened=later(head.opened, -OLD - away) or head.opened)
        dues = [
            replace(row, dossier=ident, state="met", ended_at=head.opened) for row in kept.deadlines
        ]
    unit.dossiers.add(head)
    unit.standings.add(replace(kept.standing, dossier=ident))
    unit.deadlines.add(*dues)
    if place < WHOLE:
        unit.acts.add(*(replace(row, chain=ident, digest=Digest(random(32))) for row in kept.acts))
        unit.contents.add(*(replace(row, chain=ident) for row in kept.contents))
        unit.identities.add(*(replace(row, chain=ident) for row in kept.identities))


def later(moment: Instant | None, by: timedelta) -> Instant | None:
    """Return the moment moved by so much."""
    return None if moment is None else Instant(moment.at + by)


def tell(**said: object) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
