"""A dossier as one folder: acts as they were signed, papers, tables, and how to check it all.

    README.txt                      what it is, what is left out, how anybody checks it
    SHA256SUMS                      of all other files
    register.json                   the entry in the register
    acts.csv receipts.csv deadlines.csv
    acts/0001-exchanged-XA-send/    act.json, act.dsse.json, act.ed25519.sig, act.key.…,
                                    content.json, documents/…
    receipts/01-delivered/          the same of each receipt
    papers/*.pdf                    PDF/A-3

Content and documents are there for those who may read content; for others the folder has none
and says so. No format is new: the files are those of the record (docs/protocol/acts.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from comity.base import Digest, canonical_bytes
from comity.base.errors import AskedWrongly
from comity.service.chains import CONTENT
from comity.service.orders import list_orders
from comity.web.pages.papers.archive import Entry
from comity.web.pages.papers.kinds import KINDS
from comity.web.pages.papers.printing import print_kind
from comity.web.pages.papers.readme import Missing, write_readme
from comity.web.pages.papers.receipts import sign_of
from comity.web.pages.papers.record import Held, Record
from comity.web.pages.papers.register import register_data
from comity.web.pages.papers.tables import acts_csv, deadlines_csv, receipts_csv
from comity.web.pages.papers.tcy import has_template
from comity.web.paper.errors import PaperTooLong
from comity.web.paper.inlays import Signed, key_files, signed_files
from comity.web.paper.press import Press

# Papers of one folder: the last acts of a long case; all acts are there as files.
MOST_PAPERS: Final = 40
# All papers of one folder, which are held until they are sent: each has 50 kB.
PAPERS_BYTES: Final = 64 << 20
# Documents of one folder: sixty of the largest; what is more is fetched one by one.
DOCUMENTS_BYTES: Final = 2 << 30


@dataclass(kw_only=True)
class Folder:
    """What goes into the folder; ``missing`` says what does not, and why."""

    record: Record
    papers: tuple[tuple[str, bytes], ...] = ()
    missing: list[Missing] = field(default_factory=list)
    has_papers: bool = True
    _sums: list[str] = field(default_factory=list)
    _left: int = DOCUMENTS_BYTES

    def entries(self) -> Iterator[Entry]:
        """Yield all files, the list of digests last."""
        for one in self._files():
            self._sums.append(f"{Digest.of(one.data).hex}  {one.name}\n")
            yield self._rooted(one)
        told = write_readme(self.record, self.missing, has_papers=self.has_papers)
        readme = self._file("README.txt", told)
        self._sums.append(f"{Digest.of(readme.data).hex}  {readme.name}\n")
        yield self._rooted(readme)
        yield self._rooted(self._file("SHA256SUMS", "".join(self._sums).encode()))

    def _files(self) -> Iterator[Entry]:
        record = self.record
        yield self._file("register.json", canonical_bytes(register_data(record)))
        yield self._file("acts.csv", acts_csv(record))
        yield self._file("receipts.csv", receipts_csv(record))
        yield self._file("deadlines.csv", deadlines_csv(record))
        for at, held in enumerate(record.acts, 1):
            yield from self._act(at, held)
        for at, row in enumerate(record.shown.receipts, 1):
            yield from self._signed(f"receipts/{at:02}-{row.event}", sign_of(record, row, 0))
        for name, pdf in self.papers:
            yield self._file(f"papers/{name}", pdf)

    def _act(self, at: int, held: Held) -> Iterator[Entry]:
        act = held.act
        place = f"acts/{at:04}-{act.track}-{act.holder}-{_safe(act.step)}"
        yield from self._signed(place, held.signed)
        if not self.record.has_content:
            return
        for name in (CONTENT, *self.record.documents(held)):
            yield from self._document(place, held, name)

    def _document(self, place: str, held: Held, name: str) -> Iterator[Entry]:
        if name not in held.act.covers:
            return
        path = f"{place}/{'content.json' if name == CONTENT else f'documents/{_safe(name)}'}"
        if self._left <= 0:
            self.missing.append(Missing(path=path, why="too-much"))
            return
        data = self.record.document(held, name)
        if data is None:
            self.missing.append(Missing(path=path, why="erased"))
            return
        self._left -= len(data)
        yield Entry(name=path, data=data, at=held.act.at)

    def _signed(self, place: str, signed: Signed) -> Iterator[Entry]:
        name = signed.name.partition("-")[0]
        plain = Signed(
            name=name,
            document=signed.document,
            envelope=signed.envelope,
            key=signed.key,
            at=signed.at,
        )
        files = signed_files(plain)
        if plain.key is None:
            self.missing.append(Missing(path=f"{place}/{name}.key.json", why="key-unknown"))
        else:
            files |= key_files(plain.key, f"{name}.key")
        for file, data in files.items():
            yield Entry(name=f"{place}/{file}", data=data, at=plain.at)

    def _file(self, name: str, data: bytes) -> Entry:
        return Entry(name=name, data=data, at=self.record.last)

    def _rooted(self, entry: Entry) -> Entry:
        return Entry(name=f"{self.record.ident}/{entry.name}", data=entry.data, at=entry.at)


def print_folder(press: Press, record: Record, language: str) -> Folder:
    """Return the folder of a dossier with its papers printed in one language."""
    wanted = list(_wanted(record))
    folder = Folder(record=record)
    left, printed = PAPERS_BYTES, []
    for name, kind, act in wanted[-MOST_PAPERS:]:
        path = f"{name}-{language}.pdf"
        try:
            pdf = print_kind(press, record, KINDS[kind], act, language).pdf
        except (PaperTooLong, AskedWrongly):
            folder.missing.append(Missing(path=f"papers/{path}", why="not-printed"))
            continue
        left -= len(pdf)
        if left < 0:
            folder.missing.append(Missing(path=f"papers/{path}", why="too-much"))
            break
        printed.append((path, pdf))
    if len(wanted) > MOST_PAPERS:
        folder.missing.append(Missing(path="papers/", why="too-many"))
    folder.papers = tuple(printed)
    return folder


def plain_folder(record: Record) -> Folder:
    """Return the folder of a dossier without papers."""
    return Folder(record=record, has_papers=False)


def _wanted(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield the papers of a dossier in time: a name, a kind, and the act."""
    if record.has_content:
        asking = record.process.sides.asking
        for at, held in enumerate(record.acts, 1):
            if held.is_exchanged:
                kind = "request" if held.act.side == asking else "decision"
                yield f"{at:04}-{kind}-{_safe(held.act.step)}", kind, str(held.digest)
        for row in list_orders(record.node, record.ident):
            yield f"order-{row.order}", "order", row.order
        if has_template(record.process.key):
            yield "template", "tcy", ""
    if record.shown.receipts:
        yield "receipts", "receipt", ""
    yield "register", "register", ""


def _safe(name: str) -> str:
    """Return a name that is one name in any folder: what an act covers may have bars in it."""
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)
    return plain.lstrip(".") or "_"
