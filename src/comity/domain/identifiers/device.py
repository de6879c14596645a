"""What names a telephone, a device, or a known object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from comity.domain.identifiers.refusal import IdentifierRefused
from comity.domain.identifiers.specific import NotSpecific, require_specific

_E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_PREFIX: Final = re.compile(r"\+[1-9]\d{0,5}", re.ASCII)
_IMEI: Final = re.compile(r"\d{15}", re.ASCII)
_IMSI: Final = re.compile(r"\d{14,15}", re.ASCII)
_MAC: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.ASCII)
_HASHES: Final = {"sha256": 64, "sha512": 128, "sha1": 40, "md5": 32}
_GROUP_BIT: Final = 0x01
_LUHN_FOLD: Final = 9


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number in the international form of ITU-T E.164."""

    kind: ClassVar[str] = "number"
    shape: ClassVar[str] = "+254712345678"

    digits: str

    def __post_init__(self) -> None:
        """Refuse a national form, a prefix, or more than 15 digits."""
        if _PREFIX.fullmatch(self.digits):
            detail = "It is a prefix that many numbers share."
            raise NotSpecific(detail)
        if _E164.fullmatch(self.digits) is None:
            detail = "A number has a plus, the code of its zone, and 7 to 15 digits in all."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Number:
        """Read a number; single spaces and hyphens between digits are dropped."""
        require_specific(text)
        return cls(re.sub(r"(?<=\d)[ -](?=\d)", "", text, flags=re.ASCII))

    def __str__(self) -> str:
        """Return the number."""
        return self.digits


@dataclass(frozen=True, slots=True)
class Imei:
    """The number of one mobile device (3GPP TS 23.003 clause 6), its check digit verified."""

    kind: ClassVar[str] = "imei"
    shape: ClassVar[str] = "490154203237518"

    digits: str

    def __post_init__(self) -> None:
        """Refuse a wrong length or a check digit that does not fit (Luhn)."""
        if _IMEI.fullmatch(self.digits) is None or _luhn(self.digits) % 10:
            detail = "An IMEI has 15 digits, of which the last checks the others."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Imei:
        """Read 15 digits."""
        require_specific(text)
        return cls(text)

    def __str__(self) -> str:
        """Return the digits."""
        return self.digits


@dataclass(frozen=True, slots=True)
class Imsi:
    """The number of one mobile subscription (ITU-T E.212)."""

    kind: ClassVar[str] = "imsi"
    shape: ClassVar[str] = "901700000012345"

    digits: str

    def __post_init__(self) -> None:
        """Refuse a wrong length."""
        if _IMSI.fullmatch(self.digits) is None:
            detail = "An IMSI has 14 or 15 digits."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Imsi:
        """Read the digits."""
        require_specific(text)
        return cls(text)

    def __str__(self) -> str:
        """Return the digits."""
        return self.digits


@dataclass(frozen=True, slots=True)
class Mac:
    """The address of one network card (EUI-48)."""

    kind: ClassVar[str] = "mac"
    shape: ClassVar[str] = "00:16:3e:5a:01:9f"

    octets: str

    def __post_init__(self) -> None:
        """Refuse another form, and addresses of groups."""
        if _MAC.fullmatch(self.octets) is None:
            detail = "It has six pairs of hexadecimal digits with colons between."
            raise IdentifierRefused(detail)
        if int(self.octets[:2], 16) & _GROUP_BIT:
            detail = "It is the address of a group of devices."
            raise NotSpecific(detail)

    @classmethod
    def parse(cls, text: str) -> Mac:
        """Read six pairs with colons or hyphens; letters become small."""
        require_specific(text)
        return cls(text.replace("-", ":").lower())

    def __str__(self) -> str:
        """Return the pairs with colons."""
        return self.octets


@dataclass(frozen=True, slots=True)
class KnownObject:
    """The hash of one known object, and how it was computed."""

    kind: ClassVar[str] = "hash"
    shape: ClassVar[str] = "sha256:" + 64 * "0"

    algorithm: str
    digits: str

    def __post_init__(self) -> None:
        """Refuse an unknown algorithm or a wrong length."""
        length = _HASHES.get(self.algorithm)
        if length is None or re.fullmatch(rf"[0-9a-f]{{{length}}}", self.digits) is None:
            detail = f"It is written algorithm:digits, with one of {', '.join(_HASHES)}."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> KnownObject:
        """Read ``<algorithm>:<hexadecimal digits>``; letters become small."""
        require_specific(text)
        algorithm, _, digits = text.lower().partition(":")
        return cls(algorithm, digits)

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.algorithm}:{self.digits}"


def _luhn(digits: str) -> int:
    """Return the sum of ISO/IEC 7812-1 annex B: every second digit from the right is doubled."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - _LUHN_FOLD if value > _LUHN_FOLD else value
    return total
