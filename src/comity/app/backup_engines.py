"""The two databases: how one moment of each is copied while the node writes, and put back.

SQLite by its own online backup (sqlite.org/backup.html), in one step: writers wait for as
long as the copy takes, and no page is of another moment. PostgreSQL by pg_dump within
the snapshot that our own reading uses (``pg_export_snapshot``), so that what is counted
is what is dumped.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from django.db import connections, transaction

from comity.base.errors import NotPermitted, OutOfReach
from comity.seal.age.encryptor import Encryptor
from comity.service.errors import StoreDamaged, StoreUnreachable
from comity.storage.foreign import translated

_WAIT_SECONDS: Final = 60.0
_SERVERS: Final = Path("/usr/lib/postgresql")
_SAID: Final = 400


class NoPostgresTools(OutOfReach):
    """pg_dump and pg_restore are not installed here."""

    code = "app/no-postgres-tools"
    remedy = "Install PostgreSQL's client programs, of the server's version or newer."


class DumpFailed(OutOfReach):
    """PostgreSQL's own program could not do its part."""

    code = "app/dump-failed"
    remedy = "See that the database can be reached and that the programs are not older than it."


class DatabaseTaken(NotPermitted):
    """There are tables in this database already; nothing is restored over them."""

    code = "app/database-taken"
    remedy = "Make an empty database and name it with --database."


class Readable(Protocol):
    """What can be copied to a program: a decryptor."""

    def copy_to(self, sink: BinaryIO, /) -> int:
        """Write all of it."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy one moment of a SQLite file that others write; raise ``StoreDamaged``."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.execute(f"PRAGMA busy_timeout={int(_WAIT_SECONDS * 1000)}")
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise StoreUnreachable(type(error).__name__, where=str(source)) from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(type(error).__name__, where=str(source)) from error


def dump_postgres(alias: str, address: str, sink: Encryptor) -> None:
    """Write what pg_dump says of the moment that ``alias`` looks at within its view."""
    with translated(), connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with _running("pg_dump", [*words, f"--dbname={address}"], stdout=subprocess.PIPE) as program:
        if program.stdout is None:
            message = "a program without the output that was asked of it"
            raise RuntimeError(message)
        sink.copy_from(program.stdout)  # type: ignore[arg-type] # a pipe reads as a file does


def load_postgres(address: str, source: Readable) -> None:
    """Put a dump back, in one transaction."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _running("pg_restore", [*words, f"--dbname={address}"], stdin=subprocess.PIPE) as program:
        if program.stdin is None:
            message = "a program without the input that was asked of it"
            raise RuntimeError(message)
        source.copy_to(program.stdin)  # type: ignore[arg-type] # a pipe is written as a file is


def require_empty(alias: str) -> None:
    """Return if the database has no tables at all; else raise ``DatabaseTaken``."""
    with translated():
        if connections[alias].introspection.table_names():
            raise DatabaseTaken(where=str(connections[alias].settings_dict["NAME"]))


def drop_tables(alias: str) -> None:
    """Take back what a restoration that failed put into a database that was empty."""
    connection = connections[alias]
    with translated(), transaction.atomic(using=alias, durable=True):
        names = connection.introspection.table_names()
        with connection.cursor() as cursor:
            for name in names:
                quoted = connection.ops.quote_name(name)
                cursor.execute(f"DROP TABLE IF EXISTS {quoted} CASCADE")


@contextmanager
def _running(
    name: str,
    words: list[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's programs; raise ``DumpFailed`` if it does not end well."""
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 # a program found by us, words of ours
            [_program(name), *words], stdin=stdin, stdout=stdout, stderr=said
        )
        try:
            yield program
        except BrokenPipeError as error:
            program.wait()
            raise DumpFailed(_last_words(said)) from error
        except BaseException:
            program.kill()
            program.wait()
            raise
        finally:
            for pipe in (program.stdin, program.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
        if program.wait():
            raise DumpFailed(_last_words(said))


def _last_words(said: BinaryIO) -> str:
    said.seek(0)
    text = said.read(1 << 16).decode("utf-8", "replace")
    return re.sub(r"\s+", " ", text).strip()[:_SAID]


def _program(name: str) -> str:
    """Return the newest of these programs that there is; raise ``NoPostgresTools``."""
    places = sorted(_SERVERS.glob(f"*/bin/{name}"), key=_version, reverse=True)
    found = str(places[0]) if places else shutil.which(name)
    if found is None or not os.access(found, os.X_OK):
        raise NoPostgresTools(name)
    return found


def _version(path: Path) -> int:
    number = path.parent.parent.name
    return int(number) if number.isdigit() else 0
