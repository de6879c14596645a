"""One act and what proves it, for whoever wants to see for themselves.

An act is an envelope (DSSE) with two signatures over the same bytes. ``parts`` gives all that a
stranger needs, in files: the envelope, the bytes that were signed, each signature and each half
of the public key, so that ``openssl`` alone can repeat the check.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident, parse_canonical
from comity.base.errors import ComityError
from comity.base.verdict import Finding, Report, Verdict
from comity.federation.directory import AuthorityCard
from comity.seal.act import PAYLOAD_TYPE, Act, UnverifiedAct, verify_act
from comity.seal.dsse import pae, read_envelope
from comity.seal.keys import ED25519, MLDSA65, VerifyingKey
from comity.service.chains import read_held
from comity.service.directory import UnknownAuthority, find_card
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.ports import Unit

# What the files of ``parts`` are called.
ENVELOPE: Final = "act.json"
SIGNED: Final = "act.signed"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """An act, its envelope, the key that signed it if it is known, and numbered checks."""

    act: Act
    envelope: bytes
    key_id: Digest
    key: VerifyingKey | None
    report: Report


def prove_act(node: Node, dossier: Ident, digest: Digest) -> Proof:
    """Return an act of a dossier with its checks; raise ``NotThere``.

    1. both signatures verify with the key that the envelope names; 2. that key is one that the
    authority calls its own; 3. the act names the one before it, and that one is here.
    """
    with node.store.view() as unit:
        unit.dossiers.get(dossier)
        held = read_held(unit, dossier)
        found = next((one for one in held if one.unsafe_act.digest == digest), None)
        if found is None:
            raise NotThere(str(digest), where=str(dossier))
        key = _find_key(node, unit, found)
        checks = _check(node, unit, found, key, {one.unsafe_act.digest for one in held})
        return Proof(
            act=found.unsafe_act,
            envelope=found.envelope,
            key_id=found.key_id,
            key=key,
            report=Report.of(checks),
        )


def parts(proof: Proof) -> Mapping[str, bytes]:
    """Return the files with which anybody can repeat check 1, by name."""
    envelope = read_envelope(proof.envelope, PAYLOAD_TYPE)
    found = {ENVELOPE: proof.envelope, SIGNED: pae(envelope.payload_type, envelope.payload)}
    found |= {f"{name}.sig": data for name, data in envelope.signatures.items()}
    if proof.key is not None:
        found[f"{ED25519}.pem"] = proof.key.ed25519_pem()
        found[f"{MLDSA65}.pem"] = proof.key.mldsa65_pem()
    return found


def parts_file(proof: Proof) -> bytes:
    """Return the parts as one tar file, the same bytes for the same act."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in sorted(parts(proof).items()):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = int(proof.act.at.at.timestamp())
            tar.addfile(info, io.BytesIO(content))
    return data.getvalue()


def _check(
    node: Node,
    unit: Unit,
    found: UnverifiedAct,
    key: VerifyingKey | None,
    known: set[Digest],
) -> Iterator[Finding]:
    act = found.unsafe_act
    yield _check_signatures(found, key)
    yield _check_owner(node, unit, found, key)
    if act.before is None:
        yield _passed(3, "place", "It is the first act of its chain.")
    elif act.before in known:
        yield _passed(3, "place", "It names the act before it by digest, and that act is here.")
    else:
        says = "The act that it names before it is not here."
        yield Finding(check=3, name="place", verdict=Verdict.FAILED, says=says)


def _check_signatures(found: UnverifiedAct, key: VerifyingKey | None) -> Finding:
    if key is None:
        says = "The key that the envelope names is not known here."
        return Finding(check=1, name="signatures", verdict=Verdict.INDETERMINATE, says=says)
    try:
        verify_act(found.envelope, key)
    except ComityError as error:
        says = f"{error.sentence()} {error.detail}".strip()
        return Finding(check=1, name="signatures", verdict=Verdict.FAILED, says=says)
    says = "Both signatures, Ed25519 and ML-DSA-65, verify: it is unchanged since it was signed."
    return _passed(1, "signatures", says)


def _check_owner(node: Node, unit: Unit, found: UnverifiedAct, key: VerifyingKey | None) -> Finding:
    act = found.unsafe_act
    if key is None:
        says = f"Nothing here says whether the key is one of {act.authority}."
        return Finding(check=2, name="key", verdict=Verdict.INDETERMINATE, says=says)
    if (act.holder, act.authority) == (node.state, node.authority):
        return _passed(2, "key", "The key is our own authority's.")
    card = _card(node, unit, act)
    try:
        if card is not None and card.key_for(found.key_id, act.at) == key:
            return _passed(2, "key", f"The directory lists the key for {act.authority}.")
    except ComityError as error:
        says = f"{error.sentence()} {error.detail}".strip()
        return Finding(check=2, name="key", verdict=Verdict.FAILED, says=says)
    says = f"{act.authority} called the key its own here; the directory does not list it now."
    return Finding(check=2, name="key", verdict=Verdict.INDETERMINATE, says=says)


def _card(node: Node, unit: Unit, act: Act) -> AuthorityCard | None:
    try:
        return find_card(node, unit, act.holder, act.authority).card
    except UnknownAuthority:
        return None


def _find_key(node: Node, unit: Unit, found: UnverifiedAct) -> VerifyingKey | None:
    """Return the key of that name which is known as the authority's; None if none is."""
    act = found.unsafe_act
    own = node.key.public
    is_own = (act.holder, act.authority) == (node.state, node.authority)
    if is_own and own.key_id.matches(found.key_id):
        return own
    where = {"state": act.holder, "authority": act.authority, "key_id": found.key_id}
    for row in unit.keys.find(**where):
        try:
            key = VerifyingKey.parse(parse_canonical(row.document))
        except ComityError:
            continue  # a broken row is no key; comity check says so
        if key.key_id.matches(found.key_id):
            return key
    return None


def _passed(check: int, name: str, says: str) -> Finding:
    return Finding(check=check, name=name, verdict=Verdict.PASSED, says=says)
