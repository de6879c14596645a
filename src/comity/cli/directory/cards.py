"""Make a card: of the authority of a node, or of a provider, which has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from comity.app import rotating
from comity.app.settings import Settings, read_settings
from comity.app.wirekeys import read_certificate, read_wire_key
from comity.base import Instant, Period
from comity.base.errors import BadValue
from comity.cli.directory.folder import write_whole
from comity.cli.directory.options import AsJson, OwnNode, read_cards, read_state
from comity.cli.directory.protocol import Protocol
from comity.cli.order_desk import present
from comity.domain.codes import EXERCISE_STATES
from comity.federation.directory import AuthorityCard, CardKey, CardRecipient, Duty
from comity.seal.age import Identity
from comity.seal.keyfiles import PublicCard
from comity.seal.keys import VerifyingKey

if TYPE_CHECKING:
    from comity.cli.directory.own import Node

app = typer.Typer()
Out = Annotated[Path, typer.Option("--out", help="The card's file.")]
CallBack = Annotated[
    list[str] | None, typer.Option("--call-back", help="A number, as +254700000000.")
]
Language = Annotated[list[str] | None, typer.Option("--language", help="en, fr, …; in order.")]
Name = Annotated[list[str] | None, typer.Option("--name", help="Its name: en=Central Authority.")]
Roster = Annotated[
    list[str] | None,
    typer.Option("--duty", help="mon,tue 08:00-18:00 +254700000000 en,fr; in the card's zone."),
]
Zone = Annotated[str, typer.Option("--zone", help="Its time zone, as Africa/Nairobi.")]
Conditions = Annotated[str, typer.Option("--conditions", help="Conditions on use it always makes.")]
Original = Annotated[str, typer.Option("--legal-original", help="What its legal original is.")]
PROTOCOLS: Final = ("1",)
# How long what was signed with the key before may still come in.
_OVERLAP: Final = Period(days=1)
_DUTY_PARTS: Final = 4


@app.command("card")
def make_card(  # noqa: PLR0913 # each is an option that a person may give
    *,
    node: OwnNode,
    out: Out,
    call_back: CallBack = None,
    language: Language = None,
    name: Name = None,
    duty: Roster = None,
    zone: Zone = "UTC",
    conditions: Conditions = "",
    legal_original: Original = "",
    as_json: AsJson = False,
) -> None:
    """Write the card of a node's authority: its keys as they are now, and what is said of it.

    What is not given stays as it was on the card that the node knows as its own.
    """
    from comity.cli.directory import own  # noqa: PLC0415 # ceremonies need no node, and it is slow

    settings, held = read_settings(node), own.open_node(node)
    before = _own(held)
    card = AuthorityCard(
        state=settings.state,
        authority=settings.authority,
        kind=settings.kind,
        exercise=settings.exercise,
        names=_names(name) or (before.names if before else {"en": settings.authority}),
        zone=zone if zone != "UTC" or before is None else before.zone,
        languages=tuple(language or ()) or (before.languages if before else ("en",)),
        call_back=tuple(call_back or ()) or (before.call_back if before else ()),
        roster=tuple(_read_duty(one) for one in duty or ()) or (before.roster if before else ()),
        conditions=conditions or (before.conditions if before else ""),
        legal_original=legal_original or (before.legal_original if before else ""),
        endpoint=settings.endpoint,
        certificate=read_certificate(_place(node, rotating.TLS)) if settings.endpoint else "",
        wire_key=_wire_key(_place(node, rotating.WIRE), settings),
        keys=_keys(held, before, rotating.next_card(node)),
        recipients=_recipients(held, before, _waiting_identity(node)),
        protocols=PROTOCOLS if settings.endpoint else (),
    )
    _write(out, card, as_json=as_json)


@app.command("provider-card")
def make_provider_card(  # noqa: PLR0913 # each is an option that a person may give
    *,
    state: Annotated[str, typer.Option(help="The State on whose territory it is.")],
    authority: Annotated[str, typer.Option(help="The provider, as it signs.")],
    key: Annotated[Path, typer.Option(help="The card (.pub) of its key.")],
    out: Out,
    exercise: Annotated[bool, typer.Option("--exercise", help="For exercises only.")] = False,
    call_back: CallBack = None,
    language: Language = None,
    name: Name = None,
    zone: Zone = "UTC",
    conditions: Conditions = "",
    as_json: AsJson = False,
) -> None:
    """Write the card of a provider: who it is, and the key by which it answers."""
    code = read_state(state)
    card = AuthorityCard(
        state=code,
        authority=authority,
        kind="provider",
        exercise=exercise or code in EXERCISE_STATES,
        names=_names(name) or {"en": authority},
        zone=zone,
        languages=tuple(language or ("en",)),
        call_back=tuple(call_back or ()),
        roster=(),
        conditions=conditions,
        legal_original="",
        endpoint="",
        certificate="",
        wire_key=b"",
        keys=(CardKey(key=read_cards([key])[0].key, since=present()),),
        recipients=(),
        protocols=(),
    )
    _write(out, card, as_json=as_json)


def _own(node: Node) -> AuthorityCard | None:
    from comity.cli.directory import own  # noqa: PLC0415 # as above

    try:
        return own.own_card(node).card
    except own.UnknownAuthority:
        return None


def _place(node: Path, kind: str) -> Path:
    """Return where the keys lie that the card shall name: those that wait, if some do."""
    return rotating.next_folder(node, kind) if rotating.has_next(node, kind) else node


def _waiting_identity(node: Path) -> Identity | None:
    from comity.cli.directory import own  # noqa: PLC0415 # as above

    return rotating.next_identity(node, own.read_passphrase())


def _wire_key(node: Path, settings: Settings) -> bytes:
    if not settings.endpoint:
        return b""
    return read_wire_key(node).public_key().public_bytes_raw()


def _keys(
    node: Node, before: AuthorityCard | None, waiting: PublicCard | None
) -> tuple[CardKey, ...]:
    """Return the keys in use and waiting, and those of the card before, which then have ended."""
    now = present()
    used = [node.key.public, *([waiting.key] if waiting else [])]
    held = before.keys if before else ()
    kept = tuple(
        one if one.key in used or one.until or one.revoked else _end(one, now) for one in held
    )
    listed = [one.key for one in kept]
    new = [key for key in used if key not in listed]
    return (*kept, *(CardKey(key=key, since=_since(node, key, now)) for key in new))


def _end(one: CardKey, now: Instant) -> CardKey:
    return replace(one, until=now.plus(_OVERLAP))


def _since(node: Node, public: VerifyingKey, now: Instant) -> Instant:
    """Return since when the node has its key: what it signed before it was listed counts too."""
    with node.store.view() as unit:
        rows = unit.keys.find(key_id=public.key_id, state=node.state, authority=node.authority)
    return min(rows[0].known_since, now) if rows else now


def _recipients(
    node: Node, before: AuthorityCard | None, waiting: Identity | None
) -> tuple[CardRecipient, ...]:
    """Return the recipients of the card before, and those that are not on it yet.

    The newest that has begun is the one to use; those before it open what is still on its way.
    One that waits begins a day later, for the node cannot open anything with it before it is used.
    """
    now = present()
    kept = before.recipients if before else ()
    listed = [one.recipient for one in kept]
    since = {str(node.identity.recipient): now}
    if waiting is not None:
        since[str(waiting.recipient)] = now.plus(_OVERLAP)
    new = [CardRecipient(recipient=text, since=at) for text, at in since.items()]
    return (*kept, *(one for one in new if one.recipient not in listed))


def _names(given: list[str] | None) -> Mapping[str, str]:
    pairs = [one.partition("=") for one in given or ()]
    if not all(equals for _, equals, _ in pairs):
        detail = "A name is given with its language: en=Central Authority."
        raise BadValue(detail)
    return {language: name for language, _, name in pairs}


def _read_duty(text: str) -> Duty:
    parts = text.split()
    if len(parts) != _DUTY_PARTS or "-" not in parts[1]:
        detail = "A duty is written: mon,tue 08:00-18:00 +254700000000 en,fr"
        raise BadValue(detail)
    days, times, number, languages = parts
    begins, _, ends = times.partition("-")
    return Duty(
        days=tuple(days.split(",")),
        begins=begins,
        ends=ends,
        number=number,
        languages=tuple(languages.split(",")),
    )


def _write(out: Path, card: AuthorityCard, *, as_json: bool) -> None:
    write_whole(out, card.document())
    page = Protocol(f"The card of {card.authority} ({card.state})")
    page.step(f"It lies in {out}.")
    for one in card.keys:
        ends = f" until {one.until}" if one.until else ""
        page.step(f"It signs with {one.key.key_id.hex} since {one.since}{ends}.")
    page.step(f"It is called back on {', '.join(sorted(card.numbers())) or 'no number'}.")
    later = [one.since for one in card.recipients if one.since > present()]
    if later:
        page.step(f"The identity that waits must be in use before {later[0]}: rotate-key --use.")
    page.step("It counts once its State has signed the list that names it.")
    page.data |= {
        "out": str(out),
        "state": card.state,
        "authority": card.authority,
        "path": card.path,
        "keys": [one.key.key_id.hex for one in card.keys],
    }
    page.tell(as_json=as_json)
