"""The body of age files: chunks can be neither moved, left out, added nor cut off."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from io import BytesIO, RawIOBase
from typing import Any, BinaryIO, cast

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.base.errors import BadValue
from comity.seal import (
    Decryptor,
    Encryptor,
    HeaderBroken,
    PayloadBroken,
    decrypt_bytes,
    encrypt_bytes,
)
from tests.ages import CHUNK, IDENTITY, forge, head_and_key
from tests.seals import SeedBytes

FULL = b"a" * CHUNK
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 17 * CHUNK - 1, 17 * CHUNK, 33 * CHUNK + 5]


def opened(data: bytes) -> bytes:
    return decrypt_bytes(data, [IDENTITY])


def sealed(data: bytes) -> bytes:
    return encrypt_bytes(data, [IDENTITY.recipient], SeedBytes())


@pytest.mark.parametrize("size", SIZES)
def test_what_is_encrypted_is_read_back(size: int) -> None:
    data = SeedBytes(size)(size)
    assert opened(sealed(data)) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_size_is_known_before_reading(size: int) -> None:
    assert Decryptor(BytesIO(sealed(bytes(size))), [IDENTITY]).size == size


@pytest.mark.parametrize("size", SIZES)
def test_copying_out_gives_all(size: int) -> None:
    sink = BytesIO()
    Decryptor(BytesIO(sealed(bytes(size))), [IDENTITY]).copy_to(sink)
    assert sink.getvalue() == bytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_copying_in_takes_all(size: int) -> None:
    data, sink = SeedBytes(size)(size), BytesIO()
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
        encryptor.copy_from(BytesIO(data))
    assert opened(sink.getvalue()) == data


def test_files_made_by_hand_as_the_format_says_are_read() -> None:
    assert opened(forge([(0, False, FULL), (1, False, FULL), (2, True, b"end")])) == (
        FULL + FULL + b"end"
    )


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([], id="no chunk at all"),
        pytest.param([(0, False, b"x")], id="no last chunk"),
        pytest.param([(0, False, FULL)], id="no last chunk after a full one"),
        pytest.param([(0, False, FULL), (1, False, b"x")], id="no last chunk of two"),
        pytest.param([(0, True, FULL), (1, True, b"x")], id="two last chunks"),
        pytest.param([(0, True, FULL), (1, False, b"x")], id="a chunk after the last"),
        pytest.param([(0, False, FULL), (1, True, b"")], id="an empty last chunk"),
        pytest.param([(0, True, FULL), (1, True, b"")], id="an empty chunk after a full last one"),
        pytest.param([(1, True, b"x")], id="the first chunk left out"),
        pytest.param([(0, False, FULL), (2, True, b"x")], id="a chunk left out"),
        pytest.param([(1, False, FULL), (0, True, b"x")], id="chunks in another order"),
        pytest.param([(0, False, FULL), (0, True, b"x")], id="a chunk twice"),
        pytest.param([(0, False, b"x"), (1, True, b"y")], id="a short chunk in the middle"),
        pytest.param([(0, True, FULL + b"x")], id="a chunk that is too long"),
    ],
)
def test_wrong_rows_of_chunks_are_refused(chunks: list[tuple[int, bool, bytes]]) -> None:
    with pytest.raises(PayloadBroken):
        opened(forge(chunks))


def test_a_changed_chunk_in_the_middle_is_refused_when_it_is_reached() -> None:
    data = bytearray(sealed(FULL * 40))
    data[-20 * CHUNK] ^= 1
    reader = Decryptor(BytesIO(bytes(data)), [IDENTITY])
    with pytest.raises(PayloadBroken):
        reader.copy_to(BytesIO())


def test_nothing_of_a_changed_chunk_is_handed_out() -> None:
    data = bytearray(sealed(FULL * 40))
    data[-20 * CHUNK] ^= 1
    sink = BytesIO()
    with pytest.raises(PayloadBroken):
        Decryptor(BytesIO(bytes(data)), [IDENTITY]).copy_to(sink)
    assert sink.getvalue() == FULL * (len(sink.getvalue()) // CHUNK)


def test_a_refused_chunk_is_refused_again() -> None:
    data = bytearray(sealed(FULL * 3))
    data[-2 * CHUNK] ^= 1
    reader = Decryptor(BytesIO(bytes(data)), [IDENTITY])
    for _ in range(2):
        with pytest.raises(PayloadBroken):
            reader.read()


def test_good_chunks_stay_readable_beside_a_changed_one() -> None:
    data = bytearray(sealed(FULL * 3 + b"end"))
    data[-2 * CHUNK] ^= 1
    reader = Decryptor(BytesIO(bytes(data)), [IDENTITY])
    reader.seek(-3, os.SEEK_END)
    assert reader.read() == b"end"


@pytest.mark.parametrize("cut", [1, 15, 16, 17, 18, CHUNK, CHUNK + 16, CHUNK + 17, CHUNK + 33])
def test_a_file_that_was_cut_off_is_refused_at_opening(cut: int) -> None:
    data = sealed(FULL + b"x")
    with pytest.raises((PayloadBroken, HeaderBroken)):
        Decryptor(BytesIO(data[:-cut]), [IDENTITY])


@pytest.mark.parametrize("more", [b"x", b"x" * 16, b"x" * 17, bytes(CHUNK + 16)])
def test_a_file_that_was_lengthened_is_refused_at_opening(more: bytes) -> None:
    with pytest.raises(PayloadBroken):
        Decryptor(BytesIO(sealed(b"x") + more), [IDENTITY])


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    source = BytesIO(sealed(FULL * 40))
    reader = Decryptor(source, [IDENTITY])
    source.truncate(20 * CHUNK)
    with pytest.raises(PayloadBroken):
        reader.copy_to(BytesIO())


@pytest.mark.parametrize(
    ("offset", "whence"), [(-1, 0), (-11, 2), (-1, 1), (0, 3), (0, -1)], ids=str
)
def test_a_place_that_is_not_there_is_refused(offset: int, whence: int) -> None:
    with pytest.raises(BadValue):
        Decryptor(BytesIO(sealed(bytes(10))), [IDENTITY]).seek(offset, whence)


def test_behind_the_end_there_is_nothing() -> None:
    reader = Decryptor(BytesIO(sealed(b"ab")), [IDENTITY])
    reader.seek(9)
    assert reader.read(3) == b""


def test_reading_into_a_buffer_fills_it_to_the_end() -> None:
    reader = Decryptor(BytesIO(sealed(b"abc")), [IDENTITY])
    buffer = bytearray(b"12345")
    assert (reader.readinto(buffer), bytes(buffer)) == (3, b"abc45")


def test_an_encrypted_file_that_was_never_closed_is_refused() -> None:
    sink = BytesIO()
    Encryptor(sink, [IDENTITY.recipient], SeedBytes()).write(FULL * 20)
    with pytest.raises(PayloadBroken):
        opened(sink.getvalue())


def test_an_encrypted_file_left_by_an_error_is_refused() -> None:
    sink = BytesIO()

    def interrupted() -> None:
        with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
            encryptor.write(FULL * 20)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises(PayloadBroken):
        opened(sink.getvalue())


def test_closing_twice_writes_one_end() -> None:
    sink = BytesIO()
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
        encryptor.close()
    assert opened(sink.getvalue()) == b""


def test_nothing_can_be_written_after_closing() -> None:
    encryptor = Encryptor(BytesIO(), [IDENTITY.recipient], SeedBytes())
    encryptor.close()
    with pytest.raises(RuntimeError):
        encryptor.write(b"x")


class FullDisk(BytesIO):
    """Takes a mebibyte, then nothing more, then everything again."""

    failures = 1

    def write(self, data: object, /) -> int:
        if self.tell() > 1 << 20 and self.failures:
            self.failures -= 1
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type] # as BytesIO takes it


def test_after_a_failed_write_nothing_follows_the_gap() -> None:
    encryptor = Encryptor(FullDisk(), [IDENTITY.recipient], SeedBytes())
    encryptor.write(FULL * 17)
    with pytest.raises(OSError, match="No space"):
        encryptor.write(FULL * 20)
    with pytest.raises(RuntimeError):
        encryptor.write(b"x")


def test_a_file_with_a_gap_is_refused_even_if_it_is_closed() -> None:
    sink = FullDisk()
    encryptor = Encryptor(sink, [IDENTITY.recipient], SeedBytes())
    encryptor.write(FULL * 17)
    with pytest.raises(OSError, match="No space"):
        encryptor.write(FULL * 20)
    encryptor.close()
    with pytest.raises(PayloadBroken):
        opened(sink.getvalue())


class Sip(BytesIO):
    """A raw stream that gives and takes a few bytes at a time."""

    def write(self, data: object, /) -> int:
        return super().write(memoryview(data)[:1000])  # type: ignore[arg-type] # bytes-like

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 700) if size and size > 0 else size)

    def readinto(self, buffer: object, /) -> int:
        return super().readinto(memoryview(buffer)[:900])  # type: ignore[arg-type] # bytes-like


def test_streams_that_take_and_give_in_sips_are_served() -> None:
    data, sink, plain = SeedBytes(7)(3 * CHUNK + 9), Sip(), Sip()
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
        encryptor.copy_from(Sip(data))
    Decryptor(Sip(sink.getvalue()), [IDENTITY]).copy_to(plain)
    assert plain.getvalue() == data


def test_views_of_wider_items_are_taken_as_bytes() -> None:
    sink = BytesIO()
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
        assert encryptor.write(memoryview(bytes(80)).cast("Q")) == 80
    assert opened(sink.getvalue()) == bytes(80)


class Terabyte(RawIOBase):
    """An age file of a terabyte and three bytes that is made where it is read."""

    chunks = 2**24 + 1

    def __init__(self) -> None:
        head, nonce, key = head_and_key()
        self._head = head + nonce
        self._cipher = ChaCha20Poly1305(key)
        self._at = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        end = len(self._head) + 2**24 * (CHUNK + 16) + 3 + 16
        self._at = offset if whence == os.SEEK_SET else end + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        found = self._some()[: len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _some(self) -> bytes:
        if self._at < len(self._head):
            return self._head[self._at :]
        number, offset = divmod(self._at - len(self._head), CHUNK + 16)
        last = number == self.chunks - 1
        nonce = number.to_bytes(11, "big") + bytes([last])
        plain = b"end" if last else number.to_bytes(8, "big") * (CHUNK // 8)
        return self._cipher.encrypt(nonce, plain, None)[offset:] if number < self.chunks else b""


@pytest.mark.parametrize("number", [0, 2**16 + 1, 2**23, 2**24 - 1])
def test_any_place_in_a_terabyte_is_read(number: int) -> None:
    reader = Decryptor(cast("BinaryIO", Terabyte()), [IDENTITY])
    reader.seek(number * CHUNK + 8)
    assert reader.read(8) == number.to_bytes(8, "big")


def test_the_end_of_a_terabyte_is_read() -> None:
    reader = Decryptor(cast("BinaryIO", Terabyte()), [IDENTITY])
    assert reader.seek(-3, os.SEEK_END) == 2**40
    assert reader.read() == b"end"


class Nowhere:
    """Takes everything and keeps nothing."""

    def write(self, data: bytes | memoryview, /) -> int:
        return len(data)


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_encrypting_takes_the_same_memory_however_much_it_is() -> None:
    def encrypt() -> None:
        with Encryptor(Nowhere(), [IDENTITY.recipient], SeedBytes()) as encryptor:
            for _ in range(48):
                encryptor.write(mebibyte)

    mebibyte = bytes(1 << 20)
    assert peak_of(encrypt) < 3 << 20


def test_decrypting_takes_the_same_memory_however_much_it_is() -> None:
    source = BytesIO(sealed(bytes(48 << 20)))
    assert peak_of(lambda: Decryptor(source, [IDENTITY]).copy_to(Nowhere())) < 4 << 20
