"""For all text: an identifier reads or is refused by us, and what reads prints and reads again."""

from __future__ import annotations

import contextlib
import zoneinfo
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import ComityError
from comity.domain.identifiers import KINDS, Moment, read_identifier, write_identifier

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
ZONES = sorted(["Africa/Nairobi", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "UTC"])
OCTET = st.integers(0, 255)


@given(st.text() | st.tuples(st.sampled_from(sorted(KINDS)), st.text()).map(": ".join))
def test_for_all_text_it_reads_or_is_refused_by_us(line: str) -> None:
    with contextlib.suppress(ComityError):
        read = read_identifier(line)
        assert read_identifier(write_identifier(read)) == read


@given(
    kind=st.sampled_from(sorted(KINDS)),
    cut=st.integers(0, 80),
    put=st.text(max_size=3) | st.sampled_from(["*", "/24", " at ", "@", "[", "\u202e", "%", "-"]),
)
def test_no_edit_of_an_example_breaks_the_reader(kind: str, cut: int, put: str) -> None:
    shape = KINDS[kind].shape
    with contextlib.suppress(ComityError):
        read = read_identifier(f"{kind}: {shape[:cut]}{put}{shape[cut:]}")
        assert read_identifier(write_identifier(read)) == read


@given(
    octets=st.tuples(st.integers(1, 126), OCTET, OCTET, st.integers(1, 254)),
    port=st.integers(1, 65535),
    at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001 # drawn naive
    zone=st.sampled_from(ZONES),
)
def test_an_address_names_the_instant_that_zoneinfo_says(
    octets: tuple[int, int, int, int], port: int, at: datetime, zone: str
) -> None:
    moment = at.replace(microsecond=0, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))
    written = moment.isoformat()
    line = f"address: {'.'.join(map(str, octets))} port {port} at {written}"
    if octets[0] == 127 or len(written) != 25:
        return
    read = read_identifier(line)
    assert str(read.moment.instant.at) == str(moment.astimezone(UTC))  # type: ignore[union-attr] # an address


@given(
    at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001 # drawn naive
    zone=st.sampled_from(ZONES),
)
def test_a_time_on_the_wall_reads_exactly_if_the_zone_showed_it_once(
    at: datetime, zone: str
) -> None:
    wall = at.replace(microsecond=0)
    named = zoneinfo.ZoneInfo(zone)
    shown = {
        moment
        for hours in range(-15, 16)
        for minutes in (0, 30, 15, 45)
        for moment in [wall.replace(tzinfo=UTC) - timedelta(hours=hours, minutes=minutes)]
        if moment.astimezone(named).replace(tzinfo=None) == wall
    }
    try:
        found = {Moment.parse(f"{wall.isoformat()}[{zone}]").instant.at}
    except ComityError:
        found = set()
    assert found == (shown if len(shown) == 1 else set())


@given(name=NAMES, service=NAMES)
def test_plain_names_are_accounts(name: str, service: str) -> None:
    with contextlib.suppress(ComityError):
        read = read_identifier(f"account: {name} at {service}.example")
        assert str(read) == f"{name} at {service}.example"
