"""The one-file verifier of orders: ``comity order verify`` with nothing but Python's own parser.

``tools/make_order_verifier.py`` packs it. It gives the same bytes and the same exit codes;
only the wording of help and of a mistyped option is the parser's own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from comity.base import AskedWrongly, ComityError, NotPermitted, OutOfReach
from comity.cli.order_desk import (
    AT_HELP,
    EXERCISE_HELP,
    FILE_HELP,
    JSON_HELP,
    PROVIDER_HELP,
    REVOKED_HELP,
    TRUST_HELP,
    Wish,
    verify_files,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify one order; return the exit code."""
    asked = _parser().parse_args(arguments)
    wish = Wish(
        order=asked.file,
        trust=asked.trust,
        revoked=asked.revoked,
        provider=asked.provider,
        at=asked.at,
        exercise=asked.exercise,
        as_json=asked.json,
    )
    try:
        text, code = verify_files(wish)
    except ComityError as error:
        _tell(error, as_json=wish.as_json)
        return _exit_code(error)
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="comity-order-verify",
        description="Is this order genuine, unaltered, current, and from whom it says?",
        epilog="Exit: 0 genuine; 1 forged, altered, expired, revoked; 2 asked wrongly; 3 open.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=FILE_HELP)
    parser.add_argument("--trust", type=Path, action="append", default=[], help=TRUST_HELP)
    parser.add_argument("--revoked", type=Path, action="append", default=[], help=REVOKED_HELP)
    parser.add_argument("--for", dest="provider", default="", help=PROVIDER_HELP)
    parser.add_argument("--at", default="", help=AT_HELP)
    parser.add_argument("--exercise", action="store_true", help=EXERCISE_HELP)
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    return parser


def _exit_code(error: ComityError) -> int:
    """Return the exit code of the branch that ``error`` belongs to, as every command of ours."""
    branches = ((AskedWrongly, 2), (NotPermitted, 4), (OutOfReach, 5))
    return next((code for branch, code in branches if isinstance(error, branch)), 1)


def _tell(error: ComityError, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"error": error.as_data()}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"comity: {error}\n")
