"""Whose node this process serves: set once when the process begins, read by every view.

A door is one process for one node. Tests may set another node after ``leave_place()``.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.app.settings import Settings
from comity.service.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node, and what its settings say of its doors."""

    node: Node
    settings: Settings


_HELD: list[Place] = []


def take_place(node: Node, settings: Settings) -> None:
    """Say that this process serves ``node``; a second node in one process is a defect."""
    if _HELD:
        message = "this process serves a node already"
        raise RuntimeError(message)
    _HELD.append(Place(node=node, settings=settings))


def leave_place() -> None:
    """Forget the node: for tests alone."""
    _HELD.clear()


def current_place() -> Place:
    """Return the node that this process serves, with its settings."""
    if not _HELD:
        message = "this process serves no node: take_place() comes first"
        raise RuntimeError(message)
    return _HELD[0]


def current_node() -> Node:
    """Return the node that this process serves."""
    return current_place().node
