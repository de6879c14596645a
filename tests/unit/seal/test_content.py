"""Content: covered by a salted digest, and by no other."""

from __future__ import annotations

import pytest

from comity.base import Digest, limits
from comity.base.errors import BadValue, Malformed
from comity.seal import Content, SealBroken, open_content, seal_content

SALT = bytes(range(32))
CONTENT = seal_content({"account": "a@b", "count": 2}, SALT)


def test_content_reads_back_as_it_was() -> None:
    assert open_content(CONTENT.document, CONTENT.digest).values == {"account": "a@b", "count": 2}


def test_the_document_is_the_one_that_the_format_says() -> None:
    head = '{"salt":"' + SALT.hex() + '","type":"comity/content/1","values":'
    assert CONTENT.document == (head + '{"account":"a@b","count":2}}').encode()


def test_the_same_values_under_another_salt_have_another_digest() -> None:
    other = seal_content(CONTENT.values, bytes(32))
    assert other.digest != CONTENT.digest


def test_other_content_than_the_covered_is_refused() -> None:
    with pytest.raises(SealBroken):
        open_content(CONTENT.document, Digest.of(b""))


def test_changing_the_values_changes_nothing_in_the_content() -> None:
    CONTENT.values["account"] = "c@d"
    assert CONTENT.values["account"] == "a@b"


def test_content_does_not_print_itself() -> None:
    assert "a@b" not in repr(CONTENT)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(BadValue):
        seal_content({}, bytes(size))


def test_endless_content_is_refused() -> None:
    with pytest.raises(BadValue):
        seal_content({"text": "a" * limits.DOCUMENT_BYTES}, SALT)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        CONTENT.document + b"\n",
        CONTENT.document.replace(b"/1", b"/2"),
        CONTENT.document.replace(b"000102", b"00010X"),
        CONTENT.document.replace(b"000102", b"0001"),
        CONTENT.document.replace(b"0a0b0c", b"0A0B0C"),
        b'{"salt":"' + bytes(32).hex().encode() + b'","type":"comity/content/1","values":[]}',
        b'{"more":1,' + CONTENT.document[1:],
    ],
)
def test_documents_that_are_no_content_are_refused(document: bytes) -> None:
    with pytest.raises(Malformed):
        Content.parse(document)
