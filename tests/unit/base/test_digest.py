"""Digests are what sha256sum prints."""

import io
import subprocess

import pytest

from comity.base import Digest
from comity.base.errors import Malformed


def test_a_stream_digests_as_sha256sum_says() -> None:
    data = bytes(range(256)) * 9000
    said = subprocess.run(["sha256sum"], input=data, capture_output=True, check=True).stdout
    assert Digest.of_stream(io.BytesIO(data)).hex == said.split()[0].decode()


@pytest.mark.parametrize(
    "text",
    [
        "sha256:",
        "sha256:" + "A" * 64,
        "sha1:" + "0" * 40,
        "0" * 64,
        "sha256:" + "0" * 65,
        "sha256:" + "0" * 64 + "\n",
    ],
)
def test_only_the_written_form_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        Digest.parse(text)


def test_writing_and_reading_agree() -> None:
    digest = Digest.of(b"abc")
    assert Digest.parse(str(digest)) == digest


def test_known_answer_of_fips_180() -> None:
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert Digest.of(b"abc").hex == known
