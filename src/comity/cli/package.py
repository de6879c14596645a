"""``comity package``: take evidence in, seal it, hand it out, hand it over; at the desk of a node.

What comes out is checked here, number by number, against the seal, before it gets its name.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from comity.base.errors import OutOfReach
from comity.cli import asking, package_transfers
from comity.cli.asking import Dossier, Yes, read_files, read_pairs, require_name, require_sure, said
from comity.cli.client import (
    AsJson,
    DeskUrl,
    Door,
    Role,
    TokenFile,
    open_desk,
    send_file,
)
from comity.cli.progress import show_progress
from comity.cli.receiving import fetch_folder
from comity.cli.telling import tell

app = typer.Typer(
    no_args_is_help=True,
    help="Take evidence in, seal it, hand it out, at the desk of a node.",
)
app.add_typer(package_transfers.app, name="transfer", help="Packages on their way.")

Package = Annotated[str, typer.Argument(help="The package: pkg_….", callback=require_name)]
Out = Annotated[Path, typer.Option(help="The new folder.")]
Lines = Annotated[bool, typer.Option("--progress", help="Tell how far it is, line by line.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until a worker has done it.")]
_PAUSE: Final = 0.5


class JobStopped(OutOfReach):
    """The work was stopped, and a person must look."""

    code = "cli/job-stopped"
    remedy = "See: comity desk job JOB; its trouble names what is wrong."


@app.command(name="take-in")
def take_in(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    places: Annotated[list[Path], typer.Argument(help="Files or folders that you bring.")],
    *,
    origin: Annotated[str, typer.Option(help="Where it comes from.")] = "",
    collector: Annotated[str, typer.Option(help="Who collected it: a unit, not a name.")] = "",
    tool: Annotated[str, typer.Option(help="With which tool.")] = "",
    basis: Annotated[str, typer.Option(help="On which basis.")] = "",
    wait: Wait = True,
    progress: Lines = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Send files to the node in pieces, and let it take them in as evidence."""
    files = list(_walk(places))
    total = sum(path.stat().st_size for path, _ in files)
    with open_desk(desk, token_file, role) as door:
        with show_progress("sending", total, lines=progress) as watch:
            uploads = [send_file(door, dossier, path, name, watch) for path, name in files]
        provenance = {"origin": origin, "collector": collector, "tool": tool, "basis": basis}
        body = {"uploads": uploads, "provenance": provenance}
        found = door.post(f"dossiers/{dossier}/intakes", body)
        told = {**found, "uploads": uploads, "bytes": total}
        _finish(door, told, wait=wait, lines=progress)
    tell(told, f"Taken in by {found['job']}: {len(files)} files, {total} bytes.", as_json=as_json)


@app.command()
def seal(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    intake: Annotated[
        str, typer.Argument(help="The taking-in, named by its job: job_….", callback=require_name)
    ],
    *,
    wait: Wait = True,
    progress: Lines = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Seal what was taken in: it becomes a package under the authority's signature."""
    with open_desk(desk, token_file, role) as door:
        told = dict(door.post(f"dossiers/{dossier}/seals", {"intake": intake}))
        _finish(door, told, wait=wait, lines=progress)
        if wait:
            packages = door.get(f"dossiers/{dossier}")["packages"]
            told["package"] = next(
                (one["package"] for one in packages if one["job"] == told["job"]), None
            )
    tell(told, f"Sealed: {told.get('package') or told['job']}", as_json=as_json)


@app.command()
def export(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    out: Out,
    *,
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    yes: Yes = False,
    progress: Lines = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Hand a whole package out, plain, into a new folder; an act says who did, and why."""
    require_sure(f"Open {package}? It is recorded.", yes=yes)
    body = {"terms": read_pairs(term), "content": said(says, reasons, None)}
    with open_desk(desk, token_file, role) as door:
        told = fetch_folder(door, f"packages/{package}/export", body, out, lines=progress)
    tell(told, f"{package} lies in {out}; act {told['act']}.", as_json=as_json)


@app.command()
def disclose(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    out: Out,
    *,
    serial: Annotated[list[int], typer.Option("--object", min=1, help="Show this object.")],
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    yes: Yes = False,
    progress: Lines = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Hand out a part that shows some objects and tells nothing of the others."""
    require_sure(f"Disclose {len(serial)} objects of {package}? It is recorded.", yes=yes)
    body = {
        "serials": serial,
        "terms": read_pairs(term),
        "content": said(says, reasons, None),
    }
    with open_desk(desk, token_file, role) as door:
        told = fetch_folder(door, f"packages/{package}/disclosures", body, out, lines=progress)
    tell(told, f"The part lies in {out}; act {told['act']}.", as_json=as_json)


@app.command(name="hand-over")
def hand_over(  # noqa: PLR0913 # each is an option that a person may give
    package: Package,
    *,
    first: Annotated[list[int] | None, typer.Option(help="This object is to arrive first.")] = None,
    says: asking.Says = "",
    term: asking.Terms = None,
    document: asking.Documents = None,
    yes: Yes = False,
    wait: Wait = True,
    progress: Lines = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Hand a package over to the other side, encrypted to it, with its conditions on use."""
    require_sure(f"Hand {package} over to the other State?", yes=yes)
    body = {
        "first": first or [],
        "terms": read_pairs(term),
        "content": said(says, "", None),
        "documents": read_files(document),
    }
    with open_desk(desk, token_file, role) as door:
        told = dict(door.post(f"packages/{package}/handovers", body))
        _finish(door, told, wait=wait, lines=progress)
    tell(told, f"Handed over by {told['job']}.", as_json=as_json)


@app.command()
def confirm(  # noqa: PLR0913 # each is an option that a person may give
    transfer: Annotated[str, typer.Argument(help="What came: xfr_….", callback=require_name)],
    *,
    says: asking.Says = "",
    term: asking.Terms = None,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="We keep to the conditions that came with it.")
    ] = False,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Tell the sender what came of a package: the result of the verification, the conditions."""
    with open_desk(desk, token_file, role) as door:
        shown = door.get(f"transfers/{transfer}")
        result = shown["verification"] or "not verified yet"
        require_sure(f"{result}; conditions: {shown['conditions'] or 'none'}. Confirm?", yes=yes)
        terms = {**read_pairs(term), **({"conditions": "acknowledged"} if acknowledge else {})}
        body = {"terms": terms, "content": said(says, "", None)}
        found = door.post(f"transfers/{transfer}/confirmation", body)
    tell(found, f"Confirmed: {result}.", as_json=as_json)


def _walk(places: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield regular files with the names they are to bear; links are not followed."""
    for place in places:
        if place.is_dir() and not place.is_symlink():
            for found in sorted(place.rglob("*")):
                if found.is_file() and not found.is_symlink():
                    yield found, str(found.relative_to(place.parent))
        elif place.is_file():
            yield place, place.name
        else:
            detail = "There is no such file or folder."
            raise OutOfReach(detail, where=str(place))


def _finish(door: Door, told: dict[str, Any], *, wait: bool, lines: bool) -> None:
    """Wait until a worker has done the job; raise ``JobStopped``."""
    if not wait:
        return
    job = told["job"]
    begun = door.get(f"jobs/{job}")
    with show_progress("working", begun["total"], lines=lines) as watch:
        before = 0
        while True:
            found = door.get(f"jobs/{job}")
            done = found["done"] or 0
            watch(max(done - before, 0))
            before = max(done, before)
            if found["state"] != "waiting":
                break
            time.sleep(_PAUSE)
    told["state"] = found["state"]
    if found["state"] != "done":
        raise JobStopped(found["trouble"], where=job)
