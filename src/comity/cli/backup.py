"""``comity node backup|restore``: a copy of a running node, and a node from a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from comity.app.backup import back_up
from comity.app.restore import Verified, restore_node, verify_backup
from comity.base import Report, Verdict
from comity.base.errors import AskedWrongly
from comity.cli.keychain import read_identities, read_passphrase, read_recipients
from comity.cli.progress import show_progress
from comity.cli.telling import tell
from comity.seal.age import Unwraps, Wraps
from comity.seal.keyfiles import read_public

app = typer.Typer()

Earlier = Annotated[
    list[Path] | None, typer.Option("--earlier", help="An earlier backup that holds blobs.")
]
Words = Annotated[
    Path | None, typer.Option("--passphrase-file", help="The passphrase is its first line.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Lines = Annotated[bool, typer.Option("--progress", help="Tell every few seconds how far it is.")]
_EXITS: Final = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 3}


class NoReceiver(AskedWrongly):
    """A backup is encrypted, always: to receivers, or under a passphrase, and not under both."""

    code = "cli/no-receiver"
    remedy = "Say --to RECIPIENT or --passphrase-file FILE."


class NoOpener(AskedWrongly):
    """A backup opens with an identity, or with a passphrase."""

    code = "cli/no-opener"
    remedy = "Say --identity FILE or --passphrase-file FILE."


@app.command("backup")
def backup(  # noqa: PLR0913 # each is an option that a person may give
    folder: Annotated[Path, typer.Argument(help="The node's folder.")],
    out: Annotated[Path, typer.Argument(help="The new folder of the backup.")],
    *,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Who can open it: age1…, or a file of such.")
    ] = None,
    passphrase_file: Words = None,
    earlier: Earlier = None,
    progress: Lines = False,
    as_json: AsJson = False,
) -> None:
    """Copy a node while it runs: database, blobs, keys, settings."""
    receivers = _receivers(to, passphrase_file)
    with show_progress("backup", None, lines=progress) as watch:
        done = back_up(folder, out, receivers, earlier=earlier or (), watch=watch)
    made = done.manifest
    told = {
        "backup": str(out),
        "digest": str(done.digest),
        "made": str(made.made),
        "rows": sum(made.rows.values()),
        "blobs": made.blobs_count,
        "bytes": made.blobs_size,
        "copied": done.copied,
        "left_out": list(done.left_out),
    }
    text = (
        f"{out} is a backup of {made.made}: {told['rows']} rows, {made.blobs_count} blobs, "
        f"of which {done.copied} lie in it. Its manifest is {done.digest}."
    )
    if done.left_out:
        text += f"\nNot the node's own, and left out: {', '.join(done.left_out)}."
    tell(told, text, as_json=as_json)


@app.command("restore")
def restore(  # noqa: PLR0913 # each is an option that a person may give
    backup: Annotated[Path, typer.Argument(help="The folder of the backup.")],
    folder: Annotated[
        Path | None, typer.Argument(help="The new folder of the node; none: verify only.")
    ] = None,
    *,
    identity: Annotated[
        list[Path] | None, typer.Option("--identity", help="A key file that opens it.")
    ] = None,
    passphrase_file: Words = None,
    earlier: Earlier = None,
    database: Annotated[
        str, typer.Option(help="An empty database, postgres://user@host:port/name.")
    ] = "",
    card: Annotated[
        Path | None, typer.Option(help="The authority's card, kept elsewhere: it must be theirs.")
    ] = None,
    progress: Lines = False,
    as_json: AsJson = False,
) -> None:
    """Verify a backup whole; then make a node from it, whole or not at all, and check it."""
    with show_progress("verify", None, lines=progress) as watch:
        found = verify_backup(
            backup,
            _openers(identity, passphrase_file),
            earlier=earlier or (),
            card=read_public(card) if card else None,
            watch=watch,
        )
    if folder is None:
        tell(_data(found), f"{_line(found)} It is whole.", as_json=as_json)
        return
    with show_progress("restore", None, lines=progress) as watch:
        done = restore_node(found, folder, database=database, watch=watch)
    told = {**_data(found), "node": str(folder), "verdict": done.report.verdict.value}
    text = (
        f"{_line(found)} It was restored to {folder}.\n{_faults(done.report)}"
        "Nothing goes out to other nodes until a person has looked: comity node findings."
    )
    tell(told, text, as_json=as_json)
    raise typer.Exit(_EXITS[done.report.verdict])


def _receivers(to: list[str] | None, words: Path | None) -> list[Wraps]:
    phrase = read_passphrase(words)
    if bool(to) is (phrase is not None):
        raise NoReceiver
    return [phrase] if phrase is not None else read_recipients(to or [])


def _openers(identity: list[Path] | None, words: Path | None) -> list[Unwraps]:
    if identity:
        return read_identities(identity, words)
    phrase = read_passphrase(words)
    if phrase is None:
        raise NoOpener
    return [phrase]


def _data(found: Verified) -> dict[str, object]:
    made = found.manifest
    return {
        "state": made.state,
        "authority": made.authority,
        "made": str(made.made),
        "key": str(found.card.key.key_id),
        "digest": str(found.digest),
        "rows": sum(made.rows.values()),
        "blobs": made.blobs_count,
    }


def _line(found: Verified) -> str:
    made = found.manifest
    return (
        f"A backup of {made.authority} ({made.state}), made {made.made}, "
        f"signed with {found.card.key.key_id}."
    )


def _faults(report: Report) -> str:
    bad = [one for one in report.findings if one.verdict is not Verdict.PASSED]
    lines = "".join(f"{one.check:>2} {one.name}: {one.says}\n" for one in bad)
    return f"{lines}The check of the whole: {report.verdict.value}.\n"
