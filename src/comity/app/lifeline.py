"""A child that ends when its parent does, however the parent ended.

Linux sends the signal itself when the parent is gone (``PR_SET_PDEATHSIG``, prctl(2)). The
parent may have gone before we asked for it, so its number is compared afterwards. A child is
killed, not asked: whatever it was doing is made for that, and nobody is left to wait for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_SET_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def end_with(parent: int) -> None:
    """Let this process be killed when ``parent``, which started it, ends."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        if library.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os._exit(1)
