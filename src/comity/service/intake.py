"""Taking evidence in: from a path into encrypted volumes, in one sitting of any length.

The officer asks; the law is asked then. A worker does it, as a job: every object is
digested at its first byte and goes straight into volumes under the dossier's identity.
At the end, in one transaction, the job is finished, the act signed and the objects
listed. Killed in between, it leaves volumes that nothing names; the next run removes
them and begins anew. So there is one act, however often it was begun.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from comity import evidence
from comity.base import Digest, Hasher, Ident, Instant
from comity.base.canonical import Json
from comity.base.errors import BadValue
from comity.evidence import Place, Provenance, Taken, VolumeSink, VolumeSource, require_places
from comity.evidence.leaves import Grove
from comity.seal.fields import read_base64, write_base64
from comity.service.contents import live_identity, unwrap
from comity.service.custody import TAKE_IN, called, done_words, intake_row, require_custody
from comity.service.jobs import Held, ask_for, finish, read_order
from comity.service.listing import ROWS, read_rows, row_leaf, write_row
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold
from comity.service.rows import ExhibitRow, IdentityRow, IntakeRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.volumes import JobVolumes, clear_earlier, list_volumes, open_volumes

JOB: Final = "take_in"
_BATCH: Final = 1000


def request_intake(
    node: Node,
    officer: Officer,
    dossier: Ident,
    places: Sequence[Path],
    provenance: Provenance,
) -> Ident:
    """Ask for all that lies at ``places`` to be taken in; return the job's name."""
    if not places:
        detail = "Nothing is named that could be taken in."
        raise BadValue(detail)
    require_places([os.fsencode(place) for place in places], node.home or Path(os.devnull))
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        require_custody(node, unit, officer, held, called(node, held, TAKE_IN))
        order: Json = {
            "actor": officer.actor,
            "role": officer.role,
            "places": [write_base64(os.fsencode(place.absolute())) for place in places],
            "provenance": dict(asdict(provenance)),
        }
        return ask_for(node, unit, JOB, dossier, order)


def take_in(node: Node, held: Held) -> None:
    """Do a job of taking in."""
    order = read_order(node, held)
    clear_earlier(node, held)
    with node.store.unit() as unit:
        identity = live_identity(node, unit, held.dossier)
    provenance = read_provenance(order["provenance"])
    with JobVolumes(node, held, identity) as sink:
        tally = write_objects(node, _read_places(order["places"]), provenance, sink)
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        move = taking_move(unit, held, identity, tally)
        words = done_words(node, head, called(node, head, TAKE_IN, move))
        signed = record_act(node, unit, read_officer(order), head, words)
        unit.intakes.add(intake_row(signed.act))
        list_exhibits(node, unit, intake_row(signed.act))


@dataclass
class Tally:
    """What was taken in, counted as it went by."""

    begun: Instant
    hasher: Hasher = field(default_factory=Hasher)
    leaves: list[bytes] = field(default_factory=list)
    size: int = 0
    irregular: int = 0


def write_objects(
    node: Node,
    places: Iterable[Place],
    provenance: Provenance,
    sink: VolumeSink,
    seen: Callable[[Taken], None] = lambda _: None,
) -> Tally:
    """Take in all places; list the objects in an entry of their own, sealed like them.

    ``seen`` is told each object when it is taken in.
    """
    tally = Tally(begun=node.clock.now())
    intake = evidence.Intake(provenance=provenance, begun=tally.begun, random=node.random)
    listed = sink.create(ROWS)
    for taken in evidence.take_in(places, sink, intake):
        line = write_row(taken)
        tally.hasher.update(line)
        listed.write(line)
        tally.leaves.append(row_leaf(taken))
        tally.size += taken.size
        tally.irregular += bool(taken.irregular)
        seen(taken)
    listed.close()
    sink.finish()
    return tally


def taking_move(unit: Unit, held: Held, identity: IdentityRow, tally: Tally) -> Move:
    """Return what the act of taking in says and covers."""
    return Move(
        terms={
            "job": str(held.ident),
            "objects": str(len(tally.leaves)),
            "size": str(tally.size),
            "irregular": str(tally.irregular),
            "generation": str(identity.generation),
            "begun": str(tally.begun),
        },
        covers={
            "rows": tally.hasher.digest(),
            "root": Grove(tally.leaves).root,
            "volumes": list_volumes(unit.volumes.find(job=held.ident)),
        },
    )


def list_exhibits(node: Node, unit: Unit, intake: IntakeRow) -> None:
    """List the objects from what was kept of them, so that memory does not grow with them."""
    batch: list[ExhibitRow] = []
    with closing(open_taken(node, unit, intake)) as source:
        for taken in read_rows(source):
            batch.append(
                ExhibitRow(
                    ident=node.idents.new("exh"),
                    job=intake.job,
                    dossier=intake.dossier,
                    serial=taken.serial,
                    size=taken.size,
                    leaf=Digest(row_leaf(taken)),
                )
            )
            if len(batch) == _BATCH:
                unit.exhibits.add(*batch)
                batch.clear()
    unit.exhibits.add(*batch)


def open_taken(node: Node, unit: Unit, intake: IntakeRow) -> VolumeSource:
    """Return what was taken in; raise ``ContentErased`` if it was erased."""
    identity = unwrap(node, unit.identities.get(intake.dossier, intake.generation))
    return open_volumes(node, unit.volumes.find(job=intake.job), identity)


def read_officer(order: dict[str, Json]) -> Officer:
    """Return who asked for a job."""
    return Officer(actor=str(order["actor"]), role=str(order["role"]))


def _read_places(value: Json) -> Iterator[bytes]:
    for place in value if isinstance(value, list) else []:
        yield read_base64(place)


def read_provenance(value: Json) -> Provenance:
    """Return where evidence comes from, as the order of a job says."""
    found = value if isinstance(value, dict) else {}
    return Provenance(**{name: str(text) for name, text in found.items()})
