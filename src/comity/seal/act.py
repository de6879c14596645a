"""Acts: what an authority did, signed; the record consists of nothing else.

An act is canonical JSON (RFC 8785) in a DSSE envelope of its own payload type. Its
digest is that of the JSON, so a second signature changes nothing in the chain. Every
name below is always there, ``null`` where there is nothing; no other name may be::

    type comity/act/1 · chain, track, holder, number, before, seen: its place in the record
    at, process, step, side, law, lawbook: what was done, when, under which rule of which book
    authority, actor, role, channel, exercise: who did it, and how it went out
    covers: name → digest of a document · cites: salted digests of acts that stay in the house
    terms: small particulars for machines, never personal · recorded: set where the holder
    writes down a step of the other side: by which channel, received when, with what proof

``before`` is the previous act of the same chain, track and holder: none for number 0,
and only for it. ``seen`` is the last act of the other side that the author had seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Final

from comity.base import Digest, Ident, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, ComityError, Malformed
from comity.seal.dsse import read_envelope, sign_envelope, verify_envelope
from comity.seal.fields import (
    is_line,
    read_boolean,
    read_document,
    read_list,
    read_mapping,
    read_number,
    read_text,
)
from comity.seal.keys import SigningKey, VerifyingKey

PAYLOAD_TYPE: Final = "application/vnd.comity.act+json"
TRACKS: Final = ("exchanged", "house")
SALT_BYTES: Final = 32
_TYPE: Final = "comity/act/1"
_STATE: Final = re.compile(r"[A-Z]{2}")
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,79}")
_PATH: Final = re.compile(r"[a-z0-9][a-z0-9_./:-]{0,159}")
_WORDS: Final = ("step", "side", "role", "channel")
_LINES: Final = ("law", "authority", "actor")


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act; made in full or not at all."""

    chain: str
    track: str
    holder: str
    number: int
    before: Digest | None
    seen: Digest | None
    at: Instant
    process: str
    step: str
    side: str
    law: str
    lawbook: Digest
    authority: str
    actor: str
    role: str
    channel: str
    exercise: bool
    covers: Mapping[str, Digest] = field(hash=False)
    cites: tuple[Digest, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict, hash=False)
    recorded: Mapping[str, str] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        """Refuse what no act may hold (``BadValue``); close the mappings against change."""
        _require_place(self)
        _require_words(self)
        _require_mappings(self)
        for name in ("covers", "terms", "recorded"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, MappingProxyType(dict(value)))

    def payload(self) -> bytes:
        """Return the canonical bytes that are signed."""
        return canonical_bytes(self.as_data())

    @cached_property
    def digest(self) -> Digest:
        """Return the digest of the payload: the act's name in every chain."""
        return Digest.of(self.payload())

    def as_data(self) -> dict[str, Json]:
        """Return the act as plain data, as it stands in the payload."""
        found: dict[str, Json] = {"type": _TYPE}
        for name in _NAMES:
            found[name] = _plain(getattr(self, name))
        return found

    @classmethod
    def parse(cls, data: bytes) -> Act:
        """Read a payload; raise ``Malformed`` or ``TooLarge`` for anything but an act."""
        found = read_document(parse_canonical(data), _TYPE, _NAMES)
        try:
            return cls(
                **{name: _text(found[name]) for name in _TEXTS},
                number=read_number(found["number"]),
                before=_digest_or_none(found["before"]),
                seen=_digest_or_none(found["seen"]),
                at=Instant.parse(_text(found["at"])),
                lawbook=_digest(found["lawbook"]),
                exercise=read_boolean(found["exercise"]),
                covers={
                    name: _digest(value) for name, value in read_mapping(found["covers"]).items()
                },
                cites=tuple(_digest(value) for value in read_list(found["cites"])),
                terms=_texts(found["terms"]),
                recorded=None if found["recorded"] is None else _texts(found["recorded"]),
            )
        except BadValue as error:
            raise Malformed(error.detail) from error


_NAMES: Final = frozenset(one.name for one in fields(Act))
_TEXTS: Final = ("chain", "track", "holder", "process", *_WORDS, *_LINES)


@dataclass(frozen=True, slots=True)
class SignedAct:
    """An act whose two signatures verified, with the envelope that proves it.

    Made by ``sign_act`` and ``verify_act`` alone.
    """

    act: Act
    envelope: bytes
    key_id: Digest

    @property
    def digest(self) -> Digest:
        """Return the digest of the act."""
        return self.act.digest


@dataclass(frozen=True, slots=True)
class UnverifiedAct:
    """An act of the right shape that anyone may have written: good for finding its key."""

    unsafe_act: Act
    envelope: bytes
    key_id: Digest


def sign_act(act: Act, key: SigningKey) -> SignedAct:
    """Sign ``act`` with both halves of ``key``."""
    return SignedAct(act, sign_envelope(PAYLOAD_TYPE, act.payload(), key), key.public.key_id)


def read_act(envelope: bytes) -> UnverifiedAct:
    """Read an act without verifying it; raise ``Malformed`` or ``TooLarge``."""
    found = read_envelope(envelope, PAYLOAD_TYPE)
    return UnverifiedAct(Act.parse(found.payload), envelope, found.key_id)


def verify_act(envelope: bytes, key: VerifyingKey) -> SignedAct:
    """Return the act if both signatures of ``key`` fit; raise ``SealBroken`` or ``Malformed``."""
    found = read_envelope(envelope, PAYLOAD_TYPE)
    return SignedAct(Act.parse(verify_envelope(found, key)), envelope, found.key_id)


def cite_act(digest: Digest, salt: bytes) -> Digest:
    """Return the salted digest by which an exchanged act cites one that stays in the house.

    SHA-256 over ``comity/cite/1``, a zero byte, 32 bytes of salt and the digest. Without
    the salt nobody can confirm a guess of what the house act says.
    """
    if len(salt) != SALT_BYTES:
        detail = f"A salt has {SALT_BYTES} bytes."
        raise BadValue(detail)
    return Digest.of(b"comity/cite/1\0" + salt + digest.raw)


def _require_place(act: Act) -> None:
    try:
        Ident(act.chain)
    except ComityError as error:
        detail = "The chain of an act is named by an identifier."
        raise BadValue(detail) from error
    _require(act.track in TRACKS, f"The track of an act is one of {', '.join(TRACKS)}.")
    _require(_STATE.fullmatch(act.holder) is not None, "The holder is a State in two letters.")
    _require(0 <= act.number <= limits.JSON_INTEGER, "Acts are numbered from 0.")
    links = (act.number == 0) == (act.before is None)
    _require(links, "Act number 0, and no other, has no act before it.")


def _require_words(act: Act) -> None:
    _require(_PATH.fullmatch(act.process) is not None, "The process of an act is a plain name.")
    for name in _WORDS:
        word = getattr(act, name)
        _require(_WORD.fullmatch(word) is not None, f"The {name} of an act is a plain word.")
    for name in _LINES:
        _require_line(getattr(act, name), name, least=1)


def _require_mappings(act: Act) -> None:
    for name in ("covers", "cites", "terms", "recorded"):
        found = getattr(act, name) or ()
        _require(len(found) <= limits.ACT_ENTRIES, f"There are too many entries in {name}.")
    for name in ("covers", "terms", "recorded"):
        for key in getattr(act, name) or ():
            _require(_PATH.fullmatch(key) is not None, f"Names in {name} are plain words.")
    _require(act.recorded is None or bool(act.recorded), "What is recorded is not nothing.")
    _require(len(set(act.cites)) == len(act.cites), "An act cites another once.")
    for name in ("terms", "recorded"):
        for value in (getattr(act, name) or {}).values():
            _require_line(value, name)


def _require_line(text: str, name: str, *, least: int = 0) -> None:
    fits = is_line(text, least=least, most=limits.ACT_TEXT)
    _require(fits, f"In {name} one line of at most {limits.ACT_TEXT} characters may stand.")


def _require(holds: bool, detail: str) -> None:  # noqa: FBT001 # the claim itself, read aloud
    if not holds:
        raise BadValue(detail)


def _plain(value: object) -> Json:
    if isinstance(value, Digest | Instant):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    message = f"an act holds no {type(value).__name__}"
    raise RuntimeError(message)


def _text(value: Json) -> str:
    return read_text(value, most=limits.ACT_TEXT)


def _digest(value: Json) -> Digest:
    return Digest.parse(_text(value))


def _digest_or_none(value: Json) -> Digest | None:
    return None if value is None else _digest(value)


def _texts(value: Json) -> dict[str, str]:
    return {name: _text(item) for name, item in read_mapping(value).items()}
