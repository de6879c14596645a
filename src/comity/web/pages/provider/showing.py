"""The page as values for a template, the same at both doors: read, judge or send, and tell."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import pgettext_lazy

from comity.base import Digest
from comity.base.errors import ComityError
from comity.federation.answering import Code
from comity.service.node import Node
from comity.service.providing import PAGE_BYTES, Told, judge_file
from comity.web.pages.orders.words import CODES, KINDS, MEASURES
from comity.web.pages.provider.answering import Sent, send_answer, send_return
from comity.web.pages.provider.words import CHECKS, MEANINGS, NEXT, TAGS, TITLES
from comity.web.problems import status_of

TEMPLATE: Final = "provider/body.html"
_SUBJECT: Final = "order"
_MIB: Final = 1 << 20
_KEPT: Final = (
    *("order", "served", "provider", "at", "answer", "reasons", "ground", "asked", "until"),
    *("amount", "currency", "inventory", "part"),
)
_DEEDS: Final = {"answer": send_answer, "return": send_return}
_NO_FILE: Final = pgettext_lazy("provider", "Choose the order file first.")


def show_nothing(node: Node) -> dict[str, Any]:
    """Return the values of the page before anything was sent."""
    return {"place_name": node.authority, "state": node.state, "is_exercise": node.exercise}


def respond(node: Node, sent: Sent) -> tuple[dict[str, Any], int]:
    """Do what a form asks; return the values of the page and the status of the answer."""
    values = show_nothing(node)
    do = sent.text("do")
    try:
        if do in _DEEDS:
            values |= _receipt(_DEEDS[do](node, sent), do)
        else:
            values |= _judge(node, sent)
    except ComityError as error:
        values |= {"problem": error, **_again(node, sent, do)}
        return values, status_of(error)
    return values, 200


def _judge(node: Node, sent: Sent) -> dict[str, Any]:
    data = sent.first("file")
    if not data:
        return {"missing": _NO_FILE}
    told = judge_file(node, data)
    word = told.judged.word
    values: dict[str, Any] = {
        "told": told,
        "word": word,
        "verdict": TITLES[word],
        "meaning": MEANINGS[word],
        "next": NEXT[word],
        "tag": "passed" if told.is_good and word.value == "genuine" else TAGS[word],
        "checks": [
            {
                "number": one.check,
                "name": CHECKS.get(one.check, one.name),
                "verdict": one.verdict.value,
                "tag": _TAG[one.verdict.value],
                "says": one.says,
            }
            for one in told.judged.report.findings
        ],
        "file": told.file,
        **_said(told),
    }
    if told.is_ours:
        values |= _forms(node, _first(node, told))
    return values


_TAG: Final = {"passed": "passed", "failed": "failed", "indeterminate": "undecided"}


def _said(told: Told) -> dict[str, Any]:
    order = told.judged.order
    if order is None:
        return {}
    return {
        "said": order,
        "measure": MEASURES.get(order.measure.value, order.measure.value),
        "kinds": [KINDS.get(one.value, one.value) for one in order.kinds],
    }


def _first(node: Node, told: Told) -> dict[str, str]:
    order = told.judged.order
    if order is None:
        return {}
    return {
        "order": order.order,
        "served": str(told.file),
        "provider": order.provider,
        "at": str(node.clock.now()),
    }


def _forms(node: Node, kept: dict[str, str]) -> dict[str, Any]:
    """Return what the forms for answering and returning need."""
    grounds = [
        ground
        for ground in node.book.grounds.values()
        if any(key.endswith(f"/{_SUBJECT}") or key == _SUBJECT for key in ground.processes)
    ]
    return {
        "kept": kept,
        "answers": [(code.value, CODES[code.value]) for code in Code],
        "grounds": [(one.ground, one.means) for one in grounds],
        "most": PAGE_BYTES // _MIB,
    }


def _again(node: Node, sent: Sent, do: str) -> dict[str, Any]:
    """Return the forms with what was written, so that nothing is lost; but not the code."""
    if do not in _DEEDS:
        return {}
    return {**_forms(node, {name: sent.text(name) for name in _KEPT}), "do": do}


def _receipt(data: bytes, do: str) -> dict[str, Any]:
    return {"receipt": data.decode("utf-8"), "receipt_digest": Digest.of(data), "done": do}
