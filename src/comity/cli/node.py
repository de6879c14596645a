"""``comity node``: make a State's node, see what it is, and run its work."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.app.compose import card_path, init_node, migrate_node, open_node
from comity.app.settings import KINDS, SQLITE, Settings, read_settings
from comity.app.work import Done, run_due, work_for
from comity.base import Ident
from comity.base.verdict import Report, Verdict
from comity.cli import backup, findings, keys, roster
from comity.domain.party import StateCode
from comity.service.jobs import LEASE_SECONDS, begin_again
from comity.service.reading import list_dossiers
from comity.service.sweeping import sweep_blobs

app = typer.Typer(no_args_is_help=True, help="Make a State's node and run its work.")
for _part in (backup, keys, roster, findings):
    app.registered_commands += _part.app.registered_commands

_VERDICTS: Final = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 3}

Folder = Annotated[Path, typer.Argument(help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def init(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    *,
    state: Annotated[str, typer.Option(help="The State, in two letters of ISO 3166-1.")],
    authority: Annotated[str, typer.Option(help="The authority, as it signs.")],
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")],
    exercise: Annotated[bool, typer.Option("--exercise", help="For exercises only.")] = False,
    database: Annotated[
        str, typer.Option(help="postgres://user@host:port/name; else a file in the folder.")
    ] = SQLITE,
    peers: Annotated[str, typer.Option(help="host:port where other nodes reach it (TLS).")] = "",
    endpoint: Annotated[
        str, typer.Option(help="https://host:port as others are told; else that of --peers.")
    ] = "",
    desk: Annotated[str, typer.Option(help="host:port for its own people and programs.")] = "",
    mirror: Annotated[
        list[str] | None, typer.Option(help="Where the shared directory is fetched; repeatable.")
    ] = None,
    smtp: Annotated[str, typer.Option(help="host:port of the mail server for notices.")] = "",
    mail_from: Annotated[str, typer.Option(help="The sender of notices.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a node in a new folder: keys, certificate, tables, room for evidence."""
    settings = Settings(
        state=str(StateCode.parse(state)),
        authority=authority,
        kind=kind,
        exercise=exercise,
        database=database,
        peers=peers,
        endpoint=endpoint or (f"https://{peers}" if peers else ""),
        desk=desk,
        mirrors=tuple(mirror or ()),
        smtp=smtp,
        mail_from=mail_from,
    )
    card = init_node(folder, settings)
    told = {
        "node": str(folder),
        "state": settings.state,
        "authority": settings.authority,
        "exercise": settings.exercise,
        "key": str(card.key.key_id),
        "card": str(card_path(folder)),
        "endpoint": settings.endpoint,
        "desk": settings.desk,
    }
    _tell(
        told,
        f"{settings.authority} ({settings.state}) has a node in {folder}.\n"
        f"Its seal is the key {card.key.key_id}; others verify with {card_path(folder)}.",
        as_json=as_json,
    )


@app.command()
def show(folder: Folder, *, as_json: AsJson = False) -> None:
    """Say what the node is, and how much it holds."""
    settings = read_settings(folder)
    held = open_node(folder)
    with held.store.view() as unit:
        waiting = unit.jobs.count(state="waiting")
        stopped = unit.jobs.count(state="stopped")
        packages = unit.packages.count()
    told = {
        "state": settings.state,
        "authority": settings.authority,
        "kind": settings.kind,
        "exercise": settings.exercise,
        "key": str(held.key.public.key_id),
        "dossiers": len(list_dossiers(held)),
        "packages": packages,
        "jobs_waiting": waiting,
        "jobs_stopped": stopped,
    }
    _tell(told, "\n".join(f"{name}: {value}" for name, value in told.items()), as_json=as_json)


@app.command()
def work(
    folder: Folder,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then stop.")] = False,
    seconds: Annotated[float, typer.Option("--for", help="Work for so many seconds.")] = 0,
    lease: Annotated[
        int, typer.Option(min=1, help="Seconds after which a silent worker's job goes to another.")
    ] = LEASE_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Do the jobs that are due: taking evidence in, sealing it."""
    held = open_node(folder)
    done = (
        run_due(held, lease=lease) if once or not seconds else work_for(held, seconds, lease=lease)
    )
    failed = 0
    for job in done:
        failed += job.error is not None
        _tell(_done_data(job), _done_line(job), as_json=as_json)
    raise typer.Exit(1 if failed else 0)


@app.command()
def up(
    folder: Folder,
    *,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many workers.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Run the node: its doors and workers, kept up until Ctrl-C or SIGTERM."""
    from comity.app.preflight import require_startable  # noqa: PLC0415 - only where it is run
    from comity.app.supervisor import Supervisor, require_alone  # noqa: PLC0415 - as above

    require_alone(folder)
    settings, warnings = require_startable(folder)
    for warning in warnings:
        typer.echo(f"comity: {warning}", err=True)

    def tell(listens: dict[str, str]) -> None:
        lines = [f"{door} listens at {address}" for door, address in listens.items()]
        whose = f"{settings.authority} ({settings.state})"
        told = {"state": settings.state, "authority": settings.authority, "listens": listens}
        _tell(told, "\n".join([f"{whose} is up.", *lines]), as_json=as_json)
        sys.stdout.flush()

    Supervisor(folder, settings, workers=workers, tell=tell).run()
    _tell({"stopped": True}, "Stopped, all in order.", as_json=as_json)


@app.command()
def health(folder: Folder, *, as_json: AsJson = False) -> None:
    """Say whether the node can do its work: database, objects, workers, work, certificate."""
    from comity.app.health import examine  # noqa: PLC0415 - only where it is asked for

    present = time.time()  # noqa: TID251 - compared with the times of files
    report = examine(open_node(folder), folder, read_settings(folder), present=present)
    _tell_report(report, as_json=as_json)


@app.command("self-test")
def self_test(
    folder: Folder,
    state: Annotated[str, typer.Argument(help="The State of the other node.")],
    authority: Annotated[str, typer.Argument(help="The authority, as the directory names it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Try the way to another node and back: name, certificate, version, signatures, clocks."""
    from comity.service.trying import try_peer  # noqa: PLC0415 - only where it is asked for

    report = try_peer(open_node(folder), str(StateCode.parse(state)), authority)
    _tell_report(report, as_json=as_json)


@app.command()
def renew(folder: Folder, *, as_json: AsJson = False) -> None:
    """Make a new certificate and a new key for requests; the directory must then bring them."""
    from comity.app.wirekeys import make_wire_keys  # noqa: PLC0415 - only where it is asked for
    from comity.app.world import SystemClock  # noqa: PLC0415 - as above

    settings = read_settings(folder)
    make_wire_keys(folder, settings, SystemClock().now())
    _tell(
        {"node": str(folder), "renewed": True},
        "New keys of the wire lie in keys/. Bring the node's card into the directory again, then\n"
        "restart the node: until the others have the card they will not speak to it.",
        as_json=as_json,
    )


@app.command()
def migrate(folder: Folder, *, as_json: AsJson = False) -> None:
    """Bring the node's tables to their newest form."""
    done = migrate_node(folder)
    _tell({"done": [*done]}, "\n".join(done) or "Nothing to do.", as_json=as_json)


@app.command()
def again(
    folder: Folder,
    job: Annotated[str, typer.Argument(help="The job, as comity check names it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a job that was stopped be tried again by the next worker."""
    begin_again(open_node(folder), Ident(job))
    _tell({"job": job, "state": "waiting"}, f"{job} waits for a worker.", as_json=as_json)


@app.command()
def sweep(folder: Folder, *, as_json: AsJson = False) -> None:
    """Remove blobs and drafts that killed runs left and nothing names; touch nothing else."""
    held = open_node(folder)
    count = sweep_blobs(held)
    strays = list(held.blobs.strays())
    text = f"Removed: {count}."
    if strays:
        text += f"\nLeft alone, for they are no blobs: {', '.join(strays)}."
    _tell({"removed": count, "left": strays}, text, as_json=as_json)


def _done_data(job: Done) -> dict[str, object]:
    return {
        "job": str(job.job),
        "kind": job.kind,
        "error": job.error.as_data() if job.error else None,
    }


def _done_line(job: Done) -> str:
    return f"{job.kind} {job.job}: {job.error or 'done'}"


def _tell_report(report: Report, *, as_json: bool) -> None:
    """Print numbered checks; leave with 0 for passed, 1 for failed, 3 for undecided."""
    lines = [
        f"{one.check} {one.verdict.value:13} {one.name}: {one.says}" for one in report.findings
    ]
    told = {
        "verdict": report.verdict.value,
        "findings": [one.as_data() for one in report.findings],
    }
    _tell(told, "\n".join([*lines, report.verdict.value]), as_json=as_json)
    raise typer.Exit(_VERDICTS[report.verdict])


def _tell(told: object, text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else text)
