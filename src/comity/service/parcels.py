"""Heads of messages and letters: rows without their bodies, for looking through many.

A body has up to 21 MB, and hundreds may wait. So what looks through them reads heads, and
then one whole row at a time. A head is for reading only: written back, it would drop the body.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from comity.service.ports import Unit
from comity.service.rows import InboxRow, LetterRow

_BODY: Final = "body"
_INBOX: Final = tuple(field.name for field in fields(InboxRow) if field.name != _BODY)
_LETTER: Final = tuple(field.name for field in fields(LetterRow) if field.name != _BODY)


def inbox_heads(unit: Unit, **where: object) -> tuple[InboxRow, ...]:
    """Return matching messages that came in, without their bodies."""
    return tuple(_message(found) for found in unit.inbox.pick(*_INBOX, **where))


def letter_heads(unit: Unit, **where: object) -> tuple[LetterRow, ...]:
    """Return matching letters of ours, without their bodies."""
    return tuple(_letter(found) for found in unit.letters.pick(*_LETTER, **where))


def _message(found: tuple[Any, ...]) -> InboxRow:
    return InboxRow(**dict(zip(_INBOX, found, strict=True)), body=None)


def _letter(found: tuple[Any, ...]) -> LetterRow:
    return LetterRow(**dict(zip(_LETTER, found, strict=True)), body=None)
