"""Keep what was verified: rows of trust, cards, and the keys that acts are checked with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from comity.base import canonical_bytes
from comity.federation.directory import AuthorityCard
from comity.federation.directory.metadata import File
from comity.federation.directory.pairing import StateFiles
from comity.seal.keys import VerifyingKey
from comity.service.directory.holding import (
    DEPOSITARY,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    Shared,
    read_roots,
)
from comity.service.directory.knowing import SHARED, behind_name, root_name, state_name
from comity.service.findings import make_finding
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import AuthorityRow, KeyRow, TrustRow

_ONLINE: Final = (TIMESTAMP, SNAPSHOT)


def keep_shared(node: Node, unit: Unit, shared: Shared) -> None:
    """Keep what was verified of the shared directory, unless newer has come in meanwhile."""
    _keep(unit, _row(node, ROOT, shared.root, SHARED))
    parts: dict[str, File[Any] | None] = {
        TIMESTAMP: shared.timestamp,
        SNAPSHOT: shared.snapshot,
        TARGETS: shared.targets,
    }
    for name, file in parts.items():
        if file is not None:
            _keep(unit, _row(node, name, file, SHARED))


def keep_register(node: Node, unit: Unit, targets: File[Any], data: bytes | None) -> None:
    """Keep the copy of the depositary's register that the targets name, or forget it with them."""
    held = unit.trust.find(name=DEPOSITARY)
    if held and held[0].version > targets.version:
        return  # newer has come in meanwhile
    if data is None:
        unit.trust.remove(name=DEPOSITARY)
        return
    row = replace(_row(node, DEPOSITARY, targets, SHARED), document=data)
    (unit.trust.replace if held else unit.trust.add)(row)


def forget_online(unit: Unit) -> None:
    """Forget what mirrors signed: their keys were changed, and their versions may be inflated.

    TUF 1.0, 5.3.11: this is how one recovers from a stolen key that signed a huge version.
    """
    for name in _ONLINE:
        unit.trust.remove(name=name)


def keep_state(node: Node, unit: Unit, files: StateFiles, source: str) -> bool:
    """Keep a State's keys, list and cards; tell whether anything changed.

    Every card is kept as its State signed it. If another lists the same key, a person is told.
    """
    held = unit.trust.find(name=state_name(files.state))
    for root in files.roots:
        _keep(unit, _row(node, root_name(files.state, root.version), root, source))
    if held and held[0].version > files.list.version:
        return False
    is_new = not held or held[0].document != files.list.data
    row = _row(node, state_name(files.state), files.list, held[0].source if held else source)
    _keep(unit, row)
    unit.trust.remove(name=behind_name(files.state))
    claims = [claim for card in files.read for claim in _keep_keys(node, unit, card)]
    for card in files.read:
        _keep_card(node, unit, card, files.list.version, row.source)
    if claims:
        # One for all: a State that lists many keys of others is not to fill the list of findings.
        more = f" Of {len(claims)} such keys this is one." if len(claims) > 1 else ""
        tell_finding(node, unit, "key-claimed-twice", files.state, claims[0] + more)
    _unlist(unit, files)
    return is_new


def note_behind(node: Node, unit: Unit, state: str) -> None:
    """Note since when a State is known to have said more than could be taken in."""
    name = behind_name(state)
    if not unit.trust.find(name=name):
        now = node.clock.now()
        row = TrustRow(name=name, version=1, document=b"", source=SHARED, fetched=now, expires=now)
        unit.trust.add(row)


def forget_state(unit: Unit, state: str) -> None:
    """Forget the keys and the list of a State, for a person has accepted others."""
    for row in read_roots(unit, state):
        unit.trust.remove(name=row.name)
    unit.trust.remove(name=state_name(state))


def tell_finding(node: Node, unit: Unit, kind: str, source: str, says: str) -> None:
    """Make a finding, unless the same waits for a person already."""
    waiting = unit.findings.find(kind=kind, source=source, seen_at=None)
    if all(row.says != says for row in waiting):
        make_finding(node, unit, kind=kind, source=source, says=says)


def _row(node: Node, name: str, file: File[Any], source: str) -> TrustRow:
    return TrustRow(
        name=name,
        version=file.version,
        document=file.data,
        source=source,
        fetched=node.clock.now(),
        expires=file.expires,
    )


def _keep(unit: Unit, row: TrustRow) -> None:
    held = unit.trust.find(name=row.name)
    if not held:
        unit.trust.add(row)
    elif held[0].version <= row.version:
        unit.trust.replace(row)


def _keep_card(node: Node, unit: Unit, card: AuthorityCard, version: int, source: str) -> None:
    row = AuthorityRow(
        state=card.state,
        authority=card.authority,
        version=version,
        document=card.document(),
        source=source,
        seen=node.clock.now(),
        is_listed=True,
    )
    if unit.authorities.find(state=card.state, authority=card.authority):
        unit.authorities.replace(row)
    else:
        unit.authorities.add(row)


def _unlist(unit: Unit, files: StateFiles) -> None:
    """Mark the authorities that their State dropped; what is known of them stays."""
    named = {card.authority for card in files.read}
    for row in unit.authorities.find(state=files.state):
        if row.authority not in named and row.is_listed:
            unit.authorities.replace(replace(row, is_listed=False))


def _keep_keys(node: Node, unit: Unit, card: AuthorityCard) -> Iterator[str]:
    """Keep the new keys of a card; yield what a person must know of those that others list too.

    Keys are public: a stranger who lists one can sign nothing with it. Were the card refused for
    that, any State could silence another, or keep its key from being revoked.
    """
    own = {"state": card.state, "authority": card.authority}
    for one in card.keys:
        if unit.keys.count(key_id=one.key.key_id, **own):
            continue
        for other in unit.keys.find(key_id=one.key.key_id)[:1]:
            yield (
                f"{card.state}/{card.authority} lists the key {one.key.key_id}, which "
                f"{other.state}/{other.authority} lists too. Both cards count as their States "
                f"signed them, each for itself alone. Ask both whose key it is."
            )
        unit.keys.add(_key_row(node, card, one.key))


def _key_row(node: Node, card: AuthorityCard, key: VerifyingKey) -> KeyRow:
    return KeyRow(
        key_id=key.key_id,
        state=card.state,
        authority=card.authority,
        document=canonical_bytes(key.as_data()),
        known_since=node.clock.now(),
    )
