"""``comity node keys|rotate-key``: the keys of a node, and how one is changed for another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.app.keyring import ShownKey, begin_rotation, list_keys, use_key
from comity.app.rotating import FILES, drop_next
from comity.base.errors import AskedWrongly
from comity.cli.telling import tell

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
_SHORT = 71


class OneThing(AskedWrongly):
    """A new key is made, used or dropped: one at a time."""

    code = "cli/one-thing"


@app.command("keys")
def keys(folder: Folder, *, as_json: AsJson = False) -> None:
    """List the node's keys: those used, those that wait, those of before."""
    found = list_keys(folder)
    told = {"items": [key.as_data() for key in found]}
    tell(told, "\n".join(_line(key) for key in found), as_json=as_json)


@app.command("rotate-key")
def rotate_key(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(FILES)}.")],
    *,
    use: Annotated[bool, typer.Option("--use", help="Use the new key that waits.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the new key that waits.")] = False,
    unlisted: Annotated[
        bool, typer.Option("--unlisted", help="No directory lists this node; use it all the same.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new key beside the old one; later, once the directory lists it, use it."""
    if use and drop:
        raise OneThing
    if drop:
        drop_next(folder, kind)
        tell({"kind": kind, "dropped": True}, f"The new {kind} key is gone.", as_json=as_json)
    elif use:
        count = use_key(folder, kind, is_unlisted=unlisted)
        text = f"The new {kind} key is used. Start the node again: what runs has the old one."
        if count:
            text += f"\n{count} identities of dossiers were wrapped to it."
        tell({"kind": kind, "used": True, "rewrapped": count}, text, as_json=as_json)
    else:
        made = begin_rotation(folder, kind)
        text = (
            f"{_line(made)}\nNext: comity directory card, let the State sign and publish it, then\n"
            f"comity node rotate-key {folder} {kind} --use. Until then the old key is used."
        )
        tell(made.as_data(), text, as_json=as_json)


def _line(key: ShownKey) -> str:
    name = key.name if len(key.name) <= _SHORT else f"{key.name[: _SHORT - 1]}…"
    listed = {True: "listed", False: "not listed", None: "no directory"}[key.is_listed]
    return f"{key.kind:<8} {key.state:<7} {listed:<12} {name}"
