"""A door as a process: ``python -m comity.web.serving peers|desk FOLDER --parent PID``.

granian with one worker process, HTTP/1.1 alone. The peers' door speaks TLS 1.3 and nothing
older, and is ASGI: ``web.lanes`` keeps threads for peers and a clock over bodies, which the
server's WSGI does not know. The desk's door, for the authority's own people, is WSGI, whose
answers may stream. A request's head must come within 15 seconds, and an idle connection is
closed after as many; a body is read only when its length, its sender and its digest are known,
and of one sender only some are read at once (``web.bodies``). The process is replaced every few
hours, which ends what hangs.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from comity.app.lifeline import end_with
from comity.app.logs import LibraryFormatter, begin_logs, say
from comity.app.settings import Settings, provider_secret, read_address, read_settings
from comity.app.wirekeys import tls_files

PEERS: Final = "peers"
DESK: Final = "desk"
_URLS: Final = {PEERS: "comity.web.urls_peers", DESK: "comity.web.urls_desk"}
_HEAD_MILLISECONDS: Final = 15_000
_HEAD_BYTES: Final = 64 << 10
_THREADS: Final = 32
# Connections, also idle ones: beyond, the system's own queue holds them. One at the peers' door
# costs no thread; there are to be more than a stranger holds with ease.
_CONNECTIONS: Final = {PEERS: 2_048, DESK: 128}
_LIFETIME_SECONDS: Final = 6 * 3600
_PATIENCE_SECONDS: Final = 10


def main(words: list[str] | None = None) -> None:
    """Serve one door until told to stop."""
    asked = _read_words(words)
    end_with(asked.parent)
    settings = read_settings(asked.folder)
    begin_logs(asked.door, settings)
    _raise_files(2 * _CONNECTIONS[asked.door])
    host, port = read_address(settings.peers if asked.door == PEERS else settings.desk)
    server = Server(
        "comity.web.serving",
        address=host,
        port=port,
        backpressure=_CONNECTIONS[asked.door],
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=_HEAD_MILLISECONDS, max_buffer_size=_HEAD_BYTES
        ),
        log_level=LogLevels.warning,
        log_dictconfig=_log_settings(asked.door),
        workers_lifetime=_LIFETIME_SECONDS,
        workers_kill_timeout=_PATIENCE_SECONDS,
        **_manner(asked.door),
        **_tls(asked.door, asked.folder),
    )
    load = functools.partial(load_door, asked.door, asked.folder, os.getpid())
    server.serve(target_loader=load, wrap_loader=False)


def load_door(door: str, folder: Path, parent: int) -> Any:  # noqa: ANN401 - an application of WSGI or ASGI
    """Open the node and return the application; called in the process that serves."""
    if multiprocessing.parent_process() is not None:
        end_with(parent)
    settings = read_settings(folder)
    begin_logs(door, settings)
    application = make_application(door, folder, settings)
    say("door-open", listens=settings.peers if door == PEERS else settings.desk)
    return application


def make_application(door: str, folder: Path, settings: Settings) -> Any:  # noqa: ANN401 - as above
    """Return the application of ``door`` for the node in ``folder``."""
    from comity.app.compose import node_alias, open_node  # noqa: PLC0415 - the parent stays small
    from comity.app.databases import (  # noqa: PLC0415 - as above
        configure_django,
        make_default,
        tell_django,
    )
    from comity.app.entering import told_of  # noqa: PLC0415 - as above

    configure_django(_URLS[door], has_pages=door == DESK)
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - Django is set up first

    from comity.web.lanes import Lanes  # noqa: PLC0415 - as above
    from comity.web.place import take_place  # noqa: PLC0415 - as above

    node = open_node(folder, has_threads=True)
    if door == DESK:
        node = replace(node, store=make_default(node_alias(folder)))
        tell_django(told_of(settings, node.identity, provider_secret(folder, settings)))
    take_place(node, settings)
    return Lanes(WSGIHandler()) if door == PEERS else WSGIHandler()


def _raise_files(wanted: int) -> None:
    """Let so many files be open, where the system lets us: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _manner(door: str) -> dict[str, Any]:
    """Return how the server calls the application; its threads are ours at the peers' door."""
    if door == PEERS:
        return {"interface": Interfaces.ASGINL}
    return {"interface": Interfaces.WSGI, "blocking_threads": _THREADS}


def _tls(door: str, folder: Path) -> dict[str, Any]:
    if door != PEERS:
        return {}
    certificate, key, phrase = tls_files(folder)
    return {"ssl_cert": certificate, "ssl_key": key, "ssl_key_password": phrase}


def _log_settings(door: str) -> dict[str, Any]:
    """Let the server log in our form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": LibraryFormatter, "part": door}},
        "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "loggers": {
            "_granian": {"handlers": ["error"], "level": "WARNING", "propagate": False},
            "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }


def _read_words(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="comity.web.serving")
    parser.add_argument("door", choices=sorted(_URLS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parent", type=int, required=True)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
