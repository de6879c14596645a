"""What goes between those who do not trust each other: orders that a provider verifies alone.

Pure, and on ``seal`` and ``base`` only, so that the verifier of orders ships as one file.
"""

from comity.federation.answer import answer_json, answer_text, exit_code
from comity.federation.errors import FileNotRead, OrderImpossible, OrderRefused
from comity.federation.judging import MEANINGS, NEXT, Judged, Question, Word, judge_order
from comity.federation.order import (
    DataKind,
    Measure,
    Objection,
    Order,
    Span,
    new_order_id,
    sign_order,
)
from comity.federation.revocation import Revocation, open_revocation, sign_revocation
from comity.federation.signed import open_signed
from comity.federation.trust import Claim, Voucher, judge_claim

__all__ = [
    "MEANINGS",
    "NEXT",
    "Claim",
    "DataKind",
    "FileNotRead",
    "Judged",
    "Measure",
    "Objection",
    "Order",
    "OrderImpossible",
    "OrderRefused",
    "Question",
    "Revocation",
    "Span",
    "Voucher",
    "Word",
    "answer_json",
    "answer_text",
    "exit_code",
    "judge_claim",
    "judge_order",
    "new_order_id",
    "open_revocation",
    "open_signed",
    "sign_order",
    "sign_revocation",
]
