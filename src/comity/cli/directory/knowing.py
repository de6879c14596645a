"""The directory of a node: hand it a root, refresh, pair, show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from comity.base import limits
from comity.base.errors import BadValue
from comity.cli.directory.drafts import card_names
from comity.cli.directory.folder import Folder, read_bounded, write_whole
from comity.cli.directory.options import AsJson, OwnNode, read_state
from comity.cli.directory.protocol import Protocol
from comity.cli.order_desk import present
from comity.federation.directory import AuthorityCard, CeremonyImpossible
from comity.federation.directory.metadata import File
from comity.federation.directory.pairing import (
    Bundle,
    fingerprint,
    read_fingerprint,
    write_fingerprint,
)
from comity.federation.directory.verifying import first_root

if TYPE_CHECKING:
    from comity.cli.directory.own import Known

app = typer.Typer()
pair = typer.Typer(no_args_is_help=True, help="Know another State by a fingerprint alone.")
app.add_typer(pair, name="pair")
Fingerprint = Annotated[str, typer.Option(help="As the note verbale has it; 64 digits.")]
OutFile = Annotated[Path, typer.Option("--out", help="The bundle's file.")]
DISCLAIMER: Final = (
    "The shared directory copies the depositary's registers and implies no recognition.\n"
    "The designations employed do not imply the expression of any opinion whatsoever on the\n"
    "part of the Secretariat of the United Nations concerning the legal status of any country,\n"
    "territory, city or area or of its authorities, or concerning the delimitation of its\n"
    "frontiers or boundaries."
)


@app.command()
def trust(
    *,
    node: OwnNode,
    root: Annotated[Path, typer.Option(help="The root of the shared directory: 1.root.json.")],
    fingerprint: Fingerprint,
    as_json: AsJson = False,
) -> None:
    """Hand a node the root of a shared directory, by the fingerprint of its keys."""
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    data = read_bounded(root, limits.METADATA_BYTES)
    version = own.trust_root(own.open_node(node), data, read_fingerprint(fingerprint))
    page = Protocol("A node trusts the root of a shared directory")
    page.step(f"The node is {node}; the root is version {version}, from {root}.")
    page.step(f"The fingerprint given was\n     {write_fingerprint(read_fingerprint(fingerprint))}")
    page.data |= {"node": str(node), "version": version}
    page.tell(as_json=as_json)


@app.command()
def refresh(*, node: OwnNode, as_json: AsJson = False) -> None:
    """Ask the mirrors and the paired States for what is new.

    Exits 1 if something did not verify, 5 if nobody answered.
    """
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    done = own.refresh_directory(own.open_node(node))
    told = {
        "mirror": done.mirror,
        "changed": [*done.changed],
        "refused": [*done.refused],
        "trouble": [*done.trouble],
    }
    lines = [
        f"Fresh from {done.mirror}." if done.mirror else "No mirror was fresh.",
        f"Changed: {', '.join(done.changed) or 'nothing'}.",
        *(f"Refused: {one}" for one in done.refused),
        *(f"Out of reach: {one}" for one in done.trouble),
    ]
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines))
    if done.refused:
        raise typer.Exit(1)
    if done.trouble and not done.mirror:
        raise typer.Exit(5)


@app.command()
def show(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="The directory's folder.")
    ] = None,
    *,
    node: Annotated[Path | None, typer.Option("--node", help="The node's folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a node, or a directory's folder, knows, and how fresh that is."""
    if (folder is None) == (node is None):
        detail = "Name either a directory's folder or, with --node, a node's."
        raise BadValue(detail)
    told = _show_node(node) if node is not None else _show_folder(Folder.open(folder or Path()))
    told["disclaimer"] = DISCLAIMER.replace("\n", " ")
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told["metadata"]:
        stale = f"  STALE since {one['expires']}" if one["stale"] else ""
        fetched = f", fetched {one['fetched']}" if one["fetched"] else ""
        line = f"version {one['version']}{fetched}, expires {one['expires'] or 'never'}{stale}"
        typer.echo(f"{one['name']}: {line}")
    for card in told["cards"]:
        typer.echo("")
        typer.echo("\n".join(f"{name}: {value}" for name, value in card.items() if value != ""))
    typer.echo(f"\n{DISCLAIMER}")


@pair.command("export")
def export_pair(
    state: Annotated[str | None, typer.Argument(metavar="[XX]", help="With --folder.")] = None,
    *,
    out: OutFile,
    node: Annotated[Path | None, typer.Option("--node", help="The node's folder.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="A State's own folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the bundle of a State; its fingerprint goes into the note verbale."""
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    if (folder is None) == (node is None) or (folder is not None) != (state is not None):
        detail = "Name either --node, or --folder and the State."
        raise BadValue(detail)
    if node is not None:
        bundle = own.export_pairing(own.open_node(node))
    else:
        bundle = _bundle(Folder.open(folder or Path()), read_state(state or ""))
    write_whole(out, bundle.document())
    page = Protocol(f"The bundle of {bundle.state}")
    found = write_fingerprint(fingerprint(bundle.state, first_root(bundle.roots[-1]).signed))
    page.step(f"It lies in {out}, and may travel by any way.")
    page.step(f"For the note verbale, by another way, the fingerprint of the keys:\n     {found}")
    page.data |= {"out": str(out), "state": bundle.state, "fingerprint": found}
    page.tell(as_json=as_json)


@pair.command("accept")
def accept_pair(
    bundle: Annotated[Path, typer.Argument(help="The other State's bundle.")],
    *,
    node: OwnNode,
    fingerprint: Annotated[
        str, typer.Option(help="From the note verbale; not needed for a State that is known.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take a State's bundle into a node: all of it is verified first."""
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    data = read_bounded(bundle, limits.PAIR_BYTES)
    held = own.open_node(node)
    if fingerprint:
        files = own.accept_pairing(held, data, read_fingerprint(fingerprint))
    else:
        files = own.add_metadata(held, data)
    page = Protocol(f"{files.state} is known to a node")
    page.step(f"The node is {node}; the bundle was {bundle}.")
    if fingerprint:
        said = write_fingerprint(read_fingerprint(fingerprint))
        page.step(f"The fingerprint of the note verbale was\n     {said}")
    for card in files.read:
        page.step(f"{card.authority}: {card.kind}, {card.endpoint or 'no node'}")
    page.data |= {
        "state": files.state,
        "list": files.list.version,
        "authorities": [card.authority for card in files.read],
    }
    page.tell(as_json=as_json)


def _bundle(folder: Folder, state: str) -> Bundle:
    listed = folder.listed(state)
    roots = folder.state_roots(state)
    if listed is None or not roots:
        detail = f"Keys and list of {state} are not public here yet."
        raise CeremonyImpossible(detail, where=str(folder.place))
    cards: dict[str, bytes] = {}
    for path, name in zip(listed.signed.targets, card_names(listed), strict=True):
        data = folder.card(state, name.partition("/")[2])
        if data is None:
            detail = f"The card {name} is missing."
            raise CeremonyImpossible(detail, where=str(folder.place))
        cards[path] = data
    return Bundle(
        state=state, roots=tuple(root.data for root in roots), list=listed.data, cards=cards
    )


def _show_node(place: Path) -> dict[str, Any]:
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    held = own.open_node(place)
    now = held.clock.now()
    metadata = [
        {
            "name": row.name,
            "version": row.version,
            "source": row.source,
            "fetched": str(row.fetched),
            "expires": str(row.expires or ""),
            "stale": row.expires is not None and row.expires <= now,
        }
        for row in own.list_trust(held)
    ]
    return {"metadata": metadata, "cards": [_card_data(one) for one in own.list_cards(held)]}


def _show_folder(folder: Folder) -> dict[str, Any]:
    now = present()
    files: dict[str, File[Any] | None] = {
        "root": next(iter(folder.roots()[::-1]), None),
        "targets": folder.targets(),
        "snapshot": folder.snapshot(),
        "timestamp": folder.timestamp(),
    }
    cards: list[AuthorityCard] = []
    for state in folder.states():
        files[state] = folder.listed(state)
        if files[state] is not None:
            found = _bundle(folder, state).cards.values()
            cards += [AuthorityCard.parse(data) for data in found]
    metadata = [
        {
            "name": name,
            "version": file.version,
            "source": "",
            "fetched": "",
            "expires": str(file.expires),
            "stale": file.expired(now),
        }
        for name, file in files.items()
        if file is not None
    ]
    return {"metadata": metadata, "cards": [_said(card) for card in cards]}


def _card_data(known: Known) -> dict[str, Any]:
    return {
        **_said(known.card),
        "source": known.source,
        "listed": known.is_listed,
        "stale_since": str(known.stale_since or ""),
    }


def _said(card: AuthorityCard) -> dict[str, Any]:
    duties = [f"{','.join(one.days)} {one.begins}-{one.ends} {one.number}" for one in card.roster]
    keys = [
        f"{one.key.key_id.hex} since {one.since}"
        + (f" until {one.until}" if one.until else "")
        + (f" REVOKED {one.revoked}: {one.reason}" if one.revoked else "")
        for one in card.keys
    ]
    return {
        "authority": f"{card.state}/{card.authority}",
        "name": "; ".join(f"{language}: {name}" for language, name in card.names.items()),
        "kind": card.kind,
        "exercise": card.exercise,
        "languages": ", ".join(card.languages),
        "call_back": ", ".join(card.call_back),
        "duty": "; ".join(duties),
        "zone": card.zone,
        "conditions": card.conditions,
        "legal_original": card.legal_original,
        "endpoint": card.endpoint,
        "protocols": ", ".join(card.protocols),
        "keys": "; ".join(keys),
    }
