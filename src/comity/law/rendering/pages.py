"""The pages of the law explorer in Markdown, readable in any viewer and in the diff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from comity.law.book import Book
from comity.law.forms import Form
from comity.law.national import StateProfile
from comity.law.outline import Clause, Pack
from comity.law.processes import Process
from comity.law.provision import Provision
from comity.law.questions import Question, Rest
from comity.law.rendering.diagrams import draw_diagram
from comity.law.rendering.sentences import (
    keepers_of,
    say_clock,
    say_crossings,
    say_gate,
    say_ground,
    say_question,
    say_rest,
    say_safeguard,
    say_scope,
    say_step,
)
from comity.law.rendering.wording import (
    capital,
    end_stop,
    say_backing,
    say_name,
    say_side,
    say_source,
)

_CITED: Final = re.compile(r"\[((?:[a-z][a-z0-9-]*|[A-Z]{2}\.[a-z][a-z0-9-]*):[0-9][0-9a-z()]*)\]")
_MADE: Final = (
    "<!-- Made from the law files by `comity law render`; change those, not this page. -->"
)


def process_page(book: Book, process: Process) -> str:
    """Return the page of one process: its states, steps, crossings and all that bears on it."""
    pack, key = book.packs[process.pack], process.key
    asking, asked = process.sides.both
    kept = keepers_of(book, process)
    sections = [
        *_head(process.title, [pack]),
        (
            f"{capital(say_side(asking))} asks; {say_side(asked)} is asked. "
            f"{say_source(process.law, process.level, process.basis)}"
        ),
        f"![States and steps: {process.title}]({process.name}.svg)",
        *_details("The same as a state diagram", f"```mermaid\n{draw_diagram(process)}\n```"),
        "## States",
        _states(book, process),
        *_steps(book, process),
        "## When steps cross",
        "Two steps cross if each was taken before the other was seen.",
        _bullets(say_crossings(process)),
        *_listed("Clocks", map(say_clock, book.clocks_of(key))),
        *(part for form in book.forms_of(key) for part in _form(form)),
        *_listed("Questions", map(say_question, questions_of(book, process))),
        *_listed("Grounds", map(say_ground, book.grounds_of(key))),
        *_listed("What rests on which grounds", map(say_rest, rests_of(book, process))),
        *_listed("Gates", (say_gate(gate, book.needs) for gate in book.gates_of(key))),
        *_listed(
            "Safeguards that it keeps",
            (
                say_safeguard(safeguard)
                for safeguard in book.safeguards.values()
                if kept.intersection(safeguard.kept_by)
            ),
        ),
    ]
    return _page(sections, process.pack)


def outline_page(book: Book, pack: Pack) -> str:
    """Return the outline of one instrument: every article and every provision cited."""
    sections = _head(f"{pack.title}: outline", [pack])
    sections.append(
        f"{pack.short}, {pack.symbol}. In force: {pack.in_force}. Source: {pack.source}"
    )
    sections += ["## Scope", say_scope(pack.scope)]
    for chapter in dict.fromkeys(clause.chapter for clause in pack.articles):
        inside = [clause for clause in pack.articles if clause.chapter == chapter]
        sections += [f"## Chapter {chapter}", _outline(pack, inside)]
    own = [one for one in book.safeguards.values() if one.key.startswith(f"{pack.pack}/")]
    sections += _listed("Safeguards", map(say_safeguard, own))
    return _page(sections, pack.pack)


def state_page(book: Book, state: StateProfile) -> str:
    """Return the page of one State's own law."""
    vouched = state.vouched
    signed = f" Signed by {vouched.by} on {vouched.on}." if vouched.by else ""
    acts = [f"`{state.state}.{act}` {title}" for act, title in state.acts.items()]
    sections = [
        *_head(f"{state.name} ({state.state})", book.packs.values()),
        f"> **{state.name}.** {capital(vouched.level.value)}: {end_stop(vouched.note)}{signed}",
        (
            f"Languages: {', '.join(state.languages)}. Channels: {', '.join(state.channels)}. "
            f"Zone: {state.zone}. The legal original is a {say_name(state.legal_original)}."
        ),
        *_listed("Acts", acts),
        "## Provisions",
        _table(
            ["Provision", "What it says", "Force"],
            [
                [f"{_anchor(law)}{law}", clause.says, clause.force]
                for law, clause in sorted(state.outline.items())
            ],
        ),
        *_listed("Clocks", map(say_clock, state.clocks.values())),
        *_listed("Gates", (say_gate(gate, book.needs) for gate in state.gates.values())),
        *_listed("Conditions", (f"{one.means} [{one.law}]" for one in state.conditions)),
    ]
    return _page(sections, "states")


def glossary_page(book: Book) -> str:
    """Return the terms, the needs and the roles."""
    sections = [
        *_head("Glossary", book.packs.values()),
        _table(
            ["Term", "Meaning", "Not", "Provision"],
            [
                [term.term, term.means, ", ".join(term.instead_of), _cite(term.law)]
                for term in book.glossary.values()
            ],
        ),
        "## Needs",
        _table(
            ["Need", "Met if"], [[f"`{need.need}`", need.means] for need in book.needs.values()]
        ),
        "## Roles",
        _table(
            ["Role", "Who"], [[say_name(role.role), role.means] for role in book.roles.values()]
        ),
    ]
    return _page(sections, "")


def index_page(book: Book) -> str:
    """Return the first page."""
    sections = [
        *_head("The law of Comity", book.packs.values()),
        (
            f"Law book {book.version}, `{book.digest}`. Every act signed with Comity names this "
            "digest, so that one can say years later under which text a step was taken."
        ),
    ]
    for pack in book.packs.values():
        processes = [process for process in book.processes.values() if process.pack == pack.pack]
        links = [f"[{one.title}]({one.key}.md)" for one in processes]
        sections.append(f"## {pack.title}")
        sections.append(_bullets([f"[Outline]({pack.pack}/outline.md)", *links]))
    states = [f"[{one.name} ({one.state})](states/{one.state}.md)" for one in book.states.values()]
    sections += _listed("States' own law", states)
    sections.append("[Glossary](glossary.md)")
    return _page(sections, "")


def _head(title: str, packs: Iterable[Pack]) -> list[str]:
    notices = [f"> **{pack.short}.** {pack.notice}" for pack in packs]
    return [f"# {title}", _MADE, *notices]


def _states(book: Book, process: Process) -> str:
    rows = []
    for state in process.states.values():
        name = say_name(state.name)
        marks = ["begins"] if state.name == process.begins else []
        marks += ["ends the matter"] if state.ends else []
        clause = book.clause(state.law) if state.law else None
        backing = say_backing(clause.level, clause.basis) if clause else ""
        rows.append([f"*{name}*", state.means, ", ".join(marks), _cite(state.law), backing])
    return _table(["State", "Means", "", "Provision", "Level"], rows)


def _steps(book: Book, process: Process) -> list[str]:
    parts = []
    for side in process.sides.both:
        own = [step for step in process.steps.values() if step.side == side]
        shared = [say_step(process, step, book.needs) for step in own if step.is_exchanged]
        house = [say_step(process, step, book.needs) for step in own if not step.is_exchanged]
        name = say_side(side)
        parts += _listed(f"Steps of {name}", shared)
        parts += _listed(f"Steps that {name} keeps in its own house", house)
    return parts


def questions_of(book: Book, process: Process) -> Iterable[Question]:
    """Return the questions that some step of the process answers."""
    own = (one for key, one in book.questions.items() if key.startswith(f"{process.pack}/"))
    return (one for one in own if process.steps.keys() & set(one.answers))


def rests_of(book: Book, process: Process) -> Iterable[Rest]:
    """Return the steps of the process that rest on grounds."""
    own = (one for key, one in book.rests.items() if key.startswith(f"{process.pack}/"))
    return (one for one in own if one.step in process.steps)


def _form(form: Form) -> list[str]:
    rows = []
    for one in form.fields.values():
        label = f"{one.label} – {one.help}" if one.help else one.label
        options = f" ({', '.join(map(say_name, one.options))})" if one.options else ""
        kind = f"{say_name(one.kind)}{options}"
        backing = say_backing(one.level, one.basis)
        rows.append([label, say_name(one.asked), kind, one.sensitivity, _cite(one.law), backing])
    head = ["Field", "Asked", "Kind", "Sensitivity", "Provision", "Level"]
    source = say_source(form.law, form.level, form.basis)
    return [f"## Form: {form.title}", source, _table(head, rows)]


def _outline(pack: Pack, articles: Sequence[Clause]) -> str:
    rows = []
    for article in articles:
        inside = [law for law in sorted(pack.outline) if article.law.contains(law)]
        for law in inside:
            clause = pack.outline[law]
            words = " ".join(part for part in (_strong(clause.title), clause.says) if part)
            backing = say_backing(clause.level, clause.basis)
            rows.append([f"{_anchor(law)}{law.at}", words, clause.force, backing])
    return _table(["Provision", "In our words", "Force", "Level"], rows)


def _strong(text: str) -> str:
    return f"**{text}**" if text else ""


def _listed(title: str, sentences: Iterable[str]) -> list[str]:
    body = _bullets(sentences)
    return [f"## {title}", body] if body else []


def _bullets(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _details(title: str, body: str) -> list[str]:
    return [f"<details><summary>{title}</summary>", body, "</details>"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cite(law: Provision | None) -> str:
    return f"[{law}]" if law else ""


def _anchor(law: Provision) -> str:
    return f'<a id="{_anchor_name(str(law))}"></a>'


def _anchor_name(citation: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", citation).strip("-")


def _page(sections: Iterable[str], folder: str) -> str:
    """Join the sections; make each citation a link to where the outline says it."""
    text = "\n\n".join(section for section in sections if section) + "\n"
    return _CITED.sub(lambda match: _link(match[1], folder), text)


def _link(citation: str, folder: str) -> str:
    pack = citation.partition(":")[0]
    state, _, act = pack.partition(".")
    target = f"states/{state}.md" if act else f"{pack}/outline.md"
    if folder:
        target = target.removeprefix(f"{folder}/") if target.startswith(folder) else f"../{target}"
    return f"[{citation}]({target}#{_anchor_name(citation)})"
