from __future__ import annotations

import json

import pytest

from comity.law import BadProvision, Book, Provision, load_book
from comity.law.asking import (
    NotInBook,
    as_data,
    ask_name,
    ask_provision,
    list_entries,
    read_question,
)
from comity.law.rendering.telling import tell_book, tell_clause, tell_entry
from tests.lawbooks import BASE


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(BASE)


def _found(book: Book, question: str) -> set[str]:
    return {f"{entry.kind} {entry.key}" for entry in ask_name(book, question)}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("help", {"process tst/help", "form tst/help"}),
        ("process:help", {"process tst/help"}),
        ("form:tst/help", {"form tst/help"}),
        ("clock:hold", {"clock tst/help/hold"}),
        ("hold", {"clock tst/help/hold"}),
        ("sovereignty", {"ground tst/sovereignty"}),
        ("one_case", {"safeguard tst/one_case"}),
        ("refuse", {"step tst/help/refuse", "rest tst/refuse"}),
        ("help/refuse", {"step tst/help/refuse"}),
        ("refused", {"standing tst/help/refused"}),
        ("facts", {"field tst/help/facts"}),
        ("XA", {"state XA"}),
        ("judge", {"gate XA/judge"}),
        ("exhibit", {"term exhibit"}),
        ("need:order_named", {"need order_named"}),
        ("duty_officer", {"role duty_officer"}),
        ("no_death_penalty", {"condition XA/no_death_penalty"}),
    ],
)
def test_a_name_finds_what_bears_it(book: Book, question: str, answer: set[str]) -> None:
    assert _found(book, question) == answer


def test_a_misspelt_name_is_met_with_what_was_meant(book: Book) -> None:
    with pytest.raises(NotInBook, match=r"Did you mean .*sovereignty"):
        ask_name(book, "soverignty")


def test_an_unlisted_provision_is_met_with_its_neighbours(book: Book) -> None:
    with pytest.raises(NotInBook, match=r"Did you mean .*tst:40\(1\)"):
        ask_provision(book, Provision.parse("tst:40(2)"))


def test_a_provision_is_kept_by_all_that_cites_it_or_what_lies_within_it(book: Book) -> None:
    found = {f"{entry.kind} {entry.key}" for entry in ask_provision(book, Provision("tst", 40))}

    assert found == {
        "clock tst/help/hold",
        "field tst/help/urgency",
        "gate tst/order",
        "ground tst/reserved",
        "safeguard tst/one_case",
    }


def test_a_states_provision_is_kept_by_its_clocks_gates_and_conditions(book: Book) -> None:
    found = ask_provision(book, Provision.parse("XA.cpa:41(2)"))

    assert {entry.kind for entry in found} == {"clock", "gate", "condition"}


@pytest.mark.parametrize("question", ["40.10", "uncc:40.10", "40", "40(10)", ""])
def test_what_is_nearly_a_provision_is_explained(question: str) -> None:
    with pytest.raises(BadProvision):
        read_question(question)


@pytest.mark.parametrize("question", ["hold", "clock:hold", "uncc/preservation", "XA"])
def test_what_has_letters_is_a_name(question: str) -> None:
    assert read_question(question) == question


def test_every_entry_can_be_told(book: Book) -> None:
    assert all(tell_entry(book, entry) for entry in list_entries(book))


def test_every_entry_can_be_found_by_its_kind_and_key(book: Book) -> None:
    for entry in list_entries(book):
        assert entry in ask_name(book, f"{entry.kind}:{entry.key}")


def test_every_entry_is_data_that_json_can_write(book: Book) -> None:
    for entry in list_entries(book):
        assert json.loads(json.dumps(entry.as_data()))["kind"] == entry.kind


def test_data_writes_provisions_periods_and_places_as_people_do(book: Book) -> None:
    data = as_data(book.clocks["tst/help/hold"])

    assert isinstance(data, dict)
    assert (data["law"], data["length"], data["place"], data["level"]) == (
        "tst:40(10)",
        "P60D",
        "tst/clocks/help.yaml:3:5",
        "draft-unsourced",
    )


def test_data_of_a_step_sorts_its_sources(book: Book) -> None:
    data = as_data(book.processes["tst/help"].steps["tell"])

    assert isinstance(data, dict)
    assert data["sources"] == ["closed", "held", "sent"]


def test_a_clause_is_told_with_what_it_says_and_who_stands_behind_it(book: Book) -> None:
    law = Provision.parse("tst:1(2)(a)")

    told = tell_clause(book, law, ask_provision(book, law))

    assert told.startswith(
        "tst:1(2)(a) (may) A request may be refused on a ground. "
        "(draft-unsourced, (unverified)) tst/outline.yaml:6:5"
    )
    assert "  step tst/help/refuse [tst:1(2)(a)] tst/processes/help.yaml:17:5" in told


def test_a_clause_that_nothing_cites_says_so(book: Book) -> None:
    law = Provision.parse("tst:40(1)")

    assert tell_clause(book, law, ask_provision(book, law)).endswith("Nothing cites it.")


def test_the_whole_is_told_with_its_digest_and_its_notices(book: Book) -> None:
    told = tell_book(book)

    assert str(book.digest) in told
    assert "Nobody has signed it." in told
