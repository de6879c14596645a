"""Keys for the commands that work without a node: where they lie, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import typer

from comity.base import ComityError, limits
from comity.base.errors import BadValue
from comity.evidence import NotThere, Sealer, StorageFailed, Vouched
from comity.seal import (
    Identity,
    Passphrase,
    PublicCard,
    SigningKey,
    Unwraps,
    Wraps,
    parse_identity,
    parse_recipient,
    read_identity,
    read_public,
    read_signing_key,
    write_key,
    write_public,
)

_Key = TypeVar("_Key")
NOT_STATED: Final = "not stated"
_OWN_NAME: Final = "sealing key"
_IDENTITY_MARK: Final = "AGE-SECRET-KEY-"


@dataclass(frozen=True, slots=True)
class FoundSealer:
    """Who seals, where the key lies, and whether it was made just now."""

    sealer: Sealer
    place: Path
    is_new: bool = False


def card_path(place: Path) -> Path:
    """Return where the card of the key at ``place`` lies."""
    return place.with_name(f"{place.name}.pub")


def make_key(place: Path, name: str, authority: str, passphrase: Path | None) -> PublicCard:
    """Make a key file and its card beside it."""
    key = SigningKey.generate(os.urandom)
    card = PublicCard(name=name, authority=authority, key=key.public)
    write_key(place, key, os.urandom, passphrase=read_passphrase(passphrase))
    write_public(card_path(place), card)
    return card


def make_identity(place: Path, passphrase: Path | None) -> str:
    """Make an age identity and its receiver's file beside it; return the receiver."""
    identity = Identity.generate(os.urandom)
    write_key(place, identity, os.urandom, passphrase=read_passphrase(passphrase))
    receiver = str(identity.recipient)
    try:
        with card_path(place).open("x", encoding="ascii") as stream:
            stream.write(f"{receiver}\n")
    except OSError as error:
        raise StorageFailed(error.strerror or "", where=str(card_path(place))) from error
    return receiver


def find_sealer(place: Path | None, passphrase: Path | None, authority: str) -> FoundSealer:
    """Return who seals: the key named, or the person's own, which is made at first use."""
    where = place or Path(typer.get_app_dir("comity")) / "sealing.key"
    is_new = place is None and not where.exists()
    if is_new:
        _make_folder(where.parent)
        make_key(where, _OWN_NAME, authority or NOT_STATED, passphrase)
    elif not where.exists():
        raise NotThere(where=str(where))
    key = read_signing_key(where, read_passphrase(passphrase))
    name, stated = _OWN_NAME, authority or NOT_STATED
    if card_path(where).exists():
        card = read_public(card_path(where))
        name, stated = card.name, card.authority
        if authority and authority != stated:
            detail = (
                f"The card of the key says {stated!r}, not {authority!r}; "
                f"`comity evidence key FILE --authority …` makes a key of another."
            )
            raise BadValue(detail, where=str(card_path(where)))
    return FoundSealer(Sealer(key=key, name=name, authority=stated), where, is_new)


def read_trust(places: Sequence[Path]) -> list[Vouched]:
    """Return the sealers whose cards lie at ``places``; a bad card is the caller's error."""
    found = []
    for place in places:
        try:
            found.append(Vouched(card=read_public(place)))
        except ComityError as error:
            detail = f"This is no card to trust: {error.sentence()} {error.detail}"
            raise BadValue(detail.rstrip(), where=str(place)) from error
    return found


def _make_folder(folder: Path) -> None:
    """Make the person's own folder for the key."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        detail = f"No key can be made there ({error.strerror}); --key names one elsewhere."
        raise StorageFailed(detail, where=str(folder)) from error


def read_passphrase(place: Path | None) -> Passphrase | None:
    """Return the passphrase in the first line of a file."""
    if place is None:
        return None
    return Passphrase(_read_text(place).partition("\n")[0].removesuffix("\r"))


def read_identities(places: Sequence[Path], passphrase: Path | None) -> list[Unwraps]:
    """Return the identities in key files of ours and in text files of age."""
    found: list[Unwraps] = []
    for place in places:
        lines = [line.strip() for line in _read_text(place).splitlines()]
        texts = [line for line in lines if line.upper().startswith(_IDENTITY_MARK)]
        found.extend(_parse(parse_identity, text, str(place)) for text in texts)
        if not texts:
            found.append(read_identity(place, read_passphrase(passphrase)))
    return found


def read_recipients(texts: Sequence[str]) -> list[Wraps]:
    """Return the receivers, each given as ``age1…`` or as a file that holds such lines."""
    found: list[Wraps] = []
    for text in texts:
        is_key = text.lower().startswith("age1")
        where = "--to" if is_key else text
        _require_public(text, "--to")
        held = text if is_key else _read_text(Path(text))
        _require_public(held, where)
        lines = [line.strip() for line in held.splitlines()]
        named = [line for line in lines if line and not line.startswith("#")]
        if not named:
            detail = "It holds no receiver's key (age1…)."
            raise NotThere(detail, where=where)
        found.extend(_parse(parse_recipient, line, where) for line in named)
    return found


def read_names(place: Path) -> list[bytes]:
    """Return the names in a file, one to a line; raise ``NotThere`` or ``BadValue``."""
    most = limits.NAME_LINE_BYTES
    names: list[bytes] = []
    try:
        with place.open("rb") as stream:
            while line := stream.readline(most + 1):
                if len(line) > most or len(names) >= limits.PACKAGE_OBJECTS:
                    detail = (
                        f"At most {limits.PACKAGE_OBJECTS} names were expected, one to a line, "
                        f"each of at most {most - 2} bytes."
                    )
                    raise BadValue(detail, where=str(place))
                names.append(line.rstrip(b"\r\n"))
    except OSError as error:
        raise NotThere(error.strerror or "", where=str(place)) from error
    return [name for name in names if name]


def _require_public(text: str, where: str) -> None:
    """Raise if ``text`` holds a secret, which is never printed."""
    if _IDENTITY_MARK in text.upper():
        detail = "This is a secret identity; a receiver (age1…, its .pub file) was expected."
        raise BadValue(detail, where=where)


def _parse(parse: Callable[[str], _Key], text: str, where: str) -> _Key:
    """Read a key as text; the error says where it stands, and nothing of what it is."""
    try:
        return parse(text)
    except ComityError as error:
        raise BadValue(error.detail, where=where) from error


def _read_text(place: Path) -> str:
    """Return the text of a small file that the person named."""
    most = limits.KEY_FILE_BYTES
    try:
        with place.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise NotThere(error.strerror or "", where=str(place)) from error
    if len(data) > most:
        detail = f"A file of at most {most} bytes was expected."
        raise BadValue(detail, where=str(place))
    return data.decode("utf-8", "replace")
