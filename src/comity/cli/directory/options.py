"""Words that several commands of ``comity directory`` have in common."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.base import ComityError, Instant
from comity.base.errors import BadValue
from comity.cli.directory.folder import STATE, Folder
from comity.cli.keychain import read_passphrase
from comity.cli.order_desk import present
from comity.domain.party import StateCode
from comity.federation.directory.building import Signers
from comity.seal import read_public, read_signing_key
from comity.seal.keyfiles import PublicCard
from comity.seal.keys import SigningKey

Place = Annotated[Path, typer.Argument(metavar="FOLDER", help="The directory's folder.")]
State = Annotated[str, typer.Argument(metavar="XX", help="The State, in two letters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Phrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line opens the key file.")
]
Keys = Annotated[list[Path], typer.Option("--key", help="The card (.pub) of a key; once for each.")]
Threshold = Annotated[int, typer.Option(min=1, help="How many of the keys must sign.")]
OwnNode = Annotated[Path, typer.Option("--node", help="The node's folder.")]
_LONGEST: Final = 3_660


def read_state(text: str) -> str:
    """Return the State that a person wrote."""
    found = str(StateCode.parse(text))
    if not STATE.fullmatch(found):
        raise BadValue(text[:20])
    return found


def read_cards(places: list[Path]) -> tuple[PublicCard, ...]:
    """Return the cards at these places; a bad one is the caller's error."""
    return tuple(_read_card(place) for place in places)


def read_signers(folder: Folder, places: list[Path], threshold: int) -> Signers:
    """Return who signs, and keep their cards in the folder, so that a protocol can name them."""
    cards = read_cards(places)
    found = Signers(tuple(card.key for card in cards), threshold)
    for card in cards:
        folder.know(card)
    return found


def read_key(place: Path, passphrase: Path | None) -> SigningKey:
    """Return a signing key."""
    return read_signing_key(place, read_passphrase(passphrase))


def days_from_now(days: int) -> Instant:
    """Return when something expires."""
    if not 0 < days <= _LONGEST:
        detail = f"A lifetime is of 1 to {_LONGEST} days."
        raise BadValue(detail)
    return Instant.of(present().at + timedelta(days=days))


def _read_card(place: Path) -> PublicCard:
    try:
        return read_public(place)
    except ComityError as error:
        detail = f"This is no card of a key: {error.sentence()} {error.detail}".rstrip()
        raise BadValue(detail, where=str(place)) from error
