"""What is named on networks: an address at a moment, a domain, a URL, a mailbox.

Host names are ASCII, in the form in which a registry holds them (``xn--…`` for other
scripts): two names that look alike must not read alike.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from comity.domain.identifiers.moment import Moment
from comity.domain.identifiers.refusal import IdentifierRefused
from comity.domain.identifiers.specific import NotSpecific, require_specific
from comity.domain.plain import require_line

_ADDRESS: Final = re.compile(r"(\S+) port (\d{1,5}|unknown) at (.+)", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LOCAL: Final = re.compile(r"[\w!#$&'+/=`~-]+(?:\.[\w!#$&'+/=`~-]+)*")
_URL_SIGNS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+", re.ASCII)
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORTS: Final = 65_535
_HOST: Final = 253
_MAILBOX: Final = 64


@dataclass(frozen=True, slots=True)
class Address:
    """One IPv4 or IPv6 address, its port where known, at one moment."""

    kind: ClassVar[str] = "address"
    shape: ClassVar[str] = "203.0.113.7 port 50412 at 2026-11-20T03:14:05+03:00"

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int | None
    moment: Moment

    def __post_init__(self) -> None:
        """Refuse addresses that many share, and impossible ports."""
        kept = self.address
        if kept.is_unspecified or kept.is_multicast or kept.is_loopback or _is_broadcast(kept):
            detail = f"{kept} is not the address of one machine."
            raise NotSpecific(detail)
        if isinstance(kept, ipaddress.IPv6Address) and kept.scope_id is not None:
            detail = "An address with a scope (%) holds on one link only."
            raise IdentifierRefused(detail)
        if self.port is not None and not 0 < self.port <= _PORTS:
            detail = f"A port lies between 1 and {_PORTS}."
            raise IdentifierRefused(detail)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``<address> port <number or unknown> at <moment>``."""
        if re.match(r"[0-9A-Fa-f.:]+(?:/|-|\.\.)", text) or "*" in text:
            detail = "It is a network or a range of addresses."
            raise NotSpecific(detail)
        match = _ADDRESS.fullmatch(text)
        if match is None:
            detail = f"Write the address, its port and its moment: {cls.shape}."
            raise IdentifierRefused(detail)
        port = None if match[2] == "unknown" else int(match[2])
        return cls(_read_address(match[1]), port, Moment.parse(match[3]))

    def __str__(self) -> str:
        """Return the written form."""
        port = "unknown" if self.port is None else self.port
        return f"{self.address} port {port} at {self.moment}"


@dataclass(frozen=True, slots=True)
class Domain:
    """A registered domain name."""

    kind: ClassVar[str] = "domain"
    shape: ClassVar[str] = "example.org"

    name: str

    def __post_init__(self) -> None:
        """Refuse what is no host name, and a top-level domain alone."""
        require_host(self.name)

    @classmethod
    def parse(cls, text: str) -> Domain:
        """Read a host name; letters become small."""
        require_specific(text)
        return cls(text.lower())

    def __str__(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address (RFC 5321 4.1.2, without quoted names; RFC 6531 for other scripts)."""

    kind: ClassVar[str] = "email"
    shape: ClassVar[str] = "name@example.org"

    local: str
    domain: str

    def __post_init__(self) -> None:
        """Refuse what no mail system delivers to."""
        require_line(self.local)
        if _LOCAL.fullmatch(self.local) is None or len(self.local.encode()) > _MAILBOX:
            detail = "The part before the @ is not one mailbox."
            raise IdentifierRefused(detail)
        require_host(self.domain)

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Read ``name@host``; the case of the name is kept, for its host alone can judge it."""
        require_specific(text)
        local, _, domain = text.rpartition("@")
        if not local:
            detail = "A domain alone is everyone who has mail there; name one mailbox."
            raise NotSpecific(detail) if domain else IdentifierRefused(detail)
        return cls(local, domain.lower())

    def __str__(self) -> str:
        """Return the address."""
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Locator:
    """The URL of one page or object (RFC 3986, http or https, without credentials)."""

    kind: ClassVar[str] = "url"
    shape: ClassVar[str] = "https://example.org/profile/1234"

    url: str

    def __post_init__(self) -> None:
        """Refuse wildcards, foreign signs, credentials and other schemes."""
        require_line(self.url)
        if "*" in self.url or "{" in self.url:
            detail = "It holds a wildcard."
            raise NotSpecific(detail)
        if _URL_SIGNS.fullmatch(self.url) is None or _ESCAPE.search(self.url):
            detail = (
                "Other signs than those of a URL are written in % form, host names in xn-- form."
            )
            raise IdentifierRefused(detail)
        _require_site(self.url)

    @classmethod
    def parse(cls, text: str) -> Locator:
        """Read a URL and keep it to the letter."""
        return cls(text)

    def __str__(self) -> str:
        """Return the URL."""
        return self.url


def require_host(name: str) -> None:
    """Refuse what is not a full host name in its ASCII form; raise ``IdentifierRefused``."""
    labels = name.split(".")
    if len(labels) == 1 and _LABEL.fullmatch(name):
        detail = f"{name!r} alone is a whole zone; name one domain in it."
        raise NotSpecific(detail)
    good = all(_LABEL.fullmatch(label) for label in labels)
    if not good or len(name) > _HOST or labels[-1].isdigit():
        detail = "It is not a host name in small ASCII letters (other scripts in xn-- form)."
        raise IdentifierRefused(detail)


def _read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        detail = "It is not an IPv4 or IPv6 address."
        raise IdentifierRefused(detail) from error


def _is_broadcast(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return str(address) == "255.255.255.255"


def _require_site(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        detail = "It is not a URL."
        raise IdentifierRefused(detail) from error
    if parts.scheme not in {"http", "https"} or parts.username is not None or port == 0:
        detail = "It is not an http or https URL without name and password."
        raise IdentifierRefused(detail)
    if "[" in parts.netloc or re.fullmatch(r"[\d.]+", host):
        _read_address(host)
    else:
        require_host(host)
