"""The demonstration's disk image is one that other people's programs read."""

import subprocess
from pathlib import Path

from demo.disk_image import disk_image
from tests.places import tool


def test_mtools_reads_back_what_was_written(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9
    image = tmp_path / "small.img"
    image.write_bytes(disk_image({"NOTE.TXT": b"hello\r\n", "STAGE2.BIN": content}))
    said = subprocess.run(
        [tool("mcopy"), "-i", str(image), "::STAGE2.BIN", "-"], capture_output=True, check=True
    )
    assert said.stdout == content
