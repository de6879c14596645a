"""One act opened: what was signed, by whom, under what, what it covers, and how to check it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.base import Digest, Ident
from comity.seal.act import Act
from comity.service.chains import CONTENT, HOUSE, kept_documents
from comity.service.errors import NotThere
from comity.service.proving import Proof, parts_file, prove_act
from comity.service.reading import ShownAct, ShownDossier, show_dossier
from comity.service.receipts import retrieve
from comity.web.pages.dossiers.lanes import receipts_of, whose
from comity.web.pages.dossiers.saying import read_said
from comity.web.pages.dossiers.showing import address, head_values
from comity.web.pages.dossiers.words import (
    CHANNELS,
    NAMES,
    OUTCOMES,
    label,
    plain,
    says_done,
    says_house,
)
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_HEX: Final = "sha256:"


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What an act covers under one name: its digest, and where it is read if it is kept here."""

    label: str
    digest: Digest
    link: str
    is_content: bool


@page(
    "dossiers/<str:dossier>/acts/<str:digest>",
    Permission.DOSSIER_READ,
    name="dossier-act",
    title=_("Act"),
    room="dossiers",
)
def show_act(seat: Seat, dossier: str, digest: str) -> Answer:
    """Show one act; its content only to those who may read content."""
    ident, name = Ident(dossier), Digest.parse(digest)
    reads = seat.has(Permission.CONTENT_READ)
    if reads:
        find_act(show_dossier(seat.node, ident), name)
        retrieve(seat.node, seat.reader(), ident)
    shown = show_dossier(seat.node, ident)
    found = find_act(shown, name)
    proof = prove_act(seat.node, ident, name)
    process = seat.node.book.processes.get(shown.head.process)
    said = read_said(seat.node, process, found.act) if reads else None
    says = _says(seat, shown, found)
    return Sheet(
        template="dossiers/act.html",
        values={
            **head_values(seat, shown, process),
            **_facts(seat, shown, found, proof),
            "said": said,
            "may_read": reads,
            "says": says,
        },
        title=says,
    )


@page(
    "dossiers/<str:dossier>/acts/<str:digest>/proof",
    Permission.DOSSIER_READ,
    name="dossier-act-proof",
    title=_("Proof of an act"),
    room="dossiers",
)
def take_proof(seat: Seat, dossier: str, digest: str) -> Answer:
    """Hand out the signed act with its signatures and keys, for anybody to check."""
    proof = prove_act(seat.node, Ident(dossier), Digest.parse(digest))
    answer = HttpResponse(parts_file(proof), content_type="application/x-tar")
    answer["Content-Disposition"] = f'attachment; filename="act-{proof.act.digest.hex[:12]}.tar"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def find_act(shown: ShownDossier, digest: Digest) -> ShownAct:
    """Return an act of a dossier; raise ``NotThere``."""
    for one in shown.acts:
        if one.act.digest == digest:
            return one
    raise NotThere(str(digest), where=str(shown.head.ident))


def _says(seat: Seat, shown: ShownDossier, found: ShownAct) -> str:
    act = found.act
    process = seat.node.book.processes.get(act.process)
    if act.track == HOUSE:
        return says_house(act.step, process)
    step = process.steps.get(act.step) if process else None
    return says_done(act.step, whose(seat, shown, act), step.means if step else "")


def _facts(seat: Seat, shown: ShownDossier, found: ShownAct, proof: Proof) -> dict[str, Any]:
    act = found.act
    law = seat.node.book.processes.get(act.process)
    step = law.steps.get(act.step) if law else None
    word, means = OUTCOMES.get(found.outcome, ("", ""))
    return {
        "act": act,
        "step": step,
        "whose": whose(seat, shown, act),
        "is_house": act.track == HOUSE,
        "is_recorded": found.is_recorded,
        "is_ours": act.holder == seat.node.state,
        "outcome": found.outcome,
        "outcome_word": word,
        "outcome_means": means,
        "channel": label(CHANNELS, act.channel),
        "covered": [_covered(seat, act, name, one) for name, one in act.covers.items()],
        "terms": [(label(NAMES, name), _term(name, one)) for name, one in act.terms.items()],
        "recorded": _recorded(act),
        "proof": proof,
        "statement": act.payload().decode("utf-8"),
        "same_book": act.lawbook == seat.node.book.digest,
        "before": _link(seat, act, act.before),
        "seen": _link(seat, act, act.seen) if _is_here(shown, act.seen) else "",
        "proof_link": _link_of(seat, "dossier-act-proof", act, act.digest),
        "outbox": next((row for row in shown.outbox if row.act == act.digest), None),
        "receipts": [one for one in receipts_of(shown) if one.row.act == act.digest],
    }


def _is_here(shown: ShownDossier, digest: Digest | None) -> bool:
    return any(one.act.digest == digest for one in shown.acts)


def _link(seat: Seat, act: Act, digest: Digest | None) -> str:
    return "" if digest is None else _link_of(seat, "dossier-act", act, digest)


def _link_of(seat: Seat, name: str, act: Act, digest: Digest) -> str:
    return address(seat, name, dossier=act.chain, digest=str(digest))


def _covered(seat: Seat, act: Act, name: str, digest: Digest) -> Covered:
    is_kept = name in kept_documents(act) and name != CONTENT
    link = _link_of(seat, "dossier-document", act, digest) if is_kept else ""
    return Covered(label=label(NAMES, name), digest=digest, link=link, is_content=name == CONTENT)


def _term(name: str, value: str) -> str:
    """Return a particular as people read it; codes of the law files lose their underscores."""
    is_code = name not in {"act", "at", "until", "answer_by", "documents"} and "_" in value
    return plain(value) if is_code and value.replace("_", "").isalnum() else value


def _recorded(act: Act) -> list[tuple[str, str]]:
    told = act.recorded or {}
    words = {"seen": pgettext("dossier", "nothing of ours")}
    channels = {"channel": label(CHANNELS, told.get("channel", ""))}
    return [(label(NAMES, name), {**words, **channels}.get(name, one))
            for name, one in told.items()]  # fmt: skip
