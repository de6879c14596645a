"""The paper of an exchanged act: a request with its form, or a decision with its reasons."""

from __future__ import annotations

from django.utils.translation import pgettext

from comity.law import Form
from comity.service.chains import CONTENT
from comity.web.pages.dossiers.words import CHANNELS, OUTCOMES, label, says_done
from comity.web.pages.kit.wording import name_role
from comity.web.pages.papers.record import FORM, Held, Record, choose
from comity.web.pages.papers.words import (
    form_rows,
    law,
    name_of,
    named_row,
    state_name,
    when,
)
from comity.web.paper.frames import Inlay
from comity.web.paper.inlays import check_lines, inlay, signed_inlays
from comity.web.paper.model import Bit, Paper, Part, Row, digest_bit, ref, text

# What is said of an act elsewhere on its paper, or is of the platform alone.
_SAID = frozenset({"documents", "priority", "basis", "follows", "reference"})


def make_request(record: Record, wanted: str, language: str) -> Paper:
    """Return the paper of what the asking side sent: the act asked for, or the last with a form."""
    acts = record.of_side(record.process.sides.asking)
    with_form = tuple(one for one in acts if FORM in record.values(one))
    held = choose(acts if wanted else (with_form or acts), wanted)
    return act_paper(record, held, "request", language)


def make_decision(record: Record, wanted: str, language: str) -> Paper:
    """Return the paper of a decision: the act asked for, or the last that moved the standing."""
    acts = record.of_side(record.process.sides.asked)
    moved = tuple(one for one in acts if _moves(record, one))
    held = choose(acts if wanted else moved, wanted)
    return act_paper(record, held, "decision", language)


def act_paper(record: Record, held: Held, kind: str, language: str) -> Paper:
    """Return the paper of one act."""
    node, act = record.node, held.act
    says = _says(record, held, language)
    return Paper(
        kind=kind,
        language=language,
        title=_title(record, held),
        says=says,
        state=state_name(node, act.holder, language),
        authority=act.authority,
        reference=record.reference(held),
        at=act.at,
        exercise=act.exercise,
        digest=held.digest,
        named="act.json",
        marks=_marks(record, held, language),
        facts=_facts(record, held, language),
        parts=tuple(_parts(record, held, language)),
        checks=checks_of(held),
        inlays=act_inlays(record, held),
    )


def act_inlays(record: Record, held: Held) -> tuple[Inlay, ...]:
    """Return the act, what proves it, and what it says, byte for byte."""
    content = record.document(held, CONTENT)
    files = signed_inlays(held.signed)
    if content is None:
        return files
    return (*files, inlay("content.json", content, held.act.at, relation="Data"))


def checks_of(held: Held) -> tuple[tuple[str, str], ...]:
    """Return what a stranger does to check the paper's files, and what each line must show."""
    act_line, *rest = check_lines(held.signed)
    found = [
        ("pdfdetach -saveall *.pdf", pgettext("paper", "takes the files out of this paper")),
        (act_line, pgettext("paper", "must print the digest at the foot of every page")),
    ]
    if CONTENT in held.act.covers:
        found.append(
            (
                "sha256sum content.json",
                pgettext("paper", "must print what act.json names as content"),
            )
        )
    if rest:
        key, prepare, verify = rest
        found += [
            (key, pgettext("paper", "must print the name of the key, given above")),
            (prepare, pgettext("paper", "writes the bytes that were signed (DSSE)")),
            (verify, pgettext("paper", "must print: Signature Verified Successfully")),
        ]
    return tuple(found)


def signer_rows(held: Held) -> tuple[Row, ...]:
    """Return by which key it was signed."""
    name = digest_bit(held.signed.envelope.key_id)
    return (Row(label=pgettext("paper", "Name of the key"), bits=(name,)),)


def _title(record: Record, held: Held) -> str:
    plain = _plain_title(record, held)
    if held.act.recorded is None:
        return plain
    return pgettext("paper", "%(title)s, recorded by us") % {"title": plain}


def _plain_title(record: Record, held: Held) -> str:
    if held.act.side == record.process.sides.asking:
        form = form_of(record, held)
        return pgettext("law", form.title if form else record.process.title)
    return pgettext("paper", "Decision on a request")


def form_of(record: Record, held: Held) -> Form | None:
    """Return the form that an act carries."""
    if FORM not in record.values(held):
        return None
    return record.node.book.forms.get(record.process.key)


def _says(record: Record, held: Held, language: str) -> str:
    act = held.act
    who = state_name(record.node, record.state_of[act.side], language)
    step = record.process.steps.get(act.step)
    return says_done(act.step, who, step.means if step else "")


def _marks(record: Record, held: Held, language: str) -> tuple[str, ...]:
    marks = []
    if held.act.recorded is not None:
        who = state_name(record.node, held.act.holder, language)
        marks.append(
            pgettext(
                "paper",
                "Recorded by %(who)s. The other side did not sign this: it reached us by another "
                "way, and the scan or note of it is named below.",
            )
            % {"who": who}
        )
    if held.outcome in {"overtaken", "irregular", "waiting"}:
        marks.append(
            pgettext("paper", "This act does not move the standing of the request: %(outcome)s.")
            % {"outcome": OUTCOMES[held.outcome][0]}
        )
    if CONTENT in held.act.covers and record.content(held) is None:
        marks.append(
            pgettext("paper", "The content was erased, or is not here: only its digest is left.")
        )
    return tuple(marks)


def _facts(record: Record, held: Held, language: str) -> tuple[Row, ...]:
    act, head = held.act, record.shown.head
    asking, asked = record.process.sides.both
    names = {side: _party(record, side, language) for side in (asking, asked)}
    rows = [
        Row(label=pgettext("paper", "Asking"), bits=(text(names[asking]),)),
        Row(label=pgettext("paper", "Asked"), bits=(text(names[asked]),)),
        Row(label=pgettext("paper", "Legal basis"), bits=(_basis(record),)),
        Row(label=pgettext("paper", "Provision"), bits=(law(act.law),)),
        *file_number(record, held),
        Row(label=pgettext("paper", "Dossier"), bits=(ref(record.ident),)),
        Row(label=pgettext("paper", "Signed at"), bits=(when(act.at, language),)),
        Row(
            label=pgettext("paper", "Signed for"), bits=(text(act.authority), text(_role(act.role)))
        ),
        Row(label=pgettext("paper", "Sent by"), bits=(text(label(CHANNELS, act.channel)),)),
    ]
    if head.follows is not None:
        rows.append(Row(label=pgettext("paper", "Follows"), bits=(ref(head.follows),)))
    return tuple(rows)


def file_number(record: Record, held: Held | None = None) -> tuple[Row, ...]:
    """Return the row of the file number, where one is known."""
    known = record.reference(held)
    if known == str(record.ident):
        return ()
    return (Row(label=pgettext("paper", "File number"), bits=(ref(known),)),)


def _party(record: Record, side: str, language: str) -> str:
    head, node = record.shown.head, record.node
    is_ours = side == head.side
    code = node.state if is_ours else head.counterpart
    authority = node.authority if is_ours else head.counterpart_authority
    return f"{state_name(node, code, language)} ({code}), {authority}"


def _basis(record: Record) -> Bit:
    basis = record.shown.head.basis
    pack = record.node.book.packs.get(basis)
    return text(pgettext("law", pack.title) if pack else basis)


def _role(role: str) -> str:
    return name_role(role)


def _parts(record: Record, held: Held, language: str) -> list[Part]:
    parts = []
    values = dict(record.values(held))
    form = form_of(record, held)
    if form is not None and isinstance(found := values.pop(FORM), dict):
        parts.append(
            Part(
                title=pgettext("paper", "What is asked"),
                rows=form_rows(form, found, language),
            )
        )
    node, pack = record.node, record.process.pack
    said = [named_row(node, pack, name, one, language) for name, one in values.items()]
    terms = [
        named_row(node, pack, name, one, language)
        for name, one in held.act.terms.items()
        if name not in _SAID
    ]
    if said or terms:
        parts.append(Part(title=pgettext("paper", "What it says"), rows=(*said, *terms)))
    if held.act.recorded is not None:
        parts.append(_recorded(record, held, language))
    parts.append(_covered(record, held))
    return parts


def _recorded(record: Record, held: Held, language: str) -> Part:
    rows = tuple(
        named_row(record.node, record.process.pack, name, one, language)
        for name, one in (held.act.recorded or {}).items()
    )
    return Part(title=pgettext("paper", "How it reached us"), rows=rows)


def _covered(record: Record, held: Held) -> Part:
    kept = {CONTENT: "content.json"}
    rows = [
        Row(
            label=name_of(name),
            bits=(digest_bit(digest),),
            note=kept.get(name, "" if name not in record.documents(held) else name),
        )
        for name, digest in held.act.covers.items()
    ]
    cites = [
        Row(
            label=pgettext("paper", "An act of the house, by salted digest"),
            bits=(digest_bit(one),),
        )
        for one in held.act.cites
    ]
    return Part(
        title=pgettext("paper", "What the signature covers"),
        says=pgettext(
            "paper",
            "The signature stands over the act, which names each of these by its SHA-256 digest.",
        ),
        rows=(*rows, *cites, *signer_rows(held)),
    )


def _moves(record: Record, held: Held) -> bool:
    step = record.process.steps.get(held.act.step)
    return step is not None and step.moves
