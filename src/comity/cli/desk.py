"""``comity desk``: what waits at the desk of a node: findings, notices, work, the directory."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from comity.cli import desk_letters, desk_roster
from comity.cli.asking import require_name
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, open_desk
from comity.cli.telling import tell

app = typer.Typer(no_args_is_help=True, help="What waits at the desk of a node.")
app.add_typer(desk_letters.app, name="letter", help="Acts on their way to other nodes.")
app.add_typer(desk_roster.app, name="roster", help="Who is on duty when.")

_EXITS: Final = {"passed": 0, "failed": 1, "indeterminate": 3}


@app.command()
def findings(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that were seen, too.")] = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List what was refused or is odd, and nobody has looked at yet."""
    with open_desk(desk, token_file) as door:
        items = list(door.each("findings", seen="" if all_ else False))
    lines = [f"{one['finding']}  {one['at']}  {one['source']}  {one['says']}" for one in items]
    tell({"items": items}, "\n".join(lines) or "None.", as_json=as_json)


@app.command()
def see(  # each is an option that a person may give
    finding: Annotated[str, typer.Argument(help="The finding: fin_….", callback=require_name)],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Say that you have looked at a finding."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"findings/{finding}/seen")
    tell(found, f"Seen by {found['seen_by']} at {found['seen_at']}.", as_json=as_json)


@app.command()
def notices(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """List what the people on duty are told and nobody sees to yet."""
    with open_desk(desk, token_file) as door:
        items = list(door.each("notices", state="waiting"))
    lines = [
        f"{one['notice']}  {one['priority']}  {one['kind']}  {one['dossier'] or ''}"
        for one in items
    ]
    tell({"items": items}, "\n".join(lines) or "None.", as_json=as_json)


@app.command(name="see-to")
def see_to(
    notice: Annotated[str, typer.Argument(help="The notice: ntc_….", callback=require_name)],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Say that you see to it, so that nobody else is told."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"notices/{notice}/acknowledgement")
    tell(found, f"{found['acknowledged_by']} sees to it.", as_json=as_json)


@app.command()
def job(
    name: Annotated[str, typer.Argument(help="The job: job_….", callback=require_name)],
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Let a stopped one be tried again.")
    ] = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Say how far a job is."""
    with open_desk(desk, token_file) as door:
        found = door.post(f"jobs/{name}/again") if again else door.get(f"jobs/{name}")
    text = f"{found['kind']} {found['state']}, {found['done']} of {found['total'] or '?'} bytes"
    tell(found, f"{text} {found['trouble']}".rstrip(), as_json=as_json)


@app.command()
def directory(
    *,
    state: Annotated[str, typer.Option(help="Only this State's.")] = "",
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask for what is new first.")] = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List the authorities that the node knows, with their numbers for calling back."""
    with open_desk(desk, token_file) as door:
        if refresh:
            door.post("directory/refresh")
        items = list(door.each("directory", state=state))
    tell({"items": items}, "\n".join(map(_card, items)) or "None.", as_json=as_json)


@app.command(name="test")
def try_peer(
    state: Annotated[str, typer.Argument(help="The other State: XB.")],
    authority: Annotated[str, typer.Argument(help="Its authority, as it signs.")],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Try the way to another node: its card, its door, our signature. Nothing is recorded."""
    with open_desk(desk, token_file) as door:
        _report(
            door.post(f"peers/{quote(state, safe='')}/{quote(authority, safe='')}/test"),
            as_json=as_json,
        )


@app.command()
def check(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say whether all that the node stores is consistent."""
    with open_desk(desk, token_file) as door:
        _report(door.get("check"), as_json=as_json)


def _report(found: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"{one['check']:>2}. {one['verdict']:<13} {one['says']}" for one in found["checks"]]
    tell(found, "\n".join([*lines, found["verdict"]]), as_json=as_json)
    raise typer.Exit(_EXITS.get(found["verdict"], 1))


def _card(one: dict[str, Any]) -> str:
    stale = f"  STALE since {one['stale_since']}" if one["stale_since"] else ""
    gone = "" if one["is_listed"] else "  listed no more"
    numbers = ", ".join(one["call_back"])
    return f"{one['state']}  {one['authority']}  {one['kind']}  {numbers}{stale}{gone}"
