"""Each condition, met and not met, by the rule that it quotes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.ident import Ident
from comity.base.verdict import Verdict
from comity.domain.conditions import examine
from comity.domain.deadline import FollowerView
from comity.domain.dossier import LegalBasis
from comity.law import Serious
from tests.world import FULL_FORM, Desk

YES, NO, OPEN = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE
Setup = Callable[[Desk], Any]
SCAN = Digest.of(b"scan")


def judge(need: str, step: str, setup: Setup | None, key: str, **more: Any) -> Verdict:
    own = more.pop("own", "XA")
    desk = Desk(key, own=own)
    if setup:
        setup(desk)
    return examine(need, desk.situation(step, **more)).verdict


def steps(*taken: Any) -> Setup:
    """Take steps in their order; a pair gives a step its particulars."""

    def run(desk: Desk) -> None:
        for one in taken:
            name, more = one if isinstance(one, tuple) else (one, {})
            desk.do(name, **more)

    return run


def terms(**more: str) -> dict[str, Any]:
    return {"terms": more}


def form(**more: Any) -> dict[str, Any]:
    return {"form": {**FULL_FORM, **more}}


PRESERVATION = [
    # what a request says
    ("form_complete", "send", None, form(), YES),
    ("form_complete", "send", None, form(facts=""), NO),
    ("form_complete", "send", None, form() | terms(form="moon"), OPEN),
    ("form_complete", "send", None, form() | terms(form="stored_data"), OPEN),
    ("identifiers_specific", "send", None, form(), YES),
    ("identifiers_specific", "send", None, form(data=[]), NO),
    ("identifiers_specific", "send", None, form(data="account: a at b"), NO),
    ("identifiers_specific", "send", None, form(data=["account: a at b", "account: * at b"]), NO),
    ("offence_in_scope", "send", None, form(), YES),
    ("offence_in_scope", "send", None, form(offence={"article": "uncc:17"}), YES),
    ("offence_in_scope", "send", None, form(offence={"article": "uncc:19(2)"}), YES),
    ("offence_in_scope", "send", None, form(offence={"article": "uncc:18"}), NO),
    ("offence_in_scope", "send", None, form(offence={"article": "uncc:6"}), NO),
    ("offence_in_scope", "send", None, form(offence={"article": "budapest:7"}), NO),
    ("offence_in_scope", "send", None, form(offence="fraud"), NO),
    (
        "offence_in_scope",
        "send",
        None,
        form(offence={"title": "x", "longest_penalty_months": 48}),
        YES,
    ),
    (
        "offence_in_scope",
        "send",
        None,
        form(offence={"title": "x", "longest_penalty_months": 47}),
        NO,
    ),
    ("urgency_stated", "call", None, form(urgency="Logs vanish tonight."), YES),
    ("urgency_stated", "call", None, {"content": {"reasons": "Logs vanish tonight."}}, YES),
    ("urgency_stated", "call", None, form(), NO),
    ("necessity_written", "send", None, form(), YES),
    ("necessity_written", "send", None, {"content": {"necessity": " "}}, NO),
    ("alternatives_considered", "send", None, {"content": {"alternatives": "None."}}, YES),
    ("alternatives_considered", "send", None, form(), NO),
    ("confidentiality_dated", "send", None, form(), YES),
    ("confidentiality_dated", "send", None, form(confidential="no"), YES),
    ("confidentiality_dated", "send", None, form(confidential="yes"), NO),
    (
        "confidentiality_dated",
        "send",
        None,
        form(confidential="yes", confidential_until="2026-09-01T00:00:00Z"),
        YES,
    ),
    ("deadline_reasoned", "send", None, form(), YES),
    ("deadline_reasoned", "send", None, form(answer_by="2026-09-01T00:00:00Z"), NO),
    ("deadline_reasoned", "send", None, terms(answer_by="2026-09-01T00:00:00Z"), NO),
    (
        "deadline_reasoned",
        "send",
        None,
        form(answer_by="2026-09-01T00:00:00Z", answer_by_reason="The trial begins."),
        YES,
    ),
    # language and channel
    ("language_accepted", "send", None, form(), YES),
    ("language_accepted", "send", None, form(language="fr"), NO),
    ("language_accepted", "send", None, form(language=""), NO),
    ("language_accepted", "send", None, form() | {"counterpart": None}, OPEN),
    ("translation_attached", "send", None, form(), YES),
    ("translation_attached", "send", None, form(language="ar"), NO),
    ("translation_attached", "send", steps("translate"), form(language="ar"), YES),
    ("translation_attached", "send", None, form() | {"profile": None}, OPEN),
    ("channel_accepted", "send", None, {"channel": "interpol"}, YES),
    ("channel_accepted", "send", None, {"channel": "portal"}, NO),
    ("channel_accepted", "send", None, {"counterpart": None}, OPEN),
    # decisions
    ("ground_named", "refuse", None, terms(ground="essential_interests"), YES),
    ("ground_named", "refuse", None, terms(ground="missing_criminality"), NO),
    ("ground_named", "refuse", None, terms(ground="terms_needed"), NO),
    ("ground_named", "refuse", None, terms(ground="because"), NO),
    ("ground_named", "refuse", None, {}, NO),
    ("ground_named", "refuse", None, terms(ground="reserved_criminality"), NO),
    ("ground_named", "warn", None, terms(ground="not_secured"), YES),
    ("ground_named", "warn", None, terms(ground="essential_interests"), NO),
    ("ground_named", "consult", None, terms(ground="essential_interests"), YES),
    ("ground_named", "grant", None, terms(ground="essential_interests"), NO),
    ("reasons_given", "refuse", None, {"content": {"reasons": "Because."}}, YES),
    ("reasons_given", "refuse", None, {"content": {"reasons": ""}}, NO),
    ("consulted_first", "refuse", None, terms(ground="essential_interests"), NO),
    ("consulted_first", "refuse", None, terms(ground="discrimination"), YES),
    ("consulted_first", "refuse", None, {}, OPEN),
    ("conditions_named", "consult", None, terms(conditions="no_onward"), YES),
    ("conditions_named", "consult", None, {"content": {"conditions": "No onward use."}}, YES),
    ("conditions_named", "consult", None, {}, NO),
    ("missing_named", "ask", None, terms(asked="account"), YES),
    ("missing_named", "ask", None, {"content": {"asked": "Which account?"}}, YES),
    ("missing_named", "ask", None, {}, NO),
    ("costs_stated", "x", None, terms(costs="1200.00", currency="EUR"), YES),
    ("costs_stated", "x", None, terms(costs="much", currency="EUR"), NO),
    ("costs_stated", "x", None, terms(costs="1200", currency="euro"), NO),
    ("costs_stated", "x", None, terms(costs="-1", currency="EUR"), NO),
    # questions
    ("question_open", "status_answer", None, {}, NO),
    ("question_open", "status_answer", steps("send", "status_query"), {}, YES),
    ("question_open", "status_answer", steps("send", "status_query", "status_answer"), {}, NO),
    (
        "question_open",
        "status_answer",
        steps("send", "status_query", "status_answer", "status_query"),
        {},
        YES,
    ),
    ("question_open", "grant", steps("send"), {}, OPEN),
    # time
    ("until_named", "ask_extension", None, terms(until="2026-09-01T00:00:00Z"), YES),
    ("until_named", "ask_extension", None, terms(until="2026-03-02T08:00:00Z"), NO),
    ("until_named", "ask_extension", None, terms(until="next month"), NO),
    ("until_named", "ask_extension", None, {}, NO),
    # who and how
    ("call_back_done", "grant", steps("send"), {}, YES),
    ("call_back_done", "grant", steps("call"), {}, NO),
    (
        "call_back_done",
        "grant",
        steps("call", ("call_back", terms(number="+254712345678", result="confirmed"))),
        {},
        YES,
    ),
    (
        "call_back_done",
        "grant",
        steps("call", ("call_back", terms(number="+254712345678", result="not_confirmed"))),
        {},
        NO,
    ),
    (
        "call_back_done",
        "grant",
        steps("call", ("call_back", terms(number="+254712345678", result="confirmed"))),
        {"directory_numbers": frozenset({"+254700000000"})},
        NO,
    ),
    ("second_officer", "send", None, {}, NO),
    ("second_officer", "send", steps("draft", "countersign"), {}, NO),
    ("second_officer", "send", steps("draft", ("countersign", {"actor": "other"})), {}, YES),
    ("second_officer", "send", steps(("countersign", {"actor": "other"}), "draft"), {}, NO),
    ("proof_attached", "register_letter", None, {"covers": {"scan": SCAN}}, YES),
    ("proof_attached", "register_letter", None, {"covers": {"content": SCAN}}, NO),
    ("notice_allowed", "notify_person", None, form(), YES),
    ("notice_allowed", "notify_person", None, form(confidential="yes"), NO),
    (
        "notice_allowed",
        "notify_person",
        None,
        form(confidential="yes", confidential_until="2026-03-02T08:00:00Z"),
        YES,
    ),
    (
        "notice_allowed",
        "notify_person",
        None,
        form(confidential="yes", confidential_until="2026-03-02T08:00:01Z"),
        NO,
    ),
    ("erasure_ordered", "x", None, terms(decision="12/2026"), YES),
    ("erasure_ordered", "x", None, {}, NO),
    ("person_notified", "x", None, {}, NO),
    ("person_notified", "x", None, {"content": {"reasons": "A court deferred it."}}, YES),
    ("use_covered", "x", None, terms(purpose="stated"), YES),
    ("use_covered", "x", None, terms(purpose="other"), NO),
    ("use_covered", "x", None, terms(purpose="court_order"), NO),
    ("use_covered", "x", None, terms(purpose="court_order", decision="3/2026"), YES),
    ("use_covered", "x", None, terms(purpose="exculpatory"), NO),
    ("use_covered", "x", None, terms(purpose="exculpatory", notice="to_follow"), YES),
    ("order_served", "execute", None, {}, NO),
    ("order_served", "execute", None, terms(order="not_required"), NO),
    (
        "order_served",
        "execute",
        None,
        terms(order="not_required") | {"content": {"reasons": "Held by us."}},
        YES,
    ),
    ("custodian_considered", "serve_order", None, {}, NO),
    ("custodian_considered", "serve_order", None, form(custodian_involved="no_sign"), YES),
    ("custodian_considered", "serve_order", None, form(custodian_involved="possible"), NO),
    (
        "custodian_considered",
        "serve_order",
        None,
        form(custodian_involved="possible", custodian_reasons="Only they hold it."),
        YES,
    ),
]


@pytest.mark.parametrize(("need", "step", "setup", "more", "verdict"), PRESERVATION)
def test_a_condition_in_preservation(
    need: str, step: str, setup: Setup | None, more: dict[str, Any], verdict: Verdict
) -> None:
    assert judge(need, step, setup, "uncc/preservation", **more) is verdict


def at_requested(*taken: Any) -> Setup:
    return steps("send", "acknowledge", *taken)


REQUESTED = [
    ("consulted_first", at_requested("consult"), terms(ground="essential_interests"), YES),
    ("speech_screened", at_requested(), {}, NO),
    ("speech_screened", at_requested(("screen_rights", terms(speech_only="no"))), {}, YES),
    ("speech_screened", at_requested(("screen_rights", terms(speech_only="yes"))), {}, NO),
    (
        "speech_screened",
        at_requested(
            ("screen_rights", terms(speech_only="yes")), ("review_rights", {"actor": "r"})
        ),
        {},
        YES,
    ),
    (
        "speech_screened",
        at_requested(("screen_rights", terms(speech_only="yes")), "review_rights"),
        {},
        NO,
    ),
    (
        "speech_screened",
        at_requested(
            ("screen_rights", terms(speech_only="no")), ("screen_rights", terms(speech_only="yes"))
        ),
        {},
        NO,
    ),
    ("roles_screened", at_requested(("screen_rights", terms(exposed="none"))), {}, YES),
    ("roles_screened", at_requested(("screen_rights", terms(exposed="journalist"))), {}, NO),
    ("court_authorised", at_requested(), {}, NO),
    (
        "court_authorised",
        at_requested(("authorise", terms(body="court", decision="1/26"))),
        {},
        YES,
    ),
    ("court_authorised", at_requested(("authorise", terms(body="court"))), {}, NO),
    (
        "court_authorised",
        at_requested(("authorise", terms(body="prosecutor", decision="1/26"))),
        {},
        NO,
    ),
    (
        "prosecutor_confirmed",
        at_requested(("authorise", terms(body="prosecutor", decision="1/26"))),
        {},
        YES,
    ),
    (
        "prosecutor_confirmed",
        at_requested(("authorise", terms(body="court", decision="1/26"))),
        {},
        YES,
    ),
    (
        "prosecutor_confirmed",
        at_requested(("authorise", terms(body="police", decision="1/26"))),
        {},
        NO,
    ),
    ("body_authorised", at_requested(("authorise", terms(body="judge", decision="1/26"))), {}, YES),
    ("body_authorised", at_requested(("authorise", terms(decision="1/26"))), {}, NO),
    (
        "court_authorised",
        at_requested(("authorise", terms(body="court", decision="1/26", purpose="notice"))),
        {},
        NO,
    ),
    ("order_served", at_requested("serve_order"), {}, YES),
    ("inventory_compared", at_requested(), {}, YES),
    ("inventory_compared", at_requested("freeze_inventory"), {}, NO),
    (
        "inventory_compared",
        at_requested("freeze_inventory"),
        {"content": {"reasons": "Two files were lost."}},
        YES,
    ),
    ("order_within_limit", None, terms(until="2026-04-01T05:00:00Z"), YES),
    ("order_within_limit", None, terms(until="2026-04-01T08:00:01Z"), NO),
    ("order_within_limit", None, terms(until="2026-03-01T08:00:00Z"), NO),
    ("order_within_limit", None, {}, NO),
    ("order_within_limit", None, {"profile": None}, OPEN),
    (
        "notice_allowed",
        at_requested(("authorise", terms(purpose="notice"))),
        form(confidential="yes"),
        YES,
    ),
]


@pytest.mark.parametrize(("need", "setup", "more", "verdict"), REQUESTED)
def test_a_condition_on_the_requested_side(
    need: str, setup: Setup | None, more: dict[str, Any], verdict: Verdict
) -> None:
    assert judge(need, "refuse", setup, "uncc/preservation", own="XB", **more) is verdict


def test_the_order_ends_by_the_form_and_a_renewal_by_its_own_day() -> None:
    desk = Desk("uncc/order", own="XA")
    late, soon = "2026-07-01T00:00:00Z", "2026-04-01T00:00:00Z"
    served = desk.situation("serve", form={"valid_until": soon}, terms={"until": late})
    renewed = desk.situation("renew", form={"valid_until": soon}, terms={"until": late})
    assert examine("order_within_limit", served).verdict is YES
    assert examine("order_within_limit", renewed).verdict is NO


@pytest.mark.parametrize(
    ("until", "verdict"), [("2026-05-31T08:00:00Z", YES), ("2026-05-31T08:00:01Z", NO)]
)
def test_an_order_of_arvenia_runs_ninety_days_by_lisbon_time(until: str, verdict: Verdict) -> None:
    # 2 March 08:00 in Lisbon is 08:00 UTC; ninety days later it is 08:00 there, 07:00 UTC.
    hour_before = until.replace("T08", "T07")
    situation = Desk("uncc/order", own="XA").situation("serve", terms={"until": hour_before})
    assert examine("order_within_limit", situation).verdict is verdict


def hold() -> Desk:
    """Data held by XB since 2 March 2026, 08:00; sixty days end on 1 May, 08:00."""
    desk = Desk(own="XB")
    steps("send", "acknowledge", "grant", "execute")(desk)
    return desk


def follower(decided: str | None) -> FollowerView:
    return FollowerView(
        dossier=Ident("dos_" + "1" * 26),
        received=Instant.parse("2026-04-01T00:00:00Z"),
        decided=Instant.parse(decided) if decided else None,
    )


@pytest.mark.parametrize(
    ("now", "following", "verdict"),
    [
        ("2026-05-01T07:59:59Z", None, NO),
        ("2026-05-01T08:00:00Z", None, YES),
        ("2026-04-30T08:00:00Z", None, NO),
        ("2026-09-01T08:00:00Z", follower(None), NO),
        ("2026-06-30T08:00:00Z", follower("2026-07-01T00:00:00Z"), NO),
        ("2026-07-01T00:00:00Z", follower("2026-07-01T00:00:00Z"), YES),
    ],
)
def test_a_hold_ends_after_sixty_days_and_the_decision(
    now: str, following: FollowerView | None, verdict: Verdict
) -> None:
    situation = hold().at(now).situation("release", follower=following)
    assert examine("hold_may_end", situation).verdict is verdict


def test_a_hold_that_is_no_longer_wanted_may_end_at_once() -> None:
    desk = hold()
    desk.do("withdraw")
    assert examine("hold_may_end", desk.situation("release")).verdict is YES


def test_nothing_is_released_while_an_extension_is_asked_and_not_answered() -> None:
    desk = hold().at("2026-04-30T08:00:00Z")
    desk.do("ask_extension", terms={"until": "2026-08-01T00:00:00Z"})
    asked = desk.at("2026-06-01T08:00:00Z").situation("release")
    desk.do("decline_extension")
    declined = desk.situation("release")
    assert examine("hold_may_end", asked).verdict is NO
    assert examine("hold_may_end", declined).verdict is YES


def test_where_nothing_is_held_no_period_is_over() -> None:
    assert examine("hold_may_end", Desk(own="XB").situation("release")).verdict is NO


@pytest.mark.parametrize(
    ("now", "verdict"), [("2026-05-01T08:00:00Z", YES), ("2026-05-01T08:00:01Z", NO)]
)
def test_an_extension_is_asked_before_the_period_has_run_out(now: str, verdict: Verdict) -> None:
    situation = hold().at(now).situation("ask_extension")
    assert examine("extension_in_time", situation).verdict is verdict


def test_without_a_hold_there_is_nothing_to_extend() -> None:
    assert examine("extension_in_time", Desk().situation("ask_extension")).verdict is NO


@pytest.mark.parametrize(
    ("until", "verdict"), [("2026-05-01T08:00:00Z", NO), ("2026-05-01T08:00:01Z", YES)]
)
def test_an_extension_leads_beyond_the_day_that_holds_already(until: str, verdict: Verdict) -> None:
    situation = hold().situation("extend", terms={"until": until})
    assert examine("until_named", situation).verdict is verdict


def test_a_request_without_a_basis_is_unmet_and_another_treaty_has_its_own_scope() -> None:
    desk = Desk()
    bare = dataclasses.replace(desk.dossier, basis=None)
    other = dataclasses.replace(desk.dossier, basis=LegalBasis(treaty="Agreement of 1999"))
    none = desk.situation("send", dossier=bare)
    assert examine("basis_named", none).verdict is NO
    assert examine("basis_named", desk.situation("send")).verdict is YES
    free = desk.situation("send", dossier=other, form={"offence": "libel"})
    assert examine("offence_in_scope", free).verdict is YES


@pytest.mark.parametrize(
    ("offence", "verdict"),
    [
        ({"title": "libel", "longest_penalty_months": 3}, YES),
        ("libel", YES),
        ({}, YES),
    ],
)
def test_an_instrument_that_reaches_any_offence_asks_for_no_penalty(
    offence: Any, verdict: Verdict
) -> None:
    desk = Desk()
    other = dataclasses.replace(desk.dossier, basis=LegalBasis(pack="budapest"))
    situation = desk.situation("send", dossier=other, form={"offence": offence})
    finding = examine("offence_in_scope", situation)
    assert finding.verdict is verdict
    assert "budapest:23" in finding.says


def test_the_least_penalty_is_that_of_the_book() -> None:
    desk = Desk()
    pack = desk.book.packs["uncc"]
    given = form(offence={"title": "x", "longest_penalty_months": 30})
    for months, verdict in ((30, YES), (31, NO)):
        serious = Serious(months=months, law=pack.scope.law)
        scope = dataclasses.replace(pack.scope, serious=serious)
        packs = {**desk.book.packs, "uncc": dataclasses.replace(pack, scope=scope)}
        situation = desk.situation("send", **given)
        changed = dataclasses.replace(situation, book=dataclasses.replace(desk.book, packs=packs))
        assert examine("offence_in_scope", changed).verdict is verdict


def test_a_scope_without_a_penalty_reaches_what_it_lists_alone() -> None:
    desk = Desk()
    pack = desk.book.packs["uncc"]
    scope = dataclasses.replace(pack.scope, serious=None)
    packs = {**desk.book.packs, "uncc": dataclasses.replace(pack, scope=scope)}
    book = dataclasses.replace(desk.book, packs=packs)
    for offence, verdict in (
        ({"title": "x", "longest_penalty_months": 999}, NO),
        ({"article": "uncc:7"}, YES),
    ):
        situation = desk.situation("send", **form(offence=offence))
        found = examine("offence_in_scope", dataclasses.replace(situation, book=book))
        assert found.verdict is verdict


def test_the_reserved_ground_is_open_to_the_state_that_made_the_reservation() -> None:
    desk = Desk(own="XB")
    profile = desk.book.states["XB"]
    given = dataclasses.replace(profile.conditions[0], condition="dual_criminality_reservation")
    given = dataclasses.replace(given, processes=("uncc/preservation",))
    reserved = dataclasses.replace(profile, conditions=(given,))
    particulars = {"terms": {"ground": "reserved_criminality"}}
    without = desk.situation(
        "refuse", **particulars, profile=dataclasses.replace(profile, conditions=())
    )
    with_it = desk.situation("refuse", **particulars, profile=reserved)
    assert examine("ground_named", without).verdict is NO
    assert examine("ground_named", with_it).verdict is YES


def test_a_forbidden_ground_is_answered_with_its_provision() -> None:
    situation = Desk(own="XB").situation("refuse", terms={"ground": "missing_criminality"})
    assert "uncc:42(4)" in examine("ground_named", situation).says


def test_consultation_by_the_other_side_is_not_ours() -> None:
    desk = Desk(own="XB")
    desk.record("add_information")
    situation = desk.situation("refuse", terms={"ground": "essential_interests"})
    assert examine("consulted_first", situation).verdict is NO


EMERGENCY = {"risk_facts": "a", "persons_at_risk": "b", "why_imminent": "c"}


@pytest.mark.parametrize("missing", ["", *EMERGENCY])
def test_an_emergency_is_shown_by_three_facts(missing: str) -> None:
    stated = {name: value for name, value in EMERGENCY.items() if name != missing}
    situation = Desk("uncc/emergency_disclosure").situation("send", form=stated)
    assert examine("emergency_shown", situation).verdict is (NO if missing else YES)


def executed() -> Desk:
    """Assistance with stored data, executed by XB."""
    desk = Desk("uncc/stored_data", own="XB")
    steps("send", "acknowledge", "grant", "execute")(desk)
    return desk


def test_conditions_of_a_grant_bind_though_the_handing_over_does_not_repeat_them() -> None:
    desk = Desk("uncc/stored_data", own="XB")
    steps("send", "acknowledge", "grant_with_conditions", "execute", "hand_over")(desk)
    assert examine("conditions_acknowledged", desk.situation("x")).verdict is NO


def test_conditions_of_a_grant_are_acknowledged_with_the_receipt() -> None:
    desk = Desk("uncc/stored_data", own="XB")
    steps("send", "acknowledge", "grant_with_conditions", "execute", "hand_over")(desk)
    steps(("confirm_receipt", terms(conditions="acknowledged")))(desk)
    assert examine("conditions_acknowledged", desk.situation("x")).verdict is YES


@pytest.mark.parametrize(
    ("need", "taken", "verdict"),
    [
        ("no_remedy_pending", (), YES),
        ("no_remedy_pending", ("remedy_pending",), NO),
        ("no_remedy_pending", ("remedy_pending", "remedy_decided"), YES),
        (
            "no_remedy_pending",
            ("remedy_pending", "remedy_decided", "execute", "remedy_pending"),
            NO,
        ),
        ("review_done", (), NO),
        ("review_done", ("review",), YES),
        ("seal_made", (), NO),
        ("seal_made", ("seal_collected",), YES),
        ("second_officer", ("countersign_release",), NO),
        ("second_officer", (("countersign_release", {"actor": "other"}),), YES),
        ("originals_returned", (), YES),
        ("originals_returned", (("hand_over", terms(originals="yes")),), NO),
        ("originals_returned", (("hand_over", terms(originals="yes")), "return_originals"), YES),
        ("conditions_acknowledged", (), YES),
        ("conditions_acknowledged", (("hand_over", terms(conditions="no_onward")),), NO),
        (
            "conditions_acknowledged",
            (
                ("hand_over", terms(conditions="no_onward")),
                ("confirm_receipt", terms(conditions="acknowledged")),
            ),
            YES,
        ),
        (
            "conditions_acknowledged",
            (("hand_over", terms(conditions="no_onward")), "confirm_receipt"),
            NO,
        ),
        ("onward_consented", (), NO),
        ("onward_consented", (("hand_over", {}), "ask_onward", "consent_onward"), YES),
        ("use_covered", (("hand_over", {}), "ask_other_use", "consent_other_use"), YES),
    ],
)
def test_a_condition_on_custody(need: str, taken: tuple[Any, ...], verdict: Verdict) -> None:
    desk = executed()
    steps(*taken)(desk)
    unlawful = {o.value for o in desk.standing.outcomes.values()} - {"applied"}
    assert unlawful == set()
    assert examine(need, desk.situation("x")).verdict is verdict


@pytest.mark.parametrize(("particulars", "verdict"), [({}, NO), (terms(inventory="compared"), YES)])
def test_the_inventory_at_the_freeze_of_the_request_that_this_follows_is_compared(
    particulars: dict[str, Any], verdict: Verdict
) -> None:
    before = hold()
    frozen = before.do("freeze_inventory")
    desk = executed()
    desk.do("review", **particulars)
    situation = desk.situation("hand_over", followed=(frozen,))
    assert examine("inventory_compared", situation).verdict is verdict


@pytest.mark.parametrize(("result", "verdict"), [("passed", YES), ("failed", NO)])
def test_an_order_is_verified_before_it_is_obeyed(result: str, verdict: Verdict) -> None:
    desk = Desk("uncc/order", own="XB")
    steps("serve", ("verify_order", terms(result=result)))(desk)
    assert examine("order_verified", desk.situation("acknowledge")).verdict is verdict


def test_an_order_that_nobody_looked_at_is_not_verified() -> None:
    assert examine("order_verified", Desk("uncc/order", own="XB").situation("x")).verdict is NO


def test_an_overtaken_act_meets_nothing() -> None:
    desk = Desk(own="XB")
    sent = desk.do("send")
    desk.do("acknowledge")
    desk.do("withdraw")
    desk.do("consult", seen=sent)
    situation = desk.situation("refuse", terms={"ground": "essential_interests"})
    assert examine("consulted_first", situation).verdict is NO
