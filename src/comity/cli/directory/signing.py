"""Sign drafts, join what was signed apart, publish, and check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from tuf.api.metadata import Targets

from comity.cli.directory.checking import examine
from comity.cli.directory.drafts import (
    Draft,
    card_names,
    find_draft,
    folder_of,
    list_drafts,
    read_any,
    require_say,
)
from comity.cli.directory.folder import Folder, write_whole
from comity.cli.directory.options import AsJson, Phrase, Place, read_key
from comity.cli.directory.protocol import Protocol
from comity.cli.directory.turning import turn_online
from comity.federation.directory.metadata import join_signatures, sign_file

app = typer.Typer()
KeyFile = Annotated[Path, typer.Option("--key", help="The key file to sign with.")]


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="A draft, here or on a stick.")],
    *,
    key: KeyFile,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Add one signature to a metadata file; the machine that does it needs no network."""
    signing = read_key(key, passphrase_file)
    name = signing.public.key_id.hex
    folder = folder_of(file)
    if folder is not None:
        require_say(find_draft(folder, file), name)
    signed = sign_file(read_any(file), signing)
    write_whole(file, signed.data)
    page = Protocol(f"{file.name} is signed")
    page.signed(signed, file)
    page.step(f"It was signed with the key {name}.")
    page.data |= {"key": name, "signatures": sorted(signed.metadata.signatures)}
    if folder is not None:
        _tell_missing(folder, find_draft(folder, file), page)
    page.tell(as_json=as_json)


@app.command()
def join(
    file: Annotated[Path, typer.Argument(help="The draft.")],
    other: Annotated[Path, typer.Argument(help="A copy of it that was signed elsewhere.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put the signatures of a copy under a draft; both must say the same."""
    joined = join_signatures(read_any(file), read_any(other))
    write_whole(file, joined.data)
    page = Protocol(f"Signatures under {file.name} are joined")
    page.signed(joined, file)
    page.data["signatures"] = sorted(joined.metadata.signatures)
    page.tell(as_json=as_json)


@app.command()
def publish(
    folder: Place,
    *,
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="The key file of a mirror.")
    ] = None,
    source: Annotated[
        list[Path] | None, typer.Option("--from", help="A State's own folder to take files from.")
    ] = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Make public what enough have signed; then sign snapshot and timestamp, if there are any.

    Exits 1 if a draft still waits for signatures.
    """
    place = Folder.open(folder)
    page = Protocol("What is signed is published")
    for other in source or ():
        _take_over(place, Folder.open(other), page)
    waiting = [draft for draft in list_drafts(place) if not _publish(place, draft, page)]
    if key and place.targets() is not None:
        for file in turn_online(place, [read_key(path, passphrase_file) for path in key]):
            page.signed(file, f"{file.version}.{file.signed.type}.json")
    for draft in waiting:
        _tell_missing(place, draft, page)
    page.data["waiting"] = [draft.path.name for draft in waiting]
    page.tell(as_json=as_json)
    if waiting:
        raise typer.Exit(1)


@app.command()
def check(folder: Place, *, as_json: AsJson = False) -> None:
    """Verify a directory as a stranger would, and tell what is missing and what expires."""
    place = Folder.open(folder)
    page = Protocol("A directory is checked")
    faults = examine(place, page)
    for draft in list_drafts(place):
        _tell_missing(place, draft, page)
    page.data["faults"] = faults
    page.tell(as_json=as_json)
    if faults:
        raise typer.Exit(1)


def _publish(place: Folder, draft: Draft, page: Protocol) -> bool:
    """Make a draft public if enough have signed it."""
    if not draft.is_complete:
        return False
    for name in card_names(draft.file) if isinstance(draft.file.signed, Targets) else ():
        data = place.listed_file(name)
        if data is not None:
            place.add_public(name, data)
            (place.draft / name).unlink(missing_ok=True)
    place.publish(draft.path, draft.lasting)
    page.signed(draft.file, place.public / draft.lasting)
    page.data.setdefault("published", []).append(draft.lasting)
    return True


def _take_over(place: Folder, other: Folder, page: Protocol) -> None:
    """Take the public files of a State's own folder; who uses them sees whether they fit."""
    for state in other.states():
        files = list((other.public / state).glob("*.json"))
        files += list(other.public.glob(f"*.{state}.json"))
        for path in files:
            name = str(path.relative_to(other.public))
            place.add_public(name, path.read_bytes())
            page.data.setdefault("taken", []).append(name)
        page.step(f"The files of {state} were taken from {other.place}: {len(files)}.")


def _tell_missing(place: Folder, draft: Draft, page: Protocol) -> None:
    """Say who has signed a draft and who may still."""
    for found, (_, role) in zip(draft.signatures(), draft.by, strict=True):
        text = f"{draft.path.name}: {len(found.done)} of role {role} have signed"
        text += f", {found.missing} more must; these may:" if found.missing else "; it is enough."
        page.signers(place, text, found.open if found.missing else found.done)
        page.data["missing"] = max(page.data.get("missing", 0), found.missing)
