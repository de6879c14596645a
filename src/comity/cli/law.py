"""``comity law``: ask the law book, check it, render it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from comity.base.canonical import Json
from comity.base.errors import AskedWrongly, ComityError, OutOfReach
from comity.domain.conditions import PREDICATES
from comity.law import Book, LawFault, Provision, examine_book, load_book
from comity.law.asking import Entry, as_data, ask_name, ask_provision, read_question
from comity.law.rendering import render_book
from comity.law.rendering.telling import tell_book, tell_clause, tell_entry


class NoBook(AskedWrongly):
    """There is no folder of law files there."""

    code = "law/no-book"
    remedy = "Give the folder that holds book.yaml, or leave --root out for the book of Comity."


class NotWritten(OutOfReach):
    """The pages could not be written."""

    code = "law/not-written"
    remedy = "Give with --out a folder that you may write to, on a disk with room."


app = typer.Typer(no_args_is_help=True, help="Ask the law book, check it, render it.")
_FAILED = 1

AsJson = Annotated[bool, typer.Option("--json", help="Print data for machines.")]
Question = Annotated[
    str,
    typer.Argument(
        metavar="[PROVISION|NAME]",
        help="uncc:42(3), preservation, form:preservation, clock:hold_minimum, XA …",
    ),
]
Root = Annotated[
    Path | None,
    typer.Option(help="A folder of law files, instead of those that Comity carries."),
]
Out = Annotated[Path, typer.Option(help="The folder for the pages.")]


@app.command()
def show(question: Question = "", *, root: Root = None, as_json: AsJson = False) -> None:
    """Say what the book says of a provision, process, form, ground, gate, clock, State or term."""
    book = load_book(_folder(root))
    if not question:
        typer.echo(_dump(_contents(book)) if as_json else tell_book(book))
        return
    asked = read_question(question)
    if isinstance(asked, Provision):
        entries = ask_provision(book, asked)
        clause = tell_clause(book, asked, entries)
        data: dict[str, Json] = {
            "provision": str(asked),
            "says": [as_data(one) for one in _within(book, asked)],
            "kept_by": [entry.as_data() for entry in entries],
        }
        typer.echo(_dump(data) if as_json else clause)
        return
    found = ask_name(book, asked)
    typer.echo(
        _dump({"found": [entry.as_data() for entry in found]}) if as_json else _say(book, found)
    )


@app.command()
def check(*, root: Root = None, as_json: AsJson = False) -> None:
    """Check every law file; say all that is wrong, with file, line and what was expected."""
    # a book of one's own may name needs that this version cannot decide yet
    book, faults = examine_book(_folder(root), frozenset(PREDICATES) if root is None else None)
    typer.echo(_dump(_outcome(book, faults)) if as_json else _say_outcome(book, faults))
    if book is None:
        raise typer.Exit(_FAILED)


@app.command()
def render(*, out: Out = Path("docs/law"), root: Root = None) -> None:
    """Write the pages of the law explorer."""
    pages = render_book(load_book(_folder(root)))
    try:
        for path, text in pages.items():
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        detail = f"{error.strerror}."
        raise NotWritten(detail, where=str(out)) from error
    typer.echo(f"{len(pages)} pages and pictures in {out}")


def _folder(root: Path | None) -> Path | None:
    """Return ``root``; raise ``NoBook`` if it is given and is no folder that can be looked into."""
    try:
        is_folder = root is None or root.is_dir()
    except OSError as error:
        detail = f"{error.strerror}."
        raise NoBook(detail, where=str(root)) from error
    if not is_folder:
        raise NoBook(where=str(root))
    return root


def _within(book: Book, law: Provision) -> list[object]:
    outlines = book.outlines()
    return [outline[one] for outline in outlines for one in sorted(outline) if law.contains(one)]


def _say(book: Book, entries: tuple[Entry, ...]) -> str:
    return "\n\n".join(tell_entry(book, entry) for entry in entries)


def _contents(book: Book) -> dict[str, Json]:
    return {
        "version": book.version,
        "digest": str(book.digest),
        "packs": list(book.packs),
        "processes": list(book.processes),
        "forms": list(book.forms),
        "clocks": list(book.clocks),
        "grounds": list(book.grounds),
        "gates": list(book.gates),
        "safeguards": list(book.safeguards),
        "states": list(book.states),
        "terms": list(book.glossary),
    }


def _outcome(book: Book | None, faults: tuple[LawFault, ...]) -> dict[str, Json]:
    said: list[Json] = [dict(fault.as_data()) for fault in faults]
    return {"holds": book is not None, "digest": str(book.digest) if book else None, "faults": said}


def _say_outcome(book: Book | None, faults: tuple[LawFault, ...]) -> str:
    if book is None:
        return "\n".join([*map(str, faults), f"{len(faults)} to be put right."])
    return (
        f"The law book {book.version} holds: {len(book.processes)} processes, "
        f"{len(book.forms)} forms, {len(book.clocks)} clocks. {book.digest}"
    )


def _dump(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    try:
        app(standalone_mode=False)
    except ComityError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(_FAILED) from error
