"""A real PostgreSQL for tests: the system's own, on a temporary folder and a socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.places import absent

# No test cuts the power of this server, so it need not wait for the disk.
_FAST = ("-c", "fsync=off", "-c", "full_page_writes=off")
_PLACES = (*(Path("/usr/lib/postgresql") / str(n) / "bin" for n in range(18, 13, -1)),)


def _program(name: str) -> str:
    for place in _PLACES:
        if (place / name).exists():
            return str(place / name)
    found = shutil.which(name)
    if found is None:
        absent(f"PostgreSQL ({name})")
    return found


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root; then the system's own account runs it."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv"):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if shutil.which("runuser"):
        return ["runuser", "-u", "postgres", "--"]
    return absent("a way to run PostgreSQL as another account than root")


@contextmanager
def running() -> Iterator[str]:
    """Start a server, give its address up to the name of a database, stop it again."""
    folder = Path(tempfile.mkdtemp(prefix="comity-pg-", dir="/tmp"))
    prefix = _as_postgres()
    try:
        if prefix:
            shutil.chown(folder, "postgres", "postgres")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
        data = folder / "data"
        make = [_program("initdb"), "-D", str(data), "-A", "trust", "-U", "comity", "-E", "UTF8"]
        subprocess.run([*prefix, *make], check=True, capture_output=True, env=env, cwd=folder)
        serve = [_program("postgres"), "-D", str(data), "-k", str(folder), "-c"]
        serve += [
            "listen_addresses=",
            "-c",
            "max_connections=100",
            "-c",
            "log_min_messages=fatal",
            *_FAST,
        ]
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [*prefix, *serve], stdout=log, stderr=subprocess.STDOUT, env=env, cwd=folder
        )
        try:
            _await(folder, server)
            yield f"postgres://comity@localhost/{{name}}?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: its folder goes too
            server.wait(30)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(folder: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    tries = 0
    while True:
        try:
            psycopg.connect(host=str(folder), user="comity", dbname="postgres").close()
        except psycopg.OperationalError:
            tries += 1
            if server.poll() is not None or tries > 300:
                absent(f"PostgreSQL (it does not start: {(folder / 'log').read_text()[-300:]})")
            _pause()
        else:
            return


def _pause() -> None:
    import time  # noqa: PLC0415 - waiting for another process is all that it is for

    time.sleep(0.1)


def new_database(server: str, name: str, template: str = "template1") -> str:
    """Make a database like ``template`` and return its address."""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    host = server.partition("host=")[2]
    with psycopg.connect(
        host=host, user="comity", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.format(name=name)
