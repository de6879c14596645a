"""Before a node starts: its settings, keys, tables, clock and ports are as they must be.

In this order: 1 settings, keys and tables open; 2 there is a door; 3 the certificate is the
key's and valid; 4 the clock is not behind what is known to have happened; 5 the ports are free.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from comity.app.compose import open_node
from comity.app.settings import Settings, SettingsRefused, read_address, read_settings
from comity.app.wirekeys import certificate_times, require_pair
from comity.base import Instant, limits
from comity.base.errors import OutOfReach
from comity.service.node import Node

_SOON_DAYS: Final = 30
_DAY_SECONDS: Final = 86_400


class PortTaken(OutOfReach):
    """Something else listens at this address, or it is not one of this machine's."""

    code = "app/port-taken"
    remedy = "Stop what listens there, or name another address in node.toml."


class CertificateExpired(OutOfReach):
    """The certificate of this node has expired; no other node would speak to it."""

    code = "app/certificate-expired"
    remedy = "Make a new one with: comity node renew FOLDER; then bring it into the directory."


class ClockOff(OutOfReach):
    """This machine's clock is wrong: it stands before what is known to have happened."""

    code = "app/clock-off"
    remedy = "Set the clock right (NTP), then start again."


def require_startable(folder: Path) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings and warnings; raise what keeps the node from starting."""
    settings = read_settings(folder)
    node = open_node(folder)
    if not (settings.peers or settings.desk):
        detail = "Neither peers nor desk is set in node.toml: there is no door to open."
        raise SettingsRefused(detail, where=str(folder))
    require_clock(node)
    warnings = (*_check_certificate(folder, node.clock.now()), *_check_desk(settings))
    for name in ("peers", "desk"):
        if address := getattr(settings, name):
            require_free(address)
    return settings, warnings


def require_clock(node: Node) -> None:
    """Raise ``ClockOff`` if the clock is behind the last that was recorded or received."""
    now = node.clock.now()
    with node.store.view() as unit:
        times = [*unit.acts.distinct("at"), *unit.trust.distinct("fetched")]
    latest = max((time for time in times if isinstance(time, Instant)), default=now)
    if now.seconds_after(latest) < -limits.CLOCK_AHEAD_SECONDS:
        detail = f"It says {now}; something was recorded at {latest}."
        raise ClockOff(detail)


def require_free(address: str) -> None:
    """Raise ``PortTaken`` unless somebody can begin to listen at ``host:port``."""
    host, port = read_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            detail = "" if taken else (error.strerror or "")
            raise PortTaken(detail, where=address) from error


def _check_certificate(folder: Path, now: Instant) -> Iterator[str]:
    require_pair(folder)
    begins, ends = certificate_times(folder)
    if now < begins:
        detail = f"It says {now}; this node's certificate was made at {begins}."
        raise ClockOff(detail)
    if now >= ends:
        detail = f"It was valid until {ends}; this machine's clock says {now}."
        raise CertificateExpired(detail, where=str(folder))
    if ends.seconds_after(now) < _SOON_DAYS * _DAY_SECONDS:
        yield f"The certificate expires at {ends}: comity node renew {folder}."


def _check_desk(settings: Settings) -> Iterator[str]:
    if settings.desk and not read_address(settings.desk)[0].startswith(
        ("127.", "::1", "localhost")
    ):
        yield "The desk's door speaks plain HTTP and is reached from outside: put TLS before it."
