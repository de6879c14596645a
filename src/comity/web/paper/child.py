"""The process that prints: it reads sheets, writes PDF/A-3, and knows nothing else.

It holds no key, opens no database, and gets no word of the settings. Before anything is
imported it takes bounds on itself: address space, processor time, files written (none). What
the HTML names outside itself is refused and ends the printing, for no template of ours does.
"""

from __future__ import annotations

import io
import logging
import os
import resource
import sys
from datetime import datetime
from typing import IO, Any, Final

from comity.web.paper.frames import (
    ABSENT,
    FAILED,
    Inlay,
    Sheets,
    read_sheets,
    write_head,
)

# Address space: 0.1 GB of it are ever used, the rest is what libraries map (measured).
MEMORY_BYTES: Final = 2 << 30
# Processor time for all papers of one folder.
CPU_SECONDS: Final = 300
VARIANT: Final = "pdf/a-3u"
_FONTS: Final = "Noto"


class PressAbsentError(Exception):
    """What sets papers, or the fonts that they are set in, are not installed."""


def main() -> int:
    """Print what comes in until nothing comes; return the exit status."""
    _bound()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library says is no answer
    logging.disable(logging.CRITICAL)
    while (sheets := read_sheets(sys.stdin.buffer)) is not None:
        _answer(answers, sheets)
    return 0


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(answers: IO[bytes], sheets: Sheets) -> None:
    try:
        pdf, pages = print_sheets(sheets)
    except PressAbsentError:
        write_head(answers, {"trouble": ABSENT})
    except BaseException:  # noqa: BLE001 # a refused fetch is no Exception; the parent is told all
        write_head(answers, {"trouble": FAILED})
    else:
        write_head(answers, {"pdf": len(pdf), "pages": pages})
        answers.write(pdf)
    answers.flush()


def print_sheets(sheets: Sheets) -> tuple[bytes, int]:
    """Return the PDF and how many pages it has."""
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 # two seconds, and Pango: when needed
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415 # as above
    except (ImportError, OSError) as error:
        raise PressAbsentError from error

    class Refuse(URLFetcher):  # type: ignore[misc] # untyped
        """Fetch nothing; the printing ends where something is asked for."""

        def fetch(self, url: str, headers: object = None) -> object:
            del url, headers
            message = "a paper names nothing outside itself"
            raise FatalURLFetchingError(message)

    refuse = Refuse()
    document = HTML(string=sheets.html.decode("utf-8"), base_url=None, url_fetcher=refuse).render(
        stylesheets=[CSS(string=sheets.css.decode("utf-8"), url_fetcher=refuse)],
        pdf_variant=VARIANT,
        pdf_tags=True,
    )
    document.metadata.attachments = [_attach(one) for one in _in_order(sheets.inlays)]
    pdf = document.write_pdf(finisher=_finish, pdf_variant=VARIANT, pdf_tags=True)
    return pdf, len(document.pages)


def _in_order(inlays: tuple[Inlay, ...]) -> list[Inlay]:
    """Return files by name, as a tree of names wants them (ISO 32000-1, 7.9.6)."""
    return sorted(inlays, key=lambda one: one.name.encode())


def _attach(inlay: Inlay) -> Any:  # noqa: ANN401 # untyped
    from weasyprint import Attachment  # noqa: PLC0415 # as above

    at = datetime.fromisoformat(inlay.at)
    return Attachment(
        file_obj=io.BytesIO(inlay.data),
        name=inlay.name,
        description=inlay.says,
        created=at,
        modified=at,
        relationship=inlay.relation,
    )


def _finish(document: Any, pdf: Any) -> None:  # noqa: ANN401 # untyped
    """Name each embedded file once in the catalogue; refuse a paper not set in our fonts."""
    del document
    if "AF" in pdf.catalog:
        once = dict.fromkeys(pdf.catalog["AF"])
        pdf.catalog["AF"].clear()
        pdf.catalog["AF"].extend(once)
    names = [
        str(one["FontName"]) for one in pdf.objects if isinstance(one, dict) and "FontName" in one
    ]
    if not any(_FONTS in name for name in names):
        raise PressAbsentError


if __name__ == "__main__":
    sys.exit(main())
