"""What ``comity order verify`` does, once its words are understood.

It needs neither Typer nor a node, so that the one-file verifier does the very same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from comity.base import ComityError, Instant, limits
from comity.base.errors import BadValue
from comity.federation import (
    FileNotRead,
    Question,
    Voucher,
    answer_json,
    answer_text,
    exit_code,
    judge_order,
)
from comity.federation.directory import AuthorityCard, vouch
from comity.seal import read_public

FILE_HELP: Final = "The order, as it came."
TRUST_HELP: Final = (
    "The card of an authority that you trust: of its key (.pub), or its directory's."
)
REVOKED_HELP: Final = "A revocation, or a list of revoked orders."
PROVIDER_HELP: Final = "The provider that it must be addressed to."
AT_HELP: Final = "As of this moment, as 2026-11-21T02:14:05Z; otherwise now."
EXERCISE_HELP: Final = "An exercise is expected."
JSON_HELP: Final = "Print JSON for machines."


_DIRECTORYS: Final = b'"type":"comity/authority/1"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks of an order."""

    order: Path
    trust: Sequence[Path]
    revoked: Sequence[Path]
    provider: str
    at: str
    exercise: bool
    as_json: bool


def verify_files(wish: Wish) -> tuple[bytes, int]:
    """Return what to print and how to end; raise a ``ComityError`` for what was asked wrongly."""
    now = read_moment(wish.at) if wish.at else present()
    question = Question(
        now=now,
        trust=[voucher for place in wish.trust for voucher in _read_cards(place)],
        revocations=[read_bounded(place) for place in wish.revoked],
        provider=wish.provider,
        exercise=wish.exercise,
    )
    judged = judge_order(read_bounded(wish.order), question)
    answer = answer_json if wish.as_json else answer_text
    return answer(judged, question), exit_code(judged, question)


def present() -> Instant:
    """Return the present moment: the stand-alone command is its own composition root."""
    return Instant.of(datetime.now(UTC))  # noqa: TID251 # see above


def read_moment(text: str) -> Instant:
    """Return the moment that a person wrote; raise ``BadValue``."""
    try:
        return Instant.parse(text)
    except ComityError as error:
        raise BadValue(error.detail) from error


def read_bounded(place: Path) -> bytes:
    """Return a file, but no more than one byte beyond what an envelope can have."""
    try:
        with place.open("rb") as stream:
            return stream.read(limits.ENVELOPE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "impossible name"
        raise FileNotRead(reason or "", where=str(place)) from error


def _read_cards(place: Path) -> list[Voucher]:
    """Return what a card vouches for: one key, or all that a directory's card names.

    A card of a provider, or of who oversees, vouches for nothing: they issue no orders.
    """
    try:
        data = read_bounded(place)
        if _DIRECTORYS not in data:
            return [Voucher(card=read_public(place))]
        card = AuthorityCard.parse(data.removesuffix(b"\n"))
    except ComityError as error:
        detail = f"This is no card to trust. {error}"
        raise BadValue(detail, where=str(place)) from error
    return [*vouch(card)]
