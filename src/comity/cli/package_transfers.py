"""``comity package transfer``: packages on their way between two authorities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli import asking
from comity.cli.asking import Yes, require_name, require_sure
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, open_desk
from comity.cli.receiving import fetch_early
from comity.cli.telling import tell

app = typer.Typer(no_args_is_help=True, help="Packages on their way.")

Transfer = Annotated[str, typer.Argument(help="What is on its way: xfr_….", callback=require_name)]
Reasons = Annotated[str, typer.Option(help="Why.")]


@app.command()
def show(
    transfer: Transfer,
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Say how far it is, on which conditions it came, and whether it verified."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"transfers/{transfer}")
    text = (
        f"{found['direction']}  {found['state']}  {found['got']} of {found['size']} bytes"
        f"\nconditions: {found['conditions'] or 'none'}"
        f"\nverification: {found['verification'] or 'not yet'}  {found['trouble']}"
    )
    tell(found, text.rstrip(), as_json=as_json)


@app.command(name="open-early")
def open_early(  # noqa: PLR0913 # each is an option that a person may give
    transfer: Transfer,
    out: Annotated[Path, typer.Option(help="The new folder.")],
    *,
    serial: Annotated[list[int], typer.Option("--object", min=1, help="Open this object.")],
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Open objects that came first, while the rest is on its way; they are no package yet."""
    require_sure(f"Open {len(serial)} objects of {transfer}? It is recorded.", yes=yes)
    body = {
        "serials": serial,
        "terms": asking.read_pairs(term),
        "content": asking.said(says, reasons, None),
    }
    with open_desk(desk, token_file, role) as door:
        told = fetch_early(door, f"transfers/{transfer}/early-opening", body, out, lines=False)
    text = f"They lie in {out}; act {told['act']}. {told['early'].get('says', '')}"
    tell(told, text.rstrip(), as_json=as_json)


@app.command()
def resume(
    transfer: Transfer,
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Let one that was stopped go on where it stopped."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"transfers/{transfer}/resumption")
    tell(found, f"{found['state']}: {found['got']} of {found['size']} bytes", as_json=as_json)


@app.command()
def stop(  # noqa: PLR0913 # each is an option that a person may give
    transfer: Transfer,
    *,
    reasons: Reasons,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Let nothing more be fetched for now; what is here stays, and it can go on."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"transfers/{transfer}/stop", {"reasons": reasons})
    tell(found, f"Stopped; act {found['digest']}.", as_json=as_json)


@app.command()
def withdraw(  # noqa: PLR0913 # each is an option that a person may give
    transfer: Transfer,
    *,
    reasons: Reasons,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take back an offer that the other side has not fetched whole."""
    require_sure(f"Take {transfer} back?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"transfers/{transfer}/withdrawal", {"reasons": reasons})
    tell(found, f"Taken back; act {found['digest']}.", as_json=as_json)


@app.command()
def discard(  # noqa: PLR0913 # each is an option that a person may give
    transfer: Transfer,
    *,
    reasons: Reasons,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Drop the pieces of a package that was refused here."""
    require_sure(f"Drop what came of {transfer}?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"transfers/{transfer}/discarding", {"reasons": reasons})
    tell(found, f"Dropped; act {found['digest']}.", as_json=as_json)
