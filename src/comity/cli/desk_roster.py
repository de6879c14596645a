"""``comity desk roster``: who is on duty when, and in which order they are told."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, open_desk
from comity.cli.telling import tell

app = typer.Typer(no_args_is_help=True, help="Who is on duty when.")

Place = Annotated[int, typer.Argument(min=0, help="0 is told first, then 1, …")]


@app.command()
def show(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say who is on duty when."""
    with open_desk(desk, token_file) as door:
        _tell(door.get("roster"), as_json=as_json)


@app.command(name="set")
def put(  # noqa: PLR0913 # each is an option that a person may give
    place: Place,
    actor: Annotated[str, typer.Argument(help="Who is on duty there, by the opaque name.")],
    *,
    begins: Annotated[str, typer.Option(help="From when, as 2026-11-21T08:00:00Z.")] = "",
    ends: Annotated[str, typer.Option(help="Until when.")] = "",
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Put somebody on a place, whoever was there before."""
    row = {"place": place, "actor": actor, "begins": begins or None, "ends": ends or None}
    with open_desk(desk, token_file, role) as door:
        others = [one for one in door.get("roster")["items"] if one["place"] != place]
        _tell(door.put("roster", {"items": [*others, row]}), as_json=as_json)


@app.command()
def clear(
    place: Place,
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take whoever is there off a place."""
    with open_desk(desk, token_file, role) as door:
        others = [one for one in door.get("roster")["items"] if one["place"] != place]
        _tell(door.put("roster", {"items": others}), as_json=as_json)


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    lines = [
        f"{one['place']:>3}  {one['actor']}  {one['begins'] or 'always'} – {one['ends'] or ''}"
        for one in sorted(found["items"], key=_by_place)
    ]
    tell(found, "\n".join(lines) or "Nobody is on duty: nobody is told.", as_json=as_json)


def _by_place(one: dict[str, Any]) -> int:
    return int(one["place"])
