"""Cards of authorities for tests, and rows that hold them as if a directory had brought them."""

from __future__ import annotations

from dataclasses import replace

from comity.base import Instant
from comity.federation.directory import AuthorityCard, CardKey, CardRecipient, Duty
from comity.seal.age import Identity
from comity.seal.keys import SigningKey
from comity.service.node import Node
from comity.service.rows import AuthorityRow
from tests.steady import SeedBytes

SINCE = Instant.parse("2026-11-01T00:00:00Z")
PEM = "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"


def make_card(state: str = "XB", *, seed: int = 7, **change: object) -> AuthorityCard:
    """Return a card with everything in it; keys come from ``seed``."""
    random = SeedBytes(seed)
    authority = str(change.get("authority", f"{state}-CA"))
    card = AuthorityCard(
        state=state,
        authority=authority,
        kind="central_authority",
        exercise=True,
        names={"en": f"Central Authority of {state}", "ar": "السلطة المركزية"},
        zone="Africa/Nairobi",
        languages=("en", "fr"),
        call_back=("+254700000001",),
        roster=(
            Duty(
                days=("sat", "sun"),
                begins="18:00",
                ends="08:00",
                number="+254700000002",
                languages=("en",),
            ),
        ),
        conditions="For the proceedings named in the request alone.",
        legal_original="PDF with a qualified signature",
        endpoint=f"https://{state.lower()}.example:8443",
        certificate=PEM,
        wire_key=b"\x07" * 32,
        keys=(CardKey(key=SigningKey.generate(random).public, since=SINCE),),
        recipients=(
            CardRecipient(recipient=str(Identity.generate(random).recipient), since=SINCE),
        ),
        protocols=("1",),
    )
    return replace(card, **change)  # type: ignore[arg-type] # as given


def card_of(node: Node, **change: object) -> AuthorityCard:
    """Return the card of a node of these tests: its own keys in it."""
    return make_card(
        node.state,
        **{  # type: ignore[arg-type] # as given
            "authority": node.authority,
            "exercise": node.exercise,
            "keys": (CardKey(key=node.key.public, since=SINCE),),
            "recipients": (CardRecipient(recipient=str(node.identity.recipient), since=SINCE),),
            **change,
        },
    )


def know_card(node: Node, card: AuthorityCard, *, source: str = "paired") -> None:
    """Let the node know a card as if a verified directory had brought it."""
    row = AuthorityRow(
        state=card.state,
        authority=card.authority,
        version=1,
        document=card.document(),
        source=source,
        seen=node.clock.now(),
        is_listed=True,
    )
    with node.store.unit() as unit:
        unit.authorities.remove(state=card.state, authority=card.authority)
        unit.authorities.add(row)
