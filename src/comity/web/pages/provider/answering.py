"""What a provider sends by the page, read into what the verbs take. No state is kept here.

What names the order (its name, the digest of its file, the provider, the moment) comes back from
hidden fields. None of it is believed: the verbs compare it with the order that was issued.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from comity.base import Digest, Instant
from comity.base.errors import AskedWrongly
from comity.federation.answering import Answer, Code, Costs, Return
from comity.service.node import Node
from comity.service.providing import Brought, answer_by_code, read_moment, return_by_code

_CHARACTERS: Final = 40_000


class FormRefused(AskedWrongly):
    """Something in this form is missing, or cannot be."""

    code = "provider/form"
    remedy = "Look at what is named; what you wrote is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form sent: its fields, and its files by the field that they came in."""

    fields: Mapping[str, str]
    files: Mapping[str, Sequence[Brought]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return what stands in a field, without blanks around it."""
        return self.fields.get(name, "").strip()[:_CHARACTERS]

    def first(self, name: str) -> bytes:
        """Return the bytes of the first file of a field; nothing if there is none."""
        found = self.files.get(name, ())
        return found[0].data if found else b""


def send_answer(node: Node, sent: Sent) -> bytes:
    """Record a coded answer; return the receipt."""
    costs = sent.text("amount"), sent.text("currency").upper()
    code = _code(sent.text("answer"))
    needs = _NEEDS[code]
    until = sent.text("until")
    inventory = sent.text("inventory")
    answer = Answer(
        order=sent.text("order"),
        served=_digest(sent.text("served")),
        provider=sent.text("provider"),
        at=_moment(sent.text("at")),
        code=code,
        reasons=_lines(sent.text("reasons")) or None,
        ground=sent.text("ground") or None if "ground" in needs else None,
        asked=_lines(sent.text("asked")) or None if "asked" in needs else None,
        until=_moment(_with_zone(until)) if "until" in needs and until else None,
        costs=Costs(amount=costs[0], currency=costs[1]) if "costs" in needs else None,
        inventory=_digest(inventory) if "inventory" in needs and inventory else None,
        exercise=node.exercise,
        key=None,
    )
    return answer_by_code(node, answer, sent.text("code"))


def send_return(node: Node, sent: Sent) -> bytes:
    """Take a return; return the receipt."""
    files = sent.files.get("returned", ())
    if not files:
        detail = "Choose the files that you return."
        raise FormRefused(detail)
    said = Return(
        order=sent.text("order"),
        served=_digest(sent.text("served")),
        provider=sent.text("provider"),
        at=_moment(sent.text("at")),
        is_whole=sent.text("part") != "part",
        reasons=_lines(sent.text("reasons")) or None,
        inventory_bytes=0,
        listing_bytes=1,
        size=1,
        exercise=node.exercise,
        key=None,
    )
    code = sent.text("code")
    return return_by_code(node, said, files, code, inventory=sent.first("inventory"))


# Which particulars each code takes from the form; the others are passed over.
_NEEDS: Final[Mapping[Code, frozenset[str]]] = {
    Code.DONE: frozenset({"inventory"}),
    Code.PARTLY: frozenset({"inventory"}),
    Code.NO_SUCH_DATA: frozenset(),
    Code.NOT_OURS: frozenset(),
    Code.OBJECT: frozenset({"ground"}),
    Code.NEED_MORE_TIME: frozenset({"until", "asked"}),
    Code.COSTS: frozenset({"costs"}),
}


def _code(text: str) -> Code:
    try:
        return Code(text)
    except ValueError as error:
        detail = "Choose one of the answers."
        raise FormRefused(detail) from error


def _digest(text: str) -> Digest:
    return Digest.parse(text if text.startswith("sha256:") else f"sha256:{text}")


def _moment(text: str) -> Instant:
    found = read_moment(text)
    if found is None:
        detail = "A day and a time are written as 2026-11-21T02:14, in UTC."
        raise FormRefused(detail)
    return found


def _with_zone(text: str) -> str:
    """Return what a field for a day and a time holds, as an instant in UTC."""
    return f"{text}:00Z" if len(text) == _TO_THE_MINUTE else f"{text.removesuffix('Z')}Z"


_TO_THE_MINUTE: Final = 16


def _lines(text: str) -> str:
    """Return text with the line ends that documents have."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
