"""Packages on a disk, plain or encrypted, told apart by what lies in the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comity.evidence.entries import Writer
from comity.evidence.errors import IdentityNeeded, LayoutRefused
from comity.evidence.folder import FolderSink, FolderSource
from comity.evidence.unlocking import VolumeSource
from comity.evidence.volumes import VolumeSink, volume_name
from comity.seal.age import Unwraps, Wraps
from comity.seal.fields import Random


class EncryptedSink:
    """Write a package into a new folder of encrypted volumes; ``finish`` gives it its name."""

    def __init__(self, place: Path, recipients: Sequence[Wraps], random: Random) -> None:
        """Make ``<place>.partial``; raise ``PlaceTaken`` if it or ``place`` is there."""
        self._folder = FolderSink(place)
        self._volumes = VolumeSink(self._open, recipients, random)

    def create(self, name: str) -> Writer:
        """Begin the entry ``name``."""
        return self._volumes.create(name)

    def finish(self) -> None:
        """End the volumes, flush them to the disk, then give the package its name."""
        self._volumes.finish()
        self._folder.finish()

    def _open(self, number: int) -> Writer:
        return self._folder.create(volume_name(number))


def open_source(place: Path, identities: Sequence[Unwraps] = ()) -> FolderSource | VolumeSource:
    """Return the package at ``place``, opened with ``identities`` if it is encrypted.

    Raises ``NotThere``, ``IdentityNeeded``, ``NoMatch``, and what does not verify.
    """
    folder = FolderSource(place)
    if not (place / volume_name(0)).is_file() or (place / "bag").exists():
        return folder
    found = set(folder.names())
    if not identities:
        raise IdentityNeeded(where=str(place))
    source = VolumeSource(lambda number: folder.open(volume_name(number)), identities)
    if found != {volume_name(number) for number in source.numbers}:
        source.close()
        detail = "The volumes here are not those that the index names."
        raise LayoutRefused(detail, where=str(place))
    return source
