"""What anybody may ask of a node about an order, and what a provider does on it by a page.

Judging needs no sign-in, so it rests on nothing that is not public: the cards of the shared
directory and of this State itself, this authority's own key and its public list of revoked
orders. With which States this node is paired by itself is not told by it. The answers and
returns made here bear no key: a code stands beside them, and they are *not identified*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.base import ComityError, Digest, Instant, limits
from comity.base.errors import TooLarge
from comity.federation import Judged, Order, Question, Voucher, Word, judge_order
from comity.federation.answering import Answer, Return
from comity.federation.calls import Call
from comity.federation.directory import vouch
from comity.federation.inventory import Item, write_listing, write_name
from comity.service.answers import accept_answer
from comity.service.directory.knowing import OWN, SHARED, list_cards
from comity.service.node import Node
from comity.service.orders import list_revocations
from comity.service.returns import Piece, Voice, begin_return, end_return, put_piece
from comity.service.uploads import OPEN

# What a page takes at once; more goes by the command, in pieces that survive a break.
PAGE_BYTES: Final = limits.PIECE_BYTES
_PUBLIC: Final = frozenset({SHARED, OWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of an order file: the judgement, where to call, whether it is ours to answer.

    ``numbers`` are those of the directory for the authority that the order names, never of the
    order. ``is_ours`` if it can be answered here. ``file`` is the digest of the file.
    """

    judged: Judged
    question: Question
    file: Digest
    numbers: tuple[str, ...]
    is_ours: bool

    @property
    def is_good(self) -> bool:
        """Return whether it verified whole: genuine, or an exercise where one is expected."""
        word = self.judged.word
        return word is Word.GENUINE or (word is Word.EXERCISE and self.question.exercise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file of a return: its name as it came, and its bytes."""

    name: str
    data: bytes


def judge_file(node: Node, data: bytes) -> Told:
    """Judge an order file by what is public here; whatever is wrong with it is a finding."""
    if len(data) > limits.ENVELOPE_BYTES:
        detail = f"An order has at most {limits.ENVELOPE_BYTES} bytes."
        raise TooLarge(detail)
    question = Question(
        now=node.clock.now(),
        trust=_public_vouchers(node),
        revocations=[list_revocations(node)],
        exercise=node.exercise,
    )
    judged = judge_order(data, question)
    told = Told(judged=judged, question=question, file=Digest.of(data), numbers=(), is_ours=False)
    order = judged.order
    if order is None:
        return told
    is_own = (order.state, order.authority) == (node.state, node.authority)
    return Told(
        judged=judged,
        question=question,
        file=told.file,
        numbers=_numbers(node, order),
        is_ours=is_own and told.is_good,
    )


def answer_by_code(node: Node, answer: Answer, code: str) -> bytes:
    """Record an answer that no key signed, by a code; return the signed receipt."""
    return accept_answer(node, answer.payload(), code)


def return_by_code(  # what a return consists of
    node: Node,
    said: Return,
    files: Sequence[Brought],
    code: str,
    *,
    inventory: bytes = b"",
) -> bytes:
    """Take a small return that no key signed, whole, by a code; return the signed receipt.

    ``said`` is the statement without its lengths, which follow from the files. The same again
    finds the same return, so that a lost answer costs nothing.
    """
    data, statement = write_return(said, files, inventory)
    voice = Voice(call=_CALL, code=code)
    row = begin_return(node, statement.payload(), voice)
    offset = row.got
    while row.state == OPEN and offset < len(data):
        piece = data[offset : offset + limits.PIECE_BYTES]
        offset = put_piece(node, row, Piece(offset=offset, data=piece, digest=Digest.of(piece)))
    return end_return(node, row.ident, voice)


def write_return(said: Return, files: Sequence[Brought], inventory: bytes) -> tuple[bytes, Return]:
    """Return the stream of a return, and its statement with the lengths that it has."""
    ordered = sorted(_named(files).items())
    listing = write_listing(
        Item(name=name, size=len(data), digest=Digest.of(data)) for name, data in ordered
    )
    stream = inventory + listing + b"".join(data for _, data in ordered)
    if len(stream) > PAGE_BYTES:
        detail = f"{len(stream)} bytes, where {PAGE_BYTES} are the most by the page."
        raise TooLarge(detail)
    statement = Return(
        order=said.order,
        served=said.served,
        provider=said.provider,
        at=said.at,
        is_whole=said.is_whole,
        reasons=said.reasons,
        inventory_bytes=len(inventory),
        listing_bytes=len(listing),
        size=len(stream),
        exercise=said.exercise,
        key=None,
    )
    return stream, statement


def _named(files: Sequence[Brought]) -> dict[str, bytes]:
    """Return files by the names that a list may hold; of two of one name the later is numbered."""
    found: dict[str, bytes] = {}
    for number, one in enumerate(files, 1):
        name = write_name(one.name.encode("utf-8", "surrogateescape"))
        found[name if name and name not in found else f"{number}-{name}"] = one.data
    return found


def _public_vouchers(node: Node) -> list[Voucher]:
    cards = [one.card for one in list_cards(node) if one.is_listed and one.source in _PUBLIC]
    listed = [one for card in cards if card.exercise is node.exercise for one in vouch(card)]
    ours = Voucher(card=node.sealer.card, state=node.state, exercise=node.exercise)
    is_known = any(one.card.key.key_id.matches(node.key.public.key_id) for one in listed)
    return listed if is_known else [*listed, ours]


def _numbers(node: Node, order: Order) -> tuple[str, ...]:
    """Return the directory's numbers for the authority that an order names; never the order's."""
    found = [
        one.card
        for one in list_cards(node)
        if one.is_listed and one.source in _PUBLIC and one.card.exercise is node.exercise
    ]
    meant = [c for c in found if (c.state, c.authority) == (order.state, order.authority)]
    return tuple(sorted({number for card in meant for number in card.numbers()}))


_CALL: Final = Call(method="POST", authority="", path="", query="", fields={})


def read_moment(text: str) -> Instant | None:
    """Return the moment that a form bears; None for what is none."""
    try:
        return Instant.parse(text)
    except ComityError:
        return None
