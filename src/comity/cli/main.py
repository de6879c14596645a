"""``comity <noun> <verb>``: the one command.

Exit codes, the same for every verb: 0 done or passed; 1 does not verify; 2 asked wrongly;
3 could not be decided; 4 not permitted now; 5 something outside is out of reach.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Final

import typer

from comity.base import AskedWrongly, ComityError, DoesNotVerify, NotPermitted, OutOfReach

_NOUNS: Final = {
    "evidence": "Seal, verify, open and disclose evidence; needs no node.",
    "law": "Read the law files as a lawyer would.",
    "node": "Make a State's node and run its work.",
    "check": "Is all that a node stores consistent?",
}
_EXITS: Final = ((DoesNotVerify, 1), (AskedWrongly, 2), (NotPermitted, 4), (OutOfReach, 5))


def exit_code(error: ComityError) -> int:
    """Return the exit code of the branch that ``error`` belongs to."""
    return next((code for branch, code in _EXITS if isinstance(error, branch)), 1)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; print our errors as one line or as JSON."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _assemble(words)(args=words, prog_name="comity")
    except ComityError as error:
        _tell(error, as_json="--json" in words)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(130)


def _assemble(words: Sequence[str]) -> typer.Typer:
    """Return the command with the nouns it has; only the noun asked for is imported."""
    root = typer.Typer(
        help="Ask, answer and prove: electronic evidence between States.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    asked = next((word for word in words if word in _NOUNS), None)
    for noun, summary in _NOUNS.items():
        if asked in {None, noun}:
            module = importlib.import_module(f"comity.cli.{noun}")
            root.add_typer(module.app, name=noun, help=summary)
    return root


def _tell(error: ComityError, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"error": error.as_data()}, ensure_ascii=False))
    else:
        typer.echo(f"comity: {error}", err=True)
