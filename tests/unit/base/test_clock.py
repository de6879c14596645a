"""Instants, and periods counted in calendar days of a named zone."""

import pytest

from comity.base import Instant, Period
from comity.base.errors import BadValue, ComityError, Malformed


@pytest.mark.parametrize(
    ("start", "period", "zone", "end"),
    [
        # 60 days, counted by hand on a calendar: 21 November + 60 = 20 January.
        ("2026-11-21T20:58:00Z", "P60D", "UTC", "2027-01-20T20:58:00Z"),
        # Over the spring change of Warsaw (29 March 2026): noon stays noon, so UTC moves an hour.
        ("2026-03-28T11:00:00Z", "P1D", "Europe/Warsaw", "2026-03-29T10:00:00Z"),
        # And back in autumn (25 October 2026).
        ("2026-10-24T10:00:00Z", "P1D", "Europe/Warsaw", "2026-10-25T11:00:00Z"),
        # Hours are hours, whatever the season does.
        ("2026-03-28T23:30:00Z", "PT8H", "Europe/Warsaw", "2026-03-29T07:30:00Z"),
        # 2028 is a leap year, 2100 is none.
        ("2028-02-28T00:00:00Z", "P1D", "UTC", "2028-02-29T00:00:00Z"),
        ("2100-02-28T00:00:00Z", "P1D", "UTC", "2100-03-01T00:00:00Z"),
    ],
)
def test_days_are_calendar_days_of_the_zone(start: str, period: str, zone: str, end: str) -> None:
    assert str(Instant.parse(start).plus(Period.parse(period), zone=zone)) == end


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21",
        "2026-11-21T02:14:05",
        "2026-11-21T02:14:05+00:00",
        "2026-11-21t02:14:05z",
        "2026-02-30T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T02:14:60Z",
        "٢٠٢٦-11-21T02:14:05Z",
        " 2026-11-21T02:14:05Z",
        "2026-11-21T02:14:05Z\n",
        "0000-01-01T00:00:00Z",
    ],
)
def test_an_instant_has_one_way_to_be_written(text: str) -> None:
    with pytest.raises(Malformed):
        Instant.parse(text)


@pytest.mark.parametrize("text", ["P", "PT", "P60", "60D", "P1M", "P1Y", "P-1D", "P1DT", "p1d"])
def test_months_and_years_are_no_periods(text: str) -> None:
    with pytest.raises(Malformed):
        Period.parse(text)


@pytest.mark.parametrize("text", ["P60D", "PT8H", "PT30M", "P1DT12H", "P0D", "PT1H5M"])
def test_a_period_prints_as_it_was_read(text: str) -> None:
    assert str(Period.parse(text)) == text


def test_a_period_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(BadValue):
        Instant.parse("9999-12-31T00:00:00Z").plus(Period(days=2))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_an_unknown_zone_is_refused_with_advice(name: str) -> None:
    with pytest.raises(ComityError, match="time zone"):
        Instant.parse("2026-01-01T00:00:00Z").plus(Period(days=1), zone=name)
