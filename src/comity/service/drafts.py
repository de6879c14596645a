"""Drafts: what somebody has half-written on a page of a form, kept until they save or drop it.

A draft is no act: nobody signs it, nothing follows from it, no other person sees it, and it
never leaves the node. It is content all the same, so it is sealed to the dossier's identity, as
content is: erasing the dossier erases it too. It is dropped when the page is saved (which is
a house act), and with all others of the dossier when the request is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base import Ident, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import ComityError, TooLarge
from comity.seal.age import Recipient, decrypt_bytes
from comity.service.contents import live_identity, seal_for, unwrap
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import DraftRow


@dataclass(frozen=True, kw_only=True)
class KeptDraft:
    """What was written on one page: raw texts by field, when, and in which dossier's version."""

    section: str
    texts: Mapping[str, str]
    at: Instant
    version: int


def keep_draft(
    node: Node, actor: str, dossier: Ident, section: str, texts: Mapping[str, str]
) -> Instant:
    """Keep what ``actor`` has written on a page so far; return when it was kept."""
    document = canonical_bytes(dict(texts))
    if len(document) > limits.DOCUMENT_BYTES:
        detail = f"A draft has at most {limits.DOCUMENT_BYTES} bytes."
        raise TooLarge(detail)
    with node.store.unit() as unit:
        head = unit.dossiers.lock(dossier)  # two tabs of one person write one after the other
        identity = live_identity(node, unit, dossier)
        row = DraftRow(
            dossier=dossier,
            actor=actor,
            section=section,
            version=head.version,
            generation=identity.generation,
            sealed=seal_for(node, Recipient.parse(identity.recipient), document),
            at=node.clock.now(),
        )
        held = unit.drafts.find(dossier=dossier, actor=actor, section=section)
        (unit.drafts.replace if held else unit.drafts.add)(row)
    return row.at


def read_drafts(node: Node, actor: str, dossier: Ident) -> Mapping[str, KeptDraft]:
    """Return what ``actor`` has half-written, by page; what was erased or damaged is left out."""
    with node.store.view() as unit:
        rows = unit.drafts.find(dossier=dossier, actor=actor)
        found = (_open(node, unit, row) for row in rows)
        return {one.section: one for one in found if one is not None}


def drop_draft(node: Node, actor: str, dossier: Ident, section: str) -> None:
    """Drop what ``actor`` has half-written on a page; nothing if there is nothing."""
    with node.store.unit() as unit:
        unit.drafts.remove(dossier=dossier, actor=actor, section=section)


def drop_drafts(node: Node, dossier: Ident) -> None:
    """Drop all that anybody has half-written in a dossier, for its form is sent."""
    with node.store.unit() as unit:
        unit.drafts.remove(dossier=dossier)


def _open(node: Node, unit: Unit, row: DraftRow) -> KeptDraft | None:
    try:
        identity = unwrap(node, unit.identities.get(row.dossier, row.generation))
        data = parse_canonical(decrypt_bytes(row.sealed, [identity]))
    except ComityError:
        return None  # a draft that cannot be read is worth no error: the form itself stands
    texts = data if isinstance(data, dict) else {}
    return KeptDraft(section=row.section, texts=_texts(texts), at=row.at, version=row.version)


def _texts(data: Mapping[str, Json]) -> dict[str, str]:
    return {name: value for name, value in data.items() if isinstance(value, str)}
