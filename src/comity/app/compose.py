"""The composition root: every constructor call of a node stands here.

A node's folder::

    node.toml            what it is (``comity.app.settings``)
    keys/authority.key   signs acts and packages            keys/authority.pub   its card, for all
    keys/authority.age   opens what is sealed to the authority
    node.sqlite3         the database, unless it is a PostgreSQL
    keys/wire.key, tls.key, tls.crt   see ``comity.app.wirekeys``
    blobs/               encrypted volumes, by the SHA-256 of their bytes
    run/                 what the running processes say of themselves
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeVar

from comity.app import databases
from comity.app.later import LaterWire
from comity.app.rotating import finish_rotation, former_identities
from comity.app.settings import FILE, Settings, passphrase_file, read_settings
from comity.app.wirekeys import WIRE_KEY, make_wire_keys
from comity.app.world import RandomIdents, SystemClock
from comity.base import Clock, canonical_bytes
from comity.base.errors import AskedWrongly, BadValue, DoesNotVerify, OutOfReach
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
from comity.service.errors import AlreadyThere, StoreMissing
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Mailer, Random, Store, Wire
from comity.service.rows import KeyRow
from comity.storage.disk import DiskBlobs

_KEYS: Final = "keys"
_BLOBS: Final = "blobs"
_SIGNING: Final = "authority.key"
_CARD: Final = "authority.pub"
_IDENTITY: Final = "authority.age"
_PARTIAL: Final = ".partial"
_OWNER: Final = 0o700

AnyKey = TypeVar("AnyKey", SigningKey, Identity)


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
    remedy = "Make a backup, then run: comity node migrate FOLDER."


class KeyDamaged(DoesNotVerify):
    """This is not the key file that it was."""

    code = "app/key-damaged"
    remedy = "Put the file back from the backup of the keys; nothing else opens this node."


class PassphraseUnreachable(OutOfReach):
    """The file that COMITY_PASSPHRASE_FILE names cannot be read."""

    code = "app/passphrase-unreachable"
    remedy = "Name the file whose first line is the passphrase, or unset COMITY_PASSPHRASE_FILE."


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
    has_threads: bool = False,
) -> Node:
    """Return the node in ``folder``; ``has_threads`` lets many threads share some connections.

    Raise ``NoNode``, ``StoreMissing``, ``StoreDamaged``, ``TablesOutdated``, ``KeyDamaged`` or
    what else its keys say.
    """
    settings = read_settings(folder)
    finish_rotation(folder)
    keys = folder / _KEYS
    phrase = read_passphrase()
    signing = _read_key(read_signing_key, keys / _SIGNING, phrase)
    identity = _read_key(read_identity, keys / _IDENTITY, phrase)
    store = open_store(folder, settings, has_threads=has_threads)
    if missing := databases.missing_migrations(node_alias(folder)):
        raise TablesOutdated(", ".join(missing), where=str(folder))
    ticking = clock or SystemClock()
    return Node(
        state=settings.state,
        authority=settings.authority,
        exercise=settings.exercise,
        version=metadata.version("comity"),
        book=book or load_book(predicates=frozenset(PREDICATES)),
        store=store,
        blobs=DiskBlobs(folder / _BLOBS, random),
        clock=ticking,
        idents=RandomIdents(random),
        random=random,
        key=signing,
        identity=identity,
        former=_read_former(folder, identity, phrase),
        home=folder,
        wire=open_wire(folder, settings, ticking, random),
        mailer=_open_mailer(settings),
        mirrors=settings.mirrors,
    )


def _read_former(
    folder: Path, identity: Identity, phrase: Passphrase | None
) -> tuple[Identity, ...]:
    try:
        held = former_identities(folder, phrase)
    except (DoesNotVerify, BadValue) as error:
        raise KeyDamaged(error.detail, where=error.where) from error
    return tuple(one for one in held if one.recipient != identity.recipient)


def open_wire(folder: Path, settings: Settings, clock: Clock, random: Random) -> Wire | None:
    """Return what reaches other nodes; None for a node that was made without keys for it."""
    if not (folder / _KEYS / WIRE_KEY).exists():
        return None
    caller = Caller(state=settings.state, authority=settings.authority)
    return LaterWire(folder, caller.keyid, clock, random)


def _open_mailer(settings: Settings) -> Mailer | None:
    if not settings.smtp:
        return None
    from comity.transport.mail import SmtpMailer  # noqa: PLC0415 - most commands send no mail

    return SmtpMailer(settings.smtp, settings.mail_from)


def open_store(folder: Path, settings: Settings, *, has_threads: bool = False) -> Store:
    """Return the store of the node in ``folder``; raise ``StoreMissing``, never make one."""
    if settings.is_sqlite and not (folder / settings.database).exists():
        raise StoreMissing(where=str(folder / settings.database))
    database = node_database(folder, settings)
    if has_threads:
        database = databases.share_connections(database)
    store = databases.open_database(node_alias(folder), database)
    if not databases.has_tables(node_alias(folder)):
        detail = "There is a database, but no table of ours is in it."
        raise StoreMissing(detail, where=str(folder))
    return store


def migrate_node(folder: Path) -> tuple[str, ...]:
    """Bring the tables of a node to their newest form; return what was done."""
    databases.configure_django(has_pages=True)
    open_store(folder, read_settings(folder))
    missing = databases.missing_migrations(node_alias(folder))
    databases.migrate(node_alias(folder))
    return missing


def card_path(folder: Path) -> Path:
    """Return where the node's card lies: the file that others verify with."""
    return folder / _KEYS / _CARD


def _fill(folder: Path, settings: Settings, random: Random) -> PublicCard:
    """Make all that a node has, in ``folder``."""
    databases.configure_django(has_pages=True)
    phrase = read_passphrase()
    signing = SigningKey.generate(random)
    card = PublicCard(settings.authority, settings.authority, signing.public)
    (folder / _BLOBS).mkdir(mode=_OWNER)
    keys = folder / _KEYS
    keys.mkdir(mode=_OWNER)
    write_key(keys / _SIGNING, signing, random, passphrase=phrase)
    write_key(keys / _IDENTITY, Identity.generate(random), random, passphrase=phrase)
    write_public(keys / _CARD, card)
    make_wire_keys(folder, settings, SystemClock().now())
    (folder / FILE).write_text(settings.as_toml(), "utf-8")
    database = node_database(folder, settings, create=True)
    store = databases.open_database(node_alias(folder), database)
    databases.migrate(node_alias(folder))
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


def node_database(folder: Path, settings: Settings, *, create: bool = False) -> dict[str, Any]:
    """Return Django's settings for the database of the node in ``folder``."""
    if settings.is_sqlite:
        return databases.sqlite_settings(folder.resolve() / settings.database, create=create)
    return databases.postgres_settings(settings.database)


def node_alias(folder: Path) -> str:
    """Return what Django calls the database of the node in ``folder``."""
    return f"node {folder.resolve()}"


def read_passphrase() -> Passphrase | None:
    """Return what locks the key files, if COMITY_PASSPHRASE_FILE names it."""
    path = passphrase_file()
    if path is None:
        return None
    try:
        first = path.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "It is not text."
        raise PassphraseUnreachable(reason or "", where=str(path)) from error
    return Passphrase(first)


def _read_key(
    read: Callable[[Path, Passphrase | None], AnyKey], path: Path, phrase: Passphrase | None
) -> AnyKey:
    try:
        return read(path, phrase)
    except (DoesNotVerify, BadValue) as error:
        raise KeyDamaged(error.detail, where=str(path)) from error


def with_clock(node: Node, clock: Clock) -> Node:
    """Return the same node under another clock: for demonstrations and tests."""
    return replace(node, clock=clock)
