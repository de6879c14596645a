"""``comity order return``: hand over what was ordered, by an upload that survives breaks.

What is to be sent is written down first, in a folder beside the order (``ORDER.return``): the
list of the files with their digests, and the statement. Run again after a break of either
side, the command finds it there, asks the node how much it has, and goes on. One piece of
8 MiB is in memory at a time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.base import limits
from comity.base.errors import BadValue, OutOfReach
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
from comity.cli.order_desk import present, read_bounded
from comity.cli.order_door import Door, RefusedOffset, Spoken, open_door
from comity.cli.order_files import Assembly, Source, digest_file, find_files
from comity.cli.progress import show_progress
from comity.federation import FileNotRead
from comity.federation.answering import Return, open_return, sign_return
from comity.federation.inventory import read_inventory, read_listing, write_listing
from comity.seal.keys import SigningKey

_FOLDER: Final = ".return"
_LISTING: Final = "listing.jsonl"
_STATEMENT: Final = "statement.json"
_RECEIPT: Final = "receipt.json"
_RECEIPT_TYPE: Final = "application/vnd.comity.return-receipt+json"
_PATH: Final = "/providers/1/returns"
_LONGEST_PAUSE: Final = 30.0


class OtherReturn(BadValue):
    """Another return was begun from this folder."""

    code = "order/other-return"
    remedy = "Name the same files, inventory and key again; or name a new folder with --work."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be sent: the statement, and the one stream."""

    statement: bytes
    assembly: Assembly


def hand_return(  # noqa: PLR0913 # each is an option that a person may give
    order: OrderFile,
    paths: Paths,
    *,
    inventory: Annotated[
        Path | None, typer.Option(help="The inventory of the freeze, which is opened herewith.")
    ] = None,
    part: Annotated[
        bool, typer.Option("--part", help="Part of what was ordered is missing; say why.")
    ] = False,
    reasons: Annotated[str, typer.Option(help="With --part: what is missing and why.")] = "",
    key: KeyFile = None,
    by_code: ByCode = "",
    to: Url = "",
    tls_pin: Pin = None,
    work: Annotated[
        Path | None, typer.Option(help="Where the return is written down; else ORDER.return.")
    ] = None,
    patience: Annotated[
        float, typer.Option(help="Seconds to go on trying when the node is out of reach.")
    ] = 300,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Hand over what was ordered; after a break, the same command goes on where it stopped."""
    said, served = read_order(order)
    secret, code = read_voice(key, passphrase_file, by_code)
    if tls_pin is None:
        detail = "Give --tls-pin with the authority's card from the directory."
        raise BadValue(detail)
    door = open_door(to, tls_pin, said, secret, code)
    opened = b"" if inventory is None else _read_opened(inventory)
    folder = work or order.with_name(order.name + _FOLDER)
    wish = Return(
        order=said.order,
        served=served,
        provider=said.provider,
        at=present(),
        is_whole=not part,
        reasons=reasons or None,
        inventory_bytes=len(opened),
        listing_bytes=1,
        size=len(opened) + 1,
        exercise=said.exercise,
        key=None if secret is None else secret.public,
    )
    plan = _plan(folder, find_files(paths, folder), opened, wish, secret)
    receipt = _send(door, plan, _Patience(patience))
    found = require_receipt(receipt, _RECEIPT_TYPE, said.key)
    _keep_receipt(folder, receipt)
    told = {
        "order": said.order,
        "return": str(found["return"]),
        "size": plan.assembly.size,
        "identified": found["identified"] is True,
        "receipt": str(folder / _RECEIPT),
    }
    mark = "" if told["identified"] else "\nIt is marked there: provider not identified."
    line = f"The authority has all of it: {told['return']}, {plan.assembly.size} bytes.{mark}"
    tell(told, line, as_json=as_json)


class _Patience:
    """How long to go on trying without getting any further."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None
        self._pause = 0.5

    def renew(self) -> None:
        """Something went on: begin to count anew."""
        self._since, self._pause = None, 0.5

    def wait(self, error: OutOfReach) -> None:
        """Wait a while, longer each time; raise ``error`` when that was long enough."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since + self._pause > self._seconds:
            raise error
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


def _send(door: Door, plan: _Plan, patience: _Patience) -> bytes:
    """Begin or find the return, send what is missing, end it; return the receipt."""
    begun = _insist(lambda: door.call("POST", _PATH, plan.statement), patience)
    path = f"{_PATH}/{json.loads(begun.body)['return']}"
    offset, size = _offset(begun), plan.assembly.size
    with show_progress("Handing over", size) as watch:
        watch(offset)
        while offset < size:
            try:
                data = plan.assembly.read(offset, limits.PIECE_BYTES)
                answer = door.call("PATCH", path, data, offset=offset)
            except (OutOfReach, RefusedOffset) as error:
                # Whether it arrived is known there: ask, and go on from what is here.
                if isinstance(error, OutOfReach):
                    patience.wait(error)
                answer = _insist(lambda: door.call("HEAD", path), patience)
            else:
                patience.renew()
            watch(max(_offset(answer) - offset, 0))
            offset = _offset(answer)
    return _insist(lambda: door.call("POST", f"{path}/end", b""), patience).body


def _insist(call: Callable[[], Spoken], patience: _Patience) -> Spoken:
    while True:
        try:
            return call()
        except OutOfReach as error:
            patience.wait(error)


def _offset(answer: Spoken) -> int:
    text = answer.headers.get("upload-offset", "")
    if not text.isdigit():
        detail = "The node does not say how much it has."
        raise BadValue(detail)
    return int(text)


def _plan(
    folder: Path, sources: list[Source], opened: bytes, wish: Return, key: SigningKey | None
) -> _Plan:
    """Return what was written down in ``folder``, or write it down now."""
    by_name = {source.name: source for source in sources}
    if not (folder / _STATEMENT).exists():
        _write_plan(folder, sources, opened, wish, key)
    statement = read_bounded(folder / _STATEMENT)
    listing = _read_file(folder / _LISTING)
    said = open_return(statement)
    same = (said.order, said.served, said.key, said.is_whole, said.inventory_bytes)
    if same != (wish.order, wish.served, wish.key, wish.is_whole, wish.inventory_bytes):
        raise OtherReturn(where=str(folder))
    items = read_listing(listing)
    if {item.name for item in items} != by_name.keys():
        raise OtherReturn(where=str(folder))
    assembly = Assembly(opened + listing, items, by_name)
    if assembly.size != said.size:
        raise OtherReturn(where=str(folder))
    return _Plan(statement=statement, assembly=assembly)


def _write_plan(
    folder: Path, sources: list[Source], opened: bytes, wish: Return, key: SigningKey | None
) -> None:
    """Digest all files, then write the list and the statement: it last, when all is known."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in (_LISTING, f"{_STATEMENT}.new"):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(folder)) from error
    total = sum(source.size for source in sources)
    with show_progress("Digesting", total) as watch:
        items = [digest_file(source, watch) for source in sources]
    listing = write_listing(items)
    size = len(opened) + len(listing) + sum(item.size for item in items)
    statement = replace(wish, listing_bytes=len(listing), size=size)
    data = statement.payload() if key is None else sign_return(statement, key)
    write_private(folder / _LISTING, listing)
    write_private(folder / f"{_STATEMENT}.new", data)
    (folder / f"{_STATEMENT}.new").rename(folder / _STATEMENT)


def _read_opened(place: Path) -> bytes:
    data = read_inventory_file(place)
    read_inventory(data)
    return data


def _read_file(place: Path) -> bytes:
    try:
        with place.open("rb") as stream:
            return stream.read(limits.INVENTORY_BYTES + 1)
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(place)) from error


def _keep_receipt(folder: Path, receipt: bytes) -> None:
    """Keep the receipt beside the statement; the same again takes the place of the first."""
    partial = folder / f"{_RECEIPT}.new"
    partial.unlink(missing_ok=True)
    write_private(partial, receipt)
    partial.replace(folder / _RECEIPT)
