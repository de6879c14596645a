"""``comity order freeze`` and ``answer``: what a provider does with an order; without a node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.base import Digest, Instant
from comity.base.errors import BadValue
from comity.cli.order_common import (
    AsJson,
    ByCode,
    KeyFile,
    OrderFile,
    Paths,
    Phrase,
    Pin,
    Url,
    read_inventory_file,
    read_order,
    read_voice,
    require_receipt,
    tell,
    write_private,
)
from comity.cli.order_desk import present, read_moment
from comity.cli.order_door import open_door
from comity.cli.order_files import digest_file, find_files
from comity.cli.progress import show_progress
from comity.federation import FileNotRead
from comity.federation.answering import Answer, Code, Costs, sign_answer
from comity.federation.inventory import (
    SALT_BYTES,
    read_inventory,
    write_head,
)

INVENTORY: Final = "inventory.jsonl"
DIGEST: Final = "digest.txt"
_RECEIPT: Final = "application/vnd.comity.answer-receipt+json"
_PATH: Final = "/providers/1/answers"


def freeze(
    order: OrderFile,
    paths: Paths,
    *,
    out: Annotated[Path, typer.Option(help="A new folder for the inventory and its digest.")],
    as_json: AsJson = False,
) -> None:
    """Make the inventory of what was frozen for an order. It stays with you; its digest leaves."""
    said, _ = read_order(order)
    sources = find_files(paths, out)
    _make_folder(out)
    total = sum(source.size for source in sources)
    lines = [write_head(said.order, present(), os.urandom(SALT_BYTES))]
    with show_progress("Freezing", total) as watch:
        lines += [digest_file(one, watch).line(os.urandom(SALT_BYTES)) for one in sources]
    data = b"".join(lines)
    digest = read_inventory(data).digest
    write_private(out / INVENTORY, data)
    write_private(out / DIGEST, f"{digest}\n".encode())
    told = {
        "order": said.order,
        "items": len(sources),
        "size": total,
        "digest": str(digest),
        "inventory": str(out / INVENTORY),
    }
    line = (
        f"{len(sources)} files, {total} bytes. Keep {out / INVENTORY} as you keep the data.\n"
        f"The salted digest, which tells nothing of them: {digest}"
    )
    tell(told, line, as_json=as_json)


def answer(  # noqa: PLR0913 # each is an option that a person may give
    order: OrderFile,
    *,
    code: Annotated[Code, typer.Option(help="What you answer.")],
    ground: Annotated[str, typer.Option(help="With object: the ground, in one word.")] = "",
    reasons: Annotated[str, typer.Option(help="Why, in your words.")] = "",
    asked: Annotated[str, typer.Option(help="With need_more_time: what you need to know.")] = "",
    until: Annotated[str, typer.Option(help="With need_more_time: 2026-12-01T00:00:00Z.")] = "",
    costs: Annotated[str, typer.Option(help="With costs: an amount such as 1200.00 EUR.")] = "",
    inventory: Annotated[
        Path | None, typer.Option(help="With done or partly: the inventory of the freeze.")
    ] = None,
    key: KeyFile = None,
    by_code: ByCode = "",
    to: Url = "",
    out: Annotated[Path | None, typer.Option(help="A new file, to send another way.")] = None,
    tls_pin: Pin = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Answer an order with a code: to the authority's node, or into a file."""
    said, served = read_order(order)
    secret, plain = read_voice(key, passphrase_file, by_code)
    if tls_pin is None and (to or out is None):
        detail = "Give --tls-pin with the authority's card, or --out FILE to send it yourself."
        raise BadValue(detail)
    made = Answer(
        order=said.order,
        served=served,
        provider=said.provider,
        at=present(),
        code=code,
        reasons=reasons or None,
        ground=ground or None,
        asked=asked or None,
        until=_moment(until),
        costs=_costs(costs),
        inventory=_digest(inventory, said.order),
        exercise=said.exercise,
        key=None if secret is None else secret.public,
    )
    data = made.payload() if secret is None else sign_answer(made, secret)
    told: dict[str, object] = {
        "order": said.order,
        "code": code.value,
        "file": str(Digest.of(data)),
    }
    if out is not None:
        write_private(out, data)
        told["out"] = str(out)
    if tls_pin is not None:
        door = open_door(to, tls_pin, said, secret, plain)
        receipt = door.call("POST", _PATH, data).body
        found = require_receipt(receipt, _RECEIPT, said.key)
        told |= {"received": str(found["at"]), "identified": found["identified"] is True}
    tell(told, _line(told), as_json=as_json)


def _line(told: dict[str, object]) -> str:
    lines = [f"Answered {told['order']}: {told['code']}."]
    if "received" in told:
        lines += [f"The authority has it since {told['received']}."]
        if not told["identified"]:
            lines += ["It is marked there: provider not identified."]
    if "out" in told:
        lines += [f"The file is {told['out']}; nothing else of it leaves by itself."]
    return "\n".join(lines)


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(mode=0o700)
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(place)) from error


def _moment(text: str) -> Instant | None:
    return read_moment(text) if text else None


def _costs(text: str) -> Costs | None:
    amount, _, currency = text.partition(" ")
    return Costs(amount=amount, currency=currency) if text else None


def _digest(place: Path | None, order: str) -> Digest | None:
    if place is None:
        return None
    found = read_inventory(read_inventory_file(place))
    if found.order != order:
        detail = f"This inventory was made for {found.order}."
        raise BadValue(detail, where=str(place))
    return found.digest
