"""Take pictures of the desk's pages as somebody sees them: for developers, no door of Comity.

    .venv/bin/python tools/look.py dossiers/{dossier} --as duty --language ar --dark X.png
    .venv/bin/python tools/look.py "" dossiers deadlines --as ca pictures/   # several: a folder
    .venv/bin/python tools/look.py --names                                   # {dossier}, others

The example of ``tests/examples.py`` is made once (``.cache``), and again when it changes. What a
page does wrong (status, console, sideways scrolling, weight) is printed; with ``--axe`` what axe
finds too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.served import Served

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def main(words: Sequence[str]) -> int:
    """Take the pictures; return 1 if a page was not well."""
    from comity.app.databases import configure_django  # noqa: PLC0415 - paths come first

    configure_django("comity.web.urls_desk", has_pages=True)
    from tests.browser.served import open_cached, serve  # noqa: PLC0415 - Django is set up first

    asked = _read(words)
    _open_rooms()
    with open_cached() as example:
        if asked.names:
            for name, value in example.names.items():
                print(f"{{{name}}}".ljust(18), value)
            return 0
        *paths, out = asked.words
        with serve(example) as served:
            return _look(asked, served, paths, Path(out))


def _look(asked: argparse.Namespace, served: Served, paths: Sequence[str], out: Path) -> int:
    from tests.browser.lenses import Lens, Look, open_browser  # noqa: PLC0415 - as above

    lens = Lens(
        login=asked.login,
        role=asked.role,
        language=asked.language,
        width=asked.width,
        is_dark=asked.dark,
        has_script=not asked.no_script,
    )
    troubles = 0
    with open_browser() as browser, Look(browser, served, lens) as look:
        for path in paths:
            place = _place(out, path, len(paths))
            place.parent.mkdir(parents=True, exist_ok=True)
            seen = look.take(path, place, with_axe=asked.axe)
            print(f"{seen.status} {seen.weight / 1024:5.1f} kB  {seen.title!r}  {place}")
            for trouble in seen.troubles:
                print(f"    {trouble}")
            while served.broken:
                print(served.broken.pop())
            troubles += bool(seen.troubles)
    return min(troubles, 1)


def _open_rooms() -> None:
    """Open every room that can be opened: one that is half built shall not close the others."""
    from comity.web.pages import rooms  # noqa: PLC0415 - Django is set up first

    for place in sorted(Path(rooms.__file__).parent.glob("*/views.py")):
        try:
            import_module(f"comity.web.pages.{place.parent.name}.views")
        except Exception as error:  # noqa: BLE001 # whatever is half written there
            print(f"ROOM NOT OPEN: {place.parent.name}: {error!r}", file=sys.stderr)
    rooms.open_rooms = lambda: ()


def _place(out: Path, path: str, count: int) -> Path:
    if out.suffix == ".png" and count == 1:
        return out
    plain = path.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "home"
    return out / f"{plain.partition('?')[0]}.png"


def _read(words: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    reader.add_argument("words", nargs="*", metavar="PATH… OUT", help="pages, and where to")
    reader.add_argument("--as", dest="login", default="duty", help="a login of the example, or -")
    reader.add_argument("--role", default="", help="one role, as chosen at the top of the page")
    reader.add_argument("--language", default="en")
    reader.add_argument("--width", type=int, default=1440)
    reader.add_argument("--dark", action="store_true")
    reader.add_argument("--no-script", action="store_true")
    reader.add_argument("--axe", action="store_true", help="also say what axe finds")
    reader.add_argument("--names", action="store_true", help="list the names that paths may have")
    asked = reader.parse_intermixed_args(words)
    if len(asked.words) < 2 and not asked.names:  # noqa: PLR2004 - a path and a place
        reader.error("name at least one page, and where the picture goes")
    return asked


class _Plain(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
