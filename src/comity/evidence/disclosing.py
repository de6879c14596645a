"""Disclosing a part of a package: what is shown verifies, what is withheld stays unknown.

The part is a new bag with the chosen objects and their metadata, the original Statement
and sealer, and for each object shown its salt, index and path. It has nothing else of the
package: no summary, no circumstances, no size of the whole. Serials are new and follow the
tree, whose order is random. A part of a part is made in the same way.

The package is first examined in all but its objects (``check_frame``); each chosen object
is digested while it is copied. What is withheld is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity.base import Digest, limits
from comity.base.errors import TooLarge
from comity.evidence import entries
from comity.evidence.bagging import (
    DECLARATION_BYTES,
    PART_INFO,
    TagWriter,
    manifest_line,
    tag_manifest,
)
from comity.evidence.choosing import require_serials
from comity.evidence.copying import Copier, Watch, unwatched
from comity.evidence.entries import Sink, Source, object_name, read_small, record_name, write_entry
from comity.evidence.errors import NothingChosen, PackageBroken
from comity.evidence.leaves import PartSalts, show_leaves, write_salts
from comity.evidence.statement import Statement
from comity.evidence.verifying import Contents, check_frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What a part shows: the Statement it stands under, how many objects, how many not."""

    statement: Statement
    shown: int
    withheld: int


def disclose_part(
    source: Source, serials: Iterable[int], sink: Sink, watch: Watch = unwatched
) -> Disclosed:
    """Write the part of ``source`` that shows the objects of these ``serials``.

    Raises ``NothingChosen`` or ``BadValue`` for serials that are not there, and what does
    not verify if the package is not sound; then what was written is no package.
    """
    contents = require_frame(source)
    wanted = set(serials)
    if not wanted:
        raise NothingChosen
    require_serials(wanted, contents.layout.count)
    shown = show_leaves(contents.salts, contents.listed, wanted)
    salts = write_salts(PartSalts(tuple(shown.values())))
    if len(salts) > limits.SALTS_BYTES:
        detail = f"{len(shown)} objects are too many for one part; disclose several parts."
        raise TooLarge(detail)
    tags = _write_payload(_Copying(source, contents, sink, watch), shown)
    _write_tags(sink, tags)
    write_entry(sink, entries.SALTS, salts)
    write_entry(sink, entries.SEALER, contents.card.document())
    write_entry(sink, entries.STATEMENT, contents.sealed)
    withheld = contents.statement.objects - len(shown)
    return Disclosed(statement=contents.statement, shown=len(shown), withheld=withheld)


def require_frame(source: Source) -> Contents:
    """Examine all of ``source`` but its objects; raise unless it is sound."""
    examined = check_frame(source)
    examined.report.require()
    if examined.contents is None:
        message = "a report passed without contents"
        raise RuntimeError(message)
    return examined.contents


@dataclass(frozen=True, slots=True)
class _Copying:
    """What is copied from, and to."""

    source: Source
    contents: Contents
    sink: Sink
    watch: Watch

    def copy_object(self, copier: Copier, serial: int, new: int) -> Digest:
        """Copy an object under its new serial; raise if it is not what was sealed."""
        writer = self.sink.create(object_name(new))
        with self.source.open(object_name(serial)) as stream:
            copied = copier.copy(stream.readinto, writer)
        writer.close()
        if copied.fault or not copied.digest.matches(self.contents.listed.object(serial)):
            detail = f"{object_name(serial)} is not what was sealed."
            raise PackageBroken(detail)
        return copied.digest

    def copy_record(self, serial: int, new: int) -> Digest:
        """Copy an object's metadata under its new serial; raise if they changed meanwhile."""
        data = read_small(self.source, record_name(serial), limits.OBJECT_METADATA_BYTES)
        digest = Digest.of(data)
        if not digest.matches(self.contents.listed.record(serial)):
            detail = f"{record_name(serial)} changed while it was read."
            raise PackageBroken(detail)
        write_entry(self.sink, record_name(new), data)
        return digest


def _write_payload(copying: _Copying, shown: Iterable[int]) -> dict[str, Digest]:
    """Copy the objects shown, in this order, under new serials; list them as they go by."""
    manifest = TagWriter(copying.sink, entries.MANIFEST)
    with Copier(copying.watch) as copier:
        for new, serial in enumerate(shown, start=1):
            digest = copying.copy_object(copier, serial, new)
            manifest.write(manifest_line(digest, object_name(new)))
            manifest.write(manifest_line(copying.copy_record(serial, new), record_name(new)))
    return {entries.MANIFEST: manifest.close()}


def _write_tags(sink: Sink, tags: Mapping[str, Digest]) -> None:
    made = {entries.DECLARATION: DECLARATION_BYTES, entries.INFO: PART_INFO}
    for name, data in made.items():
        write_entry(sink, name, data)
    digests = {name: Digest.of(data) for name, data in made.items()}
    write_entry(sink, entries.TAG_MANIFEST, tag_manifest({**tags, **digests}))
