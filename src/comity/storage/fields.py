"""Columns for our values: identifiers, digests, instants and bytes.

Each is written to the database as plain text, a moment in UTC, or bytes, so that the
tables can be read with any database tool, and comes back as our value.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from comity.base import Digest, Ident, Instant

if TYPE_CHECKING:
    IdentBase = models.CharField[Any, Any]
    DigestBase = models.CharField[Any, Any]
    InstantBase = models.DateTimeField[Any, Any]
    BytesBase = models.BinaryField[Any, Any]
else:
    IdentBase = DigestBase = models.CharField
    InstantBase = models.DateTimeField
    BytesBase = models.BinaryField


class IdentField(IdentBase):
    """An identifier, as its text."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's options
        """Take what a text column takes; the length is ours."""
        super().__init__(**{**options, "max_length": 32})

    def from_db_value(self, value: str | None, *_: object) -> Ident | None:
        """Return the stored text as an identifier."""
        return None if value is None else Ident(value)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return any form as an identifier."""
        return Ident(value) if isinstance(value, str) else value

    def get_prep_value(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return the text to store."""
        return None if value is None else str(value)


class DigestField(DigestBase):
    """A digest, in its written form."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's options
        """Take what a text column takes; the length is ours."""
        super().__init__(**{**options, "max_length": 71})

    def from_db_value(self, value: str | None, *_: object) -> Digest | None:
        """Return the stored text as a digest."""
        return None if value is None else Digest.parse(value)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return any form as a digest."""
        return Digest.parse(value) if isinstance(value, str) else value

    def get_prep_value(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return the text to store."""
        return None if value is None else str(value)


class InstantField(InstantBase):
    """A moment in UTC, to the second."""

    def from_db_value(self, value: datetime | None, *_: object) -> Instant | None:
        """Return the stored moment."""
        return None if value is None else Instant.of(value)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return any form as a moment of ours."""
        if isinstance(value, str):
            return Instant.parse(value)
        return Instant.of(value) if isinstance(value, datetime) else value

    def get_prep_value(self, value: object) -> Any:  # noqa: ANN401 - Django's signature
        """Return the aware moment to store."""
        return value.at if isinstance(value, Instant) else value


class BytesField(BytesBase):
    """Bytes, whichever form the database's driver gives them."""

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> bytes | None:
        """Return plain bytes."""
        return None if value is None else bytes(value)
