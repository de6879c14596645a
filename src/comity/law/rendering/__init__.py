"""The law for people: sentences, tables and pictures, all made from the law files."""

from comity.law.rendering.book import render_book
from comity.law.rendering.sentences import (
    say_clock,
    say_crossings,
    say_gate,
    say_ground,
    say_safeguard,
    say_scope,
    say_step,
)
from comity.law.rendering.wording import say_name, say_side

__all__ = [
    "render_book",
    "say_clock",
    "say_crossings",
    "say_gate",
    "say_ground",
    "say_name",
    "say_safeguard",
    "say_scope",
    "say_side",
    "say_step",
]
