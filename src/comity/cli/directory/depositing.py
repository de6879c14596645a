"""The copy of the depositary's register: a ceremony that lists it, and a command that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.base import Digest, Instant, canonical_bytes, limits
from comity.base.errors import BadValue, ComityError
from comity.cli.directory.drafts import TARGETS, current_root, current_targets
from comity.cli.directory.folder import Folder, read_bounded, write_whole
from comity.cli.directory.options import AsJson, Place, days_from_now
from comity.cli.directory.protocol import Protocol
from comity.federation.directory import CeremonyImpossible
from comity.federation.directory.building import ROOT_DAYS, list_register, signers
from comity.federation.directory.errors import BelowThreshold
from comity.federation.directory.metadata import REGISTER, card_file
from comity.federation.directory.register import DISCLAIMER, Participant, Register
from comity.federation.directory.verifying import (
    count_signatures,
    first_root,
    follow_roots,
    take_register,
)

app = typer.Typer()
Days = Annotated[int, typer.Option("--days", help="How many days it is valid.")]


@app.command("deposit")
def list_copy(
    folder: Place,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The register; none, to list none.")
    ] = None,
    *,
    days: Days = ROOT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft targets that name a copy of the depositary's register; those of the root sign it."""
    place = Folder.open(folder)
    before, version = current_targets(place)
    root = current_root(place)
    if before is None or root is None:
        detail = "There is no shared directory here."
        raise CeremonyImpossible(detail, where=str(folder))
    data = None if file is None else _read_file(file)
    drafted = list_register(before, version, data, days_from_now(days))
    page = Protocol("A copy of the depositary's register is listed")
    if data is not None:
        write_whole(place.draft / card_file(REGISTER, drafted.signed.targets[REGISTER]), data)
        register = Register.parse(data)
        page.step(f"The copy is of {register.as_of}, from: {register.source}")
        page.step(f"It has {len(register.states)} States; its SHA-256 is {Digest.of(data).hex}.")
        page.data |= {"as_of": register.as_of.isoformat(), "sha256": Digest.of(data).hex}
    else:
        page.step("The directory lists no copy any more.")
    page.step("Compare it, line by line, with the depositary's own register, which alone counts.")
    write_whole(place.draft / TARGETS, drafted.data)
    page.signed(drafted, place.draft / TARGETS)
    found = signers(root.signed, "targets")
    page.signers(place, f"To be signed by {found.threshold} of these.", found.ids)
    page.tell(as_json=as_json)


@app.command("register")
def show_register(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="The directory's folder.")
    ] = None,
    *,
    node: Annotated[Path | None, typer.Option("--node", help="The node's folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the copy of the depositary's register, verified; the depositary's own alone counts."""
    if (folder is None) == (node is None):
        detail = "Name either a directory's folder or, with --node, a node's."
        raise BadValue(detail)
    told = _of_node(node) if node is not None else _of_folder(Folder.open(folder or Path()))
    told["authoritative"] = DISCLAIMER
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _say(told))


def verify_register(place: Folder) -> Register | None:
    """Return the copy that the public targets name, verified from the first root on; or None."""
    targets, roots = place.targets(), place.roots()
    if targets is None or not roots:
        return None
    begun = first_root(roots[0].data)
    root = (begun, *follow_roots(begun, (one.data for one in roots[1:])))[-1]
    missing = count_signatures(root.signed, "targets", targets).missing
    if missing:
        detail = f"{missing} more must sign the targets."
        raise BelowThreshold(detail, where=str(place.place))
    target = targets.signed.targets.get(REGISTER)
    if target is None:
        return None
    path = place.public / card_file(REGISTER, target)
    return take_register(targets, read_bounded(path, limits.REGISTER_BYTES), None)


def _of_folder(place: Folder) -> dict[str, Any]:
    found = verify_register(place)
    return {"register": found.as_data() if found else None}


def _of_node(place: Path) -> dict[str, Any]:
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    known = own.known_register(own.open_node(place))
    if known is None:
        return {"register": None}
    return {
        "register": known.register.as_data(),
        "fetched": str(known.fetched),
        "stale_since": _maybe(known.stale_since),
    }


def _say(told: dict[str, Any]) -> str:
    if told["register"] is None:
        return f"The directory names no copy of the depositary's register.\n{DISCLAIMER}"
    register = Register.parse(canonical_bytes(told["register"]))
    exercise = " (exercise)" if register.exercise else ""
    head = f"{register.instrument}{exercise}, as of {register.as_of}. Source: {register.source}"
    lines = [head]
    if told.get("fetched"):
        stale = f"; STALE since {told['stale_since']}" if told["stale_since"] else ""
        lines.append(f"Fetched {told['fetched']}{stale}.")
    lines += [line for one in register.states for line in _participant(one)]
    return "\n".join([*lines, "", register.disclaimer, DISCLAIMER])


def _participant(one: Participant) -> list[str]:
    consent = f"{one.means} {one.ratified}" if one.ratified else "not bound"
    lines = [
        f"{one.state}: signed {one.signed or 'never'}; {consent}; in force {one.in_force or 'not'}"
    ]
    for kind, statements in (("declares", one.declarations), ("notifies", one.notifications)):
        lines += [
            f"    {kind} {said.on} {said.law} {said.says}".replace("  ", " ") for said in statements
        ]
    return lines


def _read_file(path: Path) -> bytes:
    data = read_bounded(path, limits.REGISTER_BYTES).removesuffix(b"\n")
    try:
        return Register.parse(data).document()
    except ComityError as error:
        detail = f"This is no copy of a register. {error.sentence()} {error.detail}".rstrip()
        raise BadValue(detail, where=str(path)) from error


def _maybe(moment: Instant | None) -> str:
    return "" if moment is None else str(moment)
