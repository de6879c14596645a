"""Checks 12 to 15: evidence on the node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from comity.base import Digest, Hasher, Ident
from comity.base.errors import ComityError
from comity.evidence import check_frame
from comity.evidence.leaves import Grove
from comity.service.checking.chains import Chain
from comity.service.checking.derived import REBUILD, compare_rows
from comity.service.custody import intake_row, is_intake, is_sealing, package_row
from comity.service.errors import BlobBroken, BlobMissing
from comity.service.listing import read_rows, row_leaf, write_row
from comity.service.rows import ExhibitRow, IntakeRow, PackageRow, VolumeRow
from comity.service.volumes import PackageSource, list_volumes, open_volumes

_CUSTODY, _EXHIBITS, _VOLUMES, _PACKAGES = range(12, 16)
_BACKUP = "Put the blob back from the backup; if there is none, take the evidence in again."


def check_custody(chain: Chain) -> None:
    """Make checks 12 to 14, as far as the rows go."""
    ours = [act for act in chain.acts if act.holder == chain.node.state]
    try:
        intakes = tuple(intake_row(act) for act in ours if is_intake(act))
        packages = tuple(package_row(act) for act in ours if is_sealing(act))
    except (ComityError, KeyError, ValueError):
        chain.findings.doubt(_CUSTODY, f"An act of custody of {chain.ident} cannot be understood.")
        return
    unit, findings = chain.unit, chain.findings
    # 12. Custody.
    compare_rows(findings, _CUSTODY, intakes, unit.intakes.find(dossier=chain.ident))
    compare_rows(findings, _CUSTODY, packages, unit.packages.find(dossier=chain.ident))
    for intake in intakes:
        # 13. Exhibits.
        _check_exhibits(chain, intake)
    sealed: list[tuple[Ident, Digest]] = [(row.job, row.volumes) for row in intakes]
    sealed += [(row.job, row.volumes) for row in packages]
    for job, expected in sealed:
        # 14. Volumes, as they are listed.
        listed = list_volumes(unit.volumes.find(job=job))
        findings.compare(
            _VOLUMES,
            f"The list of volumes of {job}",
            expected=expected,
            found=listed,
            remedy="Put the rows back from the backup.",
        )


def _check_exhibits(chain: Chain, intake: IntakeRow) -> None:
    leaves: list[bytes] = []
    size = 0
    for serial, exhibit in enumerate(chain.unit.exhibits.each(job=intake.job), start=1):
        if exhibit.serial != serial:
            break
        leaves.append(exhibit.leaf.raw)
        size += exhibit.size
    found = (len(leaves), size, _root(leaves))
    chain.findings.compare(
        _EXHIBITS,
        f"The list of objects of {intake.job}",
        expected=(intake.objects_count, intake.size, intake.root),
        found=found,
        remedy="Run: comity check --rebuild.",
    )


def _root(leaves: list[bytes]) -> Digest | None:
    try:
        return Grove(leaves).root
    except ComityError:
        return None


def check_packages(chain: Chain) -> None:
    """Make checks 14 and 15 on the bytes, which takes long and needs no view."""
    with chain.node.store.view() as unit:
        intakes = unit.intakes.find(dossier=chain.ident)
        packages = unit.packages.find(dossier=chain.ident)
        volumes = {
            job: unit.volumes.find(job=job)
            for job in [*(row.job for row in intakes), *(row.job for row in packages)]
        }
    broken = {job for job, rows in volumes.items() if not are_whole(chain, rows)}
    for intake in intakes:
        if intake.job not in broken:
            _check_list(chain, intake, volumes[intake.job])
    for package in packages:
        if not {package.job, package.intake} & broken:
            _check_package(chain, package, intakes, volumes)


def are_whole(chain: Chain, rows: tuple[VolumeRow, ...]) -> bool:
    """Check 14 on the bytes: every blob is there and is what its name says."""
    is_whole = True
    for row in rows:
        chain.findings.look(_VOLUMES)
        where = f"Volume {row.number} of {row.job}"
        try:
            chain.node.blobs.open(row.blob).close()
            size = chain.node.blobs.size(row.blob)
        except BlobMissing:
            is_whole = False
            chain.findings.fail(_VOLUMES, f"{where} is missing: {row.blob}. {_BACKUP}")
        except BlobBroken:
            is_whole = False
            chain.findings.fail(_VOLUMES, f"{where} was altered: {row.blob}. {_BACKUP}")
        else:
            if size != row.size:
                is_whole = False
                says = f"{where} has another size than its row says."
                chain.findings.fail(_VOLUMES, says, expected=row.size, found=size)
    return is_whole


def _check_list(chain: Chain, intake: IntakeRow, rows: tuple[VolumeRow, ...]) -> None:
    """Check 15 for what was taken in: its list opens and is the one that the act covers."""
    identity = chain.identities.get(intake.generation)
    chain.findings.look(_PACKAGES)
    if identity is None:
        chain.tell_closed(_PACKAGES, intake.generation)
        return
    hasher = Hasher()
    try:
        with (
            closing(open_volumes(chain.node, rows, identity)) as source,
            chain.node.store.view() as unit,
        ):
            listing = _Listing(unit.exhibits.each(job=intake.job))
            for taken in read_rows(source):
                hasher.update(write_row(taken))
                listing.compare(taken.serial, row_leaf(taken))
    except ComityError as error:
        says = f"What {intake.job} took in does not open: {error.code}. {_BACKUP}"
        chain.findings.fail(_PACKAGES, says)
        return
    if listing.faults:
        says = f"The list of objects of {intake.job} is another: {listing.says}. {REBUILD}"
        chain.findings.fail(_EXHIBITS, says)
    if hasher.digest() != intake.rows:
        says = f"The list of what {intake.job} took in is not the one that its act covers."
        chain.findings.fail(_PACKAGES, f"{says} {_BACKUP}")


class _Listing:
    """The objects listed, compared by their serials with those taken in."""

    def __init__(self, listed: Iterator[ExhibitRow]) -> None:
        self._listed = listed
        self._next = next(listed, None)
        self.faults: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def compare(self, serial: int, leaf: bytes) -> None:
        """Compare the next object taken in with what is listed under its serial."""
        while self._next is not None and self._next.serial < serial:
            self._next = next(self._listed, None)
        if self._next is None or self._next.serial != serial:
            self._count("missing", serial)
        elif self._next.leaf.raw != leaf:
            self._count("changed", serial)

    @property
    def says(self) -> str:
        """Return how many are at fault, and the first of each kind."""
        told = (f"{count} {kind}, first {self._first[kind]}" for kind, count in self.faults.items())
        return "; ".join(told)

    def _count(self, kind: str, serial: int) -> None:
        self.faults[kind] += 1
        self._first.setdefault(kind, serial)


def _check_package(
    chain: Chain,
    package: PackageRow,
    intakes: tuple[IntakeRow, ...],
    volumes: dict[Ident, tuple[VolumeRow, ...]],
) -> None:
    """Check 15 for a package: all but the bytes of its objects, which 14 has compared."""
    chain.findings.look(_PACKAGES)
    intake = next((row for row in intakes if row.job == package.intake), None)
    taken = chain.identities.get(intake.generation) if intake else None
    sealed = chain.identities.get(package.generation)
    if taken is None or sealed is None:
        chain.tell_closed(_PACKAGES, package.generation)
        return
    try:
        with (
            closing(open_volumes(chain.node, volumes[package.intake], taken)) as objects,
            closing(open_volumes(chain.node, volumes[package.job], sealed)) as tags,
        ):
            examined = check_frame(PackageSource(objects, tags))
        examined.report.require()
    except ComityError as error:
        says = f"{package.ident} does not verify: {error} Seal it again from its taking-in."
        chain.findings.fail(_PACKAGES, says)
        return
    if examined.contents and Digest.of(examined.contents.statement.as_bytes()) != package.statement:
        says = f"{package.ident} holds another Statement than its act covers. {_BACKUP}"
        chain.findings.fail(_PACKAGES, says)
