from __future__ import annotations

import pytest

from comity.law import Provision
from comity.law.loading.reading import read_law
from comity.law.loading.shapes import check_shape, read_schema

KINDS = [
    *("book", "needs", "roles", "glossary", "pack", "outline", "form"),
    *("process", "clocks", "grounds", "gates", "safeguards", "state"),
]


def _said(kind: str, text: str) -> list[str]:
    return [str(fault) for fault in check_shape(kind, read_law(text.encode(), "f"))]


def _objects(schema: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if isinstance(schema, dict):
        found += [schema] if schema.get("type") == "object" else []
        found += [one for inside in schema.values() for one in _objects(inside)]
    if isinstance(schema, list):
        found += [one for inside in schema for one in _objects(inside)]
    return found


@pytest.mark.parametrize("kind", [*KINDS, "words"])
def test_every_table_of_every_schema_is_closed(kind: str) -> None:
    tables = _objects(read_schema(kind))
    # the states of a process are named freely, each under the pattern of names
    open_ones = [table for table in tables if table.get("additionalProperties") is not False]

    assert tables
    assert all("propertyNames" in table for table in open_ones)


def test_a_line_break_after_a_name_is_no_part_of_it() -> None:
    assert _said("book", 'book: "comity\\n"\nversion: "1.0"\n')


@pytest.mark.parametrize("version", ["1.0", "2026.1", "2026.1.3"])
def test_a_version_is_numbers_and_points(version: str) -> None:
    assert _said("book", f"book: comity\nversion: {version}\n") == []


@pytest.mark.parametrize("version", ["1", "v1.0", "1.0-rc", "1.", "NO"])
def test_anything_else_is_no_version(version: str) -> None:
    assert _said("book", f"book: comity\nversion: {version}\n")


def test_every_missing_key_is_named() -> None:
    said = _said("book", "{}")

    assert [word in line for word, line in zip(("'book'", "'version'"), said, strict=True)] == [
        True,
        True,
    ]


def test_every_unknown_key_is_named() -> None:
    said = _said("book", "{book: comity, version: '1.0', author: me, date: today}")

    assert ["'author'" in said[0], "'date'" in said[1]] == [True, True]


@pytest.mark.parametrize(
    "text", ["uncc:42(3)(a)", "XA.cpa:41(2)", "uncc:2(o)", "a-b:1", "uncc:1(1)(2)(3)(4)(5)"]
)
def test_the_schema_takes_the_provisions_that_the_parser_takes(text: str) -> None:
    Provision.parse(text)

    assert _said("glossary", f'terms: [{{term: t, means: m, law: "{text}"}}]') == []


@pytest.mark.parametrize("text", ["uncc:42(3", "XAA.cpa:41", "uncc:0", "uncc:1(1)(2)(3)(4)(5)(6)"])
def test_the_schema_refuses_the_provisions_that_the_parser_refuses(text: str) -> None:
    assert _said("glossary", f'terms: [{{term: t, means: m, law: "{text}"}}]')
