"""A package that goes out as one stream, read to its end or not."""

from __future__ import annotations

from typing import Final

from django.http import StreamingHttpResponse

from comity.base import Ident
from comity.service.exporting import Export

ACT: Final = "Comity-Act"
TAR: Final = "application/x-tar"


class Chunks:
    """A stream that is closed with the answer, read to its end or not."""

    def __init__(self, export: Export) -> None:
        """Hand on the chunks of ``export``."""
        self._export = export

    def __iter__(self) -> Chunks:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next chunk."""
        return next(self._export.chunks)

    def close(self) -> None:
        """Let go of what it reads from."""
        self._export.close()


def stream_export(named: Ident, export: Export) -> StreamingHttpResponse:
    """Return the answer that hands ``export`` out as a file; a header names the act."""
    answer = StreamingHttpResponse(Chunks(export), content_type=TAR)
    answer["Content-Length"] = str(export.size)
    answer["Content-Disposition"] = f'attachment; filename="{named}.tar"'
    answer["Cache-Control"] = "private, no-store"
    answer[ACT] = str(export.act)
    return answer
