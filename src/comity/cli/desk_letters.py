"""``comity desk letter``: acts of ours on their way to other nodes."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.asking import Yes, require_name, require_sure
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, open_desk
from comity.cli.telling import tell

app = typer.Typer(no_args_is_help=True, help="Acts on their way to other nodes.")

Letter = Annotated[
    str, typer.Argument(help="The letter: sha256: and 64 digits.", callback=require_name)
]


@app.command(name="list")
def list_all(
    *,
    dossier: Annotated[str, typer.Option(help="Only of this dossier.")] = "",
    state: Annotated[str, typer.Option(help="Only those that stand so: waiting, …")] = "",
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List what is on its way, or went, the latest first."""
    with open_desk(desk, token_file) as door:
        items = list(door.each("letters", dossier=dossier, state=state))
    lines = [
        f"{one['message']}  {one['state']}  to {one['receiver']} {one['authority']}, "
        f"{one['priority']}, made {one['made']}, tried {one['attempts']} times"
        f"{'  ' + one['trouble'] if one['trouble'] else ''}"
        for one in items
    ]
    tell({"items": items}, "\n".join(lines) or "None.", as_json=as_json)


@app.command()
def stop(  # noqa: PLR0913 # each is an option that a person may give
    letter: Letter,
    *,
    reasons: Annotated[str, typer.Option(help="Why.")],
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Let a letter be tried no more; an act says who stopped it and why."""
    require_sure(f"Stop {letter}?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"letters/{letter}/stop", {"reasons": reasons})
    tell(found, f"{found['message']} is {found['state']}.", as_json=as_json)


@app.command()
def again(
    letter: Letter,
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Send a letter again now; of one that was stopped or refused a new one is made."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"letters/{letter}/again")
    tell(found, f"{found['message']} is {found['state']}.", as_json=as_json)
