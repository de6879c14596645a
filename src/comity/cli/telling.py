"""What a command prints: a text for people, or JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping

import typer


def tell(told: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print one or the other."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else text)
