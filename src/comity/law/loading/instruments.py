"""Read packs with their outlines, and the tables that all packs share."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from comity.law.glossary import Need, Role, Term
from comity.law.level import Level
from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import BadShape, MissingKey, UnknownName, UnknownProvision
from comity.law.outline import Clause, Pack, Scope, Serious
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
        scope=read_scope(head.row("scope"), desk),
        outline=MappingProxyType(clauses),
        place=head.place,
    )


def read_scope(row: Row, desk: Desk) -> Scope:
    """Read what an instrument reaches: the articles listed, or evidence of any offence."""
    _require_reach(row, desk)
    level, basis = desk.backing(row)
    return Scope(
        offences=tuple(_offences(row, desk)),
        serious=_serious(row.row("serious"), desk) if row.has("serious") else None,
        law=desk.cite(row),
        level=level,
        basis=basis,
        place=row.place,
    )


def _serious(row: Row, desk: Desk) -> Serious:
    return Serious(months=int(row.text("months")), law=desk.cite(row))


def _require_reach(row: Row, desk: Desk) -> None:
    """Refuse a list that is missing, and one that means nothing because any offence will do."""
    is_listed = row.text("reach") == "listed_offences"
    if is_listed and not row.has("offences"):
        detail = "The offences are listed, and the key 'offences' is missing."
        desk.faults.append(MissingKey(detail, row.place, key=row.key))
    for key in ("offences", "serious"):
        if not is_listed and row.has(key):
            detail = "Any offence is reached; a list beside it means nothing."
            desk.faults.append(BadShape(detail, row.table.keys[key], key=f"{row.key}.{key}"))


def _offences(row: Row, desk: Desk) -> Iterator[Provision]:
    known = [law for law in sorted(desk.clauses) if law.pack == row.pack and not law.parts]
    for item in row.items("offences"):
        article = Provision.parse(f"{row.pack}:{item.text}")
        if article not in known:
            detail = f"{article} is not listed in the outline of {row.pack}."
            numbers = [law.at for law in known]
            desk.faults.append(
                UnknownProvision(detail, item.place, key=f"{row.key}.offences", expected=numbers)
            )
        yield article


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
