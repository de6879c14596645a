"""What is counted for a while, for all processes of a door: tries to sign in, codes used.

A cache of Django's in a table of the node's database (made by ``createcachetable``), with
values as JSON: Django's own would unpickle whatever lies in the table, and so run it. To add is
one statement that the database itself decides: of two at once one fails.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

TABLE: Final = "comity_counts"
_SET: Final = "DO UPDATE SET value = excluded.value, expires = excluded.expires"
_WRITE: Final = (
    f"INSERT INTO {TABLE} (cache_key, value, expires) VALUES (%s, %s, %s) "  # noqa: S608 - our own constant
    "ON CONFLICT (cache_key) "
)
_STALE: Final = f" WHERE {TABLE}.expires < %s"


class NodeCounts(BaseDatabaseCache):
    """Values that can be written as JSON, each until its time is over."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:  # noqa: ANN401 - Django's
        """Return the value, or ``default`` where there is none or its time is over."""
        found = self._ask(
            f"SELECT value FROM {TABLE} WHERE cache_key = %s AND expires >= %s",  # noqa: S608 - as above
            [self._name(key, version), self._now()],
        )
        return json.loads(found[0]) if found else default

    def set(
        self,
        key: Any,  # noqa: ANN401 - Django's
        value: Any,  # noqa: ANN401 - as above
        timeout: Any = DEFAULT_TIMEOUT,  # noqa: ANN401 - as above
        version: int | None = None,
    ) -> None:
        """Keep a value for so many seconds."""
        self._sweep()
        self._do(_WRITE + _SET, self._row(key, value, timeout, version))

    def add(
        self,
        key: Any,  # noqa: ANN401 - Django's
        value: Any,  # noqa: ANN401 - as above
        timeout: Any = DEFAULT_TIMEOUT,  # noqa: ANN401 - as above
        version: int | None = None,
    ) -> bool:
        """Keep a value unless one is there; return whether it was kept."""
        row = [*self._row(key, value, timeout, version), self._now()]
        return self._do(_WRITE + _SET + _STALE, row) == 1

    def delete(self, key: Any, version: int | None = None) -> bool:  # noqa: ANN401 - Django's
        """Forget a value."""
        gone = f"DELETE FROM {TABLE} WHERE cache_key = %s"  # noqa: S608 - as above
        return self._do(gone, [self._name(key, version)]) == 1

    def clear(self) -> None:
        """Forget all."""
        self._do(f"DELETE FROM {TABLE}", [])  # noqa: S608 - as above

    def _sweep(self) -> None:
        """Forget what is over, so that nothing piles up."""
        self._do(f"DELETE FROM {TABLE} WHERE expires < %s", [self._now()])  # noqa: S608 - as above

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> list[Any]:  # noqa: ANN401 - as above
        until = self.get_backend_timeout(timeout)
        end = datetime.max if until is None else datetime.fromtimestamp(until, UTC)  # noqa: DTZ901 - far off
        return [self._name(key, version), json.dumps(value), self._adapt(end)]

    def _name(self, key: Any, version: int | None) -> str:  # noqa: ANN401 - as above
        return self.make_and_validate_key(key, version=version)

    def _now(self) -> Any:  # noqa: ANN401 - as the database writes it
        return self._adapt(timezone.now())

    @staticmethod
    def _adapt(moment: datetime) -> Any:  # noqa: ANN401 - as the database writes it
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)

    @staticmethod
    def _ask(statement: str, values: list[Any]) -> Any:  # noqa: ANN401 - a row of the database
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()

    @staticmethod
    def _do(statement: str, values: list[Any]) -> int:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
