"""Ceremonies on the shared directory and on a State's keys: begin, delegate, rotate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from tuf.api.metadata import Root

from comity.cli.directory.drafts import (
    ROOT,
    TARGETS,
    current_root,
    current_state_root,
    current_targets,
)
from comity.cli.directory.folder import Folder, write_whole
from comity.cli.directory.options import (
    AsJson,
    Keys,
    Phrase,
    Place,
    State,
    Threshold,
    days_from_now,
    read_cards,
    read_signers,
    read_state,
)
from comity.cli.directory.protocol import Protocol
from comity.cli.keychain import card_path, read_passphrase
from comity.federation.directory import CeremonyImpossible
from comity.federation.directory.building import (
    ROOT_DAYS,
    Signers,
    delegate,
    drop_state,
    new_root,
    new_state_keys,
    new_targets,
    signers,
    turn_root,
    turn_state_keys,
)
from comity.federation.directory.metadata import File
from comity.federation.directory.pairing import COMMON, fingerprint, write_fingerprint
from comity.seal import SigningKey, write_key, write_public
from comity.seal.keyfiles import PublicCard

app = typer.Typer()
Days = Annotated[int, typer.Option("--days", help="How many days it is valid.")]
_MIRROR = "mirror"


@app.command("key")
def make_key(
    file: Annotated[Path, typer.Argument(help="A new file for the secret key.")],
    *,
    name: Annotated[str, typer.Option(help="Who holds it, for protocols.")] = "directory key",
    authority: Annotated[str, typer.Option(help="Of which office.")] = "not stated",
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Make a hybrid key for a State's directory desk, a root, or a mirror; best off line."""
    key = SigningKey.generate(os.urandom)
    card = PublicCard(name=name, authority=authority, key=key.public)
    write_key(file, key, os.urandom, passphrase=read_passphrase(passphrase_file))
    write_public(card_path(file), card)
    page = Protocol("A key is made")
    page.step(f"The secret key lies in {file}; it is copied twice, sealed, and kept apart.")
    page.step(f"Its card, for all, is {card_path(file)}.")
    page.step(f"Its key id is {card.key.key_id.hex}. It is held by {name}, {authority}.")
    page.data |= {
        "key": card.key.key_id.hex,
        "file": str(file),
        "card": str(card_path(file)),
    }
    page.tell(as_json=as_json)


@app.command()
def make(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    *,
    root: Annotated[list[Path], typer.Option("--root", help="The card of a root key.")],
    threshold: Threshold,
    mirror: Annotated[list[Path], typer.Option("--mirror", help="The card of a mirror's key.")],
    days: Days = ROOT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft a new shared directory: its root, and targets that name no State yet."""
    if current_root(Folder(folder)) is not None:
        detail = "There is a directory already."
        raise CeremonyImpossible(detail, where=str(folder))
    place = Folder.begin(folder)
    offline = read_signers(place, root, threshold)
    expires = days_from_now(days)
    first = new_root(offline, read_signers(place, mirror, 1), expires)
    write_whole(place.draft / ROOT, first.data)
    write_whole(place.draft / TARGETS, new_targets(expires).data)
    page = Protocol("A shared directory is begun")
    page.signed(first, place.draft / ROOT)
    _tell_fingerprint(page, COMMON, first)
    page.signers(place, f"Root and targets: {threshold} of these must sign.", offline.ids)
    page.step(f"The targets, which name no State yet, are {place.draft / TARGETS}.")
    page.tell(as_json=as_json)


@app.command("state")
def make_state(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    state: State,
    *,
    key: Keys,
    threshold: Threshold,
    days: Days = ROOT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft a State's own keys, for its own folder: enough to pair without any directory."""
    place = Folder.begin(folder)
    name = read_state(state)
    page = Protocol(f"{name} names its keys")
    _draft_state(place, name, read_signers(place, key, threshold), days, page)
    page.tell(as_json=as_json)


@app.command("delegate")
def delegate_state(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    state: State,
    *,
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="The card (.pub) of a State's key.")
    ] = None,
    threshold: Threshold = 1,
    days: Days = ROOT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft targets that delegate XX/* to the State's keys, which are drafted if they are new."""
    place = Folder.open(folder)
    name = read_state(state)
    before, version = current_targets(place)
    if before is None:
        detail = "There is no shared directory here."
        raise CeremonyImpossible(detail, where=str(folder))
    page = Protocol(f"{name} is delegated to")
    held = current_state_root(place, name)
    if held is None:
        found = read_signers(place, key or [], threshold)
        held = _draft_state(place, name, found, days, page)
    elif key:
        detail = f"{name} has named its keys already; `rotate` changes them, `delegate` follows."
        raise CeremonyImpossible(detail)
    own = signers(held.signed, "targets")
    drafted = delegate(before, version, name, own, days_from_now(days))
    write_whole(place.draft / TARGETS, drafted.data)
    page.signed(drafted, place.draft / TARGETS)
    page.signers(place, f"{name}/* is delegated to {own.threshold} of these.", own.ids)
    _tell_root(place, page)
    page.tell(as_json=as_json)


@app.command()
def drop(folder: Place, state: State, *, days: Days = ROOT_DAYS, as_json: AsJson = False) -> None:
    """Draft targets without a State, as when it asks for it; others go on knowing it."""
    place = Folder.open(folder)
    name = read_state(state)
    before, version = current_targets(place)
    if before is None:
        detail = "There is no shared directory here."
        raise CeremonyImpossible(detail, where=str(folder))
    drafted = drop_state(before, version, name, days_from_now(days))
    write_whole(place.draft / TARGETS, drafted.data)
    page = Protocol(f"{name} is not listed any more")
    page.signed(drafted, place.draft / TARGETS)
    page.step("Whoever knew the State goes on knowing it under its own keys, and is told.")
    _tell_root(place, page)
    page.tell(as_json=as_json)


@app.command()
def rotate(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="root, mirror, or a State: XX.")],
    *,
    add: Annotated[list[Path] | None, typer.Option("--add", help="The card of a new key.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="The key id, or its beginning.")
    ] = None,
    threshold: Annotated[int, typer.Option(min=0, help="How many must sign; 0 as before.")] = 0,
    days: Days = ROOT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft other keys for a role; those before and those after must sign the change."""
    place = Folder.open(folder)
    name = role if role in {"root", _MIRROR} else read_state(role)
    before = (place.state_roots(name) if len(name) == 2 else place.roots())[-1:]  # noqa: PLR2004 # XX
    if not before:
        detail = f"Nothing of {name} is public yet."
        raise CeremonyImpossible(detail, where=str(folder))
    old = signers(before[0].signed, "timestamp" if name == _MIRROR else "root")
    new = _changed(place, old, add or [], remove or [], threshold)
    expires = days_from_now(days)
    path = place.draft / ROOT
    if name == _MIRROR:
        drafted = turn_root(before[0], None, new, expires)
    elif name == "root":
        drafted = turn_root(before[0], new, None, expires)
    else:
        path = place.draft / name / ROOT
        drafted = turn_state_keys(before[0], new, expires)
    write_whole(path, drafted.data)
    page = Protocol(f"The keys of {name} are changed")
    page.signed(drafted, path)
    page.signers(place, f"Before: {old.threshold} of these.", old.ids)
    page.signers(place, f"From now on: {new.threshold} of these.", new.ids)
    page.step("Enough of those before, and enough of those after, must sign.")
    if len(name) == 2:  # noqa: PLR2004 # XX
        _tell_fingerprint(page, name, drafted)
        page.step("Sign the State's list anew with the new keys; tell those who are paired.")
    page.tell(as_json=as_json)


def _draft_state(
    place: Folder, state: str, found: Signers, days: int, page: Protocol
) -> File[Root]:
    """Draft the first keys of a State."""
    if current_state_root(place, state) is not None:
        detail = f"{state} has named its keys already; `rotate` changes them."
        raise CeremonyImpossible(detail, where=str(place.place))
    first = new_state_keys(found, days_from_now(days))
    write_whole(place.draft / state / ROOT, first.data)
    page.signed(first, place.draft / state / ROOT)
    page.signers(place, f"For {state} {found.threshold} of these must sign.", found.ids)
    _tell_fingerprint(page, state, first)
    return first


def _changed(
    place: Folder, old: Signers, add: list[Path], remove: list[str], threshold: int
) -> Signers:
    """Return other signers than before; raise ``CeremonyImpossible`` for a key that is none."""
    gone = {key_id: [one for one in old.ids if one.startswith(key_id)] for key_id in remove}
    odd = [key_id for key_id, found in gone.items() if len(found) != 1]
    if odd:
        detail = f"{odd[0][:64]!r} names not exactly one of the keys."
        raise CeremonyImpossible(detail)
    dropped = {found[0] for found in gone.values()}
    cards = read_cards(add)
    for card in cards:
        place.know(card)
    kept = tuple(key for key in old.keys if key.key_id.hex not in dropped)
    return Signers((*kept, *(card.key for card in cards)), threshold or old.threshold)


def _tell_root(place: Folder, page: Protocol) -> None:
    root = current_root(place)
    if root is not None:
        found = signers(root.signed, "targets")
        page.signers(place, f"To be signed by {found.threshold} of these.", found.ids)


def _tell_fingerprint(page: Protocol, state: str, root: File[Root]) -> None:
    found = write_fingerprint(fingerprint(state, root.signed))
    page.step(f"The fingerprint of these keys is\n     {found}")
    page.data["fingerprint"] = found
