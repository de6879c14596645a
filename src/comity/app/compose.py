"""The composition root: every constructor call of a node stands here.

A node's folder::

    node.toml            what it is (``comity.app.settings``)
    keys/authority.key   signs acts and packages            keys/authority.pub   its card, for all
    keys/authority.age   opens what is sealed to the authority
    node.sqlite3         the database, unless it is a PostgreSQL
    blobs/               encrypted volumes, by the SHA-256 of their bytes
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from comity.app import databases
from comity.app.settings import FILE, Settings, passphrase_file, read_settings
from comity.app.world import RandomIdents, SystemClock
from comity.base import Clock, canonical_bytes
from comity.base.errors import AskedWrongly, OutOfReach
from comity.domain.conditions import PREDICATES
from comity.law import Book, load_book
from comity.seal.age import Identity, Passphrase
from comity.seal.keyfiles import (
    PublicCard,
    read_identity,
    read_signing_key,
    write_key,
    write_public,
)
from comity.seal.keys import SigningKey
from comity.service.errors import AlreadyThere
from comity.service.node import Node
from comity.service.ports import Random, Store
from comity.service.rows import KeyRow
from comity.storage.disk import DiskBlobs

_KEYS: Final = "keys"
_BLOBS: Final = "blobs"
_SIGNING: Final = "authority.key"
_CARD: Final = "authority.pub"
_IDENTITY: Final = "authority.age"
_PARTIAL: Final = ".partial"
_OWNER: Final = 0o700


class FolderTaken(AskedWrongly):
    """There is something at this place already; a node is made in a new folder."""

    code = "app/folder-taken"
    remedy = "Name another folder, or put away what is there."


class FolderUnreachable(OutOfReach):
    """The node's folder cannot be read or written."""

    code = "app/folder-unreachable"
    remedy = "See that the folder is there and belongs to the account that runs the node."


class TablesOutdated(OutOfReach):
    """The tables of this database are older than this program."""

    code = "app/tables-outdated"
    remedy = "Make a backup, then run: comity node migrate."


def init_node(folder: Path, settings: Settings, *, random: Random = os.urandom) -> PublicCard:
    """Make a node in the new ``folder``: keys, tables, blobs; return its card.

    All is made under another name first, so that a node is there whole or not at all.
    """
    partial = folder.with_name(folder.name + _PARTIAL)
    for place in (folder, partial):
        if place.is_symlink() or place.exists():
            raise FolderTaken(where=str(place))
    try:
        partial.mkdir(mode=_OWNER)
        try:
            card = _fill(partial, settings, random)
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except OSError as error:
        raise FolderUnreachable(error.strerror or "", where=str(folder)) from error
    return card


def open_node(
    folder: Path,
    *,
    clock: Clock | None = None,
    random: Random = os.urandom,
    book: Book | None = None,
) -> Node:
    """Return the node in ``folder``; raise ``NoNode``, ``TablesOutdated`` or what its keys say."""
    settings = read_settings(folder)
    keys = folder / _KEYS
    phrase = _read_passphrase()
    signing = read_signing_key(keys / _SIGNING, phrase)
    identity = read_identity(keys / _IDENTITY, phrase)
    store = open_store(folder, settings)
    if missing := databases.missing_migrations(_alias(folder)):
        raise TablesOutdated(", ".join(missing), where=str(folder))
    return Node(
        state=settings.state,
        authority=settings.authority,
        exercise=settings.exercise,
        version=metadata.version("comity"),
        book=book or load_book(predicates=frozenset(PREDICATES)),
        store=store,
        blobs=DiskBlobs(folder / _BLOBS, random),
        clock=clock or SystemClock(),
        idents=RandomIdents(random),
        random=random,
        key=signing,
        identity=identity,
        home=folder,
    )


def open_store(folder: Path, settings: Settings) -> Store:
    """Return the store of the node in ``folder``."""
    return databases.open_database(_alias(folder), _database(folder, settings))


def migrate_node(folder: Path) -> tuple[str, ...]:
    """Bring the tables of a node to their newest form; return what was done."""
    open_store(folder, read_settings(folder))
    missing = databases.missing_migrations(_alias(folder))
    databases.migrate(_alias(folder))
    return missing


def card_path(folder: Path) -> Path:
    """Return where the node's card lies: the file that others verify with."""
    return folder / _KEYS / _CARD


def _fill(folder: Path, settings: Settings, random: Random) -> PublicCard:
    """Make all that a node has, in ``folder``."""
    phrase = _read_passphrase()
    signing = SigningKey.generate(random)
    card = PublicCard(settings.authority, settings.authority, signing.public)
    (folder / _BLOBS).mkdir(mode=_OWNER)
    keys = folder / _KEYS
    keys.mkdir(mode=_OWNER)
    write_key(keys / _SIGNING, signing, random, passphrase=phrase)
    write_key(keys / _IDENTITY, Identity.generate(random), random, passphrase=phrase)
    write_public(keys / _CARD, card)
    (folder / FILE).write_text(settings.as_toml(), "utf-8")
    store = open_store(folder, settings)
    databases.migrate(_alias(folder))
    with store.unit() as unit:
        if unit.keys.count():
            detail = "This database holds a node already."
            raise AlreadyThere(detail)
        unit.keys.add(
            KeyRow(
                key_id=signing.public.key_id,
                state=settings.state,
                authority=settings.authority,
                document=canonical_bytes(signing.public.as_data()),
                known_since=SystemClock().now(),
            )
        )
    databases.close_connections()
    return card


def _database(folder: Path, settings: Settings) -> dict[str, Any]:
    if settings.is_sqlite:
        return databases.sqlite_settings(folder.resolve() / settings.database)
    return databases.postgres_settings(settings.database)


def _alias(folder: Path) -> str:
    return f"node {folder.resolve()}"


def _read_passphrase() -> Passphrase | None:
    path = passphrase_file()
    if path is None:
        return None
    try:
        first = path.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise FolderUnreachable(where=str(path)) from error
    return Passphrase(first)


def with_clock(node: Node, clock: Clock) -> Node:
    """Return the same node under another clock: for demonstrations and tests."""
    return replace(node, clock=clock)
