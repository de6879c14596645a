"""The desk's door of the example's node on a port of loopback, in this process, for a browser.

with serve(open_cached()) as desk:
    desk.base                         # http://xa.localhost:PORT
    desk.cookie("duty", role="…")     # of somebody who signed in: for developers, no door
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import shutil
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import got_request_exception
from django.db import connections
from django.test import Client, override_settings

from comity.app import databases
from comity.app.compose import node_alias
from comity.app.databases import close_connections
from comity.app.desk_apps import MIDDLEWARE
from comity.web.pages.kit.seat import ROLE
from comity.web.place import leave_place, take_place
from tests.examples import Example, make_example, open_example
from tests.places import CHECKOUT
from tests.world import book
from tools.catalogues import compile_all

CACHE: Final = CHECKOUT / ".cache"
T = TypeVar("T")
# What breaks is kept for the test, with its place.
logging.getLogger("django.request").addHandler(logging.NullHandler())
URLS: Final = "comity.web.urls_desk"


@dataclass
class Served:
    """The desk's door of XA, and who may sit there."""

    base: str
    example: Example
    broken: list[str] = field(default_factory=list)  # tracebacks of what the pages did not catch

    def cookie(self, login: str, *, role: str = "") -> str:
        """Return the session of somebody who signed in, in one role or in all of theirs."""
        return aside(lambda: str(sit(login, role).session.session_key))

    def fill(self, path: str) -> str:
        """Return the path with the names of the example put in for ``{dossier}`` and the like."""
        return "/" + path.lstrip("/").format(**self.example.names)


def aside(do: Callable[[], T]) -> T:
    """Do something with the database in a thread: beside a browser Django refuses it."""

    def run() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def sit(login: str, role: str = "") -> Client:
    """Return Django's own client of somebody who signed in; what breaks is answered by 500."""
    client = Client(raise_request_exception=False)
    if login == "-":
        return client
    client.force_login(get_user_model().objects.get(login=login))
    if role:
        session = client.session
        session[ROLE] = role
        session.save()
    return client


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 # the base's name
        """Say nothing of requests."""


@contextmanager
def open_cached(cache: Path = CACHE) -> Iterator[Example]:
    """Open a copy of the example, which is made anew when what it is made of has changed."""
    compile_all()
    kept = cache / f"example-{_fingerprint()}"
    cache.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="comity-example-") as folder:
        copy = Path(folder) / "example"
        with (cache / "example.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (kept / "clock.txt").exists():
                shutil.rmtree(kept, ignore_errors=True)
                make_example(kept)
            shutil.copytree(kept, copy)
        try:
            yield open_example(copy)
        finally:
            close_connections()


@contextmanager
def serve(example: Example) -> Iterator[Served]:
    """Serve the pages of the example's XA until the block ends."""
    store = databases.make_default(node_alias(example.folder / "node-xa"))
    leave_place()
    take_place(replace(example.nodes["XA"], store=store), example.settings)
    with override_settings(ROOT_URLCONF=URLS, MIDDLEWARE=MIDDLEWARE):
        server = ThreadedWSGIServer(("127.0.0.1", 0), _Silent)
        server.daemon_threads = False
        server.set_app(WSGIHandler())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        served = Served(f"http://xa.localhost:{server.server_port}", example)

        def keep(**_said: object) -> None:
            served.broken.append(traceback.format_exc(limit=-4))

        got_request_exception.connect(keep)
        thread.start()
        try:
            yield served
        finally:
            got_request_exception.disconnect(keep)
            server.shutdown()
            thread.join()
            server.server_close()
            leave_place()
            connections.close_all()


def _fingerprint() -> str:
    """Return what changes when the example, the tables or the law do."""
    return hashlib.sha256(_READ + str(book().digest).encode()).hexdigest()[:12]


def _read_sources() -> bytes:
    kept = [CHECKOUT / "tests/examples.py", CHECKOUT / "demo/forms.py"]
    kept += sorted((CHECKOUT / "src/comity/storage/migrations").glob("*.py"))
    return b"".join(file.read_bytes() for file in kept)


# Read when the module is, for they may change while a long run goes on.
_READ: Final = _read_sources()
