"""Is the way to another node open? Asked now, from here, as a message would go.

1. *Card*. The directory knows the authority, lists it, and what says so has not expired.
2. *Door*. Its node answers over TLS with the certificate that the card names, and we
   speak one version of the protocol in common.
3. *Signature*. It takes a request that bears our signature, and gives back its bytes.

Nothing is recorded, and nothing of any dossier is sent.
"""

from __future__ import annotations

from typing import Final

from comity.base import Finding, Report, Verdict
from comity.base.errors import ComityError, OutOfReach
from comity.seal.fields import draw
from comity.service.directory import Known, UnknownAuthority, find_card
from comity.service.node import Node
from comity.service.peers import peer_of

_PATH: Final = "/peers/1/echo"
_BYTES: Final = 64
_MOST: Final = 4096
_GOOD: Final = 200
_REFUSED: Final = 401


def test_peer(node: Node, state: str, authority: str) -> Report:
    """Return what was found, check by check."""
    try:
        with node.store.view() as unit:
            known = find_card(node, unit, state, authority)
    except UnknownAuthority as error:
        return Report.of([_said(1, "card", Verdict.FAILED, error.sentence())])
    return Report.of([_judge_card(known), *_ask(node, known)])


test_peer.__test__ = False  # type: ignore[attr-defined] # no test, though it is called one


def _judge_card(known: Known) -> Finding:
    if not known.is_listed:
        return _said(1, "card", Verdict.FAILED, "Its State lists it no more.")
    if known.stale_since is not None:
        says = f"What lists it expired on {known.stale_since}; it may have changed since."
        return _said(1, "card", Verdict.INDETERMINATE, says)
    return _said(1, "card", Verdict.PASSED, "The directory lists it, and that is current.")


def _ask(node: Node, known: Known) -> list[Finding]:
    if node.wire is None or not known.card.endpoint:
        says = "No way leads there: it has no node, or ours does not reach out."
        return [_said(2, "door", Verdict.INDETERMINATE, says)]
    sent = draw(node.random, _BYTES)
    try:
        answer = node.wire.call(peer_of(known.card), "POST", _PATH, sent, most=_MOST)
    except OutOfReach as error:
        return [_said(2, "door", Verdict.FAILED, f"{error.sentence()} {error.detail}".strip())]
    except ComityError as error:
        return [_said(2, "door", Verdict.INDETERMINATE, error.sentence())]
    door = _said(2, "door", Verdict.PASSED, "It answers with the certificate of its card.")
    return [door, _judge_answer(answer.status, is_same=answer.body == sent)]


def _judge_answer(status: int, *, is_same: bool) -> Finding:
    if status == _GOOD and is_same:
        says = "It knows our key, and gave our bytes back."
        return _said(3, "signature", Verdict.PASSED, says)
    if status == _REFUSED:
        says = "It does not accept our signature: it may not know our card yet."
        return _said(3, "signature", Verdict.FAILED, says)
    return _said(3, "signature", Verdict.FAILED, f"It answered {status}, and not our bytes.")


def _said(check: int, name: str, verdict: Verdict, says: str) -> Finding:
    return Finding(check=check, name=name, verdict=verdict, says=says, source="design.md 6")
