"""``comity check``: is all that a node stores consistent? Derived state is derived again.

Exits 0 passed, 1 failed, 3 where something could not be decided or waits for a person.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.app.compose import open_node
from comity.base import Report, Verdict
from comity.service.checking import check_node
from comity.service.rebuilding import rebuild_node

app = typer.Typer(help="Is all that a node stores consistent?")

_EXITS: Final = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 3}


@app.callback(invoke_without_command=True)
def check(
    node: Annotated[Path, typer.Option("--node", help="The node's folder.")] = Path(),
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First make again what follows from the acts.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Compare everything stored with the acts; say what is wrong and what to do."""
    held = open_node(node)
    if rebuild:
        for ident, error in rebuild_node(held).items():
            if error is not None:
                typer.echo(f"{ident} was not made again: {error}", err=True)
    report = check_node(held)
    if as_json:
        findings = [finding.as_data() for finding in report.findings]
        told = {"verdict": report.verdict.value, "findings": findings}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(report)))
    raise typer.Exit(_EXITS[report.verdict])


def _lines(report: Report) -> list[str]:
    lines = []
    for one in report.findings:
        lines.append(f"{one.check:>2} {one.name:<15} {one.verdict.value:<14} {one.says}")
        if one.expected or one.found:
            lines.append(f"{'':<18} expected {one.expected or 'nothing'}; found {one.found}")
    return [*lines, f"The whole: {report.verdict.value}."]
