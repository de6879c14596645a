"""Watching: findings, notices, jobs, the directory, whether all is consistent."""

from __future__ import annotations

import base64
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from comity.base import Ident, Instant, Report
from comity.service.checking import check_node
from comity.service.directory import Known, list_cards, refresh_directory
from comity.service.findings import list_findings, mark_seen, show_finding
from comity.service.jobs import begin_again
from comity.service.node import Node
from comity.service.notices import acknowledge, list_notices
from comity.service.ports import Unit
from comity.service.progress import read_progress
from comity.service.rows import FindingRow, JobRow, NoticeRow
from comity.service.trying import try_peer as try_way
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.fields import Shown
from comity.web.api.paging import LIMIT, After, Limit, latest_first, page
from comity.web.api.steps import CheckShown
from comity.web.permissions import Permission

door: Final = Door("watching")
_AuthorityPath = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FindingShown(Shown):
    """What was refused, or is odd."""

    finding: str
    kind: str
    at: str
    source: str
    says: str
    more: int
    seen_by: str
    seen_at: str | None
    evidence: str | None = Field(default=None, description="The bytes as they came, in base64.")


class FindingPage(Shown):
    """Some findings, the latest first."""

    items: list[FindingShown]
    next: str | None


class NoticeShown(Shown):
    """What the people on duty are told, without content."""

    notice: str
    kind: str
    priority: str
    dossier: str | None
    made: str
    due: str
    told: int
    state: str
    acknowledged_by: str
    acknowledged_at: str | None
    trouble: str


class NoticePage(Shown):
    """Some notices, the latest first."""

    items: list[NoticeShown]
    next: str | None


class JobShown(Shown):
    """Work, and how far it is: ``done`` of ``total`` bytes, where that is known."""

    job: str
    kind: str
    dossier: str
    state: str
    attempts: int
    due: str
    is_held: bool
    trouble: str
    done: int | None
    total: int | None


class JobPage(Shown):
    """Some jobs."""

    items: list[JobShown]
    next: str | None


class CardShown(Shown):
    """What is known of an authority."""

    state: str
    authority: str
    kind: str
    exercise: bool
    names: dict[str, str]
    zone: str
    languages: list[str]
    call_back: list[str]
    conditions: str
    legal_original: str
    endpoint: str
    protocols: list[str]
    source: str
    is_listed: bool
    stale_since: str | None


class CardPage(Shown):
    """Some authorities, by State and name. Being listed implies no recognition."""

    items: list[CardShown]
    next: str | None
    disclaimer: str


class ReportShown(Shown):
    """Numbered checks, and the verdict of all."""

    verdict: str
    checks: list[CheckShown]


class RefreshedShown(Shown):
    """That the directory was asked for what is new."""

    authorities: int
    detail: str


@door.get("/findings", Permission.FINDING_READ, FindingPage)
def list_odd(
    request: Asked,
    limit: Limit = LIMIT,
    after: After = "",
    *,
    seen: bool | None = None,
    kind: fields.MaybeWord = "",
) -> FindingPage:
    """List what was refused or is odd, the latest first."""
    rows = (
        row
        for row in sorted(list_findings(request.node), key=_finding_key)
        if (seen is None or (row.seen_at is not None) is seen) and kind in {"", row.kind}
    )
    found, later = page(rows, _finding_key, limit, after)
    return FindingPage(items=[_finding(row) for row in found], next=later)


@door.get("/findings/{finding}", Permission.FINDING_READ, FindingShown)
def show_odd(request: Asked, finding: fields.FindingId) -> FindingShown:
    """Show a finding with the bytes that were kept of it."""
    row = show_finding(request.node, Ident(finding))
    shown = _finding(row)
    shown.evidence = base64.b64encode(row.evidence).decode("ascii")
    return shown


@door.post("/findings/{finding}/seen", Permission.FINDING_SEE, FindingShown)
def see_finding(request: Asked, finding: fields.FindingId) -> FindingShown:
    """Say that you have looked at a finding."""
    return _finding(mark_seen(request.node, request.reader(), Ident(finding)))


@door.get("/notices", Permission.NOTICE_READ, NoticePage)
def list_told(
    request: Asked, limit: Limit = LIMIT, after: After = "", state: fields.MaybeWord = ""
) -> NoticePage:
    """List what the people on duty are told, the latest first."""
    rows = sorted(list_notices(request.node, state=state or None), key=_notice_key)
    found, later = page(rows, _notice_key, limit, after)
    return NoticePage(items=[_notice(row) for row in found], next=later)


@door.post("/notices/{notice}/acknowledgement", Permission.NOTICE_ACKNOWLEDGE, NoticeShown)
def see_to(request: Asked, notice: fields.NoticeId) -> NoticeShown:
    """Say that you see to it, so that nobody else is told."""
    return _notice(acknowledge(request.node, request.reader(), Ident(notice)))


@door.get("/jobs", Permission.JOB_READ, JobPage)
def list_work(
    request: Asked,
    limit: Limit = LIMIT,
    after: After = "",
    state: fields.MaybeWord = "",
    dossier: Annotated[str, Field(max_length=30)] = "",
) -> JobPage:
    """List jobs, waiting, done or stopped."""
    node = request.node
    with node.store.view() as unit:
        rows = unit.jobs.find(**({"state": state} if state else {}))
        wanted = [row for row in rows if not dossier or str(row.dossier) == dossier]
        found, later = page(sorted(wanted, key=_job_key), _job_key, limit, after)
        return JobPage(items=[_job(node, unit, row) for row in found], next=later)


@door.get("/jobs/{job}", Permission.JOB_READ, JobShown)
def show_work(request: Asked, job: fields.JobId) -> JobShown:
    """Show a job, and how far it is."""
    with request.node.store.view() as unit:
        return _job(request.node, unit, unit.jobs.get(Ident(job)))


@door.post("/jobs/{job}/again", Permission.JOB_AGAIN, JobShown)
def work_again(request: Asked, job: fields.JobId) -> JobShown:
    """Let a job that was stopped be tried again."""
    node = request.node
    begin_again(node, Ident(job))
    with node.store.view() as unit:
        return _job(node, unit, unit.jobs.get(Ident(job)))


@door.get("/directory", Permission.DIRECTORY_READ, CardPage)
def list_authorities(
    request: Asked,
    limit: Limit = LIMIT,
    after: After = "",
    state: Annotated[str, Field(max_length=3)] = "",
) -> CardPage:
    """List the authorities that this node knows."""
    rows = sorted(list_cards(request.node), key=_card_key)
    wanted = (one for one in rows if state in {"", one.card.state})
    found, later = page(wanted, _card_key, limit, after)
    return CardPage(
        items=[_card(one) for one in found],
        next=later,
        disclaimer="A copy of registers; it implies no recognition and no opinion on any status.",
    )


@door.bare("POST", "/directory/refresh", Permission.DIRECTORY_REFRESH, {200: RefreshedShown})
def ask_directory(request: Asked) -> RefreshedShown:
    """Ask the mirrors and neighbours now for what is new in the directory."""
    refreshed = refresh_directory(request.node)
    return RefreshedShown(
        authorities=len(list_cards(request.node)), detail=type(refreshed).__name__
    )


@door.bare("POST", "/peers/{state}/{authority}/test", Permission.PEER_TEST, {200: ReportShown})
def try_peer(request: Asked, state: fields.StateText, authority: _AuthorityPath) -> ReportShown:
    """Try the way to another node: card, door, signature. Nothing is recorded."""
    return _report(try_way(request.node, state, authority))


@door.get("/check", Permission.CHECK_RUN, ReportShown)
def check(request: Asked) -> ReportShown:
    """Is all that is stored consistent? It reads everything, and takes its time."""
    return _report(check_node(request.node))


def _report(report: Report) -> ReportShown:
    return ReportShown(
        verdict=report.verdict.value,
        checks=[
            CheckShown(
                check=one.check,
                name=one.name,
                verdict=one.verdict.value,
                says=one.says,
                source=one.source,
            )
            for one in report.findings
        ],
    )


def _finding(row: FindingRow) -> FindingShown:
    return FindingShown(
        finding=str(row.ident),
        kind=row.kind,
        at=str(row.at),
        source=row.source,
        says=row.says,
        more=row.more,
        seen_by=row.seen_by,
        seen_at=fields.maybe_text(row.seen_at),
    )


def _finding_key(row: FindingRow) -> tuple[str, ...]:
    return latest_first(str(row.at)), str(row.ident)


def _notice(row: NoticeRow) -> NoticeShown:
    return NoticeShown(
        notice=str(row.ident),
        kind=row.kind,
        priority=row.priority,
        dossier=fields.maybe_text(row.dossier),
        made=str(row.made),
        due=str(row.due),
        told=row.step,
        state=row.state,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=fields.maybe_text(row.acknowledged_at),
        trouble=row.trouble,
    )


def _notice_key(row: NoticeRow) -> tuple[str, ...]:
    return latest_first(str(row.made)), str(row.ident)


def _job(node: Node, unit: Unit, row: JobRow) -> JobShown:
    progress = read_progress(node, unit, row)
    return JobShown(
        job=str(row.ident),
        kind=row.kind,
        dossier=str(row.dossier),
        state=row.state,
        attempts=row.attempts,
        due=str(row.due),
        is_held=_is_held(row, node.clock.now()),
        trouble=row.trouble,
        done=progress.done,
        total=progress.total,
    )


def _is_held(row: JobRow, now: Instant) -> bool:
    return row.lease_until is not None and row.lease_until > now


def _job_key(row: JobRow) -> tuple[str, ...]:
    return (str(row.ident),)


def _card(known: Known) -> CardShown:
    card = known.card
    return CardShown(
        state=card.state,
        authority=card.authority,
        kind=card.kind,
        exercise=card.exercise,
        names=dict(card.names),
        zone=card.zone,
        languages=[*card.languages],
        call_back=[*card.call_back],
        conditions=card.conditions,
        legal_original=card.legal_original,
        endpoint=card.endpoint,
        protocols=[*card.protocols],
        source=known.source,
        is_listed=known.is_listed,
        stale_since=fields.maybe_text(known.stale_since),
    )


def _card_key(known: Known) -> tuple[str, ...]:
    return known.card.state, known.card.authority
