"""``comity order``: verify an order on a provider, make one, take one back; without a node.

A provider freezes, answers and returns (``order_provider``, ``order_handing``), without one too.

``verify`` exits 0 genuine and current; 1 forged, altered, expired or revoked; 2 asked wrongly;
3 could not be decided, or an exercise where none was expected.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.base import AskedWrongly, ComityError, limits, parse_json
from comity.base.canonical import Json
from comity.base.errors import BadValue
from comity.cli.keychain import NOT_STATED, FoundSealer, find_sealer
from comity.cli.order_desk import (
    AT_HELP,
    EXERCISE_HELP,
    FILE_HELP,
    JSON_HELP,
    PROVIDER_HELP,
    REVOKED_HELP,
    TRUST_HELP,
    Wish,
    present,
    read_bounded,
    read_moment,
    verify_files,
)
from comity.cli.order_handing import hand_return
from comity.cli.order_provider import answer, freeze
from comity.domain.identifiers import read_identifier, write_identifier
from comity.federation import (
    FileNotRead,
    Order,
    Revocation,
    new_order_id,
    open_signed,
    sign_order,
    sign_revocation,
)
from comity.federation.order import PAYLOAD_TYPE, TYPE
from comity.seal import read_envelope
from comity.seal.fields import read_list, read_mapping, read_text

app = typer.Typer(no_args_is_help=True, help="Verify, make, revoke, answer orders on providers.")

# What a form may leave out, and what then stands in the order.
_ABSENT: dict[str, Json] = {
    "replaces": None,
    "period": None,
    "authorisation": None,
    "answer_by": None,
    "confidential_until": None,
    "carries": None,
    "must_check": False,
    "exercise": False,
}

AsJson = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Key = Annotated[Path, typer.Option(help="The key file to sign with.")]
Out = Annotated[Path, typer.Option("--out", help="A new file; nothing is written over.")]
Phrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line opens the key file.")
]


app.command()(freeze)
app.command()(answer)
app.command("return")(hand_return)


@app.command()
def verify(  # noqa: PLR0913 # each is an option that a person may give
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    *,
    trust: Annotated[list[Path] | None, typer.Option("--trust", help=TRUST_HELP)] = None,
    revoked: Annotated[list[Path] | None, typer.Option("--revoked", help=REVOKED_HELP)] = None,
    provider: Annotated[str, typer.Option("--for", help=PROVIDER_HELP)] = "",
    at: Annotated[str, typer.Option("--at", help=AT_HELP)] = "",
    exercise: Annotated[bool, typer.Option("--exercise", help=EXERCISE_HELP)] = False,
    as_json: AsJson = False,
) -> None:
    """Tell whether an order is genuine, unaltered, current, and from whom it says."""
    wish = Wish(
        order=file,
        trust=trust or (),
        revoked=revoked or (),
        provider=provider,
        at=at,
        exercise=exercise,
        as_json=as_json,
    )
    text, code = verify_files(wish)
    typer.echo(text, nl=False)
    raise typer.Exit(code)


@app.command()
def make(
    form: Annotated[Path, typer.Option(help="What the order says, as JSON.")],
    key: Key,
    out: Out,
    *,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Sign an order: a new file that the provider verifies alone."""
    said = _read_form(form)
    found = _find_issuer(key, passphrase_file, str(said.get("authority", "")))
    try:
        order = _fill_form(said, found.sealer.key.public.as_data(), found.sealer.authority)
    except ComityError as error:
        raise BadValue(error.detail or error.sentence(), where=str(form)) from error
    _write_new(out, sign_order(order, found.sealer.key))
    told = {"order": order.order, "out": str(out), "key": str(order.key.key_id)}
    _tell(told, f"Signed {order.order} as {order.authority}: {out}", as_json=as_json)


@app.command()
def revoke(  # noqa: PLR0913 # each is an option that a person may give
    key: Key,
    out: Out,
    orders: Annotated[list[Path] | None, typer.Argument(help="The orders taken back.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why, as far as the provider may know.")] = "",
    names: Annotated[list[str] | None, typer.Option("--order", help="An order's name.")] = None,
    state: Annotated[str, typer.Option(help="The State, if no file of an order is given.")] = "",
    whole_until: Annotated[
        str, typer.Option(help="These and no others are revoked; relied on until this moment.")
    ] = "",
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Sign a revocation of orders, or the whole list of those that are revoked."""
    found = _find_issuer(key, passphrase_file, "")
    read = [_read_order(place) for place in orders or ()]
    states = {order.state for order in read} | ({state} if state else set())
    if len(states) != 1 or any(order.authority != found.sealer.authority for order in read):
        detail = f"The orders must be of one State, and of {found.sealer.authority!r}."
        raise BadValue(detail)
    revocation = Revocation(
        state=states.pop(),
        authority=found.sealer.authority,
        at=present(),
        orders=tuple(sorted({order.order for order in read} | set(names or ()))),
        valid_until=read_moment(whole_until) if whole_until else None,
        reason=reason or None,
        key=found.sealer.key.public,
    )
    _write_new(out, sign_revocation(revocation, found.sealer.key))
    told = {"orders": list(revocation.orders), "at": str(revocation.at), "out": str(out)}
    line = f"Revoked as of {revocation.at}, orders: {len(revocation.orders)}. The file is {out}"
    _tell(told, line, as_json=as_json)


def _find_issuer(place: Path, passphrase: Path | None, authority: str) -> FoundSealer:
    """Return who signs; an order without an authority is none."""
    found = find_sealer(place, passphrase, authority)
    if found.sealer.authority == NOT_STATED:
        detail = "Neither the form nor a card beside the key says which authority signs."
        raise BadValue(detail, where=str(place))
    return found


def _read_form(place: Path) -> dict[str, Any]:
    try:
        return dict(read_mapping(parse_json(read_bounded(place))))
    except AskedWrongly:
        raise
    except ComityError as error:
        raise BadValue(str(error), where=str(place)) from error


def _fill_form(said: dict[str, Json], key: Json, authority: str) -> Order:
    """Return the order that a form describes; its identifiers must be specific (uncc:24)."""
    given: dict[str, Json] = {
        "type": TYPE,
        "key": key,
        "order": new_order_id(os.urandom),
        "issued_at": str(present()),
        "authority": authority,
    }
    lines = read_list(said.get("data"))
    data: list[Json] = [
        _specific(read_text(line, most=limits.IDENTIFIER_CHARACTERS)) for line in lines
    ]
    if {"type", "key"} & said.keys():
        detail = "A form says neither the type of the order nor its key."
        raise BadValue(detail)
    return Order.from_data({**_ABSENT, **given, **said, "data": data})


def _specific(line: str) -> str:
    return write_identifier(read_identifier(line))


def _read_order(place: Path) -> Order:
    """Return an order whose signatures hold; raise ``DoesNotVerify``."""
    return Order.from_data(dict(open_signed(read_envelope(read_bounded(place), PAYLOAD_TYPE))))


def _write_new(place: Path, data: bytes) -> None:
    try:
        with place.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(place)) from error


def _tell(told: dict[str, Any], line: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
