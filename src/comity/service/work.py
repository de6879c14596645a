"""What a worker does with a job that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from comity.base.errors import ComityError
from comity.service import fetching, handover, intake, returning, sealing
from comity.service.errors import LeaseLost, PeerUnreachable, Unfit
from comity.service.jobs import Held, give_back, put_off
from comity.service.node import Node

KINDS: Final[Mapping[str, Callable[[Node, Held], None]]] = MappingProxyType(
    {
        intake.JOB: intake.take_in,
        returning.JOB: returning.take_in_returns,
        sealing.JOB: sealing.seal,
        handover.JOB: handover.offer,
        handover.DROP: handover.drop_offer,
        fetching.JOB: fetching.fetch,
    }
)


def do_job(node: Node, held: Held) -> ComityError | None:
    """Do the job; if it fails, give it back and return why."""
    try:
        if held.kind not in KINDS:
            raise Unfit(held.kind, where=str(held.ident))
        KINDS[held.kind](node, held)
    except LeaseLost as lost:
        return lost  # it is another worker's now
    except PeerUnreachable as away:
        put_off(node, held, away)
        return away
    except ComityError as error:
        give_back(node, held, error)
        return error
    return None
