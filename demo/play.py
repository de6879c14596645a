"""The case of the design, from the first call to the last release."""

from __future__ import annotations

from typing import Any

from demo.assisting import assist_from_belmora, assist_from_castova
from demo.closing import close_assistance, release_hold
from demo.evidence import disclose, export
from demo.figures import check_all, count
from demo.preserving import open_investigation, preserve_in_belmora, preserve_in_castova
from demo.stage import Stage


def play(stage: Stage) -> dict[str, Any]:
    """Play the whole case through the public doors; return the figures."""
    belmora, castova = stage.houses["XB"], stage.houses["XC"]
    investigation = open_investigation(stage)
    held_there = preserve_in_belmora(stage, investigation)
    held_beyond = preserve_in_castova(stage, investigation)
    helped = assist_from_belmora(stage, held_there, investigation)
    partly = assist_from_castova(stage, held_beyond, investigation)

    stage.chapter("Arvenia's court: a separate process verifies the package from the files alone")
    export(stage, helped.request, helped.held, stage.folder / "package")
    stage.chapter("The defence gets a part, and verifies it alone")
    disclose(stage, helped.request, helped.held, stage.folder / "for-the-defence")
    stage.chapter("What came from Castova is verified in the same way")
    export(stage, partly.request, partly.held, stage.folder / "package-castova")

    stage.chapter("Notices, originals, the end")
    close_assistance(stage, helped, belmora)
    close_assistance(stage, partly, castova)
    release_hold(stage, held_there, belmora)
    release_hold(stage, held_beyond, castova)

    stage.chapter("Is all that is stored consistent?")
    figures = count(stage, [helped.held, partly.held])
    return {**figures, "consistent": check_all(stage)}
