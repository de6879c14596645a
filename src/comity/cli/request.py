"""``comity request``: ask, answer, record. Each command is one request to the desk of a node."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from comity.base import Digest
from comity.base.errors import DoesNotVerify, OutOfReach
from comity.cli import asking, request_orders
from comity.cli.asking import (
    Dossier,
    Yes,
    read_files,
    read_object,
    read_pairs,
    require_name,
    require_sure,
    said,
)
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, encode, open_desk
from comity.cli.telling import tell

app = typer.Typer(
    no_args_is_help=True,
    help="Ask, answer, record: the steps of a request, at the desk of a node.",
)
app.add_typer(request_orders.app, name="order", help="Serve an order on a provider, take it back.")
_WAIT: Final = 2.0


class DocumentOdd(DoesNotVerify):
    """What came is not the document that was asked for."""

    code = "cli/document-odd"


@app.command(name="open")
def open_(  # noqa: PLR0913 # each is an option that a person may give
    process: Annotated[str, typer.Argument(help="What is asked: uncc/preservation, …")],
    *,
    state: Annotated[str, typer.Option("--with", help="The other State: XB.")],
    authority: Annotated[str, typer.Option(help="The other authority, as it signs.")],
    basis: Annotated[str, typer.Option(help="uncc, or treaty: its title.")] = "uncc",
    channel: Annotated[str, typer.Option(help="node, letter, mail, interpol, …")] = "node",
    incoming: Annotated[bool, typer.Option("--incoming", help="They ask us.")] = False,
    priority: Annotated[str, typer.Option(help="emergency, urgent or routine.")] = "routine",
    investigation: Annotated[str, typer.Option(help="inv_…, to which it belongs.")] = "",
    follows: Annotated[str, typer.Option(help="dos_…, which it follows.")] = "",
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Open a dossier: nothing leaves the house yet."""
    body = {
        "process": process,
        "counterpart": state,
        "authority": authority,
        "basis": basis,
        "channel": channel,
        "is_asking": not incoming,
        "priority": priority,
        "investigation": investigation or None,
        "follows": follows or None,
    }
    with open_desk(desk, token_file, role) as door:
        found = door.post("dossiers", body)
    tell(found, f"Opened: {found['dossier']}", as_json=as_json)


@app.command(name="list")
def list_all(  # noqa: PLR0913 # each is a filter that a person may set
    *,
    state: Annotated[str, typer.Option(help="Only those that stand here: drafting, …")] = "",
    process: Annotated[str, typer.Option(help="Only these: uncc/preservation, …")] = "",
    counterpart: Annotated[str, typer.Option(help="Only those with this State.")] = "",
    investigation: Annotated[str, typer.Option(help="Only those of this investigation.")] = "",
    reference: Annotated[str, typer.Option(help="Only those whose own reference holds this.")] = "",
    due: Annotated[bool, typer.Option("--due", help="Only those with open deadlines.")] = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List dossiers, the latest first."""
    filters = {
        "state": state,
        "process": process,
        "counterpart": counterpart,
        "investigation": investigation,
        "reference": reference,
        "open_deadlines": True if due else "",
    }
    with open_desk(desk, token_file) as door:
        items = list(door.each("dossiers", **filters))
    tell({"items": items}, "\n".join(map(_head, items)) or "None.", as_json=as_json)


@app.command()
def show(
    dossier: Dossier, *, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Show a dossier: where it stands, what was done, what is due."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"dossiers/{dossier}")
    lines = [
        _head(found),
        f"  {found['means']}",
        *map(_act, found["acts"]),
        *(_deadline(one) for one in found["deadlines"] if one["state"] != "met"),
        *(f"  receipt  {one['at']}  {one['event']}  {one['reason']}" for one in found["receipts"]),
        *(f"  evidence {one['package']}  {one['objects']} objects" for one in found["packages"]),
        *(f"  received {one['package']}  {one['objects']} objects" for one in found["received"]),
    ]
    tell(found, "\n".join(lines), as_json=as_json)


@app.command()
def steps(
    dossier: Dossier,
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Say what you can do now, and what keeps other steps closed."""
    with open_desk(desk, token_file, role) as door:
        found = door.get(f"dossiers/{dossier}/steps")
    lines = [line for one in found["steps"] for line in _step(one)]
    tell(found, "\n".join(lines) or "No step of ours is possible now.", as_json=as_json)


@app.command()
def form(
    dossier: Dossier, *, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Show the form as it was last written, and what is missing in it."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"dossiers/{dossier}/form")
    lines = [f"{name}: {asking.as_lines(value)}" for name, value in found["values"].items()]
    lines += [f"! {one['says']} [{one['source']}]" for one in _failed(found["checks"])]
    tell(found, "\n".join(lines) or "Nothing is written yet.", as_json=as_json)


@app.command()
def fill(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    file: Annotated[Path | None, typer.Argument(help="A JSON file with fields; - to read.")] = None,
    *,
    field: Annotated[list[str] | None, typer.Option("--set", help="One field: name=text.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was written before.")] = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Write fields of the form; what is written stays in the house until it is sent."""
    with open_desk(desk, token_file, role) as door:
        before = {} if anew else door.get(f"dossiers/{dossier}/form")["values"]
        values = {**before, **read_object(file), **read_pairs(field)}
        found = door.put(f"dossiers/{dossier}/form", {"values": values})
        missing = _failed(door.get(f"dossiers/{dossier}/form")["checks"])
    lines = ["Written.", *(f"! {one['says']} [{one['source']}]" for one in missing)]
    tell({**found, "missing": missing}, "\n".join(lines), as_json=as_json)


@app.command()
def take(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    step: Annotated[str, typer.Argument(help="The step: send, acknowledge, grant, …")],
    *,
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    document: asking.Documents = None,
    content: asking.Content = None,
    cite: Annotated[list[str] | None, typer.Option(help="A house act behind it.")] = None,
    channel: Annotated[str, typer.Option(help="How it goes out, if not as the dossier.")] = "",
    against: asking.Against = None,
    seen: Annotated[int | None, typer.Option(help="Only if it still has so many acts.")] = None,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take a step of ours: it is signed, and what is for the other side goes out."""
    body: dict[str, Any] = {
        "step": step,
        "content": said(says, reasons, content),
        "terms": read_pairs(term),
        "documents": read_files(document),
        "cites": cite or [],
        "channel": channel,
        "reasons_against": read_pairs(against),
        "version": seen,
    }
    require_sure(f"Sign {step} in {dossier}?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/steps", body)
    tell(found, f"Done.\n{_act(found)}", as_json=as_json)


@app.command()
def record(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    step: Annotated[str, typer.Argument(help="Their step: acknowledge, grant, refuse, …")],
    *,
    channel: Annotated[str, typer.Option(help="How it came: letter, mail, telephone, …")],
    received: Annotated[str, typer.Option(help="When: 2026-11-21T02:14:05Z.")],
    proof: Annotated[Path, typer.Option(help="The letter, the mail or the note, whole.")],
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    document: asking.Documents = None,
    content: asking.Content = None,
    seen: Annotated[str, typer.Option(help="The last act of ours that they had seen.")] = "",
    seen_nothing: Annotated[bool, typer.Option("--seen-nothing", help="They had none.")] = False,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Record a step of theirs that reached us without a node; it never looks signed by them."""
    body = {
        "step": step,
        "channel": channel,
        "received": received,
        "proof": encode(proof),
        "content": said(says, reasons, content),
        "terms": read_pairs(term),
        "documents": read_files(document),
        "seen": seen or None,
        "has_seen_nothing": seen_nothing,
    }
    require_sure(f"Record {step} of the other side in {dossier}?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/recorded", body)
    tell(found, f"Recorded.\n{_act(found)}", as_json=as_json)


@app.command()
def deliver(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    act: Annotated[
        str, typer.Argument(help="Our act that arrived: sha256:….", callback=require_name)
    ],
    *,
    channel: Annotated[str, typer.Option(help="How it went: letter, mail, …")],
    at: Annotated[str, typer.Option(help="When it arrived: 2026-11-21T02:14:05Z.")],
    proof: Annotated[Path, typer.Option(help="The receipt, whole.")],
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Record that an act of ours reached them; their time runs from there."""
    body = {"act": act, "at": at, "channel": channel, "proof": encode(proof)}
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/deliveries", body)
    tell(found, f"Recorded.\n{_act(found)}", as_json=as_json)


@app.command()
def read(
    dossier: Dossier,
    digest: Annotated[
        str, typer.Argument(help="What an act covers as content: sha256:….", callback=require_name)
    ],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Read what an act says to people."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"dossiers/{dossier}/contents/{digest}")
    lines = [f"{name}: {asking.as_lines(value)}" for name, value in found["values"].items()]
    tell(found, "\n".join(lines), as_json=as_json)


@app.command()
def document(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    digest: Annotated[
        str, typer.Argument(help="What an act covers: sha256:….", callback=require_name)
    ],
    *,
    out: Annotated[Path, typer.Option(help="Write it into this new file.")],
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Read a document that an act covers, into a file; it is compared with its digest."""
    with open_desk(desk, token_file) as door:
        data = door.get_bytes(f"dossiers/{dossier}/documents/{digest}")
    if not Digest.of(data).matches(Digest.parse(digest)):
        raise DocumentOdd(where=digest)
    try:
        with out.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(out)) from error
    tell({"file": str(out), "bytes": len(data)}, f"{len(data)} bytes: {out}", as_json=as_json)


@app.command()
def erase(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    *,
    decision: Annotated[str, typer.Option(help="The decision that orders it.")],
    says: asking.Says = "",
    reasons: asking.Reasons = "",
    term: asking.Terms = None,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Erase all content of a dossier on a decision, for good; the acts stay."""
    require_sure(f"Erase the content of {dossier} for good?", yes=yes)
    body = {
        "terms": {**read_pairs(term), "decision": decision},
        "content": said(says, reasons, None),
    }
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/erasure", body)
    tell(found, f"Erased.\n{_act(found)}", as_json=as_json)


@app.command()
def watch(
    dossier: Dossier,
    *,
    seconds: Annotated[float, typer.Option("--for", min=1, help="How long.")] = 600,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell each new act and receipt of a dossier as it comes, until Ctrl-C or the time is over."""
    known: set[str] = set()
    end = time.monotonic() + seconds
    with open_desk(desk, token_file) as door:
        while True:
            try:
                found = door.get(f"dossiers/{dossier}")
            except OutOfReach as error:
                typer.echo(f"comity: {error}", err=True)
            else:
                _tell_new(found, known, as_json=as_json)
            if time.monotonic() + _WAIT > end:
                return
            time.sleep(_WAIT)


def _tell_new(found: dict[str, Any], known: set[str], *, as_json: bool) -> None:
    for act in found["acts"]:
        if act["digest"] not in known:
            known.add(act["digest"])
            tell({"act": act}, _act(act), as_json=as_json)
    for one in found["receipts"]:
        name = f"{one['message']} {one['event']}"
        if name not in known:
            known.add(name)
            tell({"receipt": one}, f"  {one['at']}  receipt: {one['event']}", as_json=as_json)


def _head(one: dict[str, Any]) -> str:
    due = f"  due {one['next_due']}" if one["next_due"] else ""
    return f"{one['dossier']}  {one['process']}  {one['counterpart']}  {one['state']}{due}"


def _act(act: dict[str, Any]) -> str:
    whose = "house act" if act["track"] == "house" else f"signed by {act['holder']}"
    if act["recorded"]:
        whose = f"recorded by us, {act['recorded'].get('channel', '')}"
    outcome = "" if act["outcome"] in {"", "applied"} else f" ({act['outcome']})"
    return f"  {act['at']}  {act['law']}  {act['step']}{outcome}  [{whose}]  {act['digest']}"


def _deadline(one: dict[str, Any]) -> str:
    when = one["due"] or one["earliest"] or one["waits_for"]
    wish = "a wish: " if one["nature"] == "wish" else ""
    return f"  due      {when}  {one['law']}  {wish}{one['means']} [{one['state']}]"


def _step(one: dict[str, Any]) -> list[str]:
    mark = "open  " if one["is_open"] else "closed"
    lines = [f"{mark}  {one['step']}  {one['means']} [{one['law']}]"]
    if not one["is_role_fit"]:
        lines.append(f"        for {', '.join(one['roles'])}")
    return lines + [f"        {unmet['says']} [{unmet['source']}]" for unmet in one["unmet"]]


def _failed(checks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [one for one in checks or [] if one["verdict"] == "failed"]
