"""``comity node findings|letters``: what a person must look at, and what is on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.app.compose import open_node
from comity.base import Digest, Ident
from comity.base.errors import AskedWrongly
from comity.cli.roster import By, officer
from comity.cli.telling import tell
from comity.service.findings import list_findings, mark_seen
from comity.service.letters import list_letters, send_again, stop_letter
from comity.service.resending import resend_dossier
from comity.service.rows import FindingRow, LetterRow

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
_DONE = "done"


class OneLetter(AskedWrongly):
    """A letter is sent again, or stopped, or a dossier sent once more: one at a time."""

    code = "cli/one-letter"


@app.command("findings")
def findings(
    folder: Folder,
    *,
    seen: Annotated[str, typer.Option("--seen", help="Say that this one was looked at.")] = "",
    by: By = "",
    everything: Annotated[bool, typer.Option("--all", help="Those seen too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what was refused or is odd, and waits for a person to look."""
    node = open_node(folder)
    if seen:
        mark_seen(node, officer(node, by), Ident(seen))
    found = [row for row in list_findings(node) if everything or row.seen_at is None]
    lines = [f"{row.ident} {row.at} {row.kind} ({row.source}): {row.says}" for row in found]
    told = {"items": [_finding_data(row) for row in found]}
    tell(told, "\n".join(lines) or "Nothing waits to be looked at.", as_json=as_json)


@app.command("letters")
def letters(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    *,
    again: Annotated[str, typer.Option("--again", help="Let this one be sent again.")] = "",
    stop: Annotated[str, typer.Option("--stop", help="Send this one no more.")] = "",
    resend: Annotated[
        str, typer.Option(help="A dossier, all of which the other side lost: send it once more.")
    ] = "",
    by: By = "",
    everything: Annotated[bool, typer.Option("--all", help="Those delivered too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is on its way to other nodes, and what stands still."""
    node = open_node(folder)
    if sum(map(bool, (again, stop, resend))) > 1:
        raise OneLetter
    if again:
        send_again(node, officer(node, by), Digest.parse(again))
    if stop:
        stop_letter(node, officer(node, by), Digest.parse(stop))
    if resend:
        resend_dossier(node, officer(node, by), Ident(resend))
    found = [row for row in list_letters(node) if everything or row.state != _DONE]
    lines = [
        f"{row.message} {row.state:<7} {row.kind} to {row.receiver_state} "
        f"{row.receiver_authority}, {row.priority}, made {row.made}, tried {row.attempts} times"
        f"{f' ({row.trouble})' if row.trouble else ''}"
        for row in found
    ]
    told = {"items": [_letter_data(row) for row in found]}
    tell(told, "\n".join(lines) or "Nothing is on its way.", as_json=as_json)


def _finding_data(row: FindingRow) -> dict[str, object]:
    return {
        "finding": str(row.ident),
        "kind": row.kind,
        "at": str(row.at),
        "source": row.source,
        "says": row.says,
        "seen_by": row.seen_by,
        "seen_at": str(row.seen_at) if row.seen_at else None,
    }


def _letter_data(row: LetterRow) -> dict[str, object]:
    return {
        "message": str(row.message),
        "kind": row.kind,
        "state": row.state,
        "receiver": f"{row.receiver_state} {row.receiver_authority}",
        "priority": row.priority,
        "made": str(row.made),
        "due": str(row.due),
        "attempts": row.attempts,
        "trouble": row.trouble,
    }
