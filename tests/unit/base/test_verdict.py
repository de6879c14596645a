"""Verdicts have three values, and nothing never passes."""

import pytest

from comity.base import Finding, Report, Verdict
from comity.base.verdict import ReportRefused

P, F, U = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE


def report(*verdicts: Verdict) -> Report:
    return Report.of(
        Finding(check=number, name="some check", verdict=verdict, says="Compared.")
        for number, verdict in enumerate(verdicts, start=1)
    )


def test_no_findings_are_indeterminate() -> None:
    assert report().verdict is U


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [((P,), P), ((P, P), P), ((P, F, P), F), ((P, U), U), ((U, F), F), ((F,), F), ((U,), U)],
)
def test_the_whole_is_the_worst_of_its_checks(
    verdicts: tuple[Verdict, ...], whole: Verdict
) -> None:
    assert report(*verdicts).verdict is whole


def test_requiring_an_empty_report_is_refused() -> None:
    with pytest.raises(ReportRefused, match="Nothing was checked"):
        report().require()


def test_requiring_names_the_failed_check_before_the_undecided() -> None:
    with pytest.raises(ReportRefused, match="Check 3, some check: failed"):
        report(P, U, F).require()


def test_requiring_a_passed_report_is_silent() -> None:
    report(P, P).require()


def test_a_report_is_never_true_or_false() -> None:
    with pytest.raises(TypeError):
        bool(report(P))


def test_findings_stand_in_the_order_of_their_numbers() -> None:
    findings = report(P, F, U).findings
    assert Report.of(reversed(findings)).findings == findings
