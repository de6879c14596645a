"""The rooms of the desk: packages beside this file, each with a module ``views``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


def open_rooms() -> tuple[str, ...]:
    """Import the views of every room; return the rooms' names."""
    names = sorted(place.parent.name for place in _HERE.glob("*/views.py"))
    for name in names:
        import_module(f"comity.web.pages.{name}.views")
    return tuple(names)
