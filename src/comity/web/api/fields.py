"""The kinds of text in bodies and answers, each with its pattern, so that it is refused early."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from comity.base import Digest, Ident, Instant, limits
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.seal.fields import read_base64

_LETTERS: Final = "[0-9a-hjkmnp-tv-z]{26}"
_WORD: Final = r"^[a-z0-9][a-z0-9_.:-]{0,79}$"


class Closed(BaseModel):
    """A body: every name is known, every value of its own kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shown(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid")


def _instant(text: str) -> str:
    return str(_ours(Instant.parse, text))


def _base64(text: str) -> str:
    _ours(read_base64, text)
    return text


def _ours(read: Any, value: Any) -> Any:  # noqa: ANN401 # whatever a reader of ours takes
    """Let pydantic see our errors as faults of this field."""
    try:
        return read(value)
    except ComityError as error:
        raise ValueError(error.sentence()) from error


def _plain_text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = "half a character"
        raise ValueError(message) from error
    return text


Text: TypeAlias = Annotated[str, AfterValidator(_plain_text)]
Line: TypeAlias = Annotated[Text, StringConstraints(min_length=1, max_length=limits.ACT_TEXT)]
MaybeLine: TypeAlias = Annotated[Text, StringConstraints(max_length=limits.ACT_TEXT)]
Word: TypeAlias = Annotated[str, StringConstraints(pattern=_WORD)]
MaybeWord: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_.:-]{0,79})?$")]
StateText: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")]
DigestText: TypeAlias = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
InstantText: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
    AfterValidator(_instant),
]
Base64Text: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=(limits.ATTACHMENT_BYTES + 2) // 3 * 4),
    AfterValidator(_base64),
    WithJsonSchema(
        {
            "type": "string",
            "contentEncoding": "base64",
            "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}"
            "[AEIMQUYcgkosw048]=)?$",
        }
    ),
]
_JSON_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {"type": "boolean"},
            {"type": "null"},
            {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1},
            {"type": "array"},
            {"type": "object"},
        ]
    },
}
Content: TypeAlias = Annotated[dict[str, Any], WithJsonSchema(_JSON_SCHEMA)]
Terms: TypeAlias = Annotated[
    dict[Word, Line], Field(max_length=limits.ACT_ENTRIES, default_factory=dict)
]
Documents: TypeAlias = Annotated[dict[Word, Base64Text], Field(max_length=limits.ACT_ENTRIES)]
DossierId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^dos_{_LETTERS}$")]
InvestigationId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^inv_{_LETTERS}$")]
PackageId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^pkg_{_LETTERS}$")]
JobId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^job_{_LETTERS}$")]
UploadId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^ret_{_LETTERS}$")]
TransferId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^xfr_{_LETTERS}$")]
OrderId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^ord_{_LETTERS}$")]
FindingId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^fin_{_LETTERS}$")]
NoticeId: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^ntc_{_LETTERS}$")]


def read_documents(named: Mapping[str, str]) -> dict[str, bytes]:
    """Return the bytes of documents."""
    return {name: read_base64(text) for name, text in named.items()}


def read_digests(named: Mapping[str, str]) -> dict[str, Digest]:
    """Return digests by name."""
    return {name: Digest.parse(text) for name, text in named.items()}


def maybe_ident(text: str | None) -> Ident | None:
    """Return the identifier, if one was given."""
    return Ident(text) if text else None


def maybe_text(value: object) -> str | None:
    """Return how it is written, or None where there is nothing."""
    return None if value is None else str(value)


def as_json(value: Mapping[str, Json]) -> dict[str, Any]:
    """Return a mapping of ours as pydantic takes it."""
    return dict(value)


_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


def is_key(text: str) -> bool:
    """Tell whether this may be an idempotency key."""
    return _KEY.fullmatch(text) is not None
