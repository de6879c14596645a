"""What is held at a service: an account, a payment account, an IBAN, a crypto address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from comity.domain.identifiers.refusal import IdentifierRefused
from comity.domain.identifiers.specific import require_specific
from comity.domain.plain import require_line

_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_COIN: Final = re.compile(r"[A-Za-z0-9:_-]{8,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as the service that holds it names it."""

    kind: ClassVar[str] = "account"
    shape: ClassVar[str] = "alice_84 at mail.example"

    name: str
    service: str

    def __post_init__(self) -> None:
        """Refuse an account or a service that is not one."""
        _require_pair(self.name, self.service, " at ")

    @classmethod
    def parse(cls, text: str) -> Account:
        """Read ``<name> at <service>``."""
        return cls(*_split(text, " at ", cls.shape))

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.name} at {self.service}"


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """One account at a bank or payment service."""

    kind: ClassVar[str] = "payment"
    shape: ClassVar[str] = "00123456789 at First Bank of Arvenia"

    number: str
    institution: str

    def __post_init__(self) -> None:
        """Refuse an account or an institution that is not one."""
        _require_pair(self.number, self.institution, " at ")

    @classmethod
    def parse(cls, text: str) -> PaymentAccount:
        """Read ``<account> at <institution>``."""
        return cls(*_split(text, " at ", cls.shape))

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.number} at {self.institution}"


@dataclass(frozen=True, slots=True)
class Iban:
    """An international bank account number (ISO 13616), its check digits verified."""

    kind: ClassVar[str] = "iban"
    shape: ClassVar[str] = "GB82 WEST 1234 5698 7654 32"

    number: str

    def __post_init__(self) -> None:
        """Refuse a number whose check digits do not fit (ISO 7064, modulo 97)."""
        if _IBAN.fullmatch(self.number) is None or _remainder(self.number) != 1:
            detail = "It is not an IBAN, or a digit is wrong: its check digits do not fit."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Iban:
        """Read an IBAN with or without its spaces."""
        require_specific(text)
        return cls(text.replace(" ", "").upper())

    def __str__(self) -> str:
        """Return the number in groups of four."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


@dataclass(frozen=True, slots=True)
class Wallet:
    """An address on a chain, kept as opaque text with the name of its chain."""

    kind: ClassVar[str] = "wallet"
    shape: ClassVar[str] = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq on bitcoin"

    address: str
    chain: str

    def __post_init__(self) -> None:
        """Refuse what no chain uses as an address; the chain alone knows more."""
        _require_pair(self.address, self.chain, " on ")
        if _COIN.fullmatch(self.address) is None:
            detail = "The address has 8 to 128 ASCII letters and digits."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Wallet:
        """Read ``<address> on <chain>``."""
        return cls(*_split(text, " on ", cls.shape))

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.address} on {self.chain}"


def _split(text: str, joint: str, shape: str) -> tuple[str, str]:
    require_specific(text)
    what, found, where = text.rpartition(joint)
    if not found:
        detail = f"Name what, and where it is held: {shape}."
        raise IdentifierRefused(detail)
    return what, where


def _require_pair(what: str, where: str, joint: str) -> None:
    for text in (what, where):
        require_line(text)
        require_specific(text)
    if joint in where:
        detail = f"The place where it is held cannot contain {joint.strip()!r}."
        raise IdentifierRefused(detail)


def _remainder(number: str) -> int:
    """Return the IBAN modulo 97, its letters read as 10 to 35 (ISO 13616)."""
    turned = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97
