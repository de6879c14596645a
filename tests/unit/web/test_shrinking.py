"""What the desk's door compresses, and what it leaves as it is."""

from __future__ import annotations

import gzip
import zlib

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from comity.web.shrinking import ShrinkPages

TEXT = b"What needs you, ordered by what lapses first. " * 200


def shrink(answer: HttpResponseBase, path: str = "/", accept: str = "gzip") -> HttpResponseBase:
    request = RequestFactory().get(path, HTTP_ACCEPT_ENCODING=accept)
    return ShrinkPages(lambda _request: answer)(request)  # type: ignore[return-value] # as Django calls it


def page() -> HttpResponse:
    return HttpResponse(TEXT, content_type="text/html; charset=utf-8")


def test_a_page_is_the_same_when_it_is_unpacked() -> None:
    answer = shrink(page())
    assert isinstance(answer, HttpResponse)
    assert gzip.decompress(answer.content) == TEXT
    assert answer["Content-Encoding"] == "gzip"


def test_a_browser_that_takes_no_compression_gets_none() -> None:
    assert "Content-Encoding" not in shrink(page(), accept="identity")


def test_the_same_page_has_no_steady_length() -> None:
    lengths = {len(shrink(page()).content) for _ in range(40)}  # type: ignore[attr-defined] # a page
    assert len(lengths) > 1


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream", "text/csv"])
def test_what_is_no_page_is_left_as_it_is(kind: str) -> None:
    answer = shrink(HttpResponse(TEXT, content_type=kind), "/api/1/dossiers")
    assert isinstance(answer, HttpResponse)
    assert answer.content == TEXT


def test_a_download_that_streams_is_left_as_it_is() -> None:
    stream = StreamingHttpResponse([TEXT], content_type="text/html")
    assert "Content-Encoding" not in shrink(stream, "/packages/x")


def test_a_static_file_is_compressed_though_it_streams() -> None:
    answer = shrink(FileResponse([TEXT], content_type="text/css"), "/static/comity/comity.css")
    assert isinstance(answer, FileResponse)
    packed = b"".join(answer)
    assert zlib.decompress(packed, wbits=31) == TEXT
