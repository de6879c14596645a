"""A State's list: put cards in, take them out, revoke a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from comity.base import ComityError, Digest, limits
from comity.base.errors import BadValue
from comity.cli.directory.drafts import card_names, current_list, current_state_root
from comity.cli.directory.folder import Folder, read_bounded, write_whole
from comity.cli.directory.options import AsJson, Place, State, days_from_now, read_state
from comity.cli.directory.protocol import Protocol
from comity.cli.order_desk import present, read_moment
from comity.federation.directory import AuthorityCard, CeremonyImpossible
from comity.federation.directory.building import LIST_DAYS, new_list, signers

app = typer.Typer()
Days = Annotated[int, typer.Option("--days", help="How many days the list is valid.")]


@app.command()
def enrol(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    state: State,
    *,
    card: Annotated[list[Path] | None, typer.Option("--card", help="A card to put in.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="An authority to take out.")
    ] = None,
    days: Days = LIST_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft a State's list with these cards in it; without any it is drafted anew as it is."""
    place = Folder.open(folder)
    name = read_state(state)
    cards = _listed(place, name)
    for one in [_read_card(path) for path in card or ()]:
        if one.state != name:
            detail = f"This is a card of {one.state}, not of {name}."
            raise CeremonyImpossible(detail)
        cards[one.authority] = one
    for authority in remove or ():
        if cards.pop(authority, None) is None:
            detail = f"{authority[:200]!r} is not listed."
            raise CeremonyImpossible(detail)
    _draft(place, name, cards, days, Protocol(f"{name} lists its authorities"), as_json=as_json)


@app.command("revoke-key")
def revoke_key(  # noqa: PLR0913 # each is an option that a person may give
    folder: Place,
    state: State,
    authority: Annotated[str, typer.Argument(help="The authority, as it signs.")],
    key: Annotated[str, typer.Argument(help="The key id, or its beginning.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, in one line, for all to read.")],
    at: Annotated[str, typer.Option("--at", help="Since when; otherwise now.")] = "",
    days: Days = LIST_DAYS,
    as_json: AsJson = False,
) -> None:
    """Draft a State's list in which a key of an authority is revoked."""
    place = Folder.open(folder)
    name = read_state(state)
    cards = _listed(place, name)
    card = cards.get(authority)
    if card is None:
        detail = f"{authority[:200]!r} is not listed."
        raise CeremonyImpossible(detail)
    wanted = key.removeprefix("sha256:")
    found = [one for one in card.keys if one.key.key_id.hex.startswith(wanted)]
    if len(found) != 1 or not wanted:
        detail = f"{key[:80]!r} names not exactly one key of {authority}."
        raise CeremonyImpossible(detail)
    since = read_moment(at) if at else present()
    gone = replace(found[0], revoked=since, reason=reason)
    keys = tuple(gone if one is found[0] else one for one in card.keys)
    cards[authority] = replace(card, keys=keys)
    page = Protocol(f"{name} revokes a key of {authority}")
    page.step(f"The key {gone.key.key_id.hex} is revoked since {since}: {reason}")
    _draft(place, name, cards, days, page, as_json=as_json)


def _listed(place: Folder, state: str) -> dict[str, AuthorityCard]:
    """Return the cards of the list as it will be."""
    listed, _ = current_list(place, state)
    found: dict[str, AuthorityCard] = {}
    for name in card_names(listed) if listed else ():
        data = place.card(state, name.partition("/")[2])
        if data is None:
            detail = f"The card {name} is missing."
            raise CeremonyImpossible(detail, where=str(place.place))
        card = AuthorityCard.parse(data)
        found[card.authority] = card
    return found


def _draft(  # noqa: PLR0913 # what is drafted, and how it is told
    place: Folder,
    state: str,
    cards: dict[str, AuthorityCard],
    days: int,
    page: Protocol,
    *,
    as_json: bool,
) -> None:
    keys = current_state_root(place, state)
    if keys is None:
        detail = f"{state} has named no keys here; `delegate` or `state` does that."
        raise CeremonyImpossible(detail, where=str(place.place))
    _, version = current_list(place, state)
    drafted = new_list(version, cards.values(), days_from_now(days))
    by_path = {card.path: card for card in cards.values()}
    for path, name in zip(drafted.signed.targets, card_names(drafted), strict=True):
        write_whole(place.draft / name, by_path[path].document())
    where = place.draft / f"{state}.json"
    write_whole(where, drafted.data)
    page.signed(drafted, where)
    for card in cards.values():
        page.step(f"{card.authority}: {card.kind}, SHA-256 {Digest.of(card.document()).hex}")
    found = signers(keys.signed, "targets")
    page.signers(place, f"To be signed by {found.threshold} of these.", found.ids)
    page.data["authorities"] = sorted(cards)
    page.tell(as_json=as_json)


def _read_card(path: Path) -> AuthorityCard:
    try:
        return AuthorityCard.parse(read_bounded(path, limits.CARD_BYTES).removesuffix(b"\n"))
    except ComityError as error:
        detail = f"This is no card of an authority. {error.sentence()} {error.detail}".rstrip()
        raise BadValue(detail, where=str(path)) from error
