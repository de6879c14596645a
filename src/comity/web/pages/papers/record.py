"""The record of a dossier as papers are made of it: acts with their envelopes and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.base import Digest, Ident, Instant, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.law import Process
from comity.seal.act import PAYLOAD_TYPE, Act
from comity.seal.content import Content
from comity.seal.dsse import read_envelope
from comity.seal.errors import SealBroken
from comity.seal.keys import VerifyingKey
from comity.service.chains import CONTENT, EXCHANGED, kept_documents, read_held
from comity.service.errors import ContentErased, NotThere
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_document, show_dossier
from comity.web.paper.errors import NothingToPrint
from comity.web.paper.inlays import Signed

FORM = "form"
ACT = "act"
REFERENCE = "reference"
OWN = "own_reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An act of the dossier, in the envelope that proves it."""

    act: Act
    outcome: str
    signed: Signed

    @property
    def digest(self) -> Digest:
        """Return the digest of the act."""
        return self.act.digest

    @property
    def is_exchanged(self) -> bool:
        """Return whether both States hold it."""
        return self.act.track == EXCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A dossier, all its acts in time, and the keys known of those who signed.

    ``has_content`` is whether who asks may read content; without it none is opened.
    """

    node: Node = field(repr=False)
    shown: ShownDossier = field(repr=False)
    process: Process
    acts: tuple[Held, ...] = field(repr=False)
    has_content: bool

    @property
    def ident(self) -> Ident:
        """Return the dossier's name."""
        return self.shown.head.ident

    @property
    def last(self) -> Instant:
        """Return when the last act was signed."""
        return self.acts[-1].act.at if self.acts else self.shown.head.opened

    @property
    def state_of(self) -> Mapping[str, str]:
        """Return which State is on which side."""
        head, sides = self.shown.head, self.process.sides
        other = sides.other(head.side)
        return {head.side: self.node.state, other: head.counterpart}

    def of_side(self, side: str) -> tuple[Held, ...]:
        """Return the exchanged acts that one side took, in time."""
        return tuple(one for one in self.acts if one.is_exchanged and one.act.side == side)

    def find(self, digest: Digest) -> Held:
        """Return an act by its digest; raise ``NotThere``."""
        for one in self.acts:
            if one.digest.matches(digest):
                return one
        raise NotThere(where=str(digest))

    def content(self, held: Held) -> Content | None:
        """Return the content of an act; None where there is none, or no more, or no permission."""
        document = self.document(held, CONTENT)
        return None if document is None else Content.parse(document)

    def values(self, held: Held) -> Mapping[str, Json]:
        """Return what an act says to people; nothing where it cannot be read."""
        content = self.content(held)
        return {} if content is None else content.values

    def document(self, held: Held, name: str) -> bytes | None:
        """Return a document that an act covers; None where it cannot be read."""
        covered = held.act.covers.get(name)
        if covered is None or not self.has_content:
            return None
        try:
            return show_document(self.node, self.ident, covered)
        except (ContentErased, NotThere, SealBroken):
            return None

    def documents(self, held: Held) -> tuple[str, ...]:
        """Return the names of the documents that lie beside an act, its content apart."""
        return tuple(name for name in kept_documents(held.act) if name != CONTENT)

    def reference(self, held: Held | None = None) -> str:
        """Return the file number that is known: the act's, that of an earlier one, or our name."""
        written = self.values(held).get(FORM) if held is not None else None
        own = written.get(OWN) if isinstance(written, dict) else None
        if isinstance(own, str) and own.strip():
            return own
        named = [one for one in (held, *reversed(self.acts)) if one is not None]
        for one in named:
            if found := one.act.terms.get(REFERENCE):
                return found
        return str(self.ident)


def open_record(node: Node, dossier: Ident, *, has_content: bool) -> Record:
    """Read a dossier; raise ``NotThere``."""
    shown = show_dossier(node, dossier)
    outcomes = {one.act.digest: one.outcome for one in shown.acts}
    with node.store.view() as unit:
        held = read_held(unit, dossier)
        rows = {one.key_id: unit.keys.find(key_id=one.key_id) for one in held}
    keys = {key_id: _key(found[0].document) for key_id, found in rows.items() if found}
    acts = [
        Held(
            act=one.unsafe_act,
            outcome=outcomes.get(one.unsafe_act.digest, ""),
            signed=Signed(
                name=ACT,
                document=one.envelope,
                envelope=read_envelope(one.envelope, PAYLOAD_TYPE),
                key=keys.get(one.key_id),
                at=one.unsafe_act.at,
            ),
        )
        for one in held
    ]
    return Record(
        node=node,
        shown=shown,
        process=node.process(shown.head.process),
        acts=tuple(sorted(acts, key=_in_time)),
        has_content=has_content,
    )


def known_key(node: Node, key_id: Digest) -> VerifyingKey | None:
    """Return a key by its name, if anybody called it theirs here."""
    with node.store.view() as unit:
        found = unit.keys.find(key_id=key_id)
    return _key(found[0].document) if found else None


def choose(acts: tuple[Held, ...], wanted: str) -> Held:
    """Return the act whose digest was asked for, else the last; raise ``NothingToPrint``."""
    if wanted:
        digest = Digest.parse(wanted)
        acts = tuple(one for one in acts if one.digest.matches(digest))
    if not acts:
        raise NothingToPrint
    return acts[-1]


def _key(document: bytes) -> VerifyingKey | None:
    try:
        return VerifyingKey.parse(parse_canonical(document))
    except ComityError:
        return None


def _in_time(held: Held) -> tuple[Instant, bool, int]:
    act = held.act
    return act.at, act.track == EXCHANGED, act.number
