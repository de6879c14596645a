"""Chains: nothing can be taken out, put in, moved or backdated unnoticed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from comity.base import Digest, Instant, Verdict, limits
from comity.seal import SignedAct, check_chain, next_link, sign_act
from tests.seals import KEY, OTHER, dumps, flip, loads, make_act, make_chain

NOW = Instant.parse("2026-11-21T03:00:00Z")
ACTS = make_chain(4)


def failed(
    acts: Sequence[SignedAct | bytes],
    *,
    now: Instant = NOW,
    known: frozenset[Digest] = frozenset(),
) -> list[int]:
    """Return the numbers of the checks that failed."""
    envelopes = [act if isinstance(act, bytes) else act.envelope for act in acts]
    report = check_chain(envelopes, keys=[KEY.public], known=known, now=now)
    return [one.check for one in report.findings if one.verdict is Verdict.FAILED]


def test_a_good_chain_passes_all_eight_checks() -> None:
    envelopes = [act.envelope for act in ACTS]
    report = check_chain(envelopes, keys=[KEY.public], known=(), now=NOW)
    assert [one.verdict for one in report.findings] == [Verdict.PASSED] * 8


def test_a_chain_of_one_act_passes() -> None:
    assert failed(ACTS[:1]) == []


def test_no_acts_are_never_a_pass() -> None:
    assert check_chain([], keys=[KEY.public], known=(), now=NOW).verdict is Verdict.INDETERMINATE


def test_bytes_that_are_no_act_fail_the_first_check() -> None:
    assert failed([*ACTS, b"{}"]) == [1]


def test_more_acts_than_the_bound_fail_the_first_check() -> None:
    assert failed([ACTS[0]] * (limits.DOSSIER_ACTS + 1)) == [1]


def test_a_forged_signature_fails_the_second_check() -> None:
    found = loads(ACTS[1].envelope)
    found["signatures"][1]["sig"] = flip(found["signatures"][1]["sig"])
    assert failed([ACTS[0], dumps(found), *ACTS[2:]]) == [2]


def test_a_key_that_nobody_gave_leaves_the_chain_undecided() -> None:
    envelopes = [act.envelope for act in ACTS]
    report = check_chain(envelopes, keys=[OTHER.public], known=(), now=NOW)
    assert report.verdict is Verdict.INDETERMINATE


def test_one_act_by_an_unknown_key_leaves_the_chain_undecided() -> None:
    foreign = sign_act(ACTS[3].act, OTHER)
    envelopes = [act.envelope for act in (*ACTS[:3], foreign)]
    report = check_chain(envelopes, keys=[KEY.public], known=(), now=NOW)
    assert report.verdict is Verdict.INDETERMINATE


def test_a_forgery_beside_an_unknown_key_fails() -> None:
    found = loads(ACTS[1].envelope)
    found["signatures"][0]["sig"] = flip(found["signatures"][0]["sig"])
    assert failed([sign_act(ACTS[0].act, OTHER), dumps(found)]) == [2]


@pytest.mark.parametrize(
    "change", [{"track": "house"}, {"holder": "XB"}, {"exercise": False}], ids=str
)
def test_an_act_of_another_chain_fails_the_third_check(change: dict[str, object]) -> None:
    link = next_link(ACTS[-1])
    place = {"number": link.number, "before": link.before, "at": ACTS[-1].act.at}
    assert failed([*ACTS, sign_act(make_act(**place | change), KEY)]) == [3]


def test_a_chain_that_does_not_begin_at_0_fails() -> None:
    assert failed(ACTS[1:]) == [4, 5]


def test_taking_an_act_out_fails() -> None:
    assert failed([ACTS[0], *ACTS[2:]]) == [4, 5]


def test_taking_an_act_out_and_numbering_anew_fails_at_the_link() -> None:
    moved = sign_act(make_act(number=1, before=ACTS[1].digest, at=ACTS[2].act.at), KEY)
    assert failed([ACTS[0], moved]) == [5]


def test_a_wrong_number_under_a_right_link_fails() -> None:
    skipped = sign_act(make_act(number=2, before=ACTS[0].digest, at=ACTS[1].act.at), KEY)
    assert failed([ACTS[0], skipped]) == [4]


def test_the_same_act_twice_fails() -> None:
    assert failed([ACTS[0], ACTS[1], ACTS[1]]) == [4, 5]


def test_another_order_fails() -> None:
    assert failed([ACTS[0], ACTS[2], ACTS[1], ACTS[3]]) == [4, 5, 6]


def test_time_that_goes_back_by_a_second_fails() -> None:
    link = next_link(ACTS[-1])
    early = Instant.parse("2026-11-21T02:17:04Z")
    back = make_act(number=link.number, before=link.before, at=early)
    assert failed([*ACTS, sign_act(back, KEY)]) == [6]


def test_two_acts_in_one_second_pass() -> None:
    link = next_link(ACTS[-1])
    same = make_act(number=link.number, before=link.before, at=ACTS[-1].act.at)
    assert failed([*ACTS, sign_act(same, KEY)]) == []


def test_300_seconds_ahead_of_the_clock_pass() -> None:
    assert failed(ACTS[:1], now=Instant.parse("2026-11-21T02:09:05Z")) == []


def test_301_seconds_ahead_of_the_clock_fail_and_the_clock_is_named() -> None:
    now = Instant.parse("2026-11-21T02:09:04Z")
    report = check_chain([ACTS[0].envelope], keys=[KEY.public], known=(), now=now)
    (ahead,) = [one for one in report.findings if one.verdict is Verdict.FAILED]
    assert ahead.check == 7
    assert "1 of 1 acts lie ahead of this machine's clock" in ahead.says
    assert "Set the clock right" in ahead.says


def test_an_act_that_has_seen_what_nobody_knows_fails() -> None:
    seen = sign_act(make_act(seen=Digest.of(b"theirs")), KEY)
    assert failed([seen]) == [8]


def test_an_act_that_has_seen_what_is_known_passes() -> None:
    seen = sign_act(make_act(seen=Digest.of(b"theirs")), KEY)
    assert failed([seen], known=frozenset({Digest.of(b"theirs")})) == []


def test_the_first_link_is_number_0_after_nothing() -> None:
    assert (next_link(None).number, next_link(None).before) == (0, None)


def test_the_next_link_names_the_last_act() -> None:
    assert (next_link(ACTS[2]).number, next_link(ACTS[2]).before) == (3, ACTS[2].digest)
