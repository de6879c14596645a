"""A small disk image as a provider's rescue system would give it: FAT12, 1.44 MB.

Written from the format's own description (ECMA-107): one boot sector, two copies
of the allocation table, 224 root entries, 512-byte clusters. Other people's
programs (mtools, ``file``) read it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

_SECTOR: Final = 512
_SECTORS: Final = 2880
_FAT_SECTORS: Final = 9
_ROOT_ENTRIES: Final = 224
_END: Final = 0xFFF


def disk_image(contents: Mapping[str, bytes], *, label: str = "RESCUE") -> bytes:
    """Return an image that holds ``contents``: names such as ``NOTE.TXT`` to their bytes."""
    table = [0xFF0, _END]
    root = bytearray(_entry(label.ljust(11), attributes=0x08, first=0, size=0))
    data = bytearray()
    for name, content in contents.items():
        root += _entry(_short(name), attributes=0x20, first=len(table), size=len(content))
        clusters = -(-len(content) // _SECTOR)
        table += [*range(len(table) + 1, len(table) + clusters), _END]
        data += content.ljust(clusters * _SECTOR, b"\0")
    parts = (
        _boot_sector(label),
        _packed(table) * 2,
        bytes(root).ljust(_ROOT_ENTRIES * 32, b"\0"),
        bytes(data),
    )
    image = b"".join(parts)
    if len(image) > _SECTORS * _SECTOR:
        message = "more than a 1.44 MB image can hold"
        raise ValueError(message)
    return image.ljust(_SECTORS * _SECTOR, b"\xf6")


def _boot_sector(label: str) -> bytes:
    shape = struct.pack(
        "<3s8sHBHBHHBHHHII", b"\xeb\x3c\x90", b"RESCUE10", _SECTOR, 1, 1, 2,
        _ROOT_ENTRIES, _SECTORS, 0xF0, _FAT_SECTORS, 18, 2, 0, 0,
    )  # fmt: skip
    named = struct.pack("<BBBI11s8s", 0, 0, 0x29, 0x20261119, label.ljust(11).encode(), b"FAT12   ")
    return (shape + named).ljust(_SECTOR - 2, b"\0") + b"\x55\xaa"


def _packed(table: list[int]) -> bytes:
    """Pack 12-bit numbers, two into three bytes."""
    even = [*table, 0] if len(table) % 2 else table
    pairs = zip(even[::2], even[1::2], strict=True)
    packed = b"".join((low | high << 12).to_bytes(3, "little") for low, high in pairs)
    return packed.ljust(_FAT_SECTORS * _SECTOR, b"\0")


def _short(name: str) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem:<8.8}{ending:<3.3}".upper()


def _entry(name: str, *, attributes: int, first: int, size: int) -> bytes:
    """Return a directory entry dated 19 November 2026, 21:14."""
    date, time = (2026 - 1980) << 9 | 11 << 5 | 19, 21 << 11 | 14 << 5
    return struct.pack("<11sB10xHHHI", name.encode("ascii"), attributes, time, date, first, size)
