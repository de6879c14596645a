"""Sealing: what was taken in becomes a package under the authority's signature.

Asked for by an officer, done by a worker like the taking-in: the tags and the Statement
go into volumes of their own; then, in one transaction, the job is finished, the act
signed and the package listed. The Statement cites the act of taking in by a salted
digest, so that outside it can be shown later and tells nothing until then.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.evidence import Particulars, Statement, seal_rows
from comity.seal.errors import SealBroken
from comity.service.chains import CITED, Citation, cite, keep_citation, read_acts
from comity.service.contents import live_identity, unwrap
from comity.service.custody import SEAL, called, done_words, package_row, require_custody
from comity.service.errors import AlreadyThere
from comity.service.intake import open_taken
from comity.service.jobs import Held, ask_for, finish, read_order
from comity.service.listing import read_rows
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold
from comity.service.rows import IdentityRow, IntakeRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.volumes import JobVolumes, clear_earlier, list_volumes

JOB: Final = "seal"


def request_seal(node: Node, officer: Officer, dossier: Ident, intake: Ident) -> Ident:
    """Ask for a taking-in, named by its job, to be sealed; return the new job's name."""
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        _require_unsealed(unit, unit.intakes.get(intake))
        require_custody(node, unit, officer, held, called(node, held, SEAL))
        order = {"actor": officer.actor, "role": officer.role, "intake": str(intake)}
        return ask_for(node, unit, JOB, dossier, dict(order))


def seal(node: Node, held: Held) -> None:
    """Do a job of sealing."""
    order = read_order(node, held)
    officer = Officer(actor=str(order["actor"]), role=str(order["role"]))
    clear_earlier(node, held)
    with node.store.unit() as unit:
        intake = unit.intakes.get(Ident(str(order["intake"])))
        identity = live_identity(node, unit, held.dossier)
        particulars, citation = _particulars(node, unit, intake)
        taken = open_taken(node, unit, intake)
    with closing(taken), JobVolumes(node, held, identity) as sink:
        sealed = seal_rows(read_rows(taken), sink, node.sealer, particulars)
        sink.finish()
    if sealed.statement.root != intake.root:
        detail = "What is sealed is not what was taken in."
        raise SealBroken(detail, where=str(intake.job))
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        _require_unsealed(unit, intake)
        unwrap(node, unit.identities.get(held.dossier, identity.generation))  # not erased since
        keep_citation(node, unit, held.dossier, citation)
        move = _sealing(unit, held, intake, identity, sealed.statement)
        move = replace(move, covers={**move.covers, CITED: citation.digest})
        words = done_words(node, head, called(node, head, SEAL, move))
        signed = record_act(node, unit, officer, head, words)
        unit.packages.add(package_row(signed.act))


def _particulars(node: Node, unit: Unit, intake: IntakeRow) -> tuple[Particulars, Citation]:
    acts = read_acts(unit, intake.dossier)
    begun = next(act.terms["begun"] for act in acts if act.digest == intake.act)
    citation = cite(node, intake.act)
    particulars = Particulars(
        package=node.idents.new("pkg"),
        begun=Instant.parse(begun),
        clock=node.clock,
        tools={"comity": node.version},
        exercise=node.exercise,
        act=citation.digest,
    )
    return particulars, citation


def _sealing(
    unit: Unit, held: Held, intake: IntakeRow, identity: IdentityRow, statement: Statement
) -> Move:
    return Move(
        terms={
            "job": str(held.ident),
            "intake": str(intake.job),
            "package": str(statement.package),
            "objects": str(statement.objects),
            "sealed_at": str(statement.sealed_at),
            "generation": str(identity.generation),
        },
        covers={
            "statement": Digest.of(statement.as_bytes()),
            "root": statement.root,
            "volumes": list_volumes(unit.volumes.find(job=held.ident)),
        },
    )


def _require_unsealed(unit: Unit, intake: IntakeRow) -> None:
    if unit.packages.find(intake=intake.job):
        detail = "This taking-in is sealed; what is sealed is not sealed again."
        raise AlreadyThere(detail, where=str(intake.job))
