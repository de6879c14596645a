"""``comity law``: ask the law book, check it, render it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from comity.law import LawFault, examine_book

app = typer.Typer(no_args_is_help=True, help="Ask the law book, check it, render it.")
_FAILED = 1

Json = Annotated[bool, typer.Option("--json", help="Print data for machines.")]
Root = Annotated[
    Path | None,
    typer.Option(help="A folder of law files, instead of those that Comity carries."),
]


@app.callback()
def _law() -> None:
    """Ask the law book, check it, render it."""


@app.command()
def check(root: Root = None, json_out: Json = False) -> None:  # noqa: FBT002 - a flag of the command line
    """Check every law file; say all that is wrong, with file, line and what was expected."""
    book, faults = examine_book(root)
    if json_out:
        typer.echo(
            json.dumps(_as_data(str(book.digest) if book else None, faults), ensure_ascii=False)
        )
    elif book is None:
        for fault in faults:
            typer.echo(str(fault))
        typer.echo(f"{len(faults)} faults.")
    else:
        typer.echo(
            f"The law book {book.version} holds: {len(book.processes)} processes, "
            f"{len(book.forms)} forms, {len(book.clocks)} clocks. {book.digest}"
        )
    if book is None:
        raise typer.Exit(_FAILED)


def _as_data(digest: str | None, faults: tuple[LawFault, ...]) -> dict[str, object]:
    return {"digest": digest, "faults": [fault.as_data() for fault in faults]}


if __name__ == "__main__":
    app()
