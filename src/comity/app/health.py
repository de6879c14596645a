"""Is the node well enough to work? Numbered checks, for operators; doors say yes or no alone.

1 the database answers and takes a transaction; 2 its tables are this program's; 3 the folder
of stored objects can be written; 4 a worker was heard within a minute; 5 nothing that is due
has waited for longer than a quarter of an hour; 6 the certificate is valid. A legal deadline
that has passed is no matter of health: it is shown where the dossier is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from comity.app import databases
from comity.app.compose import node_alias
from comity.app.heart import silence_seconds
from comity.app.settings import Settings
from comity.app.wirekeys import certificate_times
from comity.base import Instant
from comity.base.errors import ComityError
from comity.base.verdict import Finding, Report, Verdict
from comity.service.node import Node

SILENCE_SECONDS: Final = 60
OVERDUE_SECONDS: Final = 900
_CANDIDATES: Final = 1
_EXPIRES_SOON_SECONDS: Final = 30 * 86_400
Look: TypeAlias = Callable[[], tuple[bool, str]]


def examine(node: Node, folder: Path, settings: Settings, *, present: float) -> Report:
    """Return the numbered checks; ``present`` is the machine's time as files bear it."""
    now = node.clock.now()
    return Report.of(
        [
            _check(1, "database", lambda: _database(node)),
            _check(2, "tables", lambda: _tables(folder)),
            _check(3, "objects", lambda: _objects(node)),
            _check(4, "workers", lambda: _workers(folder, present)),
            _check(5, "work", lambda: _work(node, now)),
            _check(6, "certificate", lambda: _certificate(folder, settings, now)),
        ]
    )


def _database(node: Node) -> tuple[bool, str]:
    with node.store.unit() as unit:
        unit.jobs.due(node.clock.now(), _CANDIDATES)
    return True, "The database answers and takes a transaction."


def _tables(folder: Path) -> tuple[bool, str]:
    missing = databases.missing_migrations(node_alias(folder))
    return not missing, f"Missing: {', '.join(missing)}." if missing else "The tables are current."


def _objects(node: Node) -> tuple[bool, str]:
    draft = node.blobs.draft()
    try:
        draft.write(b"\0")
    finally:
        draft.discard()
    return True, "Objects can be written."


def _workers(folder: Path, present: float) -> tuple[bool, str]:
    silence = silence_seconds(folder, present)
    if silence is None:
        return False, "No worker runs on this machine."
    return silence <= SILENCE_SECONDS, f"A worker was heard {max(0, int(silence))} s ago."


def _work(node: Node, now: Instant) -> tuple[bool, str]:
    waits = max(_waits(node, now), default=0)
    return waits <= OVERDUE_SECONDS, f"What has been due for longest has waited {waits} s."


def _waits(node: Node, now: Instant) -> Iterator[int]:
    # Without a mail server nobody sends notices: they wait at the desk until a person acts.
    with node.store.view() as unit:
        sent = () if node.mailer is None else (unit.notices,)
        for errands in (unit.jobs, unit.letters, unit.inbox, *sent):
            for row in errands.due(now, _CANDIDATES):
                yield now.seconds_after(row.due)


def _certificate(folder: Path, settings: Settings, now: Instant) -> tuple[bool, str]:
    if not settings.peers:
        return True, "There is no door for others, and no certificate is needed."
    begins, ends = certificate_times(folder)
    soon = ends.seconds_after(now) < _EXPIRES_SOON_SECONDS
    return begins <= now < ends, f"It is valid until {ends}.{' Renew it soon.' if soon else ''}"


def _check(number: int, name: str, look: Look) -> Finding:
    try:
        holds, says = look()
    except ComityError as error:
        holds, says = False, error.sentence()
    verdict = Verdict.PASSED if holds else Verdict.FAILED
    return Finding(check=number, name=name, verdict=verdict, says=says)
