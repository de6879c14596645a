"""Take pictures of the twelve main pages: two languages, light and dark, three widths.

They lie in ``.cache/pictures`` with an ``index.html`` beside them. Of them ``docs/pictures`` keeps
a few, made smaller: ``--keep``.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.browser.lenses import Lens
    from tests.browser.served import Served

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

OUT: Final = ROOT / ".cache/pictures"
DOCS: Final = ROOT / "docs/pictures"
# What it is called, where it is, and who looks at it.
PAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("what-needs-you", "", "duty"),
    ("dossiers", "dossiers", "ca"),
    ("dossier", "dossiers/{dossier}", "ca"),
    ("draft", "dossiers/{draft}/form", "duty"),
    ("deciding", "dossiers/{incoming}/steps/grant_with_conditions", "ca"),
    ("evidence", "packages/{package}", "lab"),
    ("custody", "packages/{package}/custody", "lab"),
    ("return", "returns/{upload}", "pros"),
    ("deadlines", "deadlines", "ca"),
    ("directory", "directory", "duty"),
    ("investigation", "investigations/{investigation}", "pros"),
    ("law", "law/uncc/42", "pros"),
)
LANGUAGES: Final = ("en", "ar")
WIDTHS: Final = (360, 768, 1440)
# What docs/pictures keeps: name, language, width, dark.
KEPT: Final = (
    ("what-needs-you", "en", 1440, False),
    ("what-needs-you", "ar", 360, True),
    ("dossier", "en", 1440, False),
    ("dossier", "ar", 1440, True),
    ("custody", "en", 1440, False),
    ("draft", "en", 768, False),
)
_STYLE: Final = (
    "body{font:16px sans-serif;margin:24px}section{margin-block-end:32px}"
    "figure{display:inline-block;margin:0 12px 12px 0;vertical-align:top}"
    "img{height:320px;object-fit:cover;object-position:top;border:1px solid #bbb}"
)


def main(words: Sequence[str]) -> int:
    """Take them all; return 1 if a page was not well."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--keep", action="store_true", help="renew docs/pictures too")
    keeps = asked.parse_args(words).keep
    from comity.app.databases import configure_django  # noqa: PLC0415 - paths come first

    configure_django("comity.web.urls_desk", has_pages=True)
    from tests.browser.served import open_cached, serve  # noqa: PLC0415 - Django is set up first

    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with open_cached() as example, serve(example) as served:
        troubles = [line for lens in _lenses() for line in _take_all(served, lens)]
    (OUT / "index.html").write_text(_index(troubles), encoding="utf-8")
    if keeps:
        _keep()
    print(f"{len(list(OUT.glob('*.png')))} pictures: {OUT / 'index.html'}")
    for line in troubles:
        print(f"    {line}")
    return min(len(troubles), 1)


def _lenses() -> Iterator[Lens]:
    from tests.browser.lenses import Lens  # noqa: PLC0415 - Django is set up first

    for language, width, is_dark in itertools.product(LANGUAGES, WIDTHS, (False, True)):
        yield Lens(language=language, width=width, is_dark=is_dark)


def _take_all(served: Served, lens: Lens) -> Iterator[str]:
    """Take each page through one lens; say what was not well."""
    from tests.browser.lenses import Look, open_browser  # noqa: PLC0415 - as above

    with open_browser() as browser:
        for login, pages in itertools.groupby(sorted(PAGES, key=lambda page: page[2]), _login):
            with Look(browser, served, lens.by(login)) as look:
                for name, path, _ in pages:
                    file = _file(name, lens.language, lens.width, is_dark=lens.is_dark)
                    seen = look.take(path, OUT / file)
                    wrong = [] if seen.status == 200 else [f"it answers {seen.status}"]  # noqa: PLR2004 # as HTTP counts
                    yield from (f"{file}: {trouble}" for trouble in {*seen.troubles, *wrong})


def _login(page: tuple[str, str, str]) -> str:
    return page[2]


def _file(name: str, language: str, width: int, *, is_dark: bool) -> str:
    return f"{name}-{language}-{width}-{'dark' if is_dark else 'light'}.png"


def _keep() -> None:
    """Copy what the docs show, with few colours, so that the files stay small."""
    from PIL import Image  # noqa: PLC0415 - only here; WeasyPrint brings it

    DOCS.mkdir(exist_ok=True)
    for name, language, width, is_dark in KEPT:
        file = _file(name, language, width, is_dark=is_dark)
        with Image.open(OUT / file) as picture:
            tall = min(picture.height, picture.width * (2 if width < WIDTHS[1] else 1))
            shown = picture.convert("RGB").crop((0, 0, picture.width, tall))
            shown.quantize(64).save(DOCS / file, optimize=True)


def _index(troubles: Sequence[str]) -> str:
    """Return the page that shows all pictures."""
    parts = [f"<!doctype html><meta charset=utf-8><title>Comity</title><style>{_STYLE}</style>"]
    parts += [f"<p>{escape(line)}</p>" for line in troubles]
    for name, path, login in PAGES:
        parts.append(f"<section><h2>{name}</h2><p>/{escape(path)}, as {login}</p>")
        for file in sorted(OUT.glob(f"{name}-??-*.png")):
            parts.append(
                f'<figure><a href="{file.name}"><img src="{file.name}" loading="lazy" alt=""></a>'
                f"<figcaption>{file.stem.removeprefix(name + '-')}</figcaption></figure>"
            )
        parts.append("</section>")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
