"""``comity evidence``: seal, verify, list, open and disclose, without a node.

``verify`` exits 0 passed, 1 failed, 3 indeterminate, 2 asked wrongly. ``open`` does so too,
and restores nothing of a package that failed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from comity.base import Verdict
from comity.cli.keychain import (
    NOT_STATED,
    card_path,
    find_sealer,
    make_identity,
    make_key,
    read_identities,
    read_names,
    read_trust,
)
from comity.cli.progress import count_bytes, show_progress
from comity.cli.sealing import (
    Wish,
    guard_partial,
    new_sink,
    own_tool,
    printable,
    require_operands,
    seal_places,
)
from comity.evidence import (
    MEANING,
    Choice,
    Examined,
    FolderSink,
    Provenance,
    check_package,
    choose_serials,
    disclose_part,
    open_package,
    open_source,
    read_records,
)

app = typer.Typer(no_args_is_help=True, help="Seal, verify, list, open and disclose evidence.")

_EXITS: Final = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 3}

_NOT_TAKEN: Final = 1

Out = Annotated[Path, typer.Option("--out", help="A new folder; nothing is written over.")]
Package = Annotated[Path, typer.Argument(help="The folder of the package, plain or encrypted.")]
NewFile = Annotated[Path, typer.Argument(help="A new file; nothing is written over.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Lines = Annotated[bool, typer.Option("--progress", help="Tell progress line by line.")]
Phrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line locks the key file.")
]
Identities = Annotated[
    list[Path] | None, typer.Option("--identity", help="A file with an age identity.")
]
Trusted = Annotated[list[Path] | None, typer.Option("--trust", help="The card of a sealer (.pub).")]
Receivers = Annotated[
    list[str] | None, typer.Option("--to", help="Encrypt to this age receiver, or a file of them.")
]


@app.command()
def seal(  # noqa: PLR0913 # each is an option that a person may give
    paths: Annotated[list[str], typer.Argument(help="Files, folders, devices, or - for input.")],
    out: Out,
    *,
    key: Annotated[Path | None, typer.Option(help="The key file to seal with.")] = None,
    passphrase_file: Phrase = None,
    authority: Annotated[str, typer.Option(help="The authority that seals.")] = "",
    origin: Annotated[str, typer.Option(help="Where the evidence comes from.")] = "",
    collector: Annotated[str, typer.Option(help="Who collected it.")] = "",
    basis: Annotated[str, typer.Option(help="The legal basis.")] = "",
    tool: Annotated[str, typer.Option(help="What it was collected with.")] = "",
    exercise: Annotated[bool, typer.Option("--exercise", help="Mark it as an exercise.")] = False,
    to: Receivers = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on links and on anything irregular.")
    ] = False,
    as_json: AsJson = False,
    progress: Lines = False,
) -> None:
    """Seal everything found at PATH… as one package in a new folder."""
    require_operands(paths, out)
    found = find_sealer(key, passphrase_file, authority)
    wish = Wish(
        paths=paths,
        out=out,
        receivers=to or (),
        provenance=Provenance(
            origin=origin,
            collector=collector,
            basis=basis,
            tool=tool or own_tool(),
            authority=found.sealer.authority,
        ),
        exercise=exercise,
        strict=strict,
        progress=progress,
    )
    told, lines = seal_places(wish, found)
    _tell(told, lines, as_json=as_json)
    raise typer.Exit(_NOT_TAKEN if told["not_taken"] else 0)


@app.command()
def verify(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    *,
    trust: Trusted = None,
    identity: Identities = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
    progress: Lines = False,
) -> None:
    """Make every numbered check of a package, or of a part of one."""
    trusted = read_trust(trust or ())
    opened = open_source(package, read_identities(identity or (), passphrase_file))
    with closing(opened) as source:
        total = count_bytes(source, lines=progress)
        with show_progress("verifying", total, lines=progress) as watch:
            examined = check_package(source, trusted, watch)
    _tell(_examined_data(examined), _examined_lines(examined), as_json=as_json)
    raise typer.Exit(_EXITS[examined.report.verdict])


@app.command(name="open")
def open_(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    out: Out,
    *,
    trust: Trusted = None,
    identity: Identities = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
    progress: Lines = False,
) -> None:
    """Verify a package, then restore its objects under their own names in a new folder."""
    trusted = read_trust(trust or ())
    identities = read_identities(identity or (), passphrase_file)
    with closing(open_source(package, identities)) as source:
        total = count_bytes(source, lines=progress)
        with show_progress("verifying", total, lines=progress) as watch:
            examined = check_package(source, trusted, watch)
        told, lines = _examined_data(examined), _examined_lines(examined)
        if examined.contents is not None:
            with guard_partial(out), show_progress("opening", total, lines=progress) as watch:
                sink = FolderSink(out)
                opened = open_package(source, examined.contents, sink, watch)
                sink.finish()
            told |= {"named": opened.named, "numbered": opened.numbered, "absent": opened.absent}
            lines.append(
                f"Opened in {out}: {opened.named} under their names, {opened.numbered} by "
                f"serial, {opened.absent} not restored; index.jsonl tells of each."
            )
    _tell(told, lines, as_json=as_json)
    raise typer.Exit(_EXITS[examined.report.verdict])


@app.command()
def disclose(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    out: Out,
    *,
    objects: Annotated[list[int] | None, typer.Option("--object", help="A serial.")] = None,
    names: Annotated[list[str] | None, typer.Option("--name", help="A pattern of names.")] = None,
    from_file: Annotated[
        Path | None, typer.Option(help="A file with the exact names, one to a line.")
    ] = None,
    to: Receivers = None,
    identity: Identities = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
    progress: Lines = False,
) -> None:
    """Make a part that shows the chosen objects, and tells nothing of the others."""
    exact = read_names(from_file) if from_file else []
    choice = Choice(serials=objects or (), patterns=names or (), names=exact)
    identities = read_identities(identity or (), passphrase_file)
    with closing(open_source(package, identities)) as source:
        serials = choose_serials(source, choice)
        total = count_bytes(source, serials, lines=progress)
        with guard_partial(out), show_progress("disclosing", total, lines=progress) as watch:
            sink = new_sink(out, to or ())
            disclosed = disclose_part(source, serials, sink, watch)
            sink.finish()
    told = {
        "package": str(disclosed.statement.package),
        "out": str(out),
        "shown": disclosed.shown,
        "withheld": disclosed.withheld,
    }
    line = f"Objects shown: {disclosed.shown}; withheld: {disclosed.withheld}. The part is {out}"
    _tell(told, [line], as_json=as_json)


@app.command(name="list")
def list_(
    package: Package,
    *,
    identity: Identities = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """List the objects of a package: serial, size, kind, name. Nothing is verified."""
    identities = read_identities(identity or (), passphrase_file)
    with closing(open_source(package, identities)) as source:
        for serial, record in read_records(source):
            name = printable(record.path)
            kind = record.kind.value
            told = {"serial": serial, "size": record.size, "kind": kind, "name": name}
            _tell(told, [f"{serial:06d} {record.size:>14} {kind:<16} {name}"], as_json=as_json)


@app.command()
def key(
    place: NewFile,
    *,
    name: Annotated[str, typer.Option(help="What the key is called.")] = "sealing key",
    authority: Annotated[str, typer.Option(help="The authority it seals for.")] = NOT_STATED,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Make a sealing key, and beside it the card (.pub) that others trust it by."""
    card = make_key(place, name, authority, passphrase_file)
    told = {"key": str(card.key.key_id), "key_file": str(place), "card": str(card_path(place))}
    _tell(told, [f"Made {place} and {card_path(place)}: {card.key.key_id}"], as_json=as_json)


@app.command()
def identity(place: NewFile, *, passphrase_file: Phrase = None, as_json: AsJson = False) -> None:
    """Make an age identity, and beside it the receiver (.pub) that others encrypt to."""
    receiver = make_identity(place, passphrase_file)
    told = {"identity_file": str(place), "receiver": receiver}
    _tell(told, [f"Made {place} and {card_path(place)}", receiver], as_json=as_json)


def _examined_data(examined: Examined) -> dict[str, Any]:
    data: dict[str, Any] = {
        "verdict": examined.report.verdict.value,
        "meaning": MEANING,
        "checks": [finding.as_data() for finding in examined.report.findings],
    }
    if examined.contents is not None:
        stated = examined.contents.statement
        data |= {
            "package": str(stated.package),
            "form": examined.contents.layout.form.value,
            "objects": examined.contents.layout.count,
            "withheld": examined.contents.withheld,
            "irregular": examined.contents.irregular,
            "sealed_at": str(stated.sealed_at),
            "exercise": stated.exercise,
        }
    return data


def _examined_lines(examined: Examined) -> list[str]:
    lines = [
        f"{found.check:>2} {found.name:<16} {found.verdict.value:<14} {found.says}"
        for found in examined.report.findings
    ]
    return [*lines, f"The whole: {examined.report.verdict.value}. {MEANING}"]


def _tell(told: dict[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines))
