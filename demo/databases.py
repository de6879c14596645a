"""Where the nodes keep their tables: a file in each folder, or databases of one PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from demo.errors import PlayStopped

DatabaseMaker: TypeAlias = Callable[[str], str]


@contextmanager
def open_databases(asked: str) -> Iterator[DatabaseMaker]:
    """Give a function from a State to the address of its new, empty database ("": a file)."""
    if not asked:
        yield lambda _state: ""
    elif asked == "postgres":
        try:
            from tests import postgres  # noqa: PLC0415 - a server of its own, as the tests have
        except ImportError as error:
            message = f"DATABASE=postgres needs what `make test` sets up ({error})."
            raise PlayStopped(message) from error
        with postgres.running() as server:
            yield lambda state: postgres.new_database(server, f"comity_{state.lower()}")
    elif "{name}" in asked:
        yield lambda state: asked.format(name=f"comity_{state.lower()}")
    else:
        message = "DATABASE is postgres, or the URL of databases that are there, with {name}."
        raise PlayStopped(message)
