"""What can go wrong in the demonstration itself."""

from __future__ import annotations


class PlayStopped(Exception):
    """The case cannot go on: what was asked for did not come."""


class OutOfReach(PlayStopped):
    """A command could not reach what it needs; it may be tried again."""
