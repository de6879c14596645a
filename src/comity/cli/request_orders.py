"""``comity request order``: serve an order on a provider, take it back, make a code for it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer

from comity.base.errors import OutOfReach
from comity.cli import asking
from comity.cli.asking import Dossier, Yes, read_pairs, require_name, require_sure
from comity.cli.client import AsJson, DeskUrl, Role, TokenFile, encode, open_desk
from comity.cli.telling import tell

app = typer.Typer(no_args_is_help=True, help="Serve an order on a provider, take it back.")

Order = Annotated[str, typer.Argument(help="The order: ord_….", callback=require_name)]


@app.command()
def issue(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    out: Annotated[Path, typer.Option(help="Write the signed order into this new file.")],
    *,
    term: asking.Terms = None,
    against: asking.Against = None,
    must_check: Annotated[
        bool, typer.Option("--must-check", help="The provider looks at the revoked list first.")
    ] = False,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Issue the order that the form describes; hand the file to the provider."""
    require_sure(f"Sign the order of {dossier}?", yes=yes)
    body = {
        "terms": read_pairs(term),
        "reasons_against": read_pairs(against),
        "must_check": must_check,
    }
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/orders", body)
    data = base64.b64decode(found.pop("file"), validate=True)
    try:
        with out.open("xb") as file:
            file.write(data)
    except OSError as error:
        detail = f"The order is issued; read it again with its name: {found['order']}."
        raise OutOfReach(detail, where=str(out)) from error
    told = {**found, "file": str(out)}
    tell(told, f"Issued {found['order']}: {out}", as_json=as_json)


@app.command(name="list")
def list_all(
    dossier: Dossier, *, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """List the orders of a dossier and what was answered."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"dossiers/{dossier}/orders")
    lines = [
        f"{one['order']}  {one['provider']}  until {one['until']}"
        f"{'  REVOKED ' + one['revoked'] if one['revoked'] else ''}"
        for one in found["items"]
    ]
    lines += [
        f"  {one['at']}  {one['code']}"
        f"{'' if one['is_identified'] else '  (provider not identified)'}"
        for one in found["answers"]
    ]
    tell(found, "\n".join([*lines, f"holding: {found['holding']}"]), as_json=as_json)


@app.command()
def answer(  # noqa: PLR0913 # each is an option that a person may give
    dossier: Dossier,
    file: Annotated[Path, typer.Argument(help="The answer file, as it came.")],
    *,
    channel: Annotated[str, typer.Option(help="How it came: mail, letter, courier, …")],
    code: Annotated[str, typer.Option(help="The code that came with it, without a key.")] = "",
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take an answer of a provider that came by another channel than its door."""
    require_sure(f"Record {file} as the provider's answer?", yes=yes)
    body = {"file": encode(file), "channel": channel, "code": code}
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"dossiers/{dossier}/answers", body)
    mark = "" if found["is_identified"] else " (provider not identified)"
    tell(found, f"{found['code']}: recorded as {found['step']}{mark}.", as_json=as_json)


@app.command()
def revoke(  # noqa: PLR0913 # each is an option that a person may give
    order: Order,
    *,
    reasons: Annotated[str, typer.Option(help="Why.")],
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take an order back; from then on it stands in the public list."""
    require_sure(f"Revoke {order}?", yes=yes)
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"orders/{order}/revocation", {"reasons": reasons})
    tell(found, f"Revoked: {order}", as_json=as_json)


@app.command()
def code(  # noqa: PLR0913 # each is an option that a person may give
    order: Order,
    *,
    hours: Annotated[int, typer.Option(min=1, help="For how long it is good.")] = 72,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Make a code for a provider without a key; tell it by another channel, it is shown once."""
    with open_desk(desk, token_file, role) as door:
        found = door.post(f"orders/{order}/codes", {"hours": hours})
    tell(found, f"{found['code']}\nGood for {hours} hours, for {order}.", as_json=as_json)


@app.command()
def compare(
    upload: Annotated[str, typer.Argument(help="The return: ret_….", callback=require_name)],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare a return with the inventory that its provider made at the freeze."""
    with open_desk(desk, token_file) as door:
        found = door.get(f"returns/{upload}/comparison")["comparison"]
    lines = [
        f"{name}: {asking.as_lines(value)}" for name, value in found.items() if name != "items"
    ]
    tell(found, "\n".join(lines), as_json=as_json)
