"""Learn what is new in the directory: from mirrors, and from the nodes of States themselves.

First the shared directory, from the first mirror that is fresh; then each State's own files,
which no one but that State can have signed. What does not verify changes nothing and is told
to a person; the rest goes on. A State that the shared directory drops, or gives other keys,
stays known under its own; it is then asked itself, as are those that were paired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from comity.base import Instant, Period, limits
from comity.base.errors import DoesNotVerify, OutOfReach
from comity.federation.directory import AuthorityCard
from comity.federation.directory.pairing import StateFiles
from comity.federation.directory.verifying import is_delegated, require_fresh
from comity.service.directory.holding import (
    ASKED,
    DEPOSITARY,
    HeldState,
    Shared,
    known_states,
    read_shared,
    read_state,
)
from comity.service.directory.keeping import (
    forget_online,
    keep_register,
    keep_shared,
    keep_state,
    note_behind,
    tell_finding,
)
from comity.service.directory.knowing import OWN, PAIRED, SHARED
from comity.service.directory.sources import Mirror, Neighbour, Source
from comity.service.directory.updating import (
    update_neighbour,
    update_register,
    update_root,
    update_shared,
    update_state,
)
from comity.service.errors import PeerUnreachable
from comity.service.node import Node
from comity.service.ports import Unit, Wire
from comity.service.rows import TrustRow

# A revoked key is refused after this at the latest; a timestamp lives a day.
EVERY: Final = Period(minutes=15)
# States that a beat asks themselves: each may let us wait, and letters wait behind.
_A_PASS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What came of a refresh: which States changed, what was refused or out of reach.

    ``mirror`` is the one that was fresh, "" if none was; ``refused`` did not verify and is a
    finding each; ``trouble`` is what did not answer.
    """

    mirror: str
    changed: tuple[str, ...]
    refused: tuple[str, ...]
    trouble: tuple[str, ...]


@dataclass(slots=True)
class _Pass:
    """One refresh under way."""

    node: Node
    wire: Wire
    mirror: str = ""
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def refuse(self, kind: str, source: str, says: str) -> None:
        """Tell a person."""
        self.refused.append(f"{source}: {says}")
        with self.node.store.unit() as unit:
            tell_finding(self.node, unit, kind, source, says)

    def fall_behind(self, state: str) -> None:
        """Note since when a State is known to have said more than could be taken in."""
        with self.node.store.unit() as unit:
            note_behind(self.node, unit, state)

    def keep(self, files: StateFiles, source: str) -> None:
        """Keep what a State said of itself."""
        with self.node.store.unit() as unit:
            if keep_state(self.node, unit, files, source):
                self.changed.append(files.state)


def refresh_directory(node: Node, *, most: int = limits.STATES) -> Refreshed:
    """Ask mirrors and paired States for what is new; raise ``PeerUnreachable`` without a wire.

    At most ``most`` States are asked themselves, others the next time.
    """
    if node.wire is None:
        detail = "This node reaches out to nobody."
        raise PeerUnreachable(detail)
    going = _Pass(node, node.wire)
    with node.store.view() as unit:
        shared = read_shared(unit)
    if shared is not None:
        _ask_mirrors(going, shared)
    _ask_neighbours(going, most)
    return Refreshed(
        mirror=going.mirror,
        changed=tuple(going.changed),
        refused=tuple(going.refused),
        trouble=tuple(going.trouble),
    )


def refresh_due(node: Node) -> int:
    """Refresh if it is time; return 1 if it was. Two workers at once do no harm."""
    now = node.clock.now()
    with node.store.view() as unit:
        if node.wire is None or not _is_due(unit, now):
            return 0  # most often; and nobody's write was held up
    with node.store.unit() as unit:
        if not _is_due(unit, now):
            return 0
        held = unit.trust.find(name=ASKED)
        row = TrustRow(
            name=ASKED,
            version=held[0].version + 1 if held else 1,
            document=b"",
            source=SHARED,
            fetched=now,
            expires=now.plus(EVERY),
        )
        (unit.trust.replace if held else unit.trust.add)(row)
    refresh_directory(node, most=_A_PASS)
    return 1


def _is_due(unit: Unit, now: Instant) -> bool:
    """Return whether the directory was not asked for a while, if there is one."""
    for row in unit.trust.find(name=ASKED):
        if row.expires is not None and now < row.expires:
            return False
    return unit.trust.count() > 0


def _ask_mirrors(going: _Pass, shared: Shared) -> None:
    """Ask one mirror after the other until one is fresh."""
    for url in going.node.mirrors:
        mirror = Mirror(going.wire, url)
        try:
            shared = _ask_mirror(going, mirror, shared)
        except OutOfReach as error:
            going.trouble.append(str(error))
        except DoesNotVerify as error:
            going.refuse("directory-refused", url, str(error))
        else:
            going.mirror = url
            _ask_states(going, mirror, shared)
            _ask_register(going, mirror, shared)
            return


def _ask_mirror(going: _Pass, mirror: Source, before: Shared) -> Shared:
    """Return the shared directory as a fresh mirror has it, and keep it.

    New roots are kept even if the rest is not fresh; the rest is kept as a whole, so that what
    is called fresh is so to its end.
    """
    shared = update_root(mirror, before)
    if shared.root.version != before.root.version:
        with going.node.store.unit() as unit:
            if shared.timestamp is None:
                forget_online(unit)
            keep_shared(going.node, unit, shared)
    now = going.node.clock.now()
    require_fresh(shared.root, now)
    shared = update_shared(mirror, shared, now)
    with going.node.store.unit() as unit:
        keep_shared(going.node, unit, shared)
    return shared


def _ask_states(going: _Pass, mirror: Source, shared: Shared) -> None:
    """Take in the files of every State that the directory delegates to."""
    delegations = shared.targets.signed.delegations if shared.targets else None
    for state in sorted((delegations and delegations.roles) or {}):
        with going.node.store.view() as unit:
            before = read_state(unit, state)
        if before is not None:
            _compare_keys(going, shared, before)
        try:
            files = update_state(mirror, shared, state, before, going.node.clock.now())
        except OutOfReach as error:
            going.fall_behind(state)
            going.trouble.append(str(error))
        except DoesNotVerify as error:
            going.fall_behind(state)
            going.refuse("directory-refused", state, str(error))
        else:
            going.asked.add(state)
            if files is not None:
                going.keep(files, OWN if state == going.node.state else SHARED)
    _tell_removed(going, shared)


def _ask_register(going: _Pass, mirror: Source, shared: Shared) -> None:
    """Take in the copy of the depositary's register; what does not verify leaves that of before."""
    if shared.targets is None:
        return
    with going.node.store.view() as unit:
        held = next((row.document for row in unit.trust.find(name=DEPOSITARY)), None)
    try:
        data = update_register(mirror, shared.targets, held)
    except OutOfReach as error:
        going.trouble.append(str(error))
    except DoesNotVerify as error:
        going.refuse("register-refused", mirror.name, str(error))
    else:
        with going.node.store.unit() as unit:
            keep_register(going.node, unit, shared.targets, data)


def _compare_keys(going: _Pass, shared: Shared, before: HeldState) -> None:
    """Tell a person if the directory names other keys for a State than the State itself."""
    if shared.targets and not is_delegated(shared.targets.signed, before.state, before.keys):
        says = (
            "The shared directory delegates to other keys than this State's own. Its own hold; "
            "they change only if they sign the change."
        )
        going.refuse("state-keys-differ", before.state, says)


def _tell_removed(going: _Pass, shared: Shared) -> None:
    """Tell a person of every State that came by the shared directory and is not in it now."""
    delegations = shared.targets.signed.delegations if shared.targets else None
    named = (delegations and delegations.roles) or {}
    with going.node.store.view() as unit:
        gone = [state for state in known_states(unit) if state not in named]
        held = [read_state(unit, state) for state in gone]
    for one in held:
        if one is not None and one.source != PAIRED:
            says = (
                "The shared directory does not list this State any more. It stays known under "
                "its own keys, and is asked itself from now on."
            )
            going.refuse("state-removed", one.state, says)


def _ask_neighbours(going: _Pass, most: int) -> None:
    """Ask the nodes of States that no mirror told of in this pass: paired, dropped, or held up."""
    with going.node.store.view() as unit:
        states = [state for state in known_states(unit) if state not in going.asked]
    for state in _turn(states, most, going.node.clock.now()):
        with going.node.store.view() as unit:
            before = read_state(unit, state)
            rows = unit.authorities.find(state=state, is_listed=True)
        cards = [AuthorityCard.parse(row.document) for row in rows]
        own = (going.node.state, going.node.authority)
        others = [one for one in cards if (one.state, one.authority) != own and one.is_reachable]
        if before is not None:
            _ask_neighbour(going, before, others)


def _ask_neighbour(going: _Pass, before: HeldState, cards: Iterable[AuthorityCard]) -> None:
    for card in cards:
        source = Neighbour.of(going.wire, card)
        try:
            files = update_neighbour(source, before, going.node.clock.now())
        except OutOfReach as error:
            going.trouble.append(str(error))
        except DoesNotVerify as error:
            going.refuse("directory-refused", source.name, str(error))
        else:
            going.keep(files, before.source)
            return


def _turn(states: list[str], most: int, now: Instant) -> list[str]:
    """Return those whose turn it is: each time others, so that silent ones block nobody."""
    if len(states) <= most:
        return states
    begun = int(now.at.timestamp()) // (EVERY.minutes * 60) * most % len(states)
    return (states[begun:] + states[:begun])[:most]
