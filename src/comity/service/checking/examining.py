"""The examination: chain by chain, each in one view; then blobs and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from comity.base import Ident, Report
from comity.base.errors import ComityError, OutOfReach
from comity.service.checking.blobs import check_blobs, check_jobs
from comity.service.checking.chains import Chain, check_acts, check_covered
from comity.service.checking.custody import check_custody, check_packages
from comity.service.checking.derived import check_dossier, check_investigation
from comity.service.checking.directory import check_directory
from comity.service.checking.gathering import DATABASE, Findings
from comity.service.checking.letters import check_letters
from comity.service.checking.provider import check_orders
from comity.service.checking.transfers import check_arrived, check_transfers
from comity.service.node import Node
from comity.service.ports import Unit

_OTHER = "See that the database is this node's, and put it back from the backup if it is."

_RESTORE = "Put it back from the backup."
_NOT_ASKED = "This database keeps watch over its own files; it was not asked."


def check_node(node: Node) -> Report:
    """Make all checks; whatever is wrong is a finding, never an error."""
    findings = Findings()
    # 0. Database.
    _check_database(node, findings)
    if findings.is_closed:
        return findings.report()
    chains: list[Ident] = []
    with _named(findings, "the tables"), node.store.view() as unit:
        chains = _chains(unit)
        # 2. Chains: the node's own key first, for without it this is another node's database.
        own = {"state": node.state, "authority": node.authority}
        if not unit.keys.count(key_id=node.key.public.key_id, **own):
            findings.fail(2, f"The node's own key is not in its database. {_OTHER}")
    for ident in chains:
        with _named(findings, str(ident)):
            _check_chain(node, ident, findings)
    with _named(findings, "jobs and volumes"):
        check_blobs(node, findings)
        check_jobs(node, findings)
    with _named(findings, "letters and receipts"):
        check_letters(node, findings)
    with _named(findings, "the directory"):
        check_directory(node, findings)
    findings.tell_ahead(node.clock.now())
    return findings.report()


def _check_database(node: Node, findings: Findings) -> None:
    faults = node.store.faults()
    if faults is None:
        findings.note(DATABASE, _NOT_ASKED)
        return
    findings.look(DATABASE)
    for fault in faults:
        findings.fail(DATABASE, f"The database file is damaged: {fault}. {_RESTORE}")


@contextmanager
def _named(findings: Findings, what: str) -> Iterator[None]:
    """Let what cannot even be read be a finding; what is out of reach stops the check."""
    try:
        yield
    except OutOfReach:
        raise
    except ComityError as error:
        says = f"Something of {what} cannot be read: {error.code}."
        findings.fail(1, f"{says} Put the database back from the backup.")


def _check_chain(node: Node, ident: Ident, findings: Findings) -> None:
    with node.store.view() as unit:
        chain = Chain.read(node, unit, ident, findings)
        check_acts(chain)
        check_covered(chain)
        if ident.kind == "inv":
            check_investigation(chain)
        else:
            check_dossier(chain)
            check_custody(chain)
            check_transfers(chain)
            check_orders(chain)
    check_packages(chain)
    check_arrived(chain)


def _chains(unit: Unit) -> list[Ident]:
    """Return everything that has acts, contents or a row of its own."""
    found: set[object] = set()
    for table in (unit.acts, unit.contents, unit.citations, unit.identities):
        found |= table.distinct("chain")
    found |= unit.dossiers.distinct("ident") | unit.investigations.distinct("ident")
    return sorted(ident for ident in found if isinstance(ident, Ident))
