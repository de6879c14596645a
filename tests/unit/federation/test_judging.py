"""Judging an order: every check, and the one word that follows."""

from __future__ import annotations

from typing import Any

import pytest

from comity.base import Instant, Verdict
from comity.federation import MEANINGS, NEXT, Question, Voucher, Word, answer_text, exit_code
from comity.seal import PublicCard
from tests.orders import (
    AUTHORITY,
    CARD,
    ID2,
    ISSUED,
    NOW,
    OTHER,
    PROVIDER,
    TRUST,
    UNTIL,
    judge,
    make_order,
    revocation,
    sign_data,
    signed,
    verdicts,
)

LATER = Instant.parse("2026-11-21T04:00:00Z")
SECOND = Voucher(card=PublicCard("second key", AUTHORITY, OTHER.public))


def test_an_order_of_a_known_authority_is_genuine() -> None:
    judged = judge(signed())
    assert judged.word is Word.GENUINE
    assert judged.report.verdict is Verdict.PASSED
    assert judged.order == make_order()


def test_without_a_provider_named_the_addressee_is_no_check() -> None:
    assert list(verdicts(judge(signed()))) == [1, 2, 3, 4, 5, 6, 7]


def test_the_provider_named_is_compared() -> None:
    judged = judge(signed(), provider=PROVIDER)
    assert verdicts(judged)[8] == "passed"
    assert judged.word is Word.GENUINE


def test_an_order_to_another_provider_is_no_forgery_and_not_genuine() -> None:
    judged = judge(signed(), provider=f"{PROVIDER} South")
    assert verdicts(judged)[8] == "indeterminate"
    assert judged.word is Word.UNDECIDED


def test_nobody_vouching_leaves_it_undecided() -> None:
    judged = judge(signed(), trust=())
    assert verdicts(judged)[4] == "indeterminate"
    assert judged.word is Word.UNDECIDED


def test_a_stranger_of_another_name_is_undecided() -> None:
    assert judge(signed(OTHER, authority="Somebody")).word is Word.UNDECIDED


def test_a_second_key_of_the_same_authority_is_believed_by_its_card() -> None:
    assert judge(signed(OTHER), trust=(*TRUST, SECOND)).word is Word.GENUINE


@pytest.mark.parametrize(
    ("since", "until", "word"),
    [
        (ISSUED, None, Word.GENUINE),
        (NOW, None, Word.UNDECIDED),
        (None, NOW, Word.GENUINE),
        (None, ISSUED, Word.UNDECIDED),
    ],
)
def test_the_card_counts_as_of_the_issue(
    since: Instant | None, until: Instant | None, word: Word
) -> None:
    assert judge(signed(), trust=[Voucher(card=CARD, since=since, until=until)]).word is word


def test_a_card_of_another_state_does_not_vouch() -> None:
    assert judge(signed(), trust=[Voucher(card=CARD, state="XC")]).word is Word.FORGED


def test_a_card_of_the_state_vouches() -> None:
    assert judge(signed(), trust=[Voucher(card=CARD, state="XB")]).word is Word.GENUINE


def test_a_key_that_is_not_yet_known_is_no_forgery_where_the_other_card_is_over() -> None:
    assert judge(signed(OTHER), trust=[Voucher(card=CARD, until=ISSUED)]).word is Word.UNDECIDED


@pytest.mark.parametrize(
    ("now", "word"),
    [
        (UNTIL, Word.EXPIRED),
        (Instant.parse("2027-02-19T02:29:59Z"), Word.GENUINE),
        (Instant.parse("2026-11-21T02:25:00Z"), Word.GENUINE),
        (Instant.parse("2026-11-21T02:24:59Z"), Word.UNDECIDED),
    ],
)
def test_it_is_current_from_its_issue_until_before_its_end(now: Instant, word: Word) -> None:
    judged = judge(signed(), now=now)
    assert judged.word is word
    assert (verdicts(judged)[5] == "passed") is (word is Word.GENUINE)


def test_an_order_that_was_revoked_is_revoked() -> None:
    judged = judge(signed(), revocations=[revocation()])
    assert verdicts(judged)[6] == "failed"
    assert judged.word is Word.REVOKED


def test_the_orders_own_key_revokes_whoever_vouches() -> None:
    assert judge(signed(), trust=(), revocations=[revocation()]).word is Word.REVOKED


def test_another_vouched_key_of_the_authority_revokes() -> None:
    judged = judge(signed(), trust=(*TRUST, SECOND), revocations=[revocation(OTHER)])
    assert judged.word is Word.REVOKED


def test_a_revocation_by_a_stranger_does_not_free_the_provider() -> None:
    judged = judge(signed(), revocations=[revocation(OTHER)])
    assert verdicts(judged)[6] == "indeterminate"
    assert judged.word is Word.UNDECIDED


def test_a_revocation_of_another_authority_does_not_free_the_provider() -> None:
    judged = judge(signed(), revocations=[revocation(authority="Another")])
    assert judged.word is Word.UNDECIDED


def test_a_revocation_of_another_state_does_not_free_the_provider() -> None:
    assert judge(signed(), revocations=[revocation(state="XC")]).word is Word.UNDECIDED


def test_a_revocation_that_cannot_be_read_leaves_it_undecided() -> None:
    assert judge(signed(), revocations=[b"{}"]).word is Word.UNDECIDED


def test_a_revocation_that_can_be_read_counts_beside_one_that_cannot() -> None:
    assert judge(signed(), revocations=[b"{}", revocation()]).word is Word.REVOKED


def test_a_revocation_of_another_order_does_not_matter() -> None:
    assert judge(signed(), revocations=[revocation(orders=(ID2,))]).word is Word.GENUINE


def test_a_revocation_from_a_later_time_is_not_yet_one() -> None:
    assert judge(signed(), revocations=[revocation(at=LATER)]).word is Word.UNDECIDED


def test_no_revocation_at_hand_is_said() -> None:
    says = {one.check: one.says for one in judge(signed()).report.findings}
    assert "no revocation was handed in" in says[6]


def test_an_order_that_demands_the_check_is_undecided_without_a_list() -> None:
    judged = judge(signed(must_check=True))
    assert verdicts(judged)[6] == "indeterminate"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"orders": (), "valid_until": LATER}, Word.GENUINE),
        ({"orders": (ID2,), "valid_until": LATER}, Word.GENUINE),
        ({"orders": (ID2,)}, Word.UNDECIDED),
        ({"orders": (), "valid_until": NOW}, Word.UNDECIDED),
        ({"orders": (), "at": LATER, "valid_until": UNTIL}, Word.UNDECIDED),
        ({"orders": (), "valid_until": LATER, "authority": "Another"}, Word.UNDECIDED),
    ],
)
def test_only_a_whole_and_current_list_of_the_authority_meets_the_demand(
    change: dict[str, Any], word: Word
) -> None:
    assert judge(signed(must_check=True), revocations=[revocation(**change)]).word is word


def test_a_list_that_a_stranger_signed_does_not_meet_the_demand() -> None:
    data = revocation(OTHER, orders=(), valid_until=LATER)
    assert judge(signed(must_check=True), revocations=[data]).word is Word.UNDECIDED


def test_an_exercise_is_never_genuine() -> None:
    judged = judge(signed(exercise=True))
    assert judged.word is Word.EXERCISE
    assert verdicts(judged)[7] == "indeterminate"
    assert exit_code(judged, Question(now=NOW)) == 3


def test_an_exercise_that_was_expected_ends_well_under_its_own_word() -> None:
    judged = judge(signed(exercise=True), exercise=True)
    assert judged.word is Word.EXERCISE
    assert exit_code(judged, Question(now=NOW, exercise=True)) == 0


def test_an_exercise_of_a_stranger_does_not_end_well() -> None:
    judged = judge(signed(exercise=True), exercise=True, trust=())
    assert judged.word is Word.UNDECIDED


def test_an_order_in_earnest_is_not_genuine_where_an_exercise_is_expected() -> None:
    assert judge(signed(), exercise=True).word is Word.UNDECIDED


def test_a_later_version_asks_for_a_newer_verifier() -> None:
    judged = judge(sign_data({"type": "comity/order/2"}))
    assert verdicts(judged)[3] == "indeterminate"
    assert judged.word is Word.UNDECIDED


def test_what_was_not_signed_is_not_shown() -> None:
    assert judge(sign_data({"law": []})).order is None


@pytest.mark.parametrize(
    ("data", "change", "word"),
    [
        (signed(OTHER), {"now": UNTIL}, Word.FORGED),
        (signed(), {"now": UNTIL, "revocations": [revocation()]}, Word.REVOKED),
        (signed(exercise=True), {"now": UNTIL}, Word.EXPIRED),
    ],
)
def test_the_worst_failure_gives_the_word(data: bytes, change: dict[str, Any], word: Word) -> None:
    assert judge(data, **change).word is word


@pytest.mark.parametrize(
    ("data", "code"),
    [(signed(), 0), (signed(OTHER), 1), (b"x", 1), (signed(must_check=True), 3)],
)
def test_the_exit_code_follows_from_the_word(data: bytes, code: int) -> None:
    assert exit_code(judge(data), Question(now=NOW)) == code


def test_every_word_has_a_meaning_and_a_next_step() -> None:
    assert MEANINGS.keys() == NEXT.keys() == set(Word)


@pytest.mark.parametrize("word", list(Word))
def test_every_next_step_is_to_call_the_number_in_the_directory(word: Word) -> None:
    assert "on the number in the directory, not on one that came with the order" in NEXT[word]


def test_the_answer_for_people_ends_with_the_word_and_what_to_do() -> None:
    text = answer_text(judge(signed()), Question(now=NOW)).decode()
    assert text.splitlines()[-2].startswith(f"As of {NOW} this order is: genuine. ")
    assert text.splitlines()[-1].startswith("What to do next: ")
