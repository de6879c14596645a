"""The paper of the register entry: what the record says of a dossier, without its content."""

from __future__ import annotations

from django.utils.translation import pgettext

from comity.base import Digest, canonical_bytes
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.law.provision import Provision
from comity.service.rows import DeadlineRow
from comity.web.pages.dossiers.words import DEADLINES, PRIORITIES, label, says_done, standing_label
from comity.web.pages.papers.acts import file_number
from comity.web.pages.papers.record import Held, Record
from comity.web.pages.papers.words import law, state_name, when
from comity.web.paper.inlays import inlay
from comity.web.paper.model import Bit, Paper, Part, Row, digest_bit, mark, ref, text

_FILE = "register.json"


def make_register(record: Record, wanted: str, language: str) -> Paper:
    """Return the paper of the register entry."""
    del wanted
    head, node = record.shown.head, record.node
    entry = canonical_bytes(register_data(record))
    return Paper(
        kind="register",
        language=language,
        title=pgettext("paper", "Entry in the register"),
        says=pgettext("law", record.process.title),
        state=state_name(node, node.state, language),
        authority=node.authority,
        reference=record.reference(),
        at=record.last,
        exercise=head.exercise,
        digest=Digest.of(entry),
        named=_FILE,
        marks=(
            pgettext(
                "paper",
                "An extract, and not signed: each act named here is signed, and can be shown by "
                "itself.",
            ),
        ),
        facts=_facts(record, language),
        parts=(_acts(record, language), *_deadlines(record, language)),
        checks=(
            ("pdfdetach -saveall *.pdf", pgettext("paper", "takes the files out of this paper")),
            (
                f"sha256sum {_FILE}",
                pgettext("paper", "must print the digest at the foot of every page"),
            ),
        ),
        inlays=(inlay(_FILE, entry, record.last, relation="Data"),),
    )


def register_data(record: Record) -> dict[str, Json]:
    """Return the entry for machines: no content, no person."""
    head = record.shown.head
    return {
        "type": "comity/register-entry/1",
        "dossier": str(head.ident),
        "reference": record.reference(),
        "process": head.process,
        "side": head.side,
        "state": record.node.state,
        "authority": record.node.authority,
        "counterpart": head.counterpart,
        "counterpart_authority": head.counterpart_authority,
        "basis": head.basis,
        "channel": head.channel,
        "exercise": head.exercise,
        "opened": str(head.opened),
        "priority": head.priority,
        "follows": None if head.follows is None else str(head.follows),
        "standing": record.shown.state,
        "acts": [_act_data(one) for one in record.acts],
        "deadlines": [_deadline_data(one) for one in record.shown.deadlines],
    }


def _act_data(held: Held) -> Json:
    act = held.act
    return {
        "at": str(act.at),
        "digest": str(held.digest),
        "holder": act.holder,
        "law": act.law,
        "number": act.number,
        "outcome": held.outcome,
        "recorded": act.recorded is not None,
        "side": act.side,
        "step": act.step,
        "track": act.track,
    }


def _deadline_data(row: DeadlineRow) -> Json:
    return {
        "clock": row.clock,
        "due": None if row.due is None else str(row.due),
        "law": row.law,
        "nature": row.nature,
        "owed_by": row.owed_by,
        "state": row.state,
    }


def _facts(record: Record, language: str) -> tuple[Row, ...]:
    head, node = record.shown.head, record.node
    other = state_name(node, head.counterpart, language)
    rows = [
        Row(label=pgettext("paper", "Dossier"), bits=(ref(head.ident),)),
        *file_number(record),
        Row(
            label=pgettext("paper", "Other side"),
            bits=(text(f"{other} ({head.counterpart}), {head.counterpart_authority}"),),
        ),
        Row(label=pgettext("paper", "Opened"), bits=(when(head.opened, language),)),
        Row(label=pgettext("paper", "Priority"), bits=(text(label(PRIORITIES, head.priority)),)),
        Row(label=pgettext("paper", "Stands as"), bits=(mark(standing_label(record.shown.state)),)),
    ]
    if head.follows is not None:
        rows.append(Row(label=pgettext("paper", "Follows"), bits=(ref(head.follows),)))
    return tuple(rows)


def _acts(record: Record, language: str) -> Part:
    return Part(
        title=pgettext("paper", "Acts that both States hold"),
        says=pgettext(
            "paper",
            "In time. What stayed in the house is named in the file inside, by step and digest.",
        ),
        head=(
            pgettext("paper", "When"),
            pgettext("paper", "What"),
            pgettext("paper", "Provision"),
            pgettext("paper", "Who vouches"),
            pgettext("paper", "Digest"),
        ),
        table=tuple(_act_line(record, one, language) for one in record.acts if one.is_exchanged),
    )


def _act_line(record: Record, held: Held, language: str) -> tuple[Bit, ...]:
    act = held.act
    who = state_name(record.node, record.state_of.get(act.side, act.holder), language)
    step = record.process.steps.get(act.step)
    kept = (
        pgettext("paper", "signed by them")
        if act.holder != record.node.state
        else pgettext("paper", "signed by us")
    )
    if act.recorded is not None:
        kept = pgettext("paper", "recorded by us, not signed by them")
    return (
        when(act.at, language),
        text(says_done(act.step, who, step.means if step else "")),
        law(act.law),
        mark(kept),
        digest_bit(held.digest),
    )


def _deadlines(record: Record, language: str) -> tuple[Part, ...]:
    rows = record.shown.deadlines
    if not rows:
        return ()
    return (
        Part(
            title=pgettext("paper", "Deadlines"),
            says=pgettext(
                "paper",
                "No clock decides: at its time a thing is shown, and a named person decides.",
            ),
            head=(
                pgettext("paper", "What"),
                pgettext("paper", "Owed by"),
                pgettext("paper", "Until"),
                pgettext("paper", "Provision"),
                pgettext("paper", "Stands as"),
            ),
            table=tuple(_deadline_line(record, row, language) for row in rows),
        ),
    )


def _deadline_line(record: Record, row: DeadlineRow, language: str) -> tuple[Bit, ...]:
    owed = record.state_of.get(row.owed_by)
    return (
        text(pgettext("law", row.means) if row.means else row.clock),
        text(state_name(record.node, owed, language) if owed else row.owed_by),
        text("–") if row.due is None else when(row.due, language),
        law(row.law) if _is_law(row.law) else text(row.law or "–"),
        mark(label(DEADLINES, row.state)),
    )


def _is_law(said: str) -> bool:
    try:
        Provision.parse(said)
    except ComityError:
        return False
    return True
