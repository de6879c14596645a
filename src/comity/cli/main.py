"""``comity <noun> <verb>``: the one command.

Exit codes, the same for every verb: 0 done or passed; 1 does not verify; 2 asked wrongly;
3 could not be decided; 4 not permitted now; 5 something outside is out of reach. Broken off:
130 by Ctrl-C, 143 by SIGTERM, 141 because nobody read what was printed.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

import typer
from typer.main import get_command

from comity.base import AskedWrongly, ComityError, DoesNotVerify, NotPermitted, OutOfReach

_NOUNS: Final = {
    "evidence": "Seal, verify, open and disclose evidence; needs no node.",
    "order": "Is an order on a provider genuine? Verify, make and revoke one; needs no node.",
    "law": "Read the law files as a lawyer would.",
    "request": "Ask, answer, record: the steps of a request, at the desk of a node.",
    "investigation": "Group a State's own requests; no other State sees it.",
    "package": "Take evidence in, seal it, hand it out, at the desk of a node.",
    "directory": "Whom to believe: keys, ceremonies, cards, mirrors, pairing.",
    "desk": "What waits at the desk of a node: findings, notices, work, the directory.",
    "person": "Who may act for the authority, in which roles, with which token.",
    "node": "Make a State's node and run its work.",
    "courier": "Carry letters, receipts and evidence on a disk.",
    "check": "Is all that a node stores consistent?",
}
_EXITS: Final = ((DoesNotVerify, 1), (AskedWrongly, 2), (NotPermitted, 4), (OutOfReach, 5))
_OUT_OF_REACH: Final = 5
_INTERRUPTED: Final = 130
_NOBODY_READS: Final = 141
_TERMINATED: Final = 143


def exit_code(error: ComityError) -> int:
    """Return the exit code of the branch that ``error`` belongs to."""
    return next((code for branch, code in _EXITS if isinstance(error, branch)), 1)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; print our errors as one line or as JSON."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = 0
    try:
        code = _obey(words, as_json="--json" in words)
        sys.stdout.flush()
    except BrokenPipeError:
        # Not 0: whoever reads no further has not read that a package passed.
        code = _NOBODY_READS
        _let_go()
    except OSError as error:
        if code != _OUT_OF_REACH:
            with suppress(OSError):
                _tell(_out_of_reach(error), as_json=False)
        code = _OUT_OF_REACH
        _let_go()
    sys.exit(code)


class _Terminated(KeyboardInterrupt):
    """The system asks us to end (SIGTERM)."""


def _obey(words: Sequence[str], *, as_json: bool) -> int:
    """Run one command; return its exit code. Raises ``OSError`` if nothing can be printed."""
    try:
        with _heed_termination():
            command = get_command(_assemble(words))
            with command.make_context("comity", [*words]) as context:
                command.invoke(context)
    except typer.Exit as left:
        return left.exit_code
    except typer.TyperException as error:
        _tell(_misunderstood(error), as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt as stop:
        return _stop(stop)
    except ComityError as error:
        _tell(error, as_json=as_json)
        return exit_code(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell(_out_of_reach(error), as_json=as_json)
        return _OUT_OF_REACH
    return 0


def _stop(stop: KeyboardInterrupt) -> int:
    typer.echo("Stopped.", err=True)
    return _TERMINATED if isinstance(stop, _Terminated) else _INTERRUPTED


@contextmanager
def _heed_termination() -> Iterator[None]:
    """While a command runs, end on SIGTERM as on Ctrl-C: what is half done is told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _misunderstood(error: typer.TyperException) -> ComityError | None:
    """Return what is wrong with the words; ``None`` if there were none and help was shown."""
    said = error.format_message()
    context = getattr(error, "ctx", None)
    asked = context.command_path if context is not None else "comity"
    return AskedWrongly(f"{said} (`{asked} --help` tells what there is.)") if said else None


def _out_of_reach(error: OSError) -> OutOfReach:
    where = error.filename if isinstance(error.filename, str) else ""
    return OutOfReach(error.strerror or type(error).__name__, where=where)


def _let_go() -> None:
    """Point standard output at nothing: the interpreter's own last flush would fail again."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


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


def _tell(error: ComityError | None, *, as_json: bool) -> None:
    if error is None:
        return
    if as_json:
        typer.echo(json.dumps({"error": error.as_data()}, ensure_ascii=False))
    else:
        typer.echo(f"comity: {error}", err=True)
