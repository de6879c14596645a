"""Pieces: each is counted once, compared when it comes and when it is read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from comity.base import Digest, Ident
from comity.federation.descriptor import CHUNK_BYTES, ChunkWrong, digest_chunk
from comity.service.fetching import keep_piece
from comity.service.received_source import JoinedVolume
from comity.service.rows import PieceRow
from comity.storage.disk import DiskBlobs
from comity.storage.memory import MemoryStore
from tests.crossing import Crossing, answer_get, make_crossing
from tests.steady import SeedBytes

XFR = Ident.make("xfr", bytes(17))


def test_a_chunk_that_comes_twice_counts_once(tmp_path: Path) -> None:
    crossing = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    piece, data = _first_piece(crossing, tmp_path)
    assert keep_piece(crossing.xa, piece, data)
    assert not keep_piece(crossing.xa, piece, data)
    assert crossing.incoming().got == piece.size


def test_a_chunk_that_is_wrong_leaves_nothing(tmp_path: Path) -> None:
    crossing = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    piece, data = _first_piece(crossing, tmp_path)
    with pytest.raises(ChunkWrong):
        keep_piece(crossing.xa, piece, data[:-1])
    assert crossing.incoming().got == 0
    assert [*crossing.xa.blobs.names()] == []


class TestJoining:
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> DiskBlobs:
        (tmp_path / "blobs").mkdir()
        return DiskBlobs(tmp_path / "blobs", SeedBytes(1))

    def test_chunks_read_as_one_stream_from_any_place(self, blobs: DiskBlobs) -> None:
        whole = bytes(CHUNK_BYTES - 3) + b"across the seam" + bytes(50)
        joined = io.BufferedReader(JoinedVolume(blobs, _keep(blobs, whole), []))
        assert joined.seek(0, io.SEEK_END) == len(whole)
        joined.seek(CHUNK_BYTES - 3)
        assert joined.read(15) == b"across the seam"
        joined.seek(0)
        assert joined.read() == whole

    def test_a_chunk_that_is_another_is_told_of_and_not_read(self, blobs: DiskBlobs) -> None:
        (piece,) = _keep(blobs, b"what was signed for")
        (other,) = _keep(blobs, b"what lies there now")
        lost: list[PieceRow] = []
        mixed = PieceRow(
            transfer=XFR, volume=0, chunk=0, size=19, blake3=piece.blake3, blob=other.blob
        )
        with pytest.raises(ChunkWrong):
            JoinedVolume(blobs, [mixed], lost).read(1)
        assert lost == [mixed]


def _keep(blobs: DiskBlobs, whole: bytes) -> list[PieceRow]:
    pieces = []
    for chunk, at in enumerate(range(0, len(whole), CHUNK_BYTES)):
        data = whole[at : at + CHUNK_BYTES]
        draft = blobs.draft()
        draft.write(data)
        blob: Digest = draft.commit()
        pieces.append(
            PieceRow(
                transfer=XFR,
                volume=0,
                chunk=chunk,
                size=len(data),
                blake3=digest_chunk(data),
                blob=blob,
            )
        )
    return pieces


def _first_piece(crossing: Crossing, folder: Path) -> tuple[PieceRow, bytes]:
    source = folder / "evidence"
    source.mkdir()
    (source / "one").write_bytes(b"one")
    crossing.seal(source)
    row = crossing.offer()
    path = f"/peers/1/transfers/{row.ident}/volumes/0/chunks/0"
    data = answer_get(crossing.xb, crossing.wire.caller, path)
    piece = PieceRow(
        transfer=row.ident, volume=0, chunk=0, size=len(data), blake3=digest_chunk(data), blob=None
    )
    with crossing.xa.store.unit() as unit:
        unit.pieces.add(piece)
    return piece, data
