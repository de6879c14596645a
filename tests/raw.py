"""The tables as any database tool sees them: an eye, and a hand that damages, not of our making."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.stores import Place


class Raw:
    """SQL by hand, with ``?`` for values on either database."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection = connection
        self._mark = mark

    def __call__(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute(sql.replace("?", self._mark), values)
        rows = cursor.fetchall() if cursor.description else []
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]

    def one(self, sql: str, *values: object) -> Any:
        ((value,),) = self(sql, *values)
        return value


@contextmanager
def raw_tables(place: Place) -> Iterator[Raw]:
    """Open the database beside Django; what is done is kept."""
    if place.kind == "sqlite":
        connection: Any = sqlite3.connect(Path(place.address))
        mark = "?"
    else:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is

        parts = urlsplit(place.address)
        host = parse_qs(parts.query)["host"][0]
        connection = psycopg.connect(host=host, user="comity", dbname=parts.path.lstrip("/"))
        mark = "%s"
    try:
        yield Raw(connection, mark)
        connection.commit()
    finally:
        connection.close()
