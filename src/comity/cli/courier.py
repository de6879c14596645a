"""``comity courier``: the same files on a disk, where no line goes or one is too thin."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from comity.app.compose import open_node
from comity.cli.telling import tell
from comity.federation.message import Address
from comity.service.courier import export_disk
from comity.service.courier_import import REFUSED, import_disk
from comity.service.peers import Caller

app = typer.Typer(no_args_is_help=True, help="Carry letters, receipts and evidence on a disk.")

Folder = Annotated[Path, typer.Option("--node", help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="The disk's folder, new or written before.")],
    *,
    node: Folder,
    to: Annotated[str, typer.Option("--to", help="The authority that it is for, as XB/XB-CA.")],
    with_evidence: Annotated[
        bool, typer.Option("--with-evidence", help="With the volumes of what is handed over.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write all that waits for an authority; `sha256sum -c manifest-sha256.txt` verifies it."""
    named = Caller.parse(to)
    receiver = Address(named.state, named.authority)
    written = export_disk(open_node(node), receiver, out, with_evidence=with_evidence)
    told = asdict(written)
    text = (
        f"On {out} for {receiver}: {written.letters} letters, {written.receipts} receipts, "
        f"{written.transfers} descriptors, {written.volumes} volumes; {written.size} bytes."
    )
    tell({"disk": str(out), "to": to, **told}, text, as_json=as_json)


@app.command("import")
def import_command(
    disk: Annotated[Path, typer.Argument(help="The disk's folder.")],
    *,
    node: Folder,
    as_json: AsJson = False,
) -> None:
    """Take in what lies on a disk; ends with 1 if something of it was refused."""
    found = import_disk(open_node(node), disk)
    lines = [f"{one.number:>4} {one.outcome:<8} {one.name} {one.says}".rstrip() for one in found]
    told = {"disk": str(disk), "items": [asdict(one) for one in found]}
    tell(told, "\n".join(lines), as_json=as_json)
    if any(one.outcome == REFUSED for one in found):
        raise typer.Exit(1)
