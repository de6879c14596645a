"""The kinds of paper, what each needs, and who may have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.web.pages.papers.acts import make_decision, make_request
from comity.web.pages.papers.orders import make_order
from comity.web.pages.papers.receipts import make_receipt
from comity.web.pages.papers.record import Record
from comity.web.pages.papers.register import make_register
from comity.web.pages.papers.tcy import make_template
from comity.web.paper.errors import PaperUnknown
from comity.web.paper.model import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of paper."""

    name: str
    title: Promise
    says: Promise
    make: Callable[[Record, str, str], Paper]
    needs_content: bool = True


KINDS: Final[dict[str, Kind]] = {
    one.name: one
    for one in (
        Kind(
            name="request",
            title=pgettext_lazy("paper kind", "Request"),
            says=pgettext_lazy("paper kind", "What the asking side sent, with its form."),
            make=make_request,
        ),
        Kind(
            name="decision",
            title=pgettext_lazy("paper kind", "Decision"),
            says=pgettext_lazy("paper kind", "What the asked side decided last, with its reasons."),
            make=make_decision,
        ),
        Kind(
            name="order",
            title=pgettext_lazy("paper kind", "Order"),
            says=pgettext_lazy(
                "paper kind", "The order on a provider, with the file that is served."
            ),
            make=make_order,
        ),
        Kind(
            name="receipt",
            title=pgettext_lazy("paper kind", "Receipts"),
            says=pgettext_lazy(
                "paper kind", "What became of each message, signed by who can know it."
            ),
            make=make_receipt,
            needs_content=False,
        ),
        Kind(
            name="register",
            title=pgettext_lazy("paper kind", "Entry in the register"),
            says=pgettext_lazy(
                "paper kind", "Parties, times, acts and deadlines, without content."
            ),
            make=make_register,
            needs_content=False,
        ),
        Kind(
            name="tcy",
            title=pgettext_lazy("paper kind", "Template of the Cybercrime Convention Committee"),
            says=pgettext_lazy(
                "paper kind",
                "The same request in the rows of the Council of Europe’s template, for a "
                "counterpart without a node.",
            ),
            make=make_template,
        ),
    )
}


def find_kind(name: str) -> Kind:
    """Return a kind of paper; raise ``PaperUnknown``."""
    if name not in KINDS:
        raise PaperUnknown(where=name[:80])
    return KINDS[name]
