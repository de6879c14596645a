"""The situation in which a step is to be taken: all that the law's conditions may ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.base import Digest
from comity.base.canonical import Json
from comity.domain.dossier import Dossier, LegalBasis
from comity.domain.entry import entries
from comity.domain.party import Party, StateCode
from comity.domain.situation import Situation
from comity.domain.standing import derive
from comity.seal.act import Act
from comity.seal.errors import SealBroken
from comity.service.chains import CONTENT, read_acts
from comity.service.contents import read_content
from comity.service.deriving import delivered_at, view_followers
from comity.service.directory.knowing import call_back_numbers
from comity.service.errors import ContentErased, NotThere
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.rows import DossierRow

FORM = "form"


@dataclass(frozen=True, kw_only=True)
class Move:
    """A step, and what it carries.

    ``content`` is for people and sealed away; ``terms`` are small particulars for
    machines; ``documents`` are whole files by name, ``covers`` digests of what lies
    elsewhere; ``cites`` are house acts that stand behind it. ``reasons_against`` holds, by
    the name of a gate of good practice, an officer's written reasons to go on all the same.
    """

    step: str = ""
    content: Mapping[str, Json] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    covers: Mapping[str, Digest] = field(default_factory=dict)
    cites: tuple[Digest, ...] = ()
    channel: str = ""
    reasons_against: Mapping[str, str] = field(default_factory=dict)


def see(node: Node, unit: Unit, officer: Officer, head: DossierRow, move: Move) -> Situation:
    """Return the situation in which ``officer`` makes ``move``."""
    process = node.process(head.process)
    acts = read_acts(unit, head.ident)
    followers = {
        row.ident: read_acts(unit, row.ident) for row in unit.dossiers.find(follows=head.ident)
    }
    return Situation(
        book=node.book,
        process=process,
        step=move.step,
        side=head.side,
        actor=officer.actor,
        role=officer.role,
        standing=derive(process, entries(acts)),
        acts=acts,
        dossier=read_dossier(node, head),
        form=read_form(node, unit, head, acts),
        content=move.content,
        terms=move.terms,
        covers={**move.covers, **{name: Digest.of(one) for name, one in move.documents.items()}},
        channel=move.channel or head.channel,
        profile=node.profile,
        counterpart=node.book.states.get(head.counterpart),
        delivered=delivered_at(acts),
        follower=view_followers(node.book, followers),
        followed=read_acts(unit, head.follows) if head.follows else (),
        directory_numbers=call_back_numbers(
            node, unit, head.counterpart, head.counterpart_authority
        ),
        reasons_against=move.reasons_against,
        now=node.clock.now(),
    )


def read_dossier(node: Node, head: DossierRow) -> Dossier:
    """Return the head in the words of the domain, which refuses what does not fit together."""
    process = node.process(head.process)
    own = Party(StateCode(node.state), node.authority)
    other = Party(StateCode(head.counterpart), head.counterpart_authority)
    asks = head.side == process.sides.asking
    return Dossier(
        ident=head.ident,
        process=head.process,
        asking=own if asks else other,
        asked=other if asks else own,
        own=StateCode(node.state),
        basis=LegalBasis.parse(head.basis),
        exercise=head.exercise,
        opened=head.opened,
        investigation=head.investigation,
        follows=head.follows,
    )


def read_form(
    node: Node, unit: Unit, head: DossierRow, acts: tuple[Act, ...]
) -> Mapping[str, Json]:
    """Return the form as it was last written, by either side; nothing if it was erased."""
    latest = sorted(acts, key=lambda act: (act.at, act.track == "exchanged", act.number))
    for act in reversed(latest):
        if CONTENT not in act.covers:
            continue
        try:
            form = read_content(node, unit, head.ident, act.covers[CONTENT]).values.get(FORM)
        except (ContentErased, NotThere, SealBroken):
            continue
        if isinstance(form, dict):
            return form
    return {}
