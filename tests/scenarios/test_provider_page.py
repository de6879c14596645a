"""A provider's browser at a node that is up: the page comes over TLS, and judges a file."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import LiveNode, live_nodes

_CURL = shutil.which("curl")
pytestmark = pytest.mark.skipif(_CURL is None, reason="curl is not installed")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[LiveNode]:
    with live_nodes(tmp_path, "XB") as (made,):
        made.up(workers=1)
        yield made


def curl(node: LiveNode, path: str, *more: str) -> str:
    """Ask as somebody does who compared the certificate and trusts it alone."""
    words = [str(_CURL), "-sSk", "--max-time", "30", *more, f"https://{node.settings.peers}{path}"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_a_stranger_drops_a_file_and_reads_in_arabic_what_it_is(
    node: LiveNode, tmp_path: Path
) -> None:
    file = tmp_path / "order.json"
    file.write_bytes(b"<script>no order</script>")
    shown = curl(node, "/providers/?language=ar", "-i", "-F", "do=verify", "-F", f"file=@{file}")
    told = shown.lower()
    assert told.split("\n", 1)[0].split()[1] == "200"
    assert 'dir="rtl"' in shown
    assert "معدَّل" in shown
    assert "content-security-policy: default-src 'none'" in told
    assert "set-cookie" not in told
    assert "<script" not in told
