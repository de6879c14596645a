"""Looking: what pages and lists show. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.base import Digest, Ident, Instant, parse_canonical
from comity.base.canonical import Json
from comity.domain.moves import Opening, next_steps, weigh_step
from comity.seal.act import Act
from comity.service import contents
from comity.service.chains import HOUSE, read_acts
from comity.service.node import Node, Officer
from comity.service.rows import (
    DeadlineRow,
    DossierRow,
    IntakeRow,
    LetterRow,
    OutboxRow,
    PackageRow,
    ReceiptRow,
)
from comity.service.situations import Move, read_form, see


@dataclass(frozen=True, kw_only=True)
class ShownAct:
    """An act, and what became of it: applied, overtaken, irregular, waiting; house acts: ""."""

    act: Act
    outcome: str

    @property
    def is_recorded(self) -> bool:
        """Return whether we wrote it down for the other side, and not they signed it."""
        return self.act.recorded is not None


@dataclass(frozen=True, kw_only=True)
class ShownDossier:
    """A dossier as it stands."""

    head: DossierRow
    state: str
    acts: tuple[ShownAct, ...]
    deadlines: tuple[DeadlineRow, ...]
    outbox: tuple[OutboxRow, ...]
    intakes: tuple[IntakeRow, ...]
    packages: tuple[PackageRow, ...]
    receipts: tuple[ReceiptRow, ...] = ()
    letters: tuple[LetterRow, ...] = ()


def list_dossiers(node: Node) -> tuple[DossierRow, ...]:
    """Return the heads of all dossiers."""
    with node.store.view() as unit:
        return unit.dossiers.find()


def show_dossier(node: Node, dossier: Ident) -> ShownDossier:
    """Return a dossier as it stands now; duties whose time is over are shown as lapsed."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        standing = unit.standings.get(dossier)
        outcomes = parse_canonical(standing.outcomes)
        now = node.clock.now()
        return ShownDossier(
            head=head,
            state=standing.state,
            acts=tuple(
                ShownAct(act=act, outcome=_outcome(outcomes, act.digest))
                for act in sorted(read_acts(unit, dossier), key=_in_time)
            ),
            deadlines=tuple(_as_of(row, now) for row in unit.deadlines.find(dossier=dossier)),
            outbox=unit.outbox.find(dossier=dossier),
            intakes=unit.intakes.find(dossier=dossier),
            packages=unit.packages.find(dossier=dossier),
            receipts=tuple(sorted(unit.receipts.find(dossier=dossier), key=_in_order)),
            letters=unit.letters.find(dossier=dossier, kind="act"),
        )


def list_steps(node: Node, officer: Officer, dossier: Ident) -> tuple[Opening, ...]:
    """Return the steps that our side could take, each open or closed, with what is unmet."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        return next_steps(see(node, unit, officer, head, Move(step="")))


def try_step(node: Node, officer: Officer, dossier: Ident, move: Move) -> Opening:
    """Return how a step of ours stands with all that it would carry; nothing is written.

    Raise ``StepClosed`` if it is no step of ours, or none where the dossier stands now.
    """
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        return weigh_step(see(node, unit, officer, head, move))


def show_form(node: Node, dossier: Ident) -> Mapping[str, Json]:
    """Return the form of the request as it was last written."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        return read_form(node, unit, head, read_acts(unit, dossier))


def show_content(node: Node, chain: Ident, digest: Digest) -> Mapping[str, Json]:
    """Return the content that an act covers; raise ``ContentErased`` if it was erased."""
    with node.store.view() as unit:
        return contents.read_content(node, unit, chain, digest).values


def show_document(node: Node, chain: Ident, digest: Digest) -> bytes:
    """Return a document that an act covers; raise ``ContentErased`` if it was erased."""
    with node.store.view() as unit:
        return contents.read_document(node, unit, chain, digest)


def _in_time(act: Act) -> tuple[Instant, bool, int]:
    """Order acts for the eye; of one second the house's come first, as a rule they did."""
    return act.at, act.track != HOUSE, act.number


def _in_order(row: ReceiptRow) -> tuple[Instant, Digest, str]:
    return row.at, row.message, row.event


def _outcome(outcomes: Json, digest: Digest) -> str:
    found = outcomes.get(str(digest), "") if isinstance(outcomes, dict) else ""
    return str(found)


def _as_of(row: DeadlineRow, now: Instant) -> DeadlineRow:
    open_duty = row.state in {"running", "extended"} and row.nature != "wish"
    if open_duty and row.due is not None and row.due < now:
        return replace(row, state="lapsed")
    return row
