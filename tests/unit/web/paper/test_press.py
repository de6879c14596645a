"""The press prints what it is given, names nothing outside, and keeps its bounds."""

from __future__ import annotations

import io
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.web.paper import child, press
from comity.web.paper.errors import PaperFailed, PaperTooLong, PressBusy
from comity.web.paper.frames import Inlay, Sheets, read_sheets, write_sheets
from comity.web.paper.press import Press, open_press
from tests.papers import require_press, root_of, taken_out

INLAY = Inlay(name="a.json", says="a", data=b'{"a":1}', at="2026-11-21T02:14:05")
PAGE = b"<html lang=en><title>t</title><meta name=dcterms.created content=2026-11-21T02:14:05Z><p>t"


def sheets(html: bytes = PAGE, css: bytes = b"html{font-family:'Noto Sans'}") -> Sheets:
    return Sheets(html=html, css=css, inlays=(INLAY,))


def test_frames_read_as_they_were_written() -> None:
    stream = io.BytesIO()
    write_sheets(stream, sheets())
    stream.seek(0)
    assert (read_sheets(stream), read_sheets(stream)) == (sheets(), None)


def test_a_frame_that_ends_early_is_no_frame() -> None:
    stream = io.BytesIO()
    write_sheets(stream, sheets())
    with pytest.raises(EOFError):
        read_sheets(io.BytesIO(stream.getvalue()[:-1]))


@pytest.fixture(scope="module")
def one() -> Iterator[Press]:
    """Yield a press for many papers: its beginning is what takes long."""
    require_press()
    with open_press() as opened:
        yield opened


def test_the_same_sheets_print_the_same_bytes_in_two_processes(one: Press) -> None:
    with open_press() as other:
        assert other.print(sheets()).pdf == one.print(sheets()).pdf


def test_a_file_within_comes_out_byte_for_byte(one: Press, tmp_path: Path) -> None:
    assert taken_out(one.print(sheets()).pdf, tmp_path) == {"a.json": b'{"a":1}'}


def test_a_file_within_is_named_once_in_the_catalogue(one: Press, tmp_path: Path) -> None:
    assert len(root_of(one.print(sheets()).pdf, tmp_path)["/AF"]) == 1


@pytest.mark.parametrize(
    "asks",
    [
        b"<img src='file:///etc/passwd'>",
        b"<img src='http://127.0.0.1:9/x.png'>",
        b"<link rel=stylesheet href='file:///etc/hostname'>",
        b"<link rel=attachment href='file:///etc/passwd'>",
        b"<style>@import 'http://127.0.0.1:9/x.css'</style>",
        b"<style>@font-face{font-family:x;src:url(file:///etc/passwd)}p{font-family:x}</style>",
        b"<img src='data:image/svg+xml,<svg/>'>",
    ],
)
def test_nothing_outside_is_ever_fetched(one: Press, asks: bytes, tmp_path: Path) -> None:
    page = PAGE.replace(b"<p>", asks + b"<p>")
    try:
        pdf = one.print(sheets(page)).pdf
    except PaperFailed:
        return
    assert set(taken_out(pdf, tmp_path)) == {"a.json"}


def test_after_a_paper_that_failed_the_press_prints_on(one: Press) -> None:
    with pytest.raises(PaperFailed):
        one.print(sheets(PAGE + b"<img src='file:///etc/passwd'>"))
    assert one.print(sheets()).pages == 1


def test_what_is_too_long_is_not_even_begun() -> None:
    with open_press() as open_one, pytest.raises(PaperTooLong):
        open_one.print(sheets(b"x" * (press.HTML_BYTES + 1)))


def test_a_press_that_was_ended_is_told_as_failed() -> None:
    with open_press() as open_one:
        open_one._process.kill()
        open_one._process.wait()
        with pytest.raises(PaperFailed):
            open_one.print(sheets())


def test_who_comes_when_all_presses_print_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "WAIT_SECONDS", 0)
    monkeypatch.setattr(press, "_places", threading.BoundedSemaphore(1))
    with open_press(), pytest.raises(PressBusy), open_press():
        pass


def test_a_place_is_free_again_when_a_press_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "_places", threading.BoundedSemaphore(1))
    for _ in range(2):
        with open_press():
            pass


def test_a_press_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, most: told.append((kind, most)))
    child._bound()
    assert (resource.RLIMIT_AS, (child.MEMORY_BYTES,) * 2) in told


def test_weasyprint_is_not_imported_by_who_opens_a_press() -> None:
    assert "weasyprint" not in vars(press)
