"""What a person hands to the node: the root of a shared directory, the bundle of a State.

A fingerprint that came by another channel stands behind each. It is the person's decision:
a State that was known under other keys is known under these from now on, and a finding says
so. Later bundles of a State that is known need no fingerprint: its own keys sign them.
"""

from __future__ import annotations

from comity.base import Digest
from comity.federation.directory.errors import OtherFingerprint
from comity.federation.directory.pairing import (
    COMMON,
    Bundle,
    StateFiles,
    continue_bundle,
    fingerprint,
    open_bundle,
    write_fingerprint,
)
from comity.federation.directory.verifying import first_root
from comity.service.directory.errors import UnknownState
from comity.service.directory.holding import (
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    HeldState,
    Shared,
    read_state,
)
from comity.service.directory.keeping import (
    forget_state,
    keep_shared,
    keep_state,
    tell_finding,
)
from comity.service.directory.knowing import OWN, PAIRED
from comity.service.node import Node
from comity.service.ports import Unit


def trust_root(node: Node, data: bytes, wanted: Digest) -> int:
    """Take the root of a shared directory whose fingerprint is ``wanted``; return its version.

    Raise ``OtherFingerprint``, ``BelowThreshold`` or ``Malformed``. A root that was trusted
    before is forgotten, and States that came by it stay.
    """
    root = first_root(data)
    found = fingerprint(COMMON, root.signed)
    if not found.matches(wanted):
        detail = f"It is {write_fingerprint(found)}."
        raise OtherFingerprint(detail)
    with node.store.unit() as unit:
        for name in (ROOT, TIMESTAMP, SNAPSHOT, TARGETS):
            unit.trust.remove(name=name)
        keep_shared(node, unit, Shared(root=root))
    return root.version


def accept_pairing(node: Node, data: bytes, wanted: Digest) -> StateFiles:
    """Take in a State's bundle whose fingerprint is ``wanted``; return what was verified.

    Raise ``OtherFingerprint`` or what is wrong with the bundle.
    """
    files = open_bundle(Bundle.parse(data), wanted, node.clock.now())
    source = OWN if files.state == node.state else PAIRED
    with node.store.unit() as unit:
        before = read_state(unit, files.state)
        if before is not None:
            _replace(node, unit, before, files)
        keep_state(node, unit, files, source)
    return files


def add_metadata(node: Node, data: bytes) -> StateFiles:
    """Take in a newer bundle of a State that is known; its own keys must have signed it.

    Raise ``UnknownState``, or what is wrong with the bundle.
    """
    bundle = Bundle.parse(data)
    with node.store.view() as unit:
        before = read_state(unit, bundle.state)
    if before is None:
        raise UnknownState(bundle.state)
    files = continue_bundle(bundle, before.keys, before.list, node.clock.now())
    with node.store.unit() as unit:
        keep_state(node, unit, files, before.source)
    return files


def _replace(node: Node, unit: Unit, before: HeldState, files: StateFiles) -> None:
    """Forget what was known of the State; say so if its keys do not follow from those before."""
    known = {root.version: root.signed for root in files.roots}
    if known.get(before.keys.version) != before.keys.signed:
        old = write_fingerprint(fingerprint(before.state, before.keys.signed))
        says = f"Accepted by fingerprint under other keys than before, which were: {old}."
        tell_finding(node, unit, "state-keys-replaced", before.state, says)
    forget_state(unit, before.state)
