"""A mirror: the public files over plain HTTP, and a timestamp that is always fresh.

Nothing it serves is secret, and nothing is believed because it serves it; so it needs no TLS.
It serves files by name alone: no listing, no links, nothing but what a directory holds.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.base.errors import BadValue, ComityError, OutOfReach
from comity.cli.directory.folder import Folder
from comity.cli.directory.options import AsJson, Phrase, Place, read_key
from comity.cli.directory.turning import is_due, turn_online
from comity.seal.keys import SigningKey

app = typer.Typer()
_FILE: Final = re.compile(r"/(?:[A-Z]{2}/|depositary/)?[A-Za-z0-9][A-Za-z0-9._~=-]{0,250}\.json")
_LISTEN: Final = re.compile(r"(.{1,253}):([0-9]{1,5})")
_PATIENCE: Final = 30
_EVERY: Final = 60.0


class _Handler(BaseHTTPRequestHandler):
    """One request for one file."""

    timeout = _PATIENCE
    server: _Server
    server_version = "comity"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # named by http.server
        """Answer with the file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:  # named by http.server
        """Answer with the length of the file."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # named by http.server
        """Say nothing: who asks is nobody's business."""

    def _answer(self, *, with_body: bool) -> None:
        data = self._find()
        self.send_response(HTTPStatus.OK if data is not None else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if with_body and data:
            self.wfile.write(data)

    def _find(self) -> bytes | None:
        """Return the bytes of a public file; links are not followed."""
        if not _FILE.fullmatch(self.path):
            return None
        path = self.server.public / self.path.removeprefix("/")
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as stream:
                return stream.read()
        except OSError:
            return None


class _Server(ThreadingHTTPServer):
    """Serves the public files of a folder."""

    daemon_threads = True
    public: Path

    def server_bind(self) -> None:
        """Bind, and ask no name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment] # an address


@app.command()
def serve(
    folder: Place,
    *,
    listen: Annotated[str, typer.Option(help="HOST:PORT; port 0 is any that is free.")],
    key: Annotated[list[Path] | None, typer.Option("--key", help="A mirror's key file.")] = None,
    passphrase_file: Phrase = None,
    as_json: AsJson = False,
) -> None:
    """Serve the public files until stopped; sign the timestamp again before it expires."""
    place = Folder.open(folder)
    keys = [read_key(path, passphrase_file) for path in key or ()]
    over = threading.Event()
    with _open_server(listen) as server:
        server.public = place.public
        if keys:
            _turn(place, keys)
            threading.Thread(target=_keep_fresh, args=(place, keys, over), daemon=True).start()
        host, port = server.server_address[:2]
        told = {"listening": f"http://{host!s}:{port}", "folder": str(folder)}
        line = f"The mirror of {folder} is at {told['listening']}"
        typer.echo(json.dumps(told) if as_json else line)
        try:
            server.serve_forever()
        finally:
            over.set()


def _open_server(listen: str) -> _Server:
    match = _LISTEN.fullmatch(listen)
    if match is None or int(match[2]) > 65_535:  # noqa: PLR2004 # the largest port
        detail = "Where to listen is written HOST:PORT."
        raise BadValue(detail)
    try:
        return _Server((match[1].strip("[]"), int(match[2])), _Handler)
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=listen) from error


def _keep_fresh(place: Folder, keys: list[SigningKey], over: threading.Event) -> None:
    while not over.wait(_EVERY):
        _turn(place, keys)


def _turn(place: Folder, keys: list[SigningKey]) -> None:
    """Sign again if it is due; what goes wrong is said, and the files are served all the same."""
    try:
        if is_due(place):
            turn_online(place, keys)
    except ComityError as error:
        typer.echo(f"comity: {error}", err=True)
