"""Bech32 (BIP 173) without its length limit: how age writes keys.

A name, the sign ``1``, and the bytes in groups of five bits with six groups of
checksum. All lower case or all upper case, never mixed; spare bits are zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final

from comity.base import limits
from comity.base.errors import Malformed

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {letter: value for value, letter in enumerate(_LETTERS)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the five bits that are shifted out add to the checksum, for each of their values.
_TERMS: Final = tuple(
    reduce(xor, (term for bit, term in enumerate(_GENERATOR) if top >> bit & 1), 0)
    for top in range(32)
)
_CHECKSUM: Final = 6
_GROUP: Final = 5
_BYTE: Final = 8


def read_bech32(text: str, name: str) -> bytes:
    """Return the bytes behind ``text``, which must begin with ``name`` in any one case."""
    if len(text) > limits.KEY_TEXT or text not in {text.lower(), text.upper()}:
        raise _malformed(name)
    found, _, letters = text.lower().rpartition("1")
    values = [_VALUES.get(letter, -1) for letter in letters]
    if found != name or len(values) < _CHECKSUM or min(values) < 0:
        raise _malformed(name)
    if _polymod([*_spread(name), *values]) != 1:
        raise _malformed(name)
    return _to_bytes(values[:-_CHECKSUM], name)


def write_bech32(name: str, data: bytes) -> str:
    """Return ``data`` as lower-case text under ``name``."""
    values = _to_groups(data)
    check = _polymod([*_spread(name), *values, *([0] * _CHECKSUM)]) ^ 1
    values += [check >> _GROUP * (_CHECKSUM - 1 - at) & 31 for at in range(_CHECKSUM)]
    return f"{name}1{''.join(_LETTERS[value] for value in values)}"


def _malformed(name: str) -> Malformed:
    detail = f"A key that begins with {name}1, typed without a slip, was expected."
    return Malformed(detail)


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << _GROUP ^ value ^ _TERMS[check >> 25]
    return check


def _spread(name: str) -> list[int]:
    letters = name.encode("ascii")
    return [letter >> _GROUP for letter in letters] + [0] + [letter & 31 for letter in letters]


def _to_groups(data: bytes) -> list[int]:
    spare = -len(data) * _BYTE % _GROUP
    number = int.from_bytes(data, "big") << spare
    count = (len(data) * _BYTE + spare) // _GROUP
    return [number >> _GROUP * at & 31 for at in reversed(range(count))]


def _to_bytes(values: list[int], name: str) -> bytes:
    size, spare = divmod(len(values) * _GROUP, _BYTE)
    number = 0
    for value in values:
        number = number << _GROUP | value
    if spare >= _GROUP or number & (1 << spare) - 1:
        raise _malformed(name)
    return (number >> spare).to_bytes(size, "big")
