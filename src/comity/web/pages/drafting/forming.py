"""The form of a request: its task list, and one page for each of its sections.

Nothing is lost: what is half-written is kept as a *draft*, sealed, by itself while one types
(with script) or by a button (without), and signs nothing. *Save* alone writes the form, as a
house act. It changes only the fields of its page, in the form as it stands by then, so that two
who write on two pages do not undo each other; on the same page the second is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest, Ident, canonical_bytes
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.base.verdict import Verdict
from comity.domain.form import is_empty
from comity.law import Field, Form
from comity.service.drafting import Ahead, look_ahead
from comity.service.drafts import KeptDraft, drop_draft, keep_draft, read_drafts
from comity.service.errors import Moved, NotThere
from comity.service.node import Node
from comity.service.reading import show_form
from comity.service.receipts import retrieve
from comity.service.requests import DRAFT, amend_form
from comity.web.pages.drafting.aside import (
    Asked,
    list_asked,
    list_gates,
    show_counterpart,
    show_criminality,
)
from comity.web.pages.drafting.fields import SectionForm
from comity.web.pages.drafting.linking import earlier_requests, languages_of, step_roles
from comity.web.pages.drafting.sections import Section, sections_of
from comity.web.pages.drafting.writing import boxes, read_value, write_texts
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_PRIORITY: Final = {"routine": "routine", "urgent": "urgent", "emergency": "life_at_risk"}


class PageMoved(Moved):
    """Somebody else saved this page while you wrote."""

    code = "drafting/page-moved"
    remedy = (
        "What you wrote is kept as your draft. Compare it with what stands now, and save again."
    )


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list. ``state``: complete, missing, begun, empty."""

    section: Section
    state: str
    missing: int
    draft: KeptDraft | None


@page(
    "dossiers/<str:dossier>/form",
    Permission.DOSSIER_ACT,
    name="dossier-form",
    title=pgettext_lazy("drafting", "The request"),
    room="dossiers",
)
def show_tasks(seat: Seat, dossier: str) -> Answer:
    """Show the task list of a request."""
    ident = Ident(dossier)
    retrieve(seat.node, seat.reader(), ident)
    ahead = look_ahead(seat.node, seat.actor, ident)
    form = require_form(ahead)
    drafts = read_drafts(seat.node, seat.actor, ident)
    tasks = [_task(ahead, one, drafts) for one in sections_of(form)]
    values = {
        **surroundings(seat, ahead),
        "tasks": tasks,
        "asked": list_asked(ahead, form.fields),
        "done": sum(one.state == "complete" for one in tasks),
    }
    return Sheet(template="drafting/tasks.html", values=values, title=pgettext("law", form.title))


@page(
    "dossiers/<str:dossier>/form/pages/<str:section>",
    Permission.DOSSIER_ACT,
    name="dossier-section",
    title=pgettext_lazy("drafting", "A page of the request"),
    takes_posts=True,
    room="dossiers",
)
def show_section(seat: Seat, dossier: str, section: str) -> Answer:
    """Show one page of a form; keep, save or drop what was written there."""
    ident = Ident(dossier)
    ahead = look_ahead(seat.node, seat.actor, ident)
    chosen = _find_section(require_form(ahead), section)
    if not seat.is_post:
        retrieve(seat.node, seat.reader(), ident)
        return _show(seat, ahead, chosen, _begin(seat, ahead, chosen))
    form = _form(seat, ahead, chosen, seat.http.POST)
    return _DEEDS.get(seat.http.POST.get("do", ""), _save)(seat, ahead, chosen, form)


def require_form(ahead: Ahead) -> Form:
    """Return the form of the process; raise ``NotThere`` where it has none."""
    if ahead.form is None:
        detail = f"The process {ahead.process.key} has no form."
        raise NotThere(detail, where=str(ahead.head.ident))
    return ahead.form


def surroundings(seat: Seat, ahead: Ahead) -> dict[str, Any]:
    """Return what every page of a form shows around it."""
    head = ahead.head
    return {
        "ahead": ahead,
        "dossier": str(head.ident),
        "gates": list_gates(ahead),
        "criminality": show_criminality(ahead, seat),
        "other": show_counterpart(seat, head.counterpart, head.counterpart_authority, head.process),
    }


def _find_section(form: Form, name: str) -> Section:
    for one in sections_of(form):
        if one.name == name:
            return one
    raise NotThere(name[:80])


def _task(ahead: Ahead, section: Section, drafts: Mapping[str, KeptDraft]) -> Task:
    names = [one.field for one in section.fields]
    missing = sum(ahead.checks[name].verdict is not Verdict.PASSED for name in names)
    is_bare = all(is_empty(ahead.values.get(name)) for name in names)
    state = "missing" if missing else "complete"
    if is_bare:
        state = "empty"
    return Task(section=section, state=state, missing=missing, draft=drafts.get(section.name))


def _show(
    seat: Seat, ahead: Ahead, section: Section, form: SectionForm, draft: KeptDraft | None = None
) -> Sheet:
    """Show a page; the aside judges what is in the boxes, and not only what was saved."""
    ident = ahead.head.ident
    if draft is None:
        draft = read_drafts(seat.node, seat.actor, ident).get(section.name)
    values = _values(seat, ahead, section, _texts(form))[0]
    shown = look_ahead(seat.node, seat.actor, ident, values)
    return Sheet(
        template="drafting/section.html",
        values={
            **surroundings(seat, shown),
            "form": form,
            "section": section,
            "sections": sections_of(require_form(ahead)),
            "asked": _asked_here(shown, section),
            "draft": draft,
        },
        title=section.title,
    )


def _asked_here(ahead: Ahead, section: Section) -> list[Asked]:
    return list_asked(ahead, {one.field: one for one in section.fields})


def _texts(form: SectionForm) -> Mapping[str, str]:
    return form.texts if form.is_bound else {name: str(one) for name, one in form.initial.items()}


def _begin(seat: Seat, ahead: Ahead, section: Section) -> SectionForm:
    """Return the page as it is met: what was half-written, else what was saved, else a proposal."""
    draft = read_drafts(seat.node, seat.actor, ahead.head.ident).get(section.name)
    proposed = _propose(seat, ahead)
    initial: dict[str, str] = {}
    for field in section.fields:
        value = ahead.values.get(field.field)
        initial |= write_texts(field, proposed.get(field.field, "") if is_empty(value) else value,
                               seat.zone)  # fmt: skip
    if draft is not None:
        initial |= draft.texts
    initial["seen"] = _seen(ahead.values, section)
    return _form(seat, ahead, section, None, initial)


def _form(
    seat: Seat,
    ahead: Ahead,
    section: Section,
    sent: Any,  # noqa: ANN401 # Django's
    initial: Mapping[str, str] | None = None,
) -> SectionForm:
    has_act = any(one.kind == "act" for one in section.fields)
    return SectionForm(
        sent,
        initial=initial,
        seat=seat,
        fields=section.fields,
        pack=_pack(ahead),
        offers={
            "act": earlier_requests(seat, ahead) if has_act else [],
            "language": languages_of(seat, ahead),
        },
    )


def _pack(ahead: Ahead) -> str:
    """Return the pack whose offences are offered: that of the basis, or of the process."""
    return ahead.head.basis if ":" not in ahead.head.basis else ahead.process.pack


def _propose(seat: Seat, ahead: Ahead) -> dict[str, Json]:
    """Return what the desk proposes for what is empty; it counts when it is saved."""
    ours = seat.node.profile.languages if seat.node.profile else ()
    theirs = ahead.counterpart.languages if ahead.counterpart else ()
    both = [one for one in ours if one in theirs]
    priority = _PRIORITY.get(ahead.head.priority, "")
    field = ahead.form.fields.get("priority") if ahead.form else None
    return {
        "requesting_authority": seat.node.authority,
        "channel": ahead.head.channel,
        "language": (both or [""])[0],
        "priority": priority if field and priority in field.options else "",
    }


def _seen(values: Mapping[str, Json], section: Section) -> str:
    """Return what tells whether the fields of a page are still as they were read."""
    held = {one.field: values[one.field] for one in section.fields if one.field in values}
    return str(Digest.of(canonical_bytes(held)))


def _values(
    seat: Seat, ahead: Ahead, section: Section, texts: Mapping[str, str]
) -> tuple[dict[str, Json], dict[Field, ComityError]]:
    """Return the values that the boxes mean, and what cannot be read."""
    values: dict[str, Json] = {}
    errors: dict[Field, ComityError] = {}
    for field in section.fields:
        held = ahead.values.get(field.field, "")
        try:
            values[field.field] = read_value(field, texts, held, seat.zone)
        except ComityError as error:
            errors[field] = error
    return values, errors


def _keep(seat: Seat, ahead: Ahead, section: Section, form: SectionForm) -> None:
    keep_draft(seat.node, seat.actor, ahead.head.ident, section.name, form.texts)


def _keep_quietly(seat: Seat, ahead: Ahead, section: Section, form: SectionForm) -> Answer:
    """Keep what is being typed, and answer with the aside alone."""
    if ahead.may_amend:
        _keep(seat, ahead, section, form)
    sheet = _show(seat, ahead, section, form)
    return Sheet(template="drafting/aside.html", values=sheet.values, title=sheet.title)


def _keep_and_leave(seat: Seat, ahead: Ahead, section: Section, form: SectionForm) -> Answer:
    _keep(seat, ahead, section, form)
    says = pgettext("drafting", "Your draft of this page is kept. Nothing was signed.")
    return Go(to=reverse("dossier-form", args=[ahead.head.ident]), says=says)


def _drop(seat: Seat, ahead: Ahead, section: Section, _: SectionForm) -> Answer:
    drop_draft(seat.node, seat.actor, ahead.head.ident, section.name)
    says = pgettext("drafting", "Your draft was dropped: the page is as it was saved last.")
    return Go(to=reverse("dossier-section", args=[ahead.head.ident, section.name]), says=says)


def _save(seat: Seat, ahead: Ahead, section: Section, form: SectionForm) -> Answer:
    """Write the page's fields into the form, as a house act; keep a draft of what is refused."""
    ident = ahead.head.ident
    form.is_valid()
    values, errors = _values(seat, ahead, section, form.texts)
    for field, error in errors.items():
        form.add_error(boxes(field)[0], f"{pgettext('law', error.sentence())} {error.detail}")
    _judge(seat, ahead, section, values, form)
    if not form.errors:
        with form.catching():
            return do_it(seat, lambda node: _write(seat.at(node), ident, section, values, form))
    if ahead.may_amend:
        _keep(seat, ahead, section, form)
    return _show(seat, ahead, section, form)


def _judge(
    seat: Seat, ahead: Ahead, section: Section, values: dict[str, Json], form: SectionForm
) -> None:
    """Tell at its box what has not the shape that the form asks; what is empty may wait."""
    shown = look_ahead(seat.node, seat.actor, ahead.head.ident, values)
    for one in _asked_here(shown, section):
        if one.state == "wrong" and one.field.field in values:
            says = one.finding.says.removeprefix(f"{one.field.label}: ")
            form.add_error(boxes(one.field)[0], pgettext("law", says))


def _write(
    seat: Seat, ident: Ident, section: Section, values: dict[str, Json], form: SectionForm
) -> Go:
    node: Node = seat.node
    held = dict(show_form(node, ident))
    if form.data.get("seen", "") != _seen(held, section):
        raise PageMoved(where=str(ident))
    written = {name: one for name, one in {**held, **values}.items() if not is_empty(one)}
    if written != held:
        amend_form(node, seat.officer(step_roles(node, ident, DRAFT)), ident, written)
        says = pgettext("drafting", "Saved: %(section)s.") % {"section": section.title}
    else:
        says = pgettext("drafting", "Nothing was changed, so nothing was signed.")
    drop_draft(node, seat.actor, ident, section.name)
    return Go(to=_next_page(node, ident, seat.actor, section), says=says)


def _next_page(node: Node, ident: Ident, actor: str, section: Section) -> str:
    """Return the address of the page that comes next, or of the task list after the last."""
    form = look_ahead(node, actor, ident).form
    names = [one.name for one in sections_of(form)] if form else []
    after = names[names.index(section.name) + 1 :] if section.name in names else []
    if after:
        return reverse("dossier-section", args=[ident, after[0]])
    return reverse("dossier-form", args=[ident])


_DEEDS: Final = {"save": _save, "keep": _keep_and_leave, "drop": _drop, "quietly": _keep_quietly}
