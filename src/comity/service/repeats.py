"""Asked twice, done once: the answer to a request that bore a key is kept and said again.

The key, the effect and the answer are one transaction. So a request whose answer was lost,
because the line was cut or the process killed, can be sent again: either nothing was done
and it is done now, or it was done and the answer is the same. Of two at once the second
waits for the first. What was refused is not kept, for nothing was done.

Answers lie sealed to the authority: some hold a secret that is shown once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO, Final

from comity.base import Digest, Instant
from comity.seal.age import decrypt_bytes
from comity.service.contents import seal_for
from comity.service.errors import AlreadyThere, StoreBusy
from comity.service.node import Node
from comity.service.ports import Blobs, Draft, Store, Unit
from comity.service.rows import RepeatRow

KEPT: Final = timedelta(hours=24)
# Each time another holder of the key was rolled back in the very moment in between.
_TRIES: Final = 5


class KeyReused(AlreadyThere):
    """This idempotency key was used for another request."""

    code = "service/key-reused"
    remedy = "Use a new key for a new request, and the old one only to repeat the old request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A request that is to have one effect: whose, under which key; ``request`` is its digest."""

    actor: str
    key: str
    request: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was answered, now or the first time."""

    status: int
    body: bytes
    is_repeated: bool = False


class JoinedStore:
    """A store whose units all are the one that was begun: they are kept with it or not at all."""

    def __init__(self, unit: Unit, store: Store) -> None:
        """Join what is done to ``unit``, a transaction on ``store``."""
        self._unit = unit
        self._store = store

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Go on in the transaction that was begun."""
        yield self._unit

    @contextmanager
    def view(self) -> Iterator[Unit]:
        """Look at what the transaction sees."""
        yield self._unit

    def mark(self) -> object:
        """Return the mark of the store."""
        return self._store.mark()

    def faults(self) -> tuple[str, ...] | None:
        """Return what is wrong with the store itself."""
        return self._store.faults()


class LateBlobs:
    """Blobs of which none is removed before the transaction that lets go of it is kept."""

    def __init__(self, blobs: Blobs) -> None:
        """Work on ``blobs``."""
        self._blobs = blobs
        self._removed: list[Digest] = []

    def draft(self) -> Draft:
        """Begin a new blob."""
        return self._blobs.draft()

    def open(self, name: Digest) -> BinaryIO:
        """Return the bytes."""
        return self._blobs.open(name)

    def part(self, name: Digest, offset: int, size: int) -> bytes:
        """Return some bytes."""
        return self._blobs.part(name, offset, size)

    def size(self, name: Digest) -> int:
        """Return the length in bytes."""
        return self._blobs.size(name)

    def free(self) -> int:
        """Return how many bytes may still be written."""
        return self._blobs.free()

    def names(self) -> Iterator[Digest]:
        """Yield the names of all that is kept."""
        return self._blobs.names()

    def remove(self, name: Digest) -> None:
        """Remove it when the transaction is kept."""
        self._removed.append(name)

    def strays(self) -> Iterator[str]:
        """Yield the places of what is neither a blob nor a draft."""
        return self._blobs.strays()

    def sweep(self, older: Instant) -> int:
        """Remove drafts that nobody wrote to."""
        return self._blobs.sweep(older)

    def settle(self) -> None:
        """Remove what was let go of."""
        for name in self._removed:
            self._blobs.remove(name)


def do_once(node: Node, once: Once, do: Callable[[Node], Said]) -> Said:
    """Do it, unless it was done under this key; return what is, or was, answered.

    ``do`` is given the node as it stands in the transaction. Raise ``KeyReused`` if the key
    stands for another request.
    """
    for _ in range(_TRIES):
        is_claimed = False
        blobs = LateBlobs(node.blobs)
        try:
            with node.store.unit() as unit:
                held = _find(node, unit, once)
                if held is not None:
                    return _repeat(node, held, once)
                claim = _claim(node, unit, once)
                is_claimed = True
                said = do(replace(node, store=JoinedStore(unit, node.store), blobs=blobs))
                _keep(node, unit, claim, said)
        except AlreadyThere:
            if is_claimed or _is_known(node, once):
                raise
        else:
            blobs.settle()
            return said
    raise StoreBusy(where=once.key)


def forget_repeats(node: Node) -> int:
    """Forget answers that were kept long enough; return for how many moments."""
    with node.store.view() as unit:
        moments = unit.repeats.distinct("made")
    old = [one for one in moments if isinstance(one, Instant) and not _is_fresh(node, one)]
    for moment in old:
        with node.store.unit() as unit:
            unit.repeats.remove(made=moment)
    return len(old)


def _find(node: Node, unit: Unit, once: Once) -> RepeatRow | None:
    held = unit.repeats.find(actor=once.actor, key=once.key)
    if held and not _is_fresh(node, held[0].made):
        unit.repeats.remove(actor=once.actor, key=once.key)
        return None
    return held[0] if held else None


def _repeat(node: Node, held: RepeatRow, once: Once) -> Said:
    if not held.request.matches(once.request):
        raise KeyReused
    body = decrypt_bytes(held.answer, node.identities)
    return Said(status=held.status, body=body, is_repeated=True)


def _claim(node: Node, unit: Unit, once: Once) -> RepeatRow:
    """Take the key before anything is done: whoever comes second waits here."""
    claim = RepeatRow(
        actor=once.actor,
        key=once.key,
        request=once.request,
        status=0,
        answer=b"",
        made=node.clock.now(),
    )
    unit.repeats.add(claim)
    return claim


def _keep(node: Node, unit: Unit, claim: RepeatRow, said: Said) -> None:
    sealed = seal_for(node, node.identity.recipient, said.body)
    unit.repeats.replace(replace(claim, status=said.status, answer=sealed))


def _is_known(node: Node, once: Once) -> bool:
    """Tell whether the refusal was about the key's own meaning, not about a race for it."""
    with node.store.view() as unit:
        held = unit.repeats.find(actor=once.actor, key=once.key)
    return bool(held) and not held[0].request.matches(once.request)


def _is_fresh(node: Node, made: Instant) -> bool:
    return node.clock.now().at - made.at < KEPT
