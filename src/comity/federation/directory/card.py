"""The card of an authority: all that others must know to reach it, to believe it, to call it back.

A card is signed by nobody itself: its State signs the list that names its digest. On the
wire, and as a target of the directory, it is canonical JSON (RFC 8785) of type
``comity/authority/1``; every field is always there. It holds no name of a person: the
roster says which number answers when. docs/protocol/directory.md lists the fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.clock import read_zone
from comity.base.errors import AskedWrongly, BadValue, Malformed
from comity.federation.directory.card_parts import (
    CardKey,
    CardRecipient,
    Duty,
    duty_data,
    key_data,
    read_duty,
    read_entries,
    read_key,
    read_line,
    read_lines,
    read_recipient,
    require,
    require_duty,
    require_language,
    require_number,
)
from comity.federation.directory.errors import CardImpossible, KeyRevoked, KeyUnknown, NoRecipient
from comity.federation.words import require_name, require_prose
from comity.seal.age import Recipient
from comity.seal.fields import (
    read_base64,
    read_boolean,
    read_document,
    read_mapping,
    read_text,
    write_base64,
)
from comity.seal.keys import VerifyingKey

TYPE: Final = "comity/authority/1"
KINDS: Final = (
    "central_authority",
    "contact_point",
    "competent_authority",
    "court",
    "oversight",
    "provider",
)
# Who signs acts, receipts, packages and orders. A provider answers orders made to it, and
# nothing else; who oversees reads, and signs nothing.
ACTING: Final = frozenset({"central_authority", "contact_point", "competent_authority", "court"})
_NAMES: Final = frozenset(
    {
        *("state", "authority", "kind", "exercise", "names", "zone", "languages", "call_back"),
        *("roster", "conditions", "legal_original", "endpoint", "certificate", "wire_key"),
        *("keys", "recipients", "protocols"),
    }
)
_STATE: Final = re.compile(r"[A-Z]{2}")
_ENDPOINT: Final = re.compile(
    r"https://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
_PROTOCOL: Final = re.compile(r"[0-9]{1,4}")
_CERTIFICATE: Final = re.compile(
    r"-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n"
)
_NAME: Final = 200
_WIRE_KEY: Final = 32
_PLAIN_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityCard:
    """What a State says of one of its authorities, or of a provider on its territory."""

    state: str
    authority: str
    kind: str
    exercise: bool
    names: Mapping[str, str]
    zone: str
    languages: tuple[str, ...]
    call_back: tuple[str, ...]
    roster: tuple[Duty, ...]
    conditions: str
    legal_original: str
    endpoint: str
    certificate: str
    wire_key: bytes
    keys: tuple[CardKey, ...]
    recipients: tuple[CardRecipient, ...]
    protocols: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what no authority can say of itself; raise ``CardImpossible``."""
        try:
            _require_possible(self)
        except CardImpossible:
            raise
        except (AskedWrongly, Malformed) as error:
            raise CardImpossible(error.detail) from error

    @classmethod
    def parse(cls, data: bytes) -> AuthorityCard:
        """Read a card; raise ``Malformed`` or ``TooLarge`` for anything else."""
        found = read_document(parse_canonical(data, limit=limits.CARD_BYTES), TYPE, _NAMES)
        try:
            return _from_data(found)
        except BadValue as error:
            raise Malformed(error.detail) from error

    def document(self) -> bytes:
        """Return the card as bytes: canonical JSON."""
        return canonical_bytes(_to_data(self))

    @property
    def path(self) -> str:
        """Return the name under which the directory lists the card."""
        return card_path(self.state, self.authority)

    @property
    def may_act(self) -> bool:
        """Return whether one of this kind takes part in dossiers and issues orders."""
        return self.kind in ACTING

    @property
    def is_reachable(self) -> bool:
        """Return whether a node of the authority can be reached over the wire."""
        return bool(self.endpoint)

    def current_recipient(self, at: Instant) -> str:
        """Return the age recipient in use at that time; raise ``NoRecipient``."""
        begun = [one for one in self.recipients if one.since <= at]
        if not begun:
            raise NoRecipient(where=f"{self.state}/{self.authority}")
        return max(begun, key=lambda one: one.since).recipient

    def current_key(self, at: Instant) -> VerifyingKey:
        """Return the newest key that may sign at that time; raise ``KeyUnknown``."""
        good = [one for one in self.keys if _is_good(one, at)]
        if not good:
            raise KeyUnknown(where=f"{self.state}/{self.authority}")
        return max(good, key=lambda one: one.since).key

    def key_for(self, key_id: Digest, at: Instant) -> VerifyingKey:
        """Return the key of that name if it may sign at that time.

        ``at`` is when the signature came in, not what it says of itself: who stole a key can
        date back. Raise ``KeyRevoked`` or ``KeyUnknown``.
        """
        where = f"{self.state}/{self.authority}"
        found = next((one for one in self.keys if one.key.key_id.matches(key_id)), None)
        if found is None:
            raise KeyUnknown(str(key_id), where=where)
        if found.revoked is not None and found.revoked <= at:
            detail = f"{key_id} since {found.revoked}. {found.reason}"
            raise KeyRevoked(detail.rstrip(), where=where)
        if not _is_good(found, at):
            detail = f"{key_id} is in use from {found.since} to {found.until or 'now'}."
            raise KeyUnknown(detail, where=where)
        return found.key

    def numbers(self) -> frozenset[str]:
        """Return every number on which the authority can be called back."""
        return frozenset((*self.call_back, *(duty.number for duty in self.roster)))


def card_path(state: str, authority: str) -> str:
    """Return the name of a card's file: ``XB/XB-CA.json``; odd signs are written ``=20``.

    So it means the same in a folder and in an address. A name that would be longer than file
    systems take is the SHA-256 of the authority's.
    """
    plain = quote(authority, safe="").replace("%", "=")
    if len(plain) > _PLAIN_NAME:
        plain = Digest.of(authority.encode("utf-8")).hex
    return f"{state}/{plain}.json"


def _is_good(one: CardKey, at: Instant) -> bool:
    ends = [moment for moment in (one.until, one.revoked) if moment is not None]
    return one.since <= at and all(at < end for end in ends)


def _require_possible(card: AuthorityCard) -> None:
    require(_STATE.fullmatch(card.state), "A State is two capital letters.")
    require_name(card.authority, _NAME)
    require(card.kind in KINDS, f"The kind is one of {', '.join(KINDS)}.")
    require(0 < len(card.names) <= limits.CARD_ENTRIES, "An authority has a name.")
    for language, name in card.names.items():
        require_language(language)
        require_name(name, _NAME)
    read_zone(card.zone)
    for text in (card.conditions, card.legal_original):
        if text:
            require_prose(text, limits.CARD_TEXT)
    _require_lists(card)
    for number in card.call_back:
        require_number(number)
    for duty in card.roster:
        require_duty(duty)
    _require_keys(card)
    _require_wire(card)


def _require_lists(card: AuthorityCard) -> None:
    for found in (
        card.languages,
        card.call_back,
        card.roster,
        card.keys,
        card.recipients,
        card.protocols,
    ):
        require(len(found) <= limits.CARD_ENTRIES, "A list of the card is too long.")
        require(len({*map(repr, found)}) == len(found), "A list of the card repeats itself.")
    require(card.languages, "An authority names the languages that it works in.")
    for language in card.languages:
        require_language(language)
    for protocol in card.protocols:
        require(_PROTOCOL.fullmatch(protocol), "A version of the protocol is a whole number.")


def _require_keys(card: AuthorityCard) -> None:
    require(card.keys, "An authority has a key that signs.")
    names = {one.key.key_id for one in card.keys}
    require(len(names) == len(card.keys), "A key is listed twice.")
    for one in card.keys:
        require(one.until is None or one.since < one.until, "A key ends before it begins.")
        require(one.reason == "" or one.revoked is not None, "A reason is of a revocation.")
        if one.reason:
            require_name(one.reason, limits.CARD_TEXT)
    for recipient in card.recipients:
        Recipient.parse(recipient.recipient)


def _require_wire(card: AuthorityCard) -> None:
    if not card.endpoint:
        require(
            not card.certificate and not card.wire_key,
            "A certificate and a wire key are of a node that can be reached.",
        )
        return
    require(_ENDPOINT.fullmatch(card.endpoint), "An endpoint is https://host:port.")
    require(
        len(card.certificate) <= limits.CARD_TEXT * 2 and _CERTIFICATE.fullmatch(card.certificate),
        "The certificate is one of X.509, as PEM.",
    )
    require(len(card.wire_key) == _WIRE_KEY, "The wire key is 32 bytes of Ed25519.")
    require(card.recipients, "A node that can be reached names a key to encrypt to.")
    require(card.protocols, "A node that can be reached names the versions that it speaks.")


def _to_data(card: AuthorityCard) -> Json:
    return {
        "type": TYPE,
        "state": card.state,
        "authority": card.authority,
        "kind": card.kind,
        "exercise": card.exercise,
        "names": dict(card.names),
        "zone": card.zone,
        "languages": [*card.languages],
        "call_back": [*card.call_back],
        "roster": [duty_data(duty) for duty in card.roster],
        "conditions": card.conditions,
        "legal_original": card.legal_original,
        "endpoint": card.endpoint,
        "certificate": card.certificate,
        "wire_key": write_base64(card.wire_key),
        "keys": [key_data(one) for one in card.keys],
        "recipients": [
            {"recipient": one.recipient, "since": str(one.since)} for one in card.recipients
        ],
        "protocols": [*card.protocols],
    }


def _from_data(found: Mapping[str, Json]) -> AuthorityCard:
    names = read_mapping(found["names"])
    return AuthorityCard(
        state=read_line(found["state"]),
        authority=read_line(found["authority"]),
        kind=read_line(found["kind"]),
        exercise=read_boolean(found["exercise"]),
        names=MappingProxyType({language: read_line(name) for language, name in names.items()}),
        zone=read_line(found["zone"]),
        languages=read_lines(found["languages"]),
        call_back=read_lines(found["call_back"]),
        roster=tuple(read_duty(one) for one in read_entries(found["roster"])),
        conditions=read_text(found["conditions"], most=limits.CARD_TEXT),
        legal_original=read_text(found["legal_original"], most=limits.CARD_TEXT),
        endpoint=read_line(found["endpoint"]),
        certificate=read_text(found["certificate"], most=limits.CARD_TEXT * 2),
        wire_key=read_base64(found["wire_key"]),
        keys=tuple(read_key(one) for one in read_entries(found["keys"])),
        recipients=tuple(read_recipient(one) for one in read_entries(found["recipients"])),
        protocols=read_lines(found["protocols"]),
    )
