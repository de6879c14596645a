"""The acts of custody: what they are called, and what rows follow from them.

Taking in, sealing, receiving, opening, disclosing and erasing are house acts. Where the law file of
the process has them as steps of our side, it says who may take them and when.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Ident, Instant
from comity.law import Process
from comity.seal.act import Act
from comity.service.chains import Wording
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import house_words, platform_words, step_words
from comity.service.rows import DossierRow, IntakeRow, PackageRow, ReceivedRow
from comity.service.situations import Move

# Each by the names that the law files give it on the two sides.
TAKE_IN: Final = ("take_in", "collect_evidence")
SEAL: Final = ("seal_evidence", "seal_collected")
RECEIVE: Final = ("receive_evidence",)
OPEN: Final = ("open_evidence",)
DISCLOSE: Final = ("disclose_part",)
ERASE: Final = ("court_ordered_erasure",)


def step_name(process: Process, side: str, names: tuple[str, ...]) -> str:
    """Return what our side calls a step; the first of ``names`` if the law file is silent."""
    ours = [name for name in names if name in process.steps and process.steps[name].side == side]
    return ours[0] if ours else names[0]


def require_custody(node: Node, unit: Unit, officer: Officer, head: DossierRow, move: Move) -> None:
    """Return if the law permits this act of custody now; raise ``StepClosed``."""
    house_words(node, unit, officer, head, move)


def done_words(node: Node, head: DossierRow, move: Move) -> Wording:
    """Return how an act is worded whose work was permitted when it was asked for, and is done."""
    step = node.process(head.process).steps.get(move.step)
    return step_words(head, step, move) if step else platform_words(node, head, move)


def called(node: Node, head: DossierRow, names: tuple[str, ...], move: Move | None = None) -> Move:
    """Return the move under the name that our side has for it."""
    step = step_name(node.process(head.process), head.side, names)
    return replace(move or Move(), step=step)


def intake_row(act: Act) -> IntakeRow:
    """Return the row that follows from an act of taking in."""
    terms, covers = act.terms, act.covers
    return IntakeRow(
        job=Ident(terms["job"]),
        dossier=Ident(act.chain),
        act=act.digest,
        objects_count=int(terms["objects"]),
        size=int(terms["size"]),
        irregular=int(terms["irregular"]),
        rows=covers["rows"],
        root=covers["root"],
        volumes=covers["volumes"],
        generation=int(terms["generation"]),
    )


def package_row(act: Act) -> PackageRow:
    """Return the row that follows from an act of sealing."""
    terms, covers = act.terms, act.covers
    return PackageRow(
        ident=Ident(terms["package"]),
        dossier=Ident(act.chain),
        intake=Ident(terms["intake"]),
        job=Ident(terms["job"]),
        act=act.digest,
        statement=covers["statement"],
        root=covers["root"],
        volumes=covers["volumes"],
        objects_count=int(terms["objects"]),
        sealed_at=Instant.parse(terms["sealed_at"]),
        generation=int(terms["generation"]),
    )


def received_row(act: Act) -> ReceivedRow:
    """Return the row that follows from an act of receiving."""
    terms, covers = act.terms, act.covers
    return ReceivedRow(
        ident=Ident(terms["package"]),
        dossier=Ident(act.chain),
        transfer=Ident(terms["transfer"]),
        job=Ident(terms["job"]),
        act=act.digest,
        statement=covers["statement"],
        root=covers["root"],
        volumes=covers["volumes"],
        objects_count=int(terms["objects"]),
        sealed_at=Instant.parse(terms["sealed_at"]),
        generation=int(terms["generation"]),
    )


def is_intake(act: Act) -> bool:
    """Return whether this act took evidence in on this node, and not elsewhere by hand."""
    return act.step in TAKE_IN and "job" in act.terms


def is_sealing(act: Act) -> bool:
    """Return whether this act sealed a package on this node."""
    return act.step in SEAL and "package" in act.terms


def is_receiving(act: Act) -> bool:
    """Return whether this act took over a package that another authority's node sealed."""
    return act.step in RECEIVE and "transfer" in act.terms
