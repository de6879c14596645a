"""Changing the keys of a node: a new one is made, made known, and only then used.

    keys/next-signing/keys/…    a new key that is made, and not used yet
    keys/switch-signing         the new key is being put in the place of the old one
    keys/former/….age           identities of before, which still open what was sealed to them

1. ``make_next`` makes the new key in a folder of its own. Nothing changes.
2. The State signs a new card that lists it, and publishes that; the node learns of it.
3. ``use_next`` puts it in the place of the old one. First it writes ``keys/switch-…``: whoever
   opens the node after that ends what was begun (``finish_rotation``). So whenever the power
   goes, the node opens with the old key or with the new one.

Old signing keys, wire keys and certificates are gone after that; what they signed goes on
verifying with the public halves that are kept. Old identities stay.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from comity.app.settings import Settings
from comity.app.wirekeys import (
    CERTIFICATE,
    KEYS,
    TLS_KEY,
    WIRE_KEY,
    WIRE_PUBLIC,
    renew_certificate,
    renew_wire_key,
)
from comity.base import Digest, Instant
from comity.base.errors import AskedWrongly
from comity.seal.age import Identity, Passphrase
from comity.seal.keyfiles import (
    PublicCard,
    read_identity,
    read_public,
    write_key,
    write_public,
)
from comity.seal.keys import SigningKey
from comity.service.ports import Random

SIGNING: Final = "signing"
IDENTITY: Final = "identity"
WIRE: Final = "wire"
TLS: Final = "tls"
# The files of each kind of key, in the order in which they are put in place.
FILES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        SIGNING: ("authority.key", "authority.pub"),
        IDENTITY: ("authority.age",),
        WIRE: (WIRE_KEY, WIRE_PUBLIC),
        TLS: (TLS_KEY, CERTIFICATE),
    }
)
_FORMER: Final = "former"
_PARTIAL: Final = ".partial"
_OWNER: Final = 0o700
_DIGITS: Final = 16


class UnknownKind(AskedWrongly):
    """There are four kinds of keys: signing, identity, wire, tls."""

    code = "app/unknown-key-kind"


class RotationBegun(AskedWrongly):
    """A new key of this kind is made already, and not yet used."""

    code = "app/rotation-begun"
    remedy = "Use it (--use) once the directory lists it, or drop it (--drop)."


class NoNextKey(AskedWrongly):
    """No new key of this kind is waiting."""

    code = "app/no-next-key"
    remedy = "Make one first: comity node rotate-key FOLDER KIND."


def make_next(  # noqa: PLR0913 # the world is handed in
    folder: Path,
    kind: str,
    settings: Settings,
    now: Instant,
    *,
    random: Random,
    phrase: Passphrase | None,
) -> Path:
    """Make a new key of that kind beside the old one; return the folder where it waits."""
    require_kind(kind)
    place = next_folder(folder, kind)
    if place.exists():
        raise RotationBegun(where=str(place))
    partial = place.with_name(place.name + _PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)  # of a command that was killed
    (partial / KEYS).mkdir(mode=_OWNER, parents=True)
    _fill(partial, kind, settings, now, random=random, phrase=phrase)
    partial.rename(place)
    _flush(place.parent)
    return place


def drop_next(folder: Path, kind: str) -> None:
    """Drop a new key that is not used yet; raise ``NoNextKey``."""
    require_kind(kind)
    if not has_next(folder, kind):
        raise NoNextKey(kind)
    shutil.rmtree(next_folder(folder, kind))


def use_next(folder: Path, kind: str, phrase: Passphrase | None) -> None:
    """Put the new key in the place of the old one; raise ``NoNextKey``."""
    require_kind(kind)
    if not has_next(folder, kind):
        raise NoNextKey(kind)
    if kind == IDENTITY:
        _keep_identity(folder, phrase)
    _write_mark(_mark(folder, kind))
    finish_rotation(folder)


def finish_rotation(folder: Path) -> None:
    """End what ``use_next`` began, whoever began it and wherever it was broken off."""
    for kind, files in FILES.items():
        mark = _mark(folder, kind)
        if not mark.exists():
            continue
        place = next_folder(folder, kind)
        for name in files:
            _move(place / KEYS / name, folder / KEYS / name)
        _flush(folder / KEYS)
        shutil.rmtree(place, ignore_errors=True)
        mark.unlink(missing_ok=True)
        _flush(folder / KEYS)


def next_folder(folder: Path, kind: str) -> Path:
    """Return where a new key of that kind waits: a folder with ``keys`` in it, as a node's."""
    return folder / KEYS / f"next-{kind}"


def has_next(folder: Path, kind: str) -> bool:
    """Return whether a new key of that kind waits."""
    return next_folder(folder, kind).is_dir()


def next_card(folder: Path) -> PublicCard | None:
    """Return the card of the signing key that waits, if one does."""
    if not has_next(folder, SIGNING):
        return None
    return read_public(next_folder(folder, SIGNING) / KEYS / FILES[SIGNING][1])


def next_identity(folder: Path, phrase: Passphrase | None) -> Identity | None:
    """Return the identity that waits, if one does."""
    if not has_next(folder, IDENTITY):
        return None
    return read_identity(next_folder(folder, IDENTITY) / KEYS / FILES[IDENTITY][0], phrase)


def former_identities(folder: Path, phrase: Passphrase | None) -> tuple[Identity, ...]:
    """Return the identities of before, in the order of their files' names."""
    places = sorted((folder / KEYS / _FORMER).glob("*.age"))
    return tuple(read_identity(place, phrase) for place in places)


def require_kind(kind: str) -> None:
    """Raise ``UnknownKind`` if there are no keys of that kind."""
    if kind not in FILES:
        raise UnknownKind(kind[:40])


def _fill(  # noqa: PLR0913 # as make_next
    place: Path,
    kind: str,
    settings: Settings,
    now: Instant,
    *,
    random: Random,
    phrase: Passphrase | None,
) -> None:
    keys = place / KEYS
    if kind == SIGNING:
        key = SigningKey.generate(random)
        card = PublicCard(settings.authority, settings.authority, key.public)
        write_key(keys / FILES[SIGNING][0], key, random, passphrase=phrase)
        write_public(keys / FILES[SIGNING][1], card)
    elif kind == IDENTITY:
        write_key(keys / FILES[IDENTITY][0], Identity.generate(random), random, passphrase=phrase)
    elif kind == WIRE:
        renew_wire_key(place)
    else:
        renew_certificate(place, settings, now)


def _keep_identity(folder: Path, phrase: Passphrase | None) -> None:
    """Keep the present identity among the former ones, before another takes its place."""
    present = folder / KEYS / FILES[IDENTITY][0]
    name = Digest.of(str(read_identity(present, phrase).recipient).encode()).hex[:_DIGITS]
    former = folder / KEYS / _FORMER
    former.mkdir(mode=_OWNER, exist_ok=True)
    kept = former / f"{name}.age"
    if not kept.exists():
        os.link(present, kept)
    _flush(former)
    _flush(former.parent)


def _mark(folder: Path, kind: str) -> Path:
    return folder / KEYS / f"switch-{kind}"


def _write_mark(mark: Path) -> None:
    with mark.open("wb") as file:
        os.fsync(file.fileno())
    _flush(mark.parent)


def _move(source: Path, target: Path) -> None:
    """Put a file in the place of another; another process may have done it already."""
    try:
        source.replace(target)
    except FileNotFoundError:
        return


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
