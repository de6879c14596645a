"""Who acts on a request that is drafted, and which of its acts a field may name."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from comity.base import Ident
from comity.law import Process
from comity.service.chains import EXCHANGED
from comity.service.drafting import Ahead, sending_step
from comity.service.node import Node
from comity.service.rows import DossierRow
from comity.web.pages.drafting.wording import say_process
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import locale_of, name_state

# A field that names an earlier request offers so many; an older one is named by its digest.
_MOST = 50


def step_roles(node: Node, dossier: Ident, step: str) -> frozenset[str] | None:
    """Return the roles that the law names for a step; None if it names no such step."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
    process: Process | None = node.book.processes.get(head.process)
    found = process.steps.get(step) if process else None
    return frozenset(found.roles) if found else None


def earlier_requests(seat: Seat, ahead: Ahead) -> list[tuple[str, str]]:
    """Return the requests of ours to the same State that this one may rest on, by digest."""
    node, found = seat.node, []
    with node.store.view() as unit:
        heads = unit.dossiers.find(counterpart=ahead.head.counterpart, side=ahead.head.side)
        for head in sorted(heads, key=lambda one: _nearest(one, ahead.head))[:_MOST]:
            process = node.book.processes.get(head.process)
            step = sending_step(process) if process else None
            if step is None or process is None or head.ident == ahead.head.ident:
                continue
            rows: Iterable[tuple[object, ...]] = unit.acts.pick(
                "digest", "at", chain=head.ident, track=EXCHANGED, step=step.name
            )
            for digest, at in rows:
                told = f"{say_process(node.book, process)} · {name_state(seat, head.counterpart)}"
                found.append((str(digest), f"{told} · {str(at)[:10]}"))
    return found


def languages_of(seat: Seat, ahead: Ahead) -> list[tuple[str, str]]:
    """Return the languages that either side works in, theirs first, each by its name."""
    theirs = ahead.counterpart.languages if ahead.counterpart else ()
    ours = seat.node.profile.languages if seat.node.profile else ()
    return [
        (code, f"{name_language(seat, code)} ({code})") for code in dict.fromkeys(theirs + ours)
    ]


def name_language(seat: Seat, code: str) -> str:
    """Return the name of a language in the reader's own; the code where nobody knows one."""
    try:
        named = Locale.parse(code, sep="-").get_display_name(locale_of(seat))
    except (UnknownLocaleError, ValueError):
        return code
    return named or code


def _nearest(head: DossierRow, mine: DossierRow) -> tuple[bool, bool, float]:
    """Order: what this one follows, then what is of the same investigation, then the latest."""
    same = mine.investigation is not None and head.investigation == mine.investigation
    return head.ident != mine.follows, not same, -head.opened.at.timestamp()
