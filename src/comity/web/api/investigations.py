"""Investigations: our own groups of dossiers, seen by our State alone."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import StringConstraints

from comity.base import Ident
from comity.service.investigations import open_investigation, read_title
from comity.service.rows import InvestigationRow
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.fields import Closed, Shown
from comity.web.api.paging import LIMIT, After, Limit, latest_first, page
from comity.web.permissions import Permission

door: Final = Door("investigations")


class TitleBody(Closed):
    """What an investigation is called in the house."""

    title: Annotated[fields.Text, StringConstraints(min_length=1, max_length=300)]


class InvestigationOpened(Shown):
    """An investigation that was opened."""

    investigation: str


class InvestigationShown(Shown):
    """An investigation; its title lies sealed and is shown where it is asked for by name."""

    investigation: str
    opened: str
    dossiers: list[str]
    title: str | None = None


class InvestigationPage(Shown):
    """Some investigations."""

    items: list[InvestigationShown]
    next: str | None


@door.post("/investigations", Permission.INVESTIGATION_OPEN, InvestigationOpened, 201)
def begin_investigation(request: Asked, body: TitleBody) -> InvestigationOpened:
    """Open an investigation."""
    ident = open_investigation(request.node, request.officer(), body.title)
    return InvestigationOpened(investigation=str(ident))


@door.get("/investigations", Permission.INVESTIGATION_READ, InvestigationPage)
def list_investigations(
    request: Asked, limit: Limit = LIMIT, after: After = ""
) -> InvestigationPage:
    """List investigations, the latest first."""
    with request.node.store.view() as unit:
        rows = sorted(unit.investigations.find(), key=_key)
        found, later = page(rows, _key, limit, after)
        items = [
            InvestigationShown(
                investigation=str(row.ident),
                opened=str(row.opened),
                dossiers=[str(one.ident) for one in unit.dossiers.find(investigation=row.ident)],
            )
            for row in found
        ]
    return InvestigationPage(items=items, next=later)


@door.get("/investigations/{investigation}", Permission.INVESTIGATION_READ, InvestigationShown)
def show_investigation(request: Asked, investigation: fields.InvestigationId) -> InvestigationShown:
    """Show an investigation; its title to whoever may read content."""
    ident = Ident(investigation)
    with request.node.store.view() as unit:
        row = unit.investigations.get(ident)
        dossiers = [str(one.ident) for one in unit.dossiers.find(investigation=ident)]
    may_read = request.has(Permission.CONTENT_READ)
    return InvestigationShown(
        investigation=investigation,
        opened=str(row.opened),
        dossiers=dossiers,
        title=read_title(request.node, ident) if may_read else None,
    )


def _key(row: InvestigationRow) -> tuple[str, ...]:
    return latest_first(str(row.opened)), str(row.ident)
