"""How the database is reached, and with which guarantees.

SQLite: one file on a local disk. A transaction takes the write lock when it begins
(``IMMEDIATE``), for otherwise two readers that both want to write fail at once. Every
commit is flushed to the disk. A write-ahead log is used only from SQLite 3.51.3 on:
before, a database with two processes could be corrupted when the log was reset. With
a rollback journal ``EXTRA`` also flushes the folder after the journal is removed, without
which a power cut can take the last commit back. Nothing is mapped into memory, and what
is deleted is overwritten.

PostgreSQL: ``postgres://user@host:port/name`` or, for a socket, ``postgres:///name?host=/run/…``.
Passwords are not written here: they come from ``~/.pgpass`` or ``PGPASSFILE``.
"""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from comity.app.desk_apps import LANGUAGES, desk_settings, find_catalogues
from comity.base.errors import BadValue, NotPermitted
from comity.service.ports import Store
from comity.storage.foreign import readable, translated

SAFE_LOG: Final = (3, 51, 3)
_APPS: Final = ["django.contrib.contenttypes", "django.contrib.auth", "comity.storage"]
# The second gives every answer its length.
DOOR_MIDDLEWARE: Final = [
    "comity.web.telling.TellRequests",
    "django.middleware.common.CommonMiddleware",
]
_POSTGRES: Final = "django.db.backends.postgresql"
# Connections of one process to a PostgreSQL, at most; see docs/operating.md.
SHARED_CONNECTIONS: Final = 6
_WAIT_SECONDS: Final = 20
_IDLE_SECONDS: Final = 60
_OPTIONS: Final = frozenset({"host", "sslmode", "sslrootcert", "sslcert", "sslkey"})


class PasswordInUrl(NotPermitted):
    """A password stands in the address of the database; it would lie in the settings file."""

    code = "app/password-in-url"
    remedy = "Take it out and put it into ~/.pgpass, or name a file in PGPASSFILE."


def sqlite_settings(
    path: Path, version: tuple[int, ...] | None = None, *, create: bool = False
) -> dict[str, Any]:
    """Return Django's settings for the SQLite file at ``path``; ``version`` is SQLite's own.

    The file is made only if ``create`` says so: a lost one must not come back empty.
    """
    safe = (version or sqlite3.sqlite_version_info) >= SAFE_LOG
    journal = "WAL" if safe else "DELETE"
    flush = "FULL" if safe else "EXTRA"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode={journal}; PRAGMA synchronous={flush};"
                "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA mmap_size=0"
            ),
        },
    }


def postgres_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL address; raise ``BadValue`` if it is none."""
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = str(parts.port or "")
    except ValueError as error:
        raise BadValue(_POSTGRES_FORM) from error
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name or query.keys() - _OPTIONS:
        raise BadValue(_POSTGRES_FORM)
    if parts.password is not None:
        raise PasswordInUrl
    host = query.pop("host", "") or parts.hostname or ""
    return {
        "ENGINE": _POSTGRES,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"connect_timeout": 10, **query},
    }


_POSTGRES_FORM: Final = "A database is written postgres://user@host:port/name."


def open_database(alias: str, database: dict[str, Any]) -> Store:
    """Return the store that lies in ``database``; Django will know it as ``alias``.

    Several nodes may live in one process, each under its own alias. The tables can be
    imported only once Django is set up, hence here and not above.
    """
    configure_django()
    filled = connections.configure_settings({"default": {}, alias: database})[alias]
    if alias in connections.settings and connections.settings[alias] != filled:
        connections[alias].close()
        del connections[alias]
    connections.settings[alias] = filled
    from comity.storage.database import DatabaseStore  # noqa: PLC0415 - see above

    return DatabaseStore(alias)


def share_connections(database: dict[str, Any]) -> dict[str, Any]:
    """Let the many threads of a process share some connections to a PostgreSQL, which has few.

    Without, each thread would keep one of its own, and three nodes could use up a server. A
    thread that finds none free waits; after that the store is out of reach. SQLite's are
    files, and stay as they are.
    """
    if database["ENGINE"] != _POSTGRES:
        return database
    pool = {
        "min_size": 1,
        "max_size": SHARED_CONNECTIONS,
        "timeout": _WAIT_SECONDS,
        "max_idle": _IDLE_SECONDS,
    }
    options = {**database["OPTIONS"], "pool": pool}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": options}


def configure_django(urls: str = "", *, has_pages: bool = False) -> None:
    """Configure Django, once in a process; ``urls`` names the module of a door's routes.

    A door calls this before it opens its node; everything else has no routes. With
    ``has_pages`` all tables are known, those of signing in too. Every node has its own alias;
    in a default database lies nothing until ``make_default``. The secret key signs nothing
    that outlives the process.
    """
    if settings.configured:
        if urls:
            settings.ROOT_URLCONF = urls
        return
    plain: dict[str, Any] = {
        "INSTALLED_APPS": _APPS,
        "MIDDLEWARE": DOOR_MIDDLEWARE if urls else [],
        # The page for providers at the peers' door speaks their language.
        "USE_I18N": bool(urls),
        "LANGUAGE_CODE": "en",
        "LANGUAGES": LANGUAGES,
        "LOCALE_PATHS": find_catalogues() if urls else [],
    }
    settings.configure(
        ROOT_URLCONF=urls or "comity.app.databases",
        # The host a request names is compared with the endpoint where it is signed.
        ALLOWED_HOSTS=["*"],
        APPEND_SLASH=False,
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,  # every view bounds its own body
        SECURE_CROSS_ORIGIN_OPENER_POLICY="same-origin",
        SECRET_KEY=secrets.token_hex(32),
        AUTH_USER_MODEL="storage.Person",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        DATABASES={"default": {}},
        **(desk_settings() if has_pages else plain),
    )
    django.setup()


def tell_django(told: dict[str, Any]) -> None:
    """Tell Django what is so of this node's desk alone; called before anything is served."""
    for name, value in told.items():
        setattr(settings, name, value)


def make_default(alias: str) -> Store:
    """Let what names no database, sessions and means of signing in, lie in that of ``alias``.

    Return the store as it is reached so: a request then works on one connection. With two, one
    would wait for the other's write lock, and use up twice of what a PostgreSQL gives.
    """
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = connections.settings[alias]
    connections[alias].close()
    from comity.storage.database import DatabaseStore  # noqa: PLC0415 - as in open_database

    return DatabaseStore("default")


def migrate(alias: str) -> None:
    """Bring the tables to their newest form; raise ``StoreUnreachable`` or ``StoreDamaged``."""
    with translated():
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        if settings.CACHES["default"].get("LOCATION"):
            call_command("createcachetable", database=alias, verbosity=0)


def missing_migrations(alias: str) -> tuple[str, ...]:
    """Return the names of changes to the tables that this database has not had yet."""
    with translated(), readable():
        executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def has_tables(alias: str) -> bool:
    """Return whether there are tables of ours in this database, of whatever form."""
    with translated(), readable():
        names = connections[alias].introspection.table_names()
    return any(name.startswith("storage_") for name in names)


def close_connections() -> None:
    """Close this thread's connections, if there can be any."""
    if settings.configured:
        connections.close_all()
