"""``comity node roster|notices``: who is on duty, and what they are being told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from comity.app.compose import open_node
from comity.base import Ident, Instant
from comity.base.errors import AskedWrongly
from comity.cli.telling import tell
from comity.service.node import Node, Officer
from comity.service.notices import acknowledge, list_notices
from comity.service.people import find_login
from comity.service.roster import clear_place, list_roster, set_place
from comity.service.rows import NoticeRow, RosterRow

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
By = Annotated[str, typer.Option("--by", help="The login of who does it.")]
_OPERATOR: Final = "operator"


class NoPlace(AskedWrongly):
    """A person is put on a place: both are named."""

    code = "cli/no-place"
    remedy = "Say --place NUMBER and --login NAME; or --clear NUMBER."


@app.command("roster")
def roster(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    *,
    place: Annotated[int | None, typer.Option(help="0 is told first, then 1, …")] = None,
    login: Annotated[str, typer.Option(help="Who is on duty there.")] = "",
    begins: Annotated[str, typer.Option(help="From when, as 2026-11-21T08:00:00Z.")] = "",
    ends: Annotated[str, typer.Option(help="Until when.")] = "",
    clear: Annotated[int | None, typer.Option(help="Take whoever is there off this place.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who is on duty; put somebody on a place, or take them off."""
    node = open_node(folder)
    if (place is None) is not (not login) or (clear is not None and place is not None):
        raise NoPlace
    if clear is not None:
        clear_place(node, clear)
    if place is not None:
        row = RosterRow(
            place=place,
            actor=find_login(node, login).actor,
            begins=Instant.parse(begins) if begins else None,
            ends=Instant.parse(ends) if ends else None,
        )
        set_place(node, row)
    found = list_roster(node)
    told = {"items": [_place_data(row) for row in found]}
    lines = [f"{row.place:>3} {row.actor} {_bounds(row)}".rstrip() for row in found]
    tell(told, "\n".join(lines) or "Nobody is on duty: nobody is told.", as_json=as_json)


@app.command("notices")
def notices(
    folder: Folder,
    *,
    acknowledged: Annotated[
        str, typer.Option("--acknowledge", help="Say that somebody sees to this one.")
    ] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say what waits for somebody on duty, and how many were told."""
    node = open_node(folder)
    if acknowledged:
        acknowledge(node, officer(node, by), Ident(acknowledged))
    found = list_notices(node)
    told = {"items": [_notice_data(row) for row in found]}
    waiting = [row for row in found if row.state == "waiting"]
    lines = [
        f"{row.ident} {row.priority:<9} {row.kind} since {row.made}, told {row.step} times"
        f"{f' ({row.trouble})' if row.trouble else ''}"
        for row in waiting
    ]
    tell(told, "\n".join(lines) or "Nothing waits.", as_json=as_json)


def officer(node: Node, login: str) -> Officer:
    """Return who acts at the machine itself: the person named, else whoever operates it."""
    actor = find_login(node, login).actor if login else _OPERATOR
    return Officer(actor=actor, role=_OPERATOR)


def _bounds(row: RosterRow) -> str:
    begins = f"from {row.begins} " if row.begins else ""
    return f"{begins}{f'until {row.ends}' if row.ends else ''}"


def _place_data(row: RosterRow) -> dict[str, object]:
    return {
        "place": row.place,
        "actor": row.actor,
        "begins": str(row.begins) if row.begins else None,
        "ends": str(row.ends) if row.ends else None,
    }


def _notice_data(row: NoticeRow) -> dict[str, object]:
    return {
        "notice": str(row.ident),
        "kind": row.kind,
        "priority": row.priority,
        "dossier": str(row.dossier) if row.dossier else None,
        "made": str(row.made),
        "told": row.step,
        "state": row.state,
        "acknowledged_by": row.acknowledged_by,
        "trouble": row.trouble,
    }
