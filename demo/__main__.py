"""``make demo``: three States, three nodes, one case, through the public doors only.

With ``--headless`` the last line is JSON and the exit code says whether all of it held;
without, the nodes go on serving until Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from comity.base import ComityError
from demo.databases import DatabaseMaker, open_databases
from demo.errors import PlayStopped
from demo.letting_in import let_in
from demo.play import play
from demo.programs import Programs
from demo.setting import set_stage
from demo.stage import Stage
from demo.telling import Teller


def main(words: Sequence[str]) -> int:
    """Play the case; return 0 if everything held."""
    asked = _read(words)
    signal.signal(signal.SIGTERM, _end)
    teller = Teller()
    try:
        with ExitStack() as stack:
            folder = stack.enter_context(_folder(asked.keep, is_headless=asked.headless))
            databases = stack.enter_context(open_databases(asked.database))
            return _perform(teller, folder, databases, asked)
    except (ComityError, PlayStopped, OSError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ndemo: stopped; nothing is left running.\n")
        return 130


def _perform(
    teller: Teller, folder: Path, databases: DatabaseMaker, asked: argparse.Namespace
) -> int:
    begun = time.monotonic()
    programs = Programs(folder)
    try:
        stage = set_stage(teller, programs, asked.evidence, databases)
        figures = play(stage)
        programs.require_alive()
        seconds = round(time.monotonic() - begun, 2)
        if not asked.headless:
            _serve(stage, figures | {"seconds": seconds})
    finally:
        programs.stop_all()
    peaks = {name: peak // 1024 for name, peak in sorted(programs.peaks.items())}
    teller.figures(figures | {"peak_mib": peaks, "seconds": seconds})
    return 0 if figures["verified"] and figures["consistent"] else 1


def _serve(stage: Stage, figures: dict[str, Any]) -> NoReturn:
    """Tell where to look, and serve until Ctrl-C."""
    stage.teller.chapter("The nodes go on serving")
    stage.teller.line("  " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    for house in stage.houses.values():
        stage.teller.line(f"\n  {house.name}: {house.pages}")
        for one in let_in(house):
            stage.teller.line(
                f"      {one.role:<20} {one.login:<12} {one.password:<36} {one.secret}"
            )
    xa = stage.houses["XA"]
    token = xa.folder / "tokens" / "for-programs.token"
    prosecutor = xa.officers["prosecutor"].actor
    stage.programs.run(xa.program, "person", "token", xa.folder, prosecutor, "--token-file", token)
    sealer = stage.houses["XB"]
    stage.teller.line(f"""
  Sign in with login, password and code; the last word above is the authenticator's secret:
  add it to one on a telephone, or let this print the code of now, which is good once:
  .venv/bin/python -m demo.letting_in SECRET

  .venv/bin/comity request list --desk {xa.base} --token-file {token}
  .venv/bin/comity evidence verify {stage.folder / "for-the-defence"} --trust {sealer.card}
  (cd {stage.folder / "package" / "bag"} && sha256sum --quiet -c manifest-sha256.txt)
  .venv/bin/comity check --node {xa.folder}

  Ctrl-C stops all.
""")
    while True:
        time.sleep(0.5)
        stage.programs.require_alive()


@contextmanager
def _folder(keep: Path | None, *, is_headless: bool) -> Iterator[Path]:
    """Give a folder to play in; it goes when the play is over, unless it is to be kept."""
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="comity-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not is_headless:
            sys.stdout.write("  Removed what was played; KEEP=folder keeps it.\n")


def _end(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _read(words: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="make demo", description=__doc__)
    reader.add_argument("--evidence", type=Path, help="what the provider holds and returns")
    reader.add_argument("--headless", action="store_true", help="end with a line of JSON")
    reader.add_argument("--keep", type=Path, help="play in this new folder and leave it there")
    reader.add_argument("--database", default="", help="postgres, or its URL with {name}")
    asked = reader.parse_args(words)
    if asked.keep is not None and os.path.lexists(asked.keep):
        reader.error(f"--keep: {asked.keep} is there already; name a new folder")
    if asked.evidence is not None and not asked.evidence.exists():
        reader.error(f"--evidence: there is no {asked.evidence}")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
