"""Bringing in open requests from a list (CSV): all of its rows, or none.

A row says who asks, what, of whom, and what each registry calls it. What *we* asked is opened with
its form as far as the list knows it, and stands as being drafted: nothing is signed in the name of
a day that is past, and a person sends or records from there. What *they* asked is recorded as
having come outside the platform; the row itself is kept as the proof, until a scan is.

The columns are ``COLUMNS``; their order is free, those not needed may be missing, and a column of
another name is refused, for nothing is left out unknowingly. A cell with ``|`` or line ends holds
several lines. Bounds: ``limits.IMPORT_BYTES`` and ``limits.IMPORT_ROWS``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from comity.base import Ident, Instant, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import AskedWrongly, ComityError
from comity.base.verdict import Verdict
from comity.domain.dossier import Channel, LegalBasis
from comity.domain.form import check_form, is_empty
from comity.domain.party import StateCode
from comity.domain.plain import require_line
from comity.law import Book, Process
from comity.service.deriving import PRIORITIES, ROUTINE
from comity.service.drafting import is_request, sending_step
from comity.service.node import Node, Officer
from comity.service.numbering import FileNumbers, note_numbers
from comity.service.repeats import JoinedStore
from comity.service.replies import Reply, record_step
from comity.service.requests import DRAFT, Opening, amend_form, open_dossier
from comity.service.situations import FORM

WE: Final = "we"
THEY: Final = "they"
COLUMNS: Final = (
    "who_asks",
    "process",
    "state",
    "authority",
    "basis",
    "channel",
    "priority",
    "our_number",
    "their_number",
    "date",
    "offence_article",
    "offence_title",
    "offence_months",
    "facts",
    "data",
    "link",
    "necessity",
    "language",
)
NEEDED: Final = ("who_asks", "process", "state", "authority")
_PLAIN: Final = ("facts", "link", "necessity", "language")
_OFFENCE: Final = {
    "offence_article": "article",
    "offence_title": "title",
    "offence_months": "longest_penalty_months",
}
_FORMULA: Final = ("'=", "'+", "'-", "'@")
_NAME: Final = 200

# Who acts in a role of these, which the law names; as ``Asker.officer``.
ChooseOfficer = Callable[[frozenset[str]], Officer]


class ListRefused(AskedWrongly):
    """The list cannot be brought in as it is; nothing of it was."""

    code = "service/list-refused"
    remedy = "Correct the rows that are named, and bring in the whole list again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a row; ``row`` counts as spreadsheets do, with the heads as row 1."""

    row: int
    column: str
    says: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: its number, and its cells by column; what is missing is empty."""

    row: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell."""
        return self.cells.get(column, "")


def read_list(data: bytes) -> tuple[Line, ...]:
    """Read a list; raise ``ListRefused`` for what is no list of ours, or a longer one."""
    if len(data) > limits.IMPORT_BYTES:
        detail = f"It has more than {limits.IMPORT_BYTES} bytes."
        raise ListRefused(detail)
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_sign(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        detail = "It is no CSV in UTF-8."
        raise ListRefused(detail) from error
    heads = [one.strip().lower() for one in rows[0]] if rows else []
    _require_heads(heads)
    found = [(at, row) for at, row in enumerate(rows[1:], 2) if any(one.strip() for one in row)]
    if not 0 < len(found) <= limits.IMPORT_ROWS:
        detail = f"It has {len(found)} rows; 1 to {limits.IMPORT_ROWS} are brought in at once."
        raise ListRefused(detail)
    return tuple(_line(at, heads, row) for at, row in found)


def find_problems(
    node: Node,
    lines: Iterable[Line],
    roles: frozenset[str],
    known: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[Problem, ...]:
    """Return all that is wrong with a list, row by row; nothing is written.

    ``roles`` are those in which the person may act; ``known`` the States and file numbers of ours
    that the register has already.
    """
    seen = set(known)
    found: list[Problem] = []
    for line in lines:
        found += _problems(node, line, roles)
        name = (line["state"].upper(), line["our_number"])
        if line["our_number"] and name in seen:
            says = "This number of ours is there already, for the same State."
            found.append(Problem(row=line.row, column="our_number", says=says))
        seen.add(name)
    return tuple(found)


def bring_in(
    node: Node, choose: ChooseOfficer, lines: tuple[Line, ...], roles: frozenset[str]
) -> tuple[Ident, ...]:
    """Open a dossier for each row, in one transaction; raise ``ListRefused`` if one is wrong."""
    problems = find_problems(node, lines, roles)
    if problems:
        first = problems[0]
        detail = f"Row {first.row}, {first.column}: {first.says} {first.detail}".rstrip()
        raise ListRefused(detail)
    with node.store.unit() as unit:
        joined = replace(node, store=JoinedStore(unit, node.store))
        return tuple(_open(joined, choose, line) for line in lines)


def form_values(line: Line, process: Process, node: Node) -> dict[str, Json]:
    """Return what a row says of the form of its process; what the form does not ask is left."""
    offence = {name: line[column] for column, name in _OFFENCE.items() if line[column]}
    values: dict[str, Json] = {name: line[name] for name in _PLAIN}
    values["offence"] = dict(offence)
    values["data"] = [*_parts(line["data"])]
    if line["who_asks"].lower() == WE:
        values["own_reference"] = line["our_number"]
        values["requesting_authority"] = node.authority
    else:
        values["own_reference"] = line["their_number"]
        values["requesting_authority"] = line["authority"]
    form = node.book.forms.get(process.key)
    asked = form.fields if form else {}
    return {name: one for name, one in values.items() if name in asked and not is_empty(one)}


def template(book: Book) -> bytes:
    """Return an empty list with an example row of each kind, to be written over."""
    offences = [one for pack in book.packs.values() for one in pack.scope.offences]
    first, *others = _EXAMPLES
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerow({**first, "offence_article": str(offences[0]) if offences else ""})
    writer.writerows(others)
    return text.getvalue().encode("utf-8-sig")


_EXAMPLES: Final = (
    {
        "who_asks": WE,
        "process": "uncc/preservation",
        "state": "XB",
        "authority": "Contact Point of Belmora",
        "our_number": "XA-26-0042",
        "their_number": "B/17/2026",
        "date": "2026-03-02",
        "facts": "The records of a hospital were encrypted.",
        "data": "address: 203.0.113.7 port 443 at 2026-03-01T23:14:05+02:00",
        "language": "en",
    },
    {
        "who_asks": THEY,
        "process": "uncc/stored_data",
        "state": "XC",
        "authority": "Central Authority of Castova",
        "channel": "diplomatic",
        "our_number": "XA-26-0043",
        "their_number": "C-2026-118",
        "date": "2026-02-19",
        "offence_title": "Computer fraud",
        "offence_months": "60",
    },
)


def _sign(text: str) -> str:
    """Return what parts the cells: some spreadsheets write semicolons, where commas are decimal."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _require_heads(heads: list[str]) -> None:
    strange = [one[:40] for one in heads if one not in COLUMNS]
    missing = [one for one in NEEDED if one not in heads]
    if strange or missing or len(set(heads)) != len(heads):
        told = f"Not known: {', '.join(strange)}." if strange else "A column stands there twice."
        detail = f"Missing: {', '.join(missing)}." if missing else told
        detail = f"The first row names the columns. {detail}"
        raise ListRefused(detail)


def _line(at: int, heads: list[str], row: list[str]) -> Line:
    if len(row) > len(heads) and any(one.strip() for one in row[len(heads) :]):
        detail = f"Row {at} has more cells than there are columns."
        raise ListRefused(detail)
    return Line(row=at, cells={name: _bare(one) for name, one in zip(heads, row, strict=False)})


def _bare(cell: str) -> str:
    """Return a cell without the quote by which our exports keep it from being a formula."""
    cell = cell.replace("\r\n", "\n").strip()
    return cell[1:] if cell.startswith(_FORMULA) else cell


def _parts(cell: str) -> Iterator[str]:
    yield from (one.strip() for one in cell.replace("|", "\n").split("\n") if one.strip())


def _problems(node: Node, line: Line, roles: frozenset[str]) -> Iterator[Problem]:
    for column, check in _CHECKS.items():
        try:
            check(node, line[column])
        except ComityError as error:
            yield _problem(line, column, error)
    if not line["our_number"] and not line["their_number"]:
        says = "A request is known by a number: ours, theirs or both."
        yield Problem(row=line.row, column="our_number", says=says)
    process = node.book.processes.get(line["process"])
    if process is None or not is_request(process):
        says = "There is no such process. Write it as in uncc/preservation."
        yield Problem(row=line.row, column="process", says=says)
        return
    if line["who_asks"].lower() == WE and not roles & _drafters(process):
        says = "None of your roles may write such a request."
        yield Problem(row=line.row, column="process", says=says)
    yield from _form_problems(node, line, process)


def _form_problems(node: Node, line: Line, process: Process) -> Iterator[Problem]:
    form = node.book.forms.get(process.key)
    values = form_values(line, process, node)
    if form is None:
        return
    columns = {"offence": "offence_article", "own_reference": "our_number"}
    for finding in check_form(form, values).findings:
        if finding.verdict is not Verdict.PASSED and finding.name in values:
            column = columns.get(finding.name, finding.name)
            yield Problem(row=line.row, column=column, says=finding.says)


def _problem(line: Line, column: str, error: ComityError) -> Problem:
    return Problem(row=line.row, column=column, says=error.sentence(), detail=error.detail)


def _open(node: Node, choose: ChooseOfficer, line: Line) -> Ident:
    process = node.process(line["process"])
    is_ours = line["who_asks"].lower() == WE
    officer = choose(_drafters(process) if is_ours else frozenset())
    ident = open_dossier(
        node,
        officer,
        Opening(
            process=process.key,
            counterpart=line["state"],
            authority=line["authority"],
            basis=line["basis"] or process.pack,
            channel=line["channel"] or Channel.LETTER.value,
            is_asking=is_ours,
            priority=line["priority"] or ROUTINE,
        ),
    )
    values = form_values(line, process, node)
    if is_ours and values:
        amend_form(node, officer, ident, values)
    if not is_ours:
        _record(node, officer, ident, line, values)
    numbers = FileNumbers(ours=line["our_number"], theirs=line["their_number"], dated=line["date"])
    note_numbers(node, officer, ident, numbers)
    return ident


def _record(
    node: Node, officer: Officer, ident: Ident, line: Line, values: dict[str, Json]
) -> None:
    """Record their request as it came: outside the platform, with the row as its proof so far."""
    step = sending_step(node.process(line["process"]))
    if step is None:
        message = "a row was let through whose process sends nothing"
        raise RuntimeError(message)
    day = line["date"]
    reply = Reply(
        step=step.name,
        channel=line["channel"] or Channel.LETTER.value,
        received=Instant.parse(f"{day}T00:00:00Z") if day else node.clock.now(),
        proof=canonical_bytes(dict(line.cells)),
        content={FORM: dict(values)},
        has_seen_nothing=True,
    )
    record_step(node, officer, ident, reply)


def _drafters(process: Process) -> frozenset[str]:
    step = process.steps.get(DRAFT)
    return frozenset(step.roles) if step else frozenset()


def _check_who(_: Node, text: str) -> None:
    if text.lower() not in {WE, THEY}:
        detail = f"Write {WE} or {THEY}."
        raise ListRefused(detail)


def _check_state(node: Node, text: str) -> None:
    code = StateCode.parse(text)
    if str(code) == node.state:
        detail = "It is our own State."
        raise ListRefused(detail)
    if code.is_exercise and not node.exercise:
        detail = "This State exists in exercises alone."
        raise ListRefused(detail)


def _check_line(_: Node, text: str) -> None:
    require_line(text, limit=_NAME)


def _check_number(node: Node, text: str) -> None:
    if text:
        _check_line(node, text)


def _check_basis(node: Node, text: str) -> None:
    if text and LegalBasis.parse(text).pack not in {"", *node.book.packs}:
        detail = f"Write one of {', '.join(node.book.packs)}, or treaty: and its title."
        raise ListRefused(detail)


def _check_channel(_: Node, text: str) -> None:
    if text:
        Channel.parse(text)


def _check_priority(_: Node, text: str) -> None:
    if text and text not in PRIORITIES:
        detail = f"Write one of {', '.join(PRIORITIES)}."
        raise ListRefused(detail)


def _check_date(node: Node, text: str) -> None:
    if not text:
        return
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        detail = "Write the day as 2026-03-02."
        raise ListRefused(detail) from error
    if day > node.clock.now().at.date() or text != day.isoformat():
        detail = "The day is still to come, or not written as 2026-03-02."
        raise ListRefused(detail)


_CHECKS: Final[Mapping[str, Callable[[Node, str], None]]] = {
    "who_asks": _check_who,
    "state": _check_state,
    "authority": _check_line,
    "basis": _check_basis,
    "channel": _check_channel,
    "priority": _check_priority,
    "our_number": _check_number,
    "their_number": _check_number,
    "date": _check_date,
}
