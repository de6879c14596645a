"""A lookout: wakes the parts of a worker when something was written, by whichever process.

A part that finds nothing to do rests until its bell rings. The lookout asks the store many
times a second for a mark that changes with every write, which costs next to nothing, and
rings when it has changed. What becomes due by itself changes no mark: so it also rings every
second, and every other second once nothing was written for a minute. A ring is a hint and no
more: who is woken looks for himself, and finds nothing or something.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from comity.app.databases import close_connections
from comity.base.errors import ComityError
from comity.service.ports import Store

_GLANCE_SECONDS: Final = 0.05
_CALM_GLANCE_SECONDS: Final = 0.1
_LOOK_SECONDS: Final = 1.0
_CALM_LOOK_SECONDS: Final = 2.0
_CALM_AFTER_SECONDS: Final = 60.0
# Nobody rests longer, whatever became of the lookout.
_LONGEST_REST_SECONDS: Final = 10.0


class Bell:
    """Wakes one of those who rest, or whoever comes to rest next."""

    def __init__(self) -> None:
        """Begin silent."""
        self._turn = threading.Condition()
        self._has_rung = False

    def ring(self) -> None:
        """Let one look: a ring that nobody has heard yet is not doubled."""
        with self._turn:
            self._has_rung = True
            self._turn.notify()

    def rest(self, longest: float = _LONGEST_REST_SECONDS) -> bool:
        """Wait for the bell, so many seconds at most; return whether it rang."""
        with self._turn:
            found = self._turn.wait_for(lambda: self._has_rung, longest)
            self._has_rung = False
        return found


class Lookout:
    """Rings its bells when the store was written to, and every now and then."""

    def __init__(self, store: Store) -> None:
        """Look at ``store``."""
        self._store = store
        self._bells: list[Bell] = []
        self._mark: object = None

    def bell(self) -> Bell:
        """Return a new bell."""
        made = Bell()
        self._bells.append(made)
        return made

    def ring(self) -> None:
        """Wake one at every bell."""
        for bell in self._bells:
            bell.ring()

    def begin(self, stop: threading.Event) -> None:
        """Look out from now until ``stop``, in a thread that writes nothing."""
        threading.Thread(target=self._watch, args=(stop,), name="lookout", daemon=True).start()

    def has_changed(self) -> bool:
        """Return whether the store was written to since the last look of this thread."""
        before = self._mark
        try:
            self._mark = self._store.mark()
        except ComityError:
            close_connections()  # whoever works says what is wrong
        return self._mark != before

    def _watch(self, stop: threading.Event) -> None:
        lively = rung = time.monotonic()
        glance = _GLANCE_SECONDS
        while not stop.wait(glance):
            now = time.monotonic()
            if self.has_changed():
                lively = now
            is_calm = now - lively > _CALM_AFTER_SECONDS
            glance = _CALM_GLANCE_SECONDS if is_calm else _GLANCE_SECONDS
            if lively == now or now - rung >= (_CALM_LOOK_SECONDS if is_calm else _LOOK_SECONDS):
                rung = now
                self.ring()
        close_connections()
