"""The one table of the database's errors and of ours.

A database that is damaged shows it in many ways: in errors of its own, in a text that is
none, in a moment that cannot be. All of them become ``StoreDamaged``. An error that only
a defect of ours can cause is none of ours and stops the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DatabaseError, IntegrityError, OperationalError
from django.db.migrations.exceptions import BadMigrationError, InconsistentMigrationHistory

from comity.base.errors import ComityError
from comity.service.errors import AlreadyThere, StoreBusy, StoreDamaged, StoreUnreachable

# What each of the database's errors means here; None is a defect of ours.
_FOREIGN: Final[tuple[tuple[type[DatabaseError], str, type[ComityError] | None], ...]] = (
    (IntegrityError, "", AlreadyThere),
    # SQLite
    (DatabaseError, "malformed", StoreDamaged),
    (DatabaseError, "not a database", StoreDamaged),
    (DatabaseError, "corrupt", StoreDamaged),
    (DatabaseError, "unsupported file format", StoreDamaged),
    (DatabaseError, "ould not decode", StoreDamaged),
    (DatabaseError, "too big", StoreDamaged),
    # PostgreSQL
    (DatabaseError, "invalid page", StoreDamaged),
    (DatabaseError, "could not read block", StoreDamaged),
    (OperationalError, "readonly", None),
    (OperationalError, "within a transaction", None),
    (OperationalError, "locked", StoreBusy),
    (OperationalError, "deadlock", StoreBusy),
    (OperationalError, "could not serialize", StoreBusy),
    (OperationalError, "", StoreUnreachable),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into ours; a defect of ours stops the process."""
    try:
        yield
    except DatabaseError as error:
        ours = next(
            (o for k, word, o in _FOREIGN if isinstance(error, k) and word in str(error)), None
        )
        if ours is None:
            message = "the database refused what the code asked of it"
            raise RuntimeError(message) from error
        raise ours(type(error).__name__) from error
    except (InconsistentMigrationHistory, BadMigrationError) as error:
        raise StoreDamaged(type(error).__name__) from error


@contextmanager
def readable() -> Iterator[None]:
    """Turn what a row cannot hold, a text for a number or a day that is none, into damage."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise StoreDamaged(type(error).__name__) from error
