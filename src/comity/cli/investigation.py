"""``comity investigation``: a State's own groups of requests, which no other State sees."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.asking import require_name
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, open_desk
from comity.cli.telling import tell

app = typer.Typer(
    no_args_is_help=True, help="Group a State's own requests; no other State sees it."
)


@app.command(name="open")
def open_(
    title: Annotated[str, typer.Argument(help="What it is called in the house.")],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Open an investigation."""
    with open_desk(desk, token_file, role) as door:
        found = door.post("investigations", {"title": title})
    tell(found, f"Opened: {found['investigation']}", as_json=as_json)


@app.command(name="list")
def list_all(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """List investigations, the latest first."""
    with open_desk(desk, token_file) as door:
        items = list(door.each("investigations"))
    lines = [
        f"{one['investigation']}  {one['opened']}  {len(one['dossiers'])} dossiers" for one in items
    ]
    tell({"items": items}, "\n".join(lines) or "None.", as_json=as_json)


@app.command()
def show(
    investigation: Annotated[str, typer.Argument(help="inv_….", callback=require_name)],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Show an investigation, its title and its dossiers."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"investigations/{investigation}")
    lines = [f"{found['title'] or '(sealed)'}  {found['opened']}", *found["dossiers"]]
    tell(found, "\n".join(lines), as_json=as_json)
