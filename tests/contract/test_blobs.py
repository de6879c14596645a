"""One suite for every keeper of blobs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from comity.base import Digest, Instant
from comity.service.errors import BlobBroken, BlobMissing
from comity.storage.disk import DiskBlobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "blobs"
    found.mkdir()
    return found


@pytest.fixture
def blobs(folder: Path) -> DiskBlobs:
    return DiskBlobs(folder, os.urandom)


def _keep(blobs: DiskBlobs, *chunks: bytes) -> Digest:
    draft = blobs.draft()
    for chunk in chunks:
        draft.write(chunk)
    return draft.commit()


def test_a_blob_is_named_by_the_sha256_of_its_bytes(blobs: DiskBlobs) -> None:
    assert _keep(blobs, b"some ", b"bytes").hex == hashlib.sha256(b"some bytes").hexdigest()


def test_a_blob_comes_back_the_same_and_can_be_read_anywhere(blobs: DiskBlobs) -> None:
    name = _keep(blobs, b"some ", b"bytes")
    with blobs.open(name) as found:
        assert found.read() == b"some bytes"
        found.seek(5)
        assert found.read() == b"bytes"
    assert blobs.size(name) == 10


def test_the_same_bytes_are_kept_once(blobs: DiskBlobs) -> None:
    assert _keep(blobs, b"same") == _keep(blobs, b"same")
    assert len(list(blobs.names())) == 1


def test_a_missing_blob_is_named_as_missing(blobs: DiskBlobs) -> None:
    with pytest.raises(BlobMissing):
        blobs.open(Digest.of(b"nothing"))
    with pytest.raises(BlobMissing):
        blobs.size(Digest.of(b"nothing"))


def test_a_changed_blob_is_never_read(blobs: DiskBlobs, folder: Path) -> None:
    name = _keep(blobs, b"some bytes")
    path = folder / name.hex[:2] / name.hex
    path.chmod(0o600)
    path.write_bytes(b"some byteZ")
    with pytest.raises(BlobBroken):
        blobs.open(name)


def test_a_draft_is_no_blob(blobs: DiskBlobs) -> None:
    draft = blobs.draft()
    draft.write(b"half")
    assert list(blobs.names()) == []
    draft.discard()


def test_a_discarded_draft_leaves_nothing(blobs: DiskBlobs, folder: Path) -> None:
    draft = blobs.draft()
    draft.write(b"half")
    draft.discard()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_discarding_after_committing_harms_nothing(blobs: DiskBlobs) -> None:
    draft = blobs.draft()
    draft.write(b"whole")
    name = draft.commit()
    draft.discard()
    assert blobs.size(name) == 5


def test_sweeping_removes_old_drafts_and_no_blobs(blobs: DiskBlobs, folder: Path) -> None:
    name = _keep(blobs, b"kept")
    (folder / "drafts" / "old").write_bytes(b"left behind")
    (folder / "drafts" / "new").write_bytes(b"being written")
    os.utime(folder / "drafts" / "old", (1_000_000, 1_000_000))
    assert blobs.sweep(Instant.parse("2020-01-01T00:00:00Z")) == 1
    assert list(blobs.names()) == [name]
    assert len(list((folder / "drafts").iterdir())) == 1


def test_removing_twice_harms_nothing(blobs: DiskBlobs) -> None:
    name = _keep(blobs, b"gone")
    blobs.remove(name)
    blobs.remove(name)
    with pytest.raises(BlobMissing):
        blobs.size(name)
