"""Writing acts: their place in the chain, their time, what they cover, their signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from comity.base import Digest, Ident, Instant, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue
from comity.seal.act import (
    SALT_BYTES,
    Act,
    SignedAct,
    UnverifiedAct,
    cite_act,
    read_act,
    sign_act,
)
from comity.seal.age import Recipient
from comity.seal.content import SALT_BYTES as CONTENT_SALT_BYTES
from comity.seal.content import seal_content
from comity.service.contents import keep_document, live_identity, seal_for
from comity.service.errors import ClockBehind, NotThere, Unfit
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.rows import ActRow, CitationRow

EXCHANGED = "exchanged"
HOUSE = "house"
CONTENT = "content"
# What a sealed Statement cites is covered by the act of sealing under this name.
CITED = "cited"
# The term in which an act names those of what it covers that are kept beside it.
_DOCUMENTS = "documents"
# Envelopes up to this length are kept once read: 512 of them, 16 MiB at most.
_SMALL = 32 << 10


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What an act is to say. Its place, time and signature come when it is written.

    ``content`` is sealed away and covered by its salted digest; ``documents`` are too, each
    by its name and the SHA-256 of its bytes. ``covers`` are digests of what is kept
    elsewhere. ``cites`` are digests of house acts; they go out salted.
    """

    track: str
    process: str
    step: str
    side: str
    law: str
    channel: str
    content: Mapping[str, Json] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    covers: Mapping[str, Digest] = field(default_factory=dict)
    cites: tuple[Digest, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] | None = None
    seen: Digest | None = None


def write_act(
    node: Node, unit: Unit, officer: Officer, chain: Ident, wording: Wording
) -> SignedAct:
    """Sign the next act of our own chain and keep it with all that it covers."""
    acts = read_acts(unit, chain)
    last = _last(acts, node.state, wording.track)
    act = Act(
        chain=str(chain),
        track=wording.track,
        holder=node.state,
        number=last.number + 1 if last else 0,
        before=last.digest if last else None,
        seen=wording.seen or (None if wording.recorded else _seen(acts, node.state)),
        at=_now_after(node, last),
        process=wording.process,
        step=wording.step,
        side=wording.side,
        law=wording.law,
        lawbook=node.book.digest,
        authority=node.authority,
        actor=officer.actor,
        role=officer.role,
        channel=wording.channel,
        exercise=node.exercise,
        covers=_keep_covered(node, unit, chain, wording),
        cites=tuple(
            keep_citation(node, unit, chain, cite(node, digest)) for digest in wording.cites
        ),
        terms=_terms(wording),
        recorded=wording.recorded,
    )
    signed = sign_act(act, node.key)
    unit.acts.add(act_row(signed))
    return signed


def read_held(unit: Unit, chain: Ident) -> tuple[UnverifiedAct, ...]:
    """Return all acts kept of a chain, by holder, track and number.

    They were verified when they came in, and are again by ``comity check``.
    """
    return tuple(_read(row.envelope) for row in unit.acts.find(chain=chain))


def _read(envelope: bytes) -> UnverifiedAct:
    """Read an act; every verb reads all acts of its dossier, and most are read already."""
    return _remember(envelope) if len(envelope) <= _SMALL else read_act(envelope)


@lru_cache(maxsize=512)
def _remember(envelope: bytes) -> UnverifiedAct:
    return read_act(envelope)


def read_acts(unit: Unit, chain: Ident) -> tuple[Act, ...]:
    """Return what the acts kept of a chain say."""
    return tuple(held.unsafe_act for held in read_held(unit, chain))


def act_row(signed: SignedAct) -> ActRow:
    """Return how an act is kept."""
    act = signed.act
    return ActRow(
        chain=Ident(act.chain),
        holder=act.holder,
        track=act.track,
        number=act.number,
        digest=act.digest,
        step=act.step,
        side=act.side,
        at=act.at,
        envelope=signed.envelope,
    )


def kept_documents(act: Act) -> tuple[str, ...]:
    """Return the names under which this act covers documents that are kept with it."""
    content = (CONTENT,) if CONTENT in act.covers else ()
    return (*content, *act.terms.get(_DOCUMENTS, "").split())


def _terms(wording: Wording) -> Mapping[str, str]:
    if _DOCUMENTS in wording.terms:
        detail = f"{_DOCUMENTS!r} is the platform's own term."
        raise Unfit(detail)
    if not wording.documents:
        return wording.terms
    return {**wording.terms, _DOCUMENTS: " ".join(sorted(wording.documents))}


def _last(acts: tuple[Act, ...], holder: str, track: str) -> Act | None:
    ours = [act for act in acts if (act.holder, act.track) == (holder, track)]
    return ours[-1] if ours else None


def _seen(acts: tuple[Act, ...], holder: str) -> Digest | None:
    """Return the other side's last act. What we recorded of it stands in our own chain."""
    theirs = [act for act in acts if act.holder != holder]
    return theirs[-1].digest if theirs else None


def _now_after(node: Node, last: Act | None) -> Instant:
    now = node.clock.now()
    if last is not None and now < last.at:
        detail = f"The last act is of {last.at}; the clock says {now}."
        raise ClockBehind(detail)
    return now


def _keep_covered(node: Node, unit: Unit, chain: Ident, wording: Wording) -> dict[str, Digest]:
    covered = dict(wording.covers)
    if wording.content:
        content = seal_content(wording.content, node.random(CONTENT_SALT_BYTES))
        covered[CONTENT] = keep_document(node, unit, chain, content.document)
    if wording.track == EXCHANGED:
        _require_portable(wording)
    for name, document in wording.documents.items():
        if name in covered or name == CONTENT:
            detail = f"{name!r} is covered twice."
            raise Unfit(detail)
        if not 0 < len(document) <= limits.ATTACHMENT_BYTES:
            detail = (
                f"A document has 1 to {limits.ATTACHMENT_BYTES} bytes; larger ones are evidence."
            )
            raise BadValue(detail)
        covered[name] = keep_document(node, unit, chain, document)
    return covered


def _require_portable(wording: Wording) -> None:
    """Refuse what no message could carry, before it is signed."""
    size = sum(map(len, wording.documents.values()))
    if wording.recorded is None and size > limits.MESSAGE_DOCUMENTS:
        detail = (
            f"{size} bytes of documents; an act takes {limits.MESSAGE_DOCUMENTS} with it, and "
            "what is larger is evidence."
        )
        raise BadValue(detail)


@dataclass(frozen=True, slots=True)
class Citation:
    """A house act as it is cited outward, and the salt that stays in the house."""

    act: Digest
    salt: bytes

    @property
    def digest(self) -> Digest:
        """Return what goes out."""
        return cite_act(self.act, self.salt)


def cite(node: Node, act: Digest) -> Citation:
    """Return a new citation; no two can be linked."""
    return Citation(act, node.random(SALT_BYTES))


def keep_citation(node: Node, unit: Unit, chain: Ident, citation: Citation) -> Digest:
    """Keep, sealed, what a citation means; raise ``NotThere`` if it means no house act of ours."""
    if not any(row.digest == citation.act for row in unit.acts.find(chain=chain, track=HOUSE)):
        detail = f"No house act of this dossier is {citation.act}."
        raise NotThere(detail)
    identity = live_identity(node, unit, chain)
    meaning = canonical_bytes({"act": str(citation.act), "salt": citation.salt.hex()})
    unit.citations.add(
        CitationRow(
            chain=chain,
            citation=citation.digest,
            generation=identity.generation,
            sealed=seal_for(node, Recipient.parse(identity.recipient), meaning),
        )
    )
    return citation.digest
