"""Conditions on what a request says."""

from __future__ import annotations

from typing import Final

from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.base.verdict import Verdict
from comity.domain.conditions.answer import Answer, by_name, decide, met, unknown, unmet
from comity.domain.form import check_form, is_empty, read_months
from comity.domain.identifiers import read_identifier
from comity.domain.situation import Situation, read_instant
from comity.law import Form, Pack, Provision, Scope


def form_complete(situation: Situation) -> Answer:
    """uncc:40(15), uncc:42(3): a request *shall* contain what its form always asks."""
    form = _form(situation)
    if form is None:
        return unknown("The law book has no form for this step.")
    report = check_form(form, situation.form)
    failed = [one.says for one in report.findings if one.verdict is Verdict.FAILED]
    return decide(holds=not failed, yes="Nothing that is always asked is missing.", no=_all(failed))


def basis_named(situation: Situation) -> Answer:
    """uncc:40(7): what applies depends on the treaty between the two, so each request names it."""
    basis = situation.dossier.basis
    return decide(
        holds=basis is not None,
        yes=f"The legal basis is {basis}.",
        no="No legal basis is named: the Convention, another treaty, or reciprocity.",
    )


def identifiers_specific(situation: Situation) -> Answer:
    """uncc:23(1), uncc:24: *specific* investigations; what is asked for is named one by one."""
    form = _form(situation)
    if form is None:
        return unknown("The law book has no form for this step.")
    named = [one.field for one in form.fields.values() if one.kind == "identifiers"]
    values = [situation.form.get(name) for name in named]
    lines = [line for value in values if isinstance(value, list) for line in value]
    if not lines:
        return unmet("No account, address, number or other identifier is named.")
    refused = [why for line in lines if (why := _refusal(line))]
    return decide(holds=not refused, yes="Every identifier is specific.", no=_all(refused))


def offence_in_scope(situation: Situation) -> Answer:
    """uncc:35(1): offences of the Convention, and evidence of any *serious crime* (uncc:2(h))."""
    pack = _instrument(situation)
    if pack is None:
        return met(f"The legal basis is {situation.dossier.basis}, whose own scope applies.")
    if pack.scope.is_open:
        return met(f"The {pack.short} reaches evidence of any offence. [{pack.scope.law}]")
    value = situation.form.get("offence")
    if not isinstance(value, dict):
        return unmet("Neither an article of the Convention nor a longest penalty is named.")
    if _is_listed(value.get("article"), pack.scope):
        return met("The offence is one of the Convention.")
    return _serious(value.get("longest_penalty_months"), pack.scope)


def urgency_stated(situation: Situation) -> Answer:
    """uncc:40(13): orally in *urgent circumstances* only, and confirmed in writing forthwith."""
    return decide(
        holds=bool(situation.text("urgency") or situation.text("reasons")),
        yes="It is said why writing cannot come first.",
        no="It is not said why writing cannot come first.",
    )


def emergency_shown(situation: Situation) -> Answer:
    """uncc:2(o): a *significant and imminent risk* to the life or safety of a person."""
    asked = ("risk_facts", "persons_at_risk", "why_imminent")
    missing = [name.replace("_", " ") for name in asked if not situation.text(name)]
    return decide(
        holds=not missing, yes="The emergency is stated.", no=f"Not stated: {', '.join(missing)}."
    )


def necessity_written(situation: Situation) -> Answer:
    """uncc:24(1): powers incorporate the principle of *proportionality*."""
    return decide(
        holds=bool(situation.text("necessity")),
        yes="Necessity and proportionality are written down.",
        no="Necessity and proportionality are not written down.",
    )


def alternatives_considered(situation: Situation) -> Answer:
    """uncc:24(1): proportionality asks whether less intrusive means would do."""
    return decide(
        holds=bool(situation.text("alternatives")),
        yes="Less intrusive means were considered in writing.",
        no="It is not written which less intrusive means were considered.",
    )


def confidentiality_dated(situation: Situation) -> Answer:
    """uncc:24(2): limits of *duration*, and a remedy for whoever is told in the end."""
    if situation.text("confidential") != "yes":
        return met("No confidentiality is asked.")
    return decide(
        holds=read_instant(situation.text("confidential_until")) is not None,
        yes="Confidentiality has an end.",
        no="Confidentiality is asked without an end.",
    )


def deadline_reasoned(situation: Situation) -> Answer:
    """uncc:40(26): *deadlines* suggested by the requesting State, for which *reasons* are given."""
    if not (situation.term("answer_by") or situation.text("answer_by")):
        return met("No day is wished.")
    return decide(
        holds=bool(situation.term("reason_by") or situation.text("answer_by_reason")),
        yes="The day that is wished has its reason.",
        no="A day is wished and no reason is given for it.",
    )


def _form(situation: Situation) -> Form | None:
    name = situation.term("form") or situation.process.name
    form = situation.book.forms.get(f"{situation.process.pack}/{name}")
    return form if form is not None and form.process == situation.process.key else None


def _refusal(line: Json) -> str:
    if not isinstance(line, str) or is_empty(line):
        return "An identifier is a line of text."
    try:
        read_identifier(line)
    except ComityError as error:
        law = f" [{error.law}]" if error.law else ""
        return f"{error.sentence()} {error.detail}{law}"
    return ""


def _instrument(situation: Situation) -> Pack | None:
    """Return the pack of the legal basis, or of the process while none is named."""
    basis = situation.dossier.basis
    return situation.book.packs.get(basis.pack if basis else situation.process.pack)


def _is_listed(article: Json, scope: Scope) -> bool:
    try:
        return scope.lists(Provision.parse(article if isinstance(article, str) else ""))
    except ComityError:
        return False


def _serious(longest: Json, scope: Scope) -> Answer:
    if scope.serious is None:
        return unmet(f"The offence is none of those listed. [{scope.law}]")
    months, least = read_months(longest), scope.serious.months
    if months is None:
        return unmet("The longest penalty of the offence is not stated.")
    return decide(
        holds=months >= least,
        yes=f"A longest penalty of {months} months makes it a serious crime.",
        no=f"A longest penalty of {months} months is less than {least}. [{scope.serious.law}]",
    )


def _all(sentences: list[str]) -> str:
    return " ".join(sentences)


REQUEST: Final = by_name(
    form_complete,
    basis_named,
    identifiers_specific,
    offence_in_scope,
    urgency_stated,
    emergency_shown,
    necessity_written,
    alternatives_considered,
    confidentiality_dated,
    deadline_reasoned,
)
