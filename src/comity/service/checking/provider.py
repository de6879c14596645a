"""Checks 26 and 27: orders on providers, and what came back on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.base import parse_canonical
from comity.base.errors import ComityError
from comity.federation.order import PAYLOAD_TYPE, Order
from comity.seal.act import Act
from comity.seal.dsse import read_envelope, verify_envelope
from comity.service.checking.chains import Chain
from comity.service.contents import read_document
from comity.service.errors import ContentErased
from comity.service.rows import OrderRow, PieceRow, ReturnRow
from comity.service.uploads import OPEN, WHOLE

_ORDERS, _RETURNS = 26, 27
_FILE: Final = "order"
_ORDER: Final = "order"
_REVOKE: Final = "revoke"
_RESTORE: Final = "Put the row back from the backup."


def check_orders(chain: Chain) -> None:
    """Make checks 26 and 27, as far as the rows go."""
    rows = chain.unit.orders.find(dossier=chain.ident)
    ours = [act for act in chain.acts if act.holder == chain.node.state]
    issued = {
        act.terms[_ORDER]: act
        for act in ours
        if act.recorded is None and _FILE in act.covers and _ORDER in act.terms
    }
    revoked = [act for act in ours if act.recorded is None and act.step == _REVOKE]
    # 26. Orders.
    for row in rows:
        chain.findings.look(_ORDERS)
        _check_order(chain, row, issued.get(row.order))
        _check_revoked(chain, row, revoked)
    if chain.is_whole:
        for name in sorted(issued.keys() - {row.order for row in rows}):
            says = f"An act of {chain.ident} issues {name}, which is not here. {_RESTORE}"
            chain.findings.fail(_ORDERS, says)
    # 27. Returns.
    names = {row.order for row in rows}
    for ret in chain.unit.returns.find(dossier=chain.ident):
        chain.findings.look(_RETURNS)
        _check_return(chain, ret, names)
    for code in chain.unit.codes.find(dossier=chain.ident):
        chain.findings.look(_RETURNS)
        if code.order not in names:
            says = f"A code of {chain.ident} names {code.order[:40]!r}, which is not here."
            chain.findings.fail(_RETURNS, f"{says} {_RESTORE}")


def _check_order(chain: Chain, row: OrderRow, act: Act | None) -> None:
    """Compare an order with the act that issued it and with the file that was served."""
    where = f"Order {row.order}"
    if act is None or act.covers[_FILE] != row.served:
        chain.findings.fail(_ORDERS, f"{where} is not what an act issued. {_RESTORE}")
        return
    try:
        data = read_document(chain.node, chain.unit, chain.ident, row.served)
        envelope = read_envelope(data, PAYLOAD_TYPE)
        order = Order.from_data(parse_canonical(envelope.payload))
        verify_envelope(envelope, order.key)
    except ContentErased:
        chain.findings.note(_ORDERS, "Some were erased; the acts that cover them verify.")
        return
    except ComityError as error:
        says = f"The file of {where} does not verify: {error.code}. {_RESTORE}"
        chain.findings.fail(_ORDERS, says)
        return
    said = (order.order, order.provider, order.issued_at, order.valid_until)
    if said != (row.order, row.provider, row.made, row.until) or not _is_ours(chain, order):
        chain.findings.fail(_ORDERS, f"{where} is not what its row says of it. {_RESTORE}")


def _is_ours(chain: Chain, order: Order) -> bool:
    """Tell whether the key that an order bears is one of this authority's."""
    node = chain.node
    rows = chain.unit.keys.find(key_id=order.key.key_id)
    owners = {(row.state, row.authority) for row in rows}
    if order.key.key_id == node.key.public.key_id:
        owners.add((node.state, node.authority))
    return (order.state, order.authority) in owners and order.state == node.state


def _check_revoked(chain: Chain, row: OrderRow, acts: Sequence[Act]) -> None:
    """Compare whether an order is revoked with what acts say."""
    if row.revoked is not None:
        fits = any(act.at == row.revoked for act in acts)
    else:
        fits = all(act.terms.get(_ORDER) != row.order for act in acts)
    if not fits and (chain.is_whole or row.revoked is None):
        says = f"Whether {row.order} is revoked is not what follows from the acts."
        chain.findings.fail(_ORDERS, f"{says} {_RESTORE}")


def _check_return(chain: Chain, row: ReturnRow, names: set[str]) -> None:
    """Look that the pieces of an upload add up, and that it names an order that is there."""
    if row.order and row.order not in names:
        says = f"{row.ident} names an order that is not in {chain.ident}."
        chain.findings.fail(_RETURNS, f"{says} {_RESTORE}")
    pieces = sorted(chain.unit.pieces.find(transfer=row.ident), key=_by_chunk)
    if row.state not in {OPEN, WHOLE}:
        if pieces:
            says = f"{row.ident} is {row.state}, and its pieces are here."
            chain.findings.fail(_RETURNS, f"{says} {_RESTORE}")
        return
    is_in_order = [piece.chunk for piece in pieces] == [*range(len(pieces))]
    is_here = is_in_order and all(piece.blob is not None for piece in pieces)
    got = sum(piece.size for piece in pieces)
    if not is_here or got != row.got or row.got > row.size:
        says = f"The pieces of {row.ident} do not add up: {got} of {row.got} bytes."
        chain.findings.fail(_RETURNS, f"{says} {_RESTORE}")


def _by_chunk(piece: PieceRow) -> int:
    return piece.chunk
