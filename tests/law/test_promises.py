"""What the Convention promises, provision by provision, read from the raw files."""

from __future__ import annotations

import pytest

from tests.lawbooks import FILES
from tests.rawlaw import Raw, raw_processes, raw_rows, read_raw

PROCESSES = raw_processes()
UNCC = [key for key in PROCESSES if key.startswith("uncc/")]
BETWEEN_STATES = [key for key in UNCC if PROCESSES[key]["sides"]["asking"] == "requesting"]
each_request = pytest.mark.parametrize("key", BETWEEN_STATES)


def _steps(key: str) -> dict[str, Raw]:
    return {row["step"]: row for row in PROCESSES[key]["steps"]}


def _clock(process: str, name: str) -> Raw:
    pack, _, short = process.partition("/")
    rows = [row for found, row in raw_rows("clocks") if found == pack]
    return next(row for row in rows if (row["process"], row["clock"]) == (short, name))


def _gate(name: str) -> Raw:
    return next(row for pack, row in raw_rows("gates") if (pack, row["gate"]) == ("uncc", name))


def _closing(process: str, step: str) -> set[str]:
    """Return what the gates of this process need before this step."""
    pack, _, short = process.partition("/")
    rows = [row for found, row in raw_rows("gates") if found == pack]
    return {row["needs"] for row in rows if short in row["processes"] and step in row["closes"]}


def _having(*steps: str) -> pytest.MarkDecorator:
    """Run a test for each process of each treaty between States that has all of these steps."""
    keys = [
        key
        for key, process in PROCESSES.items()
        if process["sides"]["asking"] == "requesting" and set(steps) <= set(_steps(key))
    ]
    assert keys
    return pytest.mark.parametrize("key", keys)


def _grounds(process: str) -> dict[str, Raw]:
    pack, _, short = process.partition("/")
    rows = [row for found, row in raw_rows("grounds") if found == pack]
    return {row["ground"]: row for row in rows if short in row["processes"]}


def test_art_42_8_data_are_held_sixty_days_and_then_until_the_request_is_decided() -> None:
    clock = _clock("uncc/preservation", "hold_minimum")

    assert (clock["length"], clock["then"]) == ("P60D", "until_follower_decided")


def test_art_42_8_the_hold_begins_with_its_execution() -> None:
    clock = _clock("uncc/preservation", "hold_minimum")

    assert (clock["starts"], clock["counts_from"]) == (["execute", "partly_execute"], "act")


def test_art_42_8_a_release_waits_for_the_end_of_the_hold() -> None:
    assert "hold_may_end" in _steps("uncc/preservation")["release"]["needs"]


def test_art_42_9_an_extension_is_asked_before_the_period_has_run_out() -> None:
    assert "extension_in_time" in _steps("uncc/preservation")["ask_extension"]["needs"]


def test_art_42_9_an_extension_prolongs_the_hold() -> None:
    assert _clock("uncc/preservation", "hold_minimum")["extended_by"] == ["extend"]


def test_art_42_4_nobody_refuses_preservation_for_want_of_dual_criminality() -> None:
    assert _grounds("uncc/preservation")["missing_criminality"]["effect"] == "forbidden"


def test_art_42_7_what_may_endanger_a_hold_is_a_warning_and_no_refusal() -> None:
    grounds = _grounds("uncc/preservation").values()
    effects = {row["effect"] for row in grounds if row["law"] == "uncc:42(7)"}

    assert effects == {"warn"}


def test_art_25_2_an_order_to_preserve_runs_at_most_ninety_days() -> None:
    assert _clock("uncc/order", "order_length")["length"] == "P90D"


def test_art_40_8_want_of_dual_criminality_is_no_ground_against_an_order_of_ones_own() -> None:
    assert "dual_criminality" not in _grounds("uncc/order")


@pytest.mark.parametrize("ground", ["fiscal_matter", "bank_secrecy"])
def test_art_40_23_and_24_fiscal_matters_and_bank_secrecy_are_no_grounds(ground: str) -> None:
    assert _grounds("uncc/stored_data")[ground]["effect"] == "forbidden"


@each_request
def test_art_40_25_every_refusal_names_its_ground_and_gives_reasons(key: str) -> None:
    needs = _steps(key)["refuse"]["needs"]

    assert {"ground_named", "reasons_given"} <= set(needs)


@each_request
def test_art_40_25_reasons_are_owed_on_every_ground_for_refusing(key: str) -> None:
    grounds = [row for row in _grounds(key).values() if row["effect"] in {"refuse", "postpone"}]

    assert {row["reasons_owed"] for row in grounds} == {"yes"}


@each_request
def test_art_40_28_before_refusing_the_other_side_is_consulted(key: str) -> None:
    assert "consulted_first" in _steps(key)["refuse"]["needs"]


def test_art_40_27_a_postponement_is_treated_like_a_refusal() -> None:
    steps = _steps("uncc/stored_data")

    assert steps["postpone"]["needs"] == steps["refuse"]["needs"]


@each_request
def test_art_40_15_no_request_is_sent_with_something_missing_or_without_a_basis(key: str) -> None:
    assert {"form_complete", "basis_named"} <= set(_steps(key)["send"]["needs"])


@each_request
def test_art_23_1_no_request_is_sent_in_bulk(key: str) -> None:
    gate = _gate("specific_case")

    assert key.partition("/")[2] in gate["processes"]
    assert (gate["closes"], gate["kind"]) == (["send"], "treaty_content")


@pytest.mark.parametrize("key", ["uncc/stored_data", "uncc/traffic_disclosure"])
def test_art_40_19_evidence_is_opened_only_under_the_conditions_that_came_with_it(key: str) -> None:
    assert {"conditions_acknowledged", "use_covered"} <= set(_steps(key)["open_evidence"]["needs"])


@pytest.mark.parametrize("key", ["uncc/stored_data", "uncc/traffic_disclosure"])
def test_art_36_3_nothing_is_passed_onward_without_consent(key: str) -> None:
    assert "onward_consented" in _steps(key)["pass_onward"]["needs"]


@pytest.mark.parametrize("key", ["uncc/stored_data", "uncc/traffic_disclosure"])
def test_art_24_2_nothing_is_handed_over_while_a_remedy_is_pending(key: str) -> None:
    assert "no_remedy_pending" in _steps(key)["hand_over"]["needs"]


@_having("call", "execute_interim", "grant")
def test_art_40_13_nobody_acts_on_an_oral_request_before_calling_back(key: str) -> None:
    acting = ("execute_interim", "grant", "grant_with_conditions")

    assert all("call_back_done" in _closing(key, step) for step in acting)


@_having("hand_over")
def test_art_24_3_nothing_is_handed_over_before_its_scope_is_reviewed(key: str) -> None:
    assert "review" in _steps(key)
    assert "review_done" in _closing(key, "hand_over")


@_having("grant")
def test_art_6_2_nothing_is_granted_before_rights_are_screened(key: str) -> None:
    assert {"screen_rights", "review_rights"} <= set(_steps(key))
    assert {"speech_screened", "roles_screened"} <= _closing(key, "grant")


@_having("send")
def test_art_24_2_confidentiality_that_is_asked_has_an_end_and_then_notice(key: str) -> None:
    clock = _clock(key, "confidentiality_end")

    assert "confidentiality_dated" in _closing(key, "send")
    assert (clock["starts"], clock["ends"]) == (["send"], ["notify_person"])
    assert _steps(key)["notify_person"]["needs"] == ["notice_allowed"]


def test_art_25_2_an_order_that_finds_nothing_does_not_run_on() -> None:
    assert "find_nothing" in _clock("uncc/order", "order_length")["ends"]


@_having("hand_over")
def test_art_24_2_the_other_side_is_told_of_a_remedy_that_holds_back(key: str) -> None:
    steps = _steps(key)

    assert {steps[step]["kept"] for step in ("remedy_pending", "remedy_decided")} == {"exchanged"}


@_having("finish")
def test_art_24_2_a_matter_ends_when_the_person_was_told_or_it_is_written_why_not(key: str) -> None:
    assert "person_notified" in _closing(key, "finish")
    # Whoever is to be told before the end can be told before the end.
    assert set(_steps(key)["finish"]["from"]) <= set(_steps(key)["notify_person"]["from"])


def test_expeditiously_is_never_turned_into_a_number() -> None:
    numbers = {
        (row["length"], row["law"])
        for pack, row in raw_rows("clocks")
        if pack == "uncc" and row["length"] != "asked"
    }

    assert numbers == {("P60D", "uncc:42(8)"), ("P60D", "uncc:42(9)"), ("P90D", "uncc:25(2)")}


def test_a_wish_has_no_length_of_its_own() -> None:
    lengths = {row["length"] for _, row in raw_rows("clocks") if row["nature"] == "wish"}

    assert lengths == {"asked"}


@pytest.mark.parametrize(
    "step",
    [
        *("draft", "call", "call_back", "send", "acknowledge", "transmit", "translate", "ask"),
        *("supplement", "consult", "accept_terms", "decline_terms", "grant", "execute"),
        *("grant_with_conditions", "partly_execute", "execute_interim", "postpone", "refuse"),
        *("warn", "confidentiality_not_possible", "agree_costs", "status_query", "extend"),
        *("consent_other_use", "remedy_pending", "review", "return_originals", "withdraw"),
        *("court_ordered_erasure", "notify_person", "close", "provider_objects"),
    ],
)
def test_each_step_of_practice_is_a_line_of_some_process(step: str) -> None:
    assert any(step in _steps(key) for key in UNCC)


def test_art_42_5_the_reserved_ground_names_its_reservation_in_both_packs() -> None:
    rows = {(pack, row["law"]): row for pack, row in raw_rows("grounds")}
    for key in (("uncc", "uncc:42(5)"), ("budapest", "budapest:29(4)")):
        assert rows[key]["reservation"] == "dual_criminality_reservation"


def test_art_35_1_the_scope_is_the_offences_and_crimes_of_four_years() -> None:
    scope = read_raw(FILES / "uncc" / "pack.yaml")["scope"]
    assert set(map(int, scope["offences"])) == {*range(7, 18), 19}
    assert scope["serious"] == {"months": "48", "law": "uncc:2(h)"}
