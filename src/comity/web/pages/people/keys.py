"""The authority's keys: those in use, those that wait, those of before."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.app.keyring import ACTIVE, FORMER, NEXT, REVOKED, ShownKey, list_keys
from comity.app.rotating import IDENTITY, SIGNING, TLS, WIRE
from comity.base.errors import ComityError
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
_KINDS: Final[dict[str, Promise]] = {
    SIGNING: _p("people", "Signs acts, receipts and packages (Ed25519 and ML-DSA-65)"),
    IDENTITY: _p("people", "Opens what is encrypted to the authority (age)"),
    WIRE: _p("people", "Signs requests between nodes (Ed25519)"),
    TLS: _p("people", "Certificate of the node's door for others (TLS)"),
}
_STATES: Final[dict[str, tuple[str, Promise]]] = {
    ACTIVE: ("passed", _p("people", "in use")),
    NEXT: ("waits", _p("people", "waits to be listed")),
    FORMER: ("undecided", _p("people", "of before: still opens and verifies what is of its time")),
    REVOKED: ("failed", _p("people", "revoked")),
}


@page("keys", Permission.DIRECTORY_READ, name="keys", title=_p("people", "Keys of the authority"))
def show(seat: Seat) -> Answer:
    """Show every key by its public name; what is secret stays in its file."""
    held, problem = _held(seat)
    rows = [
        {
            "key": one,
            "kind": _KINDS.get(one.kind, one.kind),
            "mark": _STATES.get(one.state, ("undecided", one.state))[0],
            "state": _STATES.get(one.state, ("", one.state))[1],
        }
        for one in held
    ]
    return Sheet(template="people/keys.html", values={"keys": rows, "problem": problem})


def _held(seat: Seat) -> tuple[tuple[ShownKey, ...], ComityError | None]:
    """Return the keys as the node's folder has them; without one, those the node works with."""
    node = seat.node
    plain = (
        ShownKey(kind=SIGNING, name=str(node.key.public.key_id), state=ACTIVE, is_listed=None),
        ShownKey(kind=IDENTITY, name=str(node.identity.recipient), state=ACTIVE, is_listed=None),
    )
    if node.home is None:
        return plain, None
    try:
        return list_keys(node.home), None
    except ComityError as error:
        return plain, error
