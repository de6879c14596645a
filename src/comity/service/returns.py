"""Returns: a provider hands over what it was ordered to, by an upload that survives breaks.

First a statement, signed with the provider's key or opened by a code: which order, how many
bytes. Then pieces (``comity.service.uploads``), every request signed, or with the same code,
which opens this one return and nothing else. At the end the opened inventory and the list
are read and must account for every byte; then the step is recorded, and officers take it
in as evidence (``comity.service.returning``). Nothing is taken on an order that binds no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.base import Digest, Ident, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import Malformed, TooLarge
from comity.federation.answering import Return, open_return
from comity.federation.calls import Call
from comity.federation.inventory import Inventory, Item, read_inventory, read_listing
from comity.seal.act import Act
from comity.seal.dsse import sign_envelope
from comity.service.answers import NODE, fitting_steps, record_theirs, state_at
from comity.service.chains import read_acts
from comity.service.codes import digest_code, find_code, find_order, use_code
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.notices import note
from comity.service.order_errors import CodeRefused, NotIdentified, OrderOver
from comity.service.ports import Unit
from comity.service.replies import Reply
from comity.service.requests import platform_words
from comity.service.rows import DossierRow, OrderRow, ReturnRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.speakers import (
    IDENTIFIED,
    NOT_IDENTIFIED,
    Speaker,
    find_speaker,
    held_order,
    refusals_kept,
    require_caller,
)
from comity.service.uploads import (
    OPEN,
    REFUSED,
    WHOLE,
    PieceReader,
    UploadClosed,
    WrongOffset,
    append_piece,
    new_upload,
    open_pieces,
    read_statement,
    refuse_upload,
)

KEEP: Final = "keep_return"
FILE: Final = "statement"
RECEIPT_PAYLOAD: Final = "application/vnd.comity.return-receipt+json"
RECEIPT_TYPE: Final = "comity/return-receipt/1"
_CHANNEL: Final = "portal"
_STEPS: Final[Mapping[bool, tuple[str, ...]]] = {True: ("produce",), False: ("partly_produce",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """With what a request comes: the call as it was signed, or a code."""

    call: Call
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of an upload: where it begins, its bytes, and the digest that came with it."""

    offset: int
    data: bytes
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What stands before the files of a return: the opened inventory, and the list."""

    inventory: Inventory | None
    items: tuple[Item, ...]


def begin_return(node: Node, data: bytes, voice: Voice) -> ReturnRow:
    """Begin a return, or find the one that this very statement began; return how it stands.

    Raise ``UnknownOrder``, ``OtherOrder``, ``NotIdentified``, ``CodeRefused``, ``OrderOver``,
    ``QuotaReached``, or what is wrong with the statement or the call.
    """
    if len(data) > limits.ENVELOPE_BYTES:
        with refusals_kept(node, b""):
            raise TooLarge
    with refusals_kept(node, data):
        said = open_return(data)
    with refusals_kept(node, data, said.order) as heard:
        if said.key is not None:
            with node.store.view() as unit:
                order = find_order(unit, said.order)
            require_caller(node, order, voice.call)
            heard.note(order.provider)
        with node.store.unit() as unit:
            order, held = held_order(unit, said.order)
            speaker = find_speaker(node, unit, order, said, voice.code)
            return _begin(node, unit, held, speaker, said, data)


def put_piece(node: Node, row: ReturnRow, piece: Piece) -> int:
    """Keep the next piece of a return whose sender was admitted; return how much is here now."""
    with refusals_kept(node, b"", row.order) as heard:
        heard.note(row.provider if row.is_identified else "")
        with node.store.view() as unit:
            require_live(node, unit, find_order(unit, row.order))
        return append_piece(node, row.ident, piece.offset, piece.data, piece.digest)


def end_return(node: Node, ret: Ident, voice: Voice) -> bytes:
    """Say that a return is whole; record it and return a signed receipt. Twice is once.

    Raise ``WrongOffset`` if bytes are missing; what does not account for its bytes is refused.
    """
    row = admit(node, ret, voice)
    if row.state == OPEN:
        row = _complete(node, row)
    if row.state == REFUSED:
        raise UploadClosed(where=str(ret))
    return _receipt(node, row)


def admit(node: Node, ret: Ident, voice: Voice) -> ReturnRow:
    """Return the upload if whoever began it calls; raise ``NotThere`` or who it is not."""
    with node.store.view() as unit:
        found = unit.returns.find(ident=ret)
        if not found or not found[0].order:
            raise NotThere(where=str(ret))
        row = found[0]
        order = find_order(unit, row.order)
    with refusals_kept(node, b"", row.order):
        if row.is_identified:
            require_caller(node, order, voice.call)
        else:
            _require_code(node, order, row, voice.code)
    return row


def require_live(node: Node, unit: Unit, order: OrderRow) -> None:
    """Return if something may still be handed over on the order; raise ``OrderOver``."""
    held = unit.dossiers.get(order.dossier)
    state = node.process(held.process).states[unit.standings.get(held.ident).state]
    if order.revoked is not None or state.ends:
        raise OrderOver(where=order.order)


def read_heads(reader: PieceReader, said: Return, orders: frozenset[str]) -> Heads:
    """Read what stands before the files, and leave the reader at the first of them.

    ``orders`` are those of the dossier: production may be demanded by a second one, and the
    inventory was made under the first. Raise ``Malformed`` unless it accounts for every byte.
    """
    opened = _read(reader, said.inventory_bytes)
    listed = _read(reader, said.listing_bytes)
    inventory = read_inventory(opened) if opened else None
    items = read_listing(listed)
    if inventory is not None and inventory.order not in orders:
        detail = "The inventory is of another order."
        raise Malformed(detail)
    if sum(item.size for item in items) != said.size - said.inventory_bytes - said.listing_bytes:
        detail = "The list does not account for every byte of the return."
        raise Malformed(detail)
    return Heads(inventory=inventory, items=items)


def order_names(unit: Unit, dossier: Ident) -> frozenset[str]:
    """Return the names of all orders issued in a dossier."""
    return frozenset(row.order for row in unit.orders.find(dossier=dossier))


def _begin(  # noqa: PLR0913, PLR0917 # who said what, where
    node: Node, unit: Unit, held: DossierRow, speaker: Speaker, said: Return, data: bytes
) -> ReturnRow:
    for row in unit.returns.find(dossier=held.ident, order=said.order):
        if row.state != REFUSED and read_statement(node, unit, row) == data:
            return row
    require_live(node, unit, speaker.order)
    if speaker.order.until <= node.clock.now():
        raise OrderOver(where=said.order)
    row = replace(
        new_upload(node, unit, held.ident, statement=data, size=said.size),
        order=said.order,
        provider=said.provider,
        is_identified=speaker.is_identified,
        code=None if speaker.code is None else speaker.code.code,
    )
    if speaker.code is not None:
        use_code(node, unit, speaker.code)
    unit.returns.add(row)
    return row


def _require_code(node: Node, order: OrderRow, row: ReturnRow, code: str) -> None:
    """Return if this is the code that began the return."""
    if not code:
        raise NotIdentified(where=order.order)
    with node.store.view() as unit:
        find_code(node, unit, order, code)
    if row.code is None or not row.code.matches(digest_code(order.order, code)):
        raise CodeRefused(where=order.order)


def _complete(node: Node, row: ReturnRow) -> ReturnRow:
    if row.got != row.size:
        detail = f"{row.got} of {row.size} bytes are here."
        raise WrongOffset(detail, where=str(row.ident))
    with node.store.view() as unit:
        data = read_statement(node, unit, row)
        reader = open_pieces(node, unit, row)
        orders = order_names(unit, row.dossier)
    said = open_return(data)
    try:
        with refusals_kept(node, data, row.order) as heard:
            heard.note(row.provider if row.is_identified else "")
            heads = read_heads(reader, said, orders)
    except (Malformed, TooLarge):
        refuse_upload(node, row.ident)
        raise
    with node.store.unit() as unit:
        order, held = held_order(unit, row.order)
        fresh = unit.returns.lock(row.ident)
        if fresh.state != OPEN:
            return fresh
        require_live(node, unit, order)
        whole = replace(fresh, version=fresh.version + 1, state=WHOLE)
        unit.returns.swap(whole, fresh.version)
        _record(node, unit, held, whole, said, heads)
        note(node, unit, "step-arrived", held.priority, held.ident)
    return whole


def _record(  # noqa: PLR0913, PLR0917 # what came, from whom, where
    node: Node, unit: Unit, held: DossierRow, row: ReturnRow, said: Return, heads: Heads
) -> Act:
    """Record the production as the provider's step; keep it in the house if none fits now."""
    data = read_statement(node, unit, row)
    process = node.process(held.process)
    state = state_at(process, read_acts(unit, held.ident), node.state, said.at)
    steps = fitting_steps(process, state, _STEPS[said.is_whole])
    terms = _terms(row, said, heads)
    content: dict[str, Json] = {} if said.reasons is None else {"reasons": said.reasons}
    if not steps:
        move = Move(step=KEEP, content=content, terms=terms, documents={FILE: data})
        return record_act(node, unit, NODE, held, platform_words(node, held, move)).act
    reply = Reply(
        step="",
        channel=_CHANNEL,
        received=node.clock.now(),
        proof=data,
        content=content,
        terms=terms,
    )
    return record_theirs(node, unit, held.ident, steps, reply, said.at)


def _terms(row: ReturnRow, said: Return, heads: Heads) -> dict[str, str]:
    found = {
        "order": row.order,
        "return": str(row.ident),
        "identified": IDENTIFIED if row.is_identified else NOT_IDENTIFIED,
        "said_at": str(said.at),
        "size": str(row.size),
        "objects": str(len(heads.items)),
    }
    if heads.inventory is not None:
        found["opened"] = str(heads.inventory.digest)
    return found


def _read(reader: PieceReader, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        chunk = reader.read(size - len(data))
        if not chunk:
            detail = "It ends before its own list does."
            raise Malformed(detail)
        data += chunk
    return bytes(data)


def _receipt(node: Node, row: ReturnRow) -> bytes:
    """Return our signed word that a return is here, whole."""
    with node.store.view() as unit:
        data = read_statement(node, unit, row)
    payload: Json = {
        "type": RECEIPT_TYPE,
        "key": node.key.public.as_data(),
        "order": row.order,
        "return": str(row.ident),
        "statement": str(Digest.of(data)),
        "size": row.size,
        "identified": row.is_identified,
        "by": {"state": node.state, "authority": node.authority},
        "exercise": node.exercise,
    }
    return sign_envelope(RECEIPT_PAYLOAD, canonical_bytes(payload), node.key)
