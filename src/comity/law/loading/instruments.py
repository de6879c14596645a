"""Read packs with their outlines, and the tables that all packs share."""

from __future__ import annotations

from types import MappingProxyType

from comity.law.glossary import Need, Role, Term
from comity.law.level import Level
from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import UnknownName
from comity.law.outline import Clause, Pack
from comity.law.provision import Provision


def read_pack(head: Row, outline: Row, desk: Desk) -> Pack:
    """Read one instrument from its ``pack.yaml`` and ``outline.yaml``."""
    clauses: dict[Provision, Clause] = {}
    for row in outline.rows("articles"):
        _add(clauses, _article(row, desk), row, desk)
    for row in outline.rows("provisions"):
        clause = _provision(row, f"{row.pack}:{row.text('at')}", desk)
        _add(clauses, clause, row, desk)
        _require_article(clauses, clause, row, desk)
    desk.clauses.update(clauses)
    return Pack(
        pack=head.pack,
        title=head.text("title"),
        short=head.text("short"),
        symbol=head.text("symbol"),
        in_force=head.text("in_force"),
        notice=head.text("notice"),
        source=head.text("source"),
        outline=MappingProxyType(clauses),
        place=head.place,
    )


def _require_article(
    clauses: dict[Provision, Clause], clause: Clause, row: Row, desk: Desk
) -> None:
    """Refuse a provision below an article that is not listed."""
    article = Provision(clause.law.pack, clause.law.article)
    if article not in clauses:
        detail = f"There is no article {article.at} among the articles."
        desk.faults.append(UnknownName(detail, row.place, key=f"{row.key}.at"))


def _article(row: Row, desk: Desk) -> Clause:
    level, basis = desk.backing(row)
    return Clause(
        law=Provision.parse(f"{row.pack}:{row.text('number')}"),
        title=row.text("title"),
        chapter=row.text("chapter"),
        says=row.text("says"),
        force=row.text("force"),
        level=level,
        basis=basis,
        place=row.place,
    )


def _provision(row: Row, citation: str, desk: Desk) -> Clause:
    level, basis = desk.backing(row)
    return Clause(
        law=Provision.parse(citation),
        says=row.text("says"),
        force=row.text("force"),
        level=level,
        basis=basis,
        place=row.place,
    )


def _add(clauses: dict[Provision, Clause], clause: Clause, row: Row, desk: Desk) -> None:
    desk.require_new(str(clause.law), map(str, clauses), row, "provision")
    clauses[clause.law] = clause


def read_section(row: Row, level: Level, basis: str) -> Clause:
    """Read one provision of a State's own act."""
    return Clause(
        law=Provision.parse(row.text("at")),
        says=row.text("says"),
        force=row.text("force"),
        level=level,
        basis=basis,
        place=row.place,
    )


def read_needs(row: Row, desk: Desk) -> None:
    """Read the closed table of needs onto the desk."""
    for item in row.rows("needs"):
        name = item.text("need")
        desk.require_new(name, desk.needs, item, "need")
        desk.needs[name] = Need(need=name, means=item.text("means"), place=item.place)


def read_roles(row: Row, desk: Desk) -> None:
    """Read the roles onto the desk."""
    for item in row.rows("roles"):
        name = item.text("role")
        desk.require_new(name, desk.roles, item, "role")
        desk.roles[name] = Role(role=name, means=item.text("means"), place=item.place)


def read_terms(row: Row, desk: Desk) -> dict[str, Term]:
    """Read the glossary."""
    terms: dict[str, Term] = {}
    for item in row.rows("terms"):
        name = item.text("term")
        desk.require_new(name, terms, item, "term")
        law = desk.cite(item) if item.has("law") else None
        terms[name] = Term(
            term=name,
            means=item.text("means"),
            law=law,
            instead_of=item.texts("not"),
            place=item.place,
        )
    return terms
