"""Conditions on orders, on evidence in custody, and on what becomes of it."""

from __future__ import annotations

from typing import Final

from comity.domain.conditions.answer import Answer, by_name, decide, met, unmet
from comity.domain.situation import Situation, read_instant
from comity.seal.act import Act


def order_served(situation: Situation) -> Answer:
    """uncc:25(1), uncc:27: data are held or produced on an order, where the law requires one."""
    is_free = situation.term("order") == "not_required" and bool(situation.text("reasons"))
    return decide(
        holds=bool(situation.taken("serve_order")) or is_free,
        yes="An order was served, or it is said why none is required.",
        no="No order was served, and it is not said why none is required.",
    )


def custodian_considered(situation: Situation) -> Answer:
    """uncc:42(7): whether preservation would *threaten* the investigation is asked first."""
    involved = situation.text("custodian_involved")
    if not involved:
        return unmet("It is not answered whether the custodian may be involved in the offence.")
    if involved != "possible":
        return met(f"The custodian's involvement: {involved}.")
    return decide(
        holds=bool(situation.text("custodian_reasons")),
        yes="The custodian may be involved; it is written why the order is served all the same.",
        no="The custodian may be involved; it is not written why the order is served all the same.",
    )


def order_verified(situation: Situation) -> Answer:
    """uncc:24(2), good practice: whoever is ordered may first see that the order is genuine."""
    checks = situation.taken("verify_order")
    return decide(
        holds=bool(checks) and checks[-1].terms.get("result") == "passed",
        yes="The order was verified.",
        no="The order was not verified as genuine and current.",
    )


def no_remedy_pending(situation: Situation) -> Answer:
    """uncc:24(2): an *effective remedy*; what cannot be taken back waits for its outcome."""
    pending = len(situation.taken("remedy_pending"))
    decided = len(situation.taken("remedy_decided"))
    return decide(holds=pending <= decided, yes="No remedy is pending.", no="A remedy is pending.")


def review_done(situation: Situation) -> Answer:
    """uncc:24(1), uncc:40(17): what goes out stays within the order and respects privilege."""
    return _has(situation, "review", "Scope and privilege", "reviewed")


def seal_made(situation: Situation) -> Answer:
    """uncc:40(14): *authenticity and security* of evidence that is sent electronically."""
    return decide(
        holds=bool(situation.taken("seal_evidence", "seal_collected")),
        yes="The evidence is sealed.",
        no="The evidence is not sealed.",
    )


def inventory_compared(situation: Situation) -> Answer:
    """uncc:25(1), uncc:42(4): *integrity*: what goes out is what was frozen."""
    frozen = (act for act in situation.followed if act.step == "freeze_inventory")
    if not situation.taken("freeze_inventory") and not any(frozen):
        return met("No inventory was made at a freeze.")
    compared = [act for act in situation.taken("review") if _compares(act)]
    return decide(
        holds=bool(compared) or bool(situation.text("reasons")),
        yes="The inventory was compared, or the difference is explained.",
        no="The inventory at the freeze was not compared with what goes out.",
    )


def conditions_acknowledged(situation: Situation) -> Answer:
    """uncc:36(1), uncc:40(19), uncc:40(28): whoever accepts is *bound* by the conditions.

    Conditions of a grant stay attached when evidence is handed over without repeating them.
    """
    history = situation.history
    attached = [place for place, act in enumerate(history) if _has_conditions(act)]
    if not attached:
        return met("No conditions are attached.")
    later = history[attached[-1] + 1 :]
    said = [act.terms.get("conditions") for act in later if act.step == "confirm_receipt"]
    return decide(
        holds="acknowledged" in said,
        yes="The conditions are acknowledged.",
        no="The conditions attached are not acknowledged.",
    )


def _has_conditions(act: Act) -> bool:
    """Return whether conditions came with this act: named in it, or what it is for."""
    if act.step == "hand_over":
        return bool(act.terms.get("conditions"))
    return act.step == "grant_with_conditions"


def use_covered(situation: Situation) -> Answer:
    """uncc:40(19), uncc:40(5): no use beyond the one stated without *prior consent*.

    But a court's order always opens, and so does what clears an accused person
    (*exculpatory*), of which the other State is given notice.
    """
    purpose = situation.term("purpose")
    notice = situation.term("notice") in {"given", "to_follow"}
    opens = {
        "stated": True,
        "court_order": bool(situation.term("decision")),
        "exculpatory": notice,
    }
    return decide(
        holds=opens.get(purpose, False) or bool(situation.taken("consent_other_use")),
        yes="The use is covered.",
        no="The use is neither the one stated, nor consented to, nor ordered by a court; nor does "
        "it clear an accused person with notice to the other State.",
    )


def onward_consented(situation: Situation) -> Answer:
    """uncc:36(3): to a third State or organisation only with *prior authorisation*."""
    return _has(situation, "consent_onward", "The onward transfer", "authorised by its sender")


def erasure_ordered(situation: Situation) -> Answer:
    """uncc:24(2), uncc:36(2): content is erased on a decision, which is named."""
    return decide(
        holds=bool(situation.term("decision")),
        yes="The decision is named.",
        no="The decision that orders the erasure is not named.",
    )


def notice_allowed(situation: Situation) -> Answer:
    """uncc:40(20), uncc:42(3)(g): confidentiality *except to the extent necessary*, then notice."""
    if situation.text("confidential") != "yes":
        return met("No confidentiality was asked.")
    until = read_instant(situation.text("confidential_until"))
    allowed = any(act.terms.get("purpose") == "notice" for act in situation.taken("authorise"))
    return decide(
        holds=allowed or (until is not None and until <= situation.now),
        yes="Confidentiality has ended, or a court allows notice.",
        no="Confidentiality still holds, and no court allows notice.",
    )


def person_notified(situation: Situation) -> Answer:
    """uncc:24(2): a remedy is effective only for those who know of the measure."""
    return decide(
        holds=bool(situation.taken("notify_person") or situation.text("reasons")),
        yes="The person was notified, or it is written why not.",
        no="The person was not notified, and it is not written why.",
    )


def originals_returned(situation: Situation) -> Answer:
    """uncc:40(17), good practice: originals that were lent go back before the end."""
    lent = [act for act in situation.taken("hand_over") if act.terms.get("originals") == "yes"]
    back = bool(lent) and any(
        act.step == "return_originals" for act in situation.since("hand_over")
    )
    return decide(
        holds=not lent or back, yes="No originals are out.", no="Originals are not yet returned."
    )


def proof_attached(situation: Situation) -> Answer:
    """uncc:40(13): *means capable of producing a written record*; the paper is kept as a copy."""
    return decide(
        holds="scan" in situation.covers,
        yes="A copy of the paper is attached.",
        no="No copy of the paper is attached.",
    )


def _compares(act: Act) -> bool:
    return act.terms.get("inventory") == "compared" or "inventory" in act.covers


def _has(situation: Situation, step: str, what: str, done: str) -> Answer:
    is_taken = bool(situation.taken(step))
    return decide(holds=is_taken, yes=f"{what}: {done}.", no=f"{what}: not {done}.")


CUSTODY: Final = by_name(
    order_served,
    custodian_considered,
    order_verified,
    no_remedy_pending,
    review_done,
    seal_made,
    inventory_compared,
    conditions_acknowledged,
    use_covered,
    onward_consented,
    erasure_ordered,
    notice_allowed,
    person_notified,
    originals_returned,
    proof_attached,
)
