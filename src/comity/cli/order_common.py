"""What the provider's commands share: reading the order, the voice, writing new files."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from comity.base import Digest, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue, DoesNotVerify
from comity.cli.keychain import read_passphrase
from comity.cli.order_desk import JSON_HELP, read_bounded
from comity.federation import FileNotRead, Order, open_signed
from comity.federation.order import PAYLOAD_TYPE
from comity.seal import read_envelope, read_signing_key
from comity.seal.fields import read_mapping
from comity.seal.keys import SigningKey, VerifyingKey

OrderFile: TypeAlias = Annotated[Path, typer.Argument(help="The order, as it came.")]
Paths: TypeAlias = Annotated[list[Path], typer.Argument(help="Files and folders.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
KeyFile: TypeAlias = Annotated[
    Path | None, typer.Option("--key", help="Your key file; its card stands in the directory.")
]
ByCode: TypeAlias = Annotated[
    str,
    typer.Option("--by-code", help="A code that the authority told you; - asks for it."),
]
Url: TypeAlias = Annotated[
    str, typer.Option("--to", help="The authority's node, https://host:port; else its card's.")
]
Pin: TypeAlias = Annotated[
    Path | None,
    typer.Option("--tls-pin", help="The authority's card from the directory, or its certificate."),
]
Phrase: TypeAlias = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line opens the key file.")
]
_OWNER: Final = 0o600


class ReceiptOdd(DoesNotVerify):
    """What the node gave as a receipt is none of the authority that issued the order."""

    code = "order/receipt"
    remedy = "Keep what came, and call the authority on the number in the directory."


def read_order(place: Path) -> tuple[Order, Digest]:
    """Return an order whose signatures hold, and the digest of its file.

    Whether it is genuine is asked by ``comity order verify``. Raise ``DoesNotVerify``.
    """
    data = read_bounded(place)
    order = Order.from_data(dict(open_signed(read_envelope(data, PAYLOAD_TYPE))))
    return order, Digest.of(data)


def read_voice(
    key: Path | None, passphrase: Path | None, code: str
) -> tuple[SigningKey | None, str]:
    """Return with what the provider speaks: its key or a code, and not both."""
    if (key is None) == (not code):
        detail = "Give --key FILE, or --by-code CODE."
        raise BadValue(detail)
    if key is not None:
        return read_signing_key(key, read_passphrase(passphrase)), ""
    return None, sys.stdin.readline().strip() if code == "-" else code


def require_receipt(data: bytes, payload_type: str, issuer: VerifyingKey) -> dict[str, Json]:
    """Return a receipt that the key of the order's issuer signed; raise ``ReceiptOdd``."""
    found = open_signed(read_envelope(data, payload_type))
    if VerifyingKey.parse(found["key"]) != issuer:
        raise ReceiptOdd
    return read_mapping(dict(found))


def write_private(place: Path, data: bytes) -> None:
    """Write a new file for its owner alone, and see that it is on the disk."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(place)) from error


def read_inventory_file(place: Path) -> bytes:
    """Return the inventory that ``comity order freeze`` wrote."""
    most = limits.INVENTORY_BYTES
    try:
        with place.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise FileNotRead(error.strerror or "", where=str(place)) from error


def tell(told: dict[str, Any], line: str, *, as_json: bool) -> None:
    """Print what was done."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
