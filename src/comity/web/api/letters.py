"""Letters: acts of ours on their way to other nodes, and what a person does about them."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from comity.base import Digest
from comity.service.letters import list_letters, send_again
from comity.service.node import Node
from comity.service.rows import LetterRow
from comity.service.steering import halt_letter
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.fields import Closed, Shown
from comity.web.api.paging import LIMIT, After, Limit, latest_first, page
from comity.web.permissions import Permission

door: Final = Door("letters")


class LetterShown(Shown):
    """An act or a receipt on its way; its text is not shown here."""

    message: str
    kind: str
    dossier: str | None
    act: str | None
    receiver: str = Field(description="The other side's State.")
    authority: str
    priority: str
    made: str
    due: str
    relay_by: str
    deliver_by: str
    retrieve_by: str
    attempts: int
    state: str
    trouble: str


class LetterPage(Shown):
    """Some letters, the latest first."""

    items: list[LetterShown]
    next: str | None


class StopBody(Closed):
    """Why a letter is to be sent no more."""

    reasons: fields.Line


@door.get("/letters", Permission.LETTER_READ, LetterPage)
def list_sent(
    request: Asked,
    limit: Limit = LIMIT,
    after: After = "",
    state: fields.MaybeWord = "",
    dossier: Annotated[str, Field(max_length=30)] = "",
) -> LetterPage:
    """List what is on its way to other nodes, or went, the latest first."""
    rows = (
        row
        for row in sorted(list_letters(request.node), key=_key)
        if state in {"", row.state} and dossier in {"", str(row.dossier)}
    )
    found, later = page(rows, _key, limit, after)
    return LetterPage(items=[_show(row) for row in found], next=later)


@door.post("/letters/{message}/stop", Permission.LETTER_STEER, LetterShown)
def stop_sending(request: Asked, message: fields.DigestText, body: StopBody) -> LetterShown:
    """Let a letter be tried no more; an act says who stopped it and why."""
    digest = Digest.parse(message)
    return _show(halt_letter(request.node, request.officer(), digest, body.reasons))


@door.post("/letters/{message}/again", Permission.LETTER_STEER, LetterShown)
def try_again(request: Asked, message: fields.DigestText) -> LetterShown:
    """Send a letter again now; of one that was stopped or refused a new one is made."""
    node: Node = request.node
    return _show(send_again(node, request.officer(), Digest.parse(message)))


def _key(row: LetterRow) -> tuple[str, ...]:
    return latest_first(str(row.made)), str(row.message)


def _show(row: LetterRow) -> LetterShown:
    return LetterShown(
        message=str(row.message),
        kind=row.kind,
        dossier=fields.maybe_text(row.dossier),
        act=fields.maybe_text(row.act),
        receiver=row.receiver_state,
        authority=row.receiver_authority,
        priority=row.priority,
        made=str(row.made),
        due=str(row.due),
        relay_by=str(row.relay_by),
        deliver_by=str(row.deliver_by),
        retrieve_by=str(row.retrieve_by),
        attempts=row.attempts,
        state=row.state,
        trouble=row.trouble,
    )
