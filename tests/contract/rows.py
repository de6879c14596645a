"""One row of each kind that matters, to be varied by tests."""

from __future__ import annotations

from comity.base import Digest, Ident, Instant
from comity.service.rows import (
    ActRow,
    DeadlineRow,
    DossierRow,
    ExhibitRow,
    IdentityRow,
    IntakeRow,
    JobRow,
    StandingRow,
)
from tests.steady import SeedIdents

IDENTS = SeedIdents(7)
DOSSIER = IDENTS.new("dos")
START = Instant.parse("2026-11-21T02:14:05Z")
ONE = Digest.of(b"one")


def dossier(ident: Ident = DOSSIER, version: int = 1, follows: Ident | None = None) -> DossierRow:
    return DossierRow(
        ident=ident,
        version=version,
        process="uncc/preservation",
        side="requesting",
        counterpart="XB",
        counterpart_authority="XB-CP",
        basis="uncc",
        channel="letter",
        exercise=True,
        opened=START,
        follows=follows,
        investigation=None,
    )


def act(number: int, chain: Ident = DOSSIER) -> ActRow:
    return ActRow(
        chain=chain,
        holder="XA",
        track="exchanged",
        number=number,
        digest=Digest.of(f"{chain} {number}".encode()),
        step="send",
        side="requesting",
        at=START,
        envelope=b"\x00\xffenvelope",
    )


def job(number: int, due: Instant = START, lease: Instant | None = None) -> JobRow:
    return JobRow(
        ident=Ident(f"job_{number:026d}"),
        kind="count",
        dossier=DOSSIER,
        generation=0,
        sealed=b"sealed",
        due=due,
        lease_until=lease,
        fence=0,
        attempts=0,
        state="waiting",
        trouble="",
    )


def deadline(clock: str = "hold", due: Instant | None = START) -> DeadlineRow:
    return DeadlineRow(
        dossier=DOSSIER,
        clock=clock,
        act=ONE,
        owed_by="requested",
        starts_at=START,
        due=due,
        earliest=due,
        state="running",
        waits_for="",
        ended_at=None,
        nature="treaty",
        at_its_time="notified",
        law="uncc:42(8)",
        means="Held at least sixty days.",
    )


def standing(state: str = "sent") -> StandingRow:
    return StandingRow(dossier=DOSSIER, state=state, outcomes=b"{}")


def identity(wrapped: bytes | None = b"wrapped") -> IdentityRow:
    return IdentityRow(chain=DOSSIER, generation=0, recipient="age1pq1x", wrapped=wrapped)


def intake(job_ident: Ident) -> IntakeRow:
    return IntakeRow(
        job=job_ident,
        dossier=DOSSIER,
        act=ONE,
        objects_count=3,
        size=2**40,
        irregular=0,
        rows=ONE,
        root=ONE,
        volumes=ONE,
        generation=0,
    )


def exhibit(job_ident: Ident, serial: int) -> ExhibitRow:
    return ExhibitRow(
        ident=IDENTS.new("exh"),
        job=job_ident,
        dossier=DOSSIER,
        serial=serial,
        size=2**40,
        leaf=ONE,
    )
