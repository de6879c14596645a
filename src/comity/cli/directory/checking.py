"""Check a directory's folder as a stranger would: from the first root to the last card."""

from __future__ import annotations

from collections.abc import Callable

from tuf.api.metadata import Root, Targets

from comity.base import Instant, limits
from comity.base.errors import ComityError
from comity.cli.directory.folder import Folder, read_bounded
from comity.cli.directory.protocol import Protocol
from comity.cli.order_desk import present
from comity.federation.directory.errors import Mismatched
from comity.federation.directory.metadata import REGISTER, File, card_file, file_digest
from comity.federation.directory.verifying import (
    first_root,
    follow_roots,
    is_delegated,
    require_fresh,
    require_named,
    take_card,
    take_list,
    take_register,
    take_snapshot,
    take_targets,
    take_timestamp,
)


def examine(place: Folder, page: Protocol) -> list[str]:
    """Verify all that is public; tell each step, and return what is wrong."""
    faults: list[str] = []
    now = present()

    def step(name: str, verify: Callable[[], str]) -> None:
        try:
            page.step(f"{name}: {verify()}")
        except ComityError as error:
            page.step(f"{name}: NOT AS IT SHOULD BE. {error}")
            faults.append(f"{name}: {error}")

    roots = place.roots()
    targets = place.targets()
    if roots:
        step("root", lambda: _tell(_chain(roots)[-1], now))
        step("directory", lambda: _shared(place, roots, now))
    for state in place.states():
        chain = place.state_roots(state)
        if chain:
            step(f"keys of {state}", lambda chain=chain: _tell(_chain(chain)[-1], now))  # type: ignore[misc] # bound now
        if chain and place.listed(state):
            step(
                f"list of {state}",
                lambda state=state, chain=chain: _list(place, state, chain[-1], targets, now),  # type: ignore[misc] # bound now
            )
    return faults


def _chain(roots: tuple[File[Root], ...]) -> tuple[File[Root], ...]:
    begun = first_root(roots[0].data)
    return (begun, *follow_roots(begun, (root.data for root in roots[1:])))


def _shared(place: Folder, roots: tuple[File[Root], ...], now: Instant) -> str:
    root = roots[-1]
    read = place.public
    timestamp = take_timestamp(root, None, _read(place, "timestamp.json"), now)
    named = timestamp.signed.snapshot_meta
    snapshot = take_snapshot(
        root, timestamp, None, _read(place, f"{named.version}.snapshot.json"), now
    )
    meta = snapshot.signed.meta["targets.json"]
    data = _read(place, f"{meta.version}.targets.json")
    targets = take_targets(root, snapshot, None, data, now)
    for name, one in snapshot.signed.meta.items():
        require_named(one, read_bounded(read / f"{one.version}.{name}", limits.METADATA_BYTES))
    register = targets.signed.targets.get(REGISTER)
    if register is not None:
        path = read / card_file(REGISTER, register)
        take_register(targets, read_bounded(path, limits.REGISTER_BYTES), None)
    return f"targets {targets.version}; timestamp {_tell(timestamp, now)}"


def _list(
    place: Folder, state: str, keys: File[Root], targets: File[Targets] | None, now: Instant
) -> str:
    held = place.listed(state)
    if held is None:
        raise Mismatched(state)
    listed = take_list(keys, None, held.data, state, now)
    for path, target in listed.signed.targets.items():
        data = place.card(state, card_file(path, target).partition("/")[2])
        if data is None:
            detail = f"The card {path} ({file_digest(target)}) is missing."
            raise Mismatched(detail)
        take_card(target, data, state)
    if targets is not None and not is_delegated(targets.signed, state, keys):
        detail = "The directory delegates to other keys than the State's own."
        raise Mismatched(detail)
    return f"{len(listed.signed.targets)} authorities; {_tell(listed, now)}"


def _tell(file: File, now: Instant) -> str:  # type: ignore[type-arg] # of any kind
    require_fresh(file, now)
    days = file.expires.seconds_after(now) // 86_400
    return f"version {file.version}, valid for {days} more days, until {file.expires}"


def _read(place: Folder, name: str) -> bytes:
    return read_bounded(place.public / name, limits.METADATA_BYTES)
