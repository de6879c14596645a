"""A process that takes steps until it is killed; run by the tests.

    python -m tests.fault.stepper FOLDER DOSSIER

Prints the digest of each act once the verb has returned.
"""

from __future__ import annotations

import sys
from pathlib import Path

from comity.app.compose import open_node
from comity.base import Ident
from comity.base.errors import OutOfReach
from comity.service.requests import amend_form
from tests.nodes import DUTY


def main(folder: str, dossier: str) -> None:
    node = open_node(Path(folder))
    number = 0
    while True:
        number += 1
        try:
            signed = amend_form(node, DUTY, Ident(dossier), {"facts": f"version {number}"})
        except OutOfReach:
            continue
        sys.stdout.write(f"{signed.digest}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
