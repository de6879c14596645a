"""The search index of this process: one for each store, in memory, and gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from django.utils.translation import override, pgettext

from comity.base import limits
from comity.service.node import Node
from comity.service.ports import Store
from comity.service.rows import DossierRow
from comity.service.searching import Index
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state

_HELD: Final[WeakKeyDictionary[Store, Index]] = WeakKeyDictionary()
_TURN: Final = threading.Lock()
_LANGUAGES: Final = ("en", "ar")


def index_of(seat: Seat) -> Index:
    """Return the index of the node, caught up by one step."""
    return catch_up(seat)[0]


def catch_up(seat: Seat) -> tuple[Index, int]:
    """Return the index, and how many dossiers it has not read yet."""
    with _TURN:
        index = _HELD.setdefault(seat.node.store, Index())
    left = index.catch_up(seat.node, lambda row: say_head(seat, row), limits.SEARCH_STEP)
    return index, left


def say_head(seat: Seat, row: DossierRow) -> Iterable[str]:
    """Yield what a head is found by: all of it stands in the clear in the store anyway."""
    yield from (str(row.ident), row.counterpart, row.counterpart_authority, row.basis)
    yield from (str(one) for one in (row.investigation, row.follows) if one)
    node: Node = seat.node
    process = node.book.processes.get(row.process)
    pack = node.book.packs.get(process.pack) if process else None
    for language in _LANGUAGES:
        with override(language):
            yield name_state(seat, row.counterpart)
            yield from (pgettext("law", one.title) for one in (process, pack) if one)
