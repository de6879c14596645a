"""What an authority's card in the directory vouches for."""

from __future__ import annotations

from comity.federation.directory.card import AuthorityCard
from comity.federation.trust import Voucher
from comity.seal.keyfiles import PublicCard


def vouch(card: AuthorityCard) -> tuple[Voucher, ...]:
    """Return a voucher for each key of an authority that may seal and issue orders.

    Nothing for a card of a provider or of who oversees: they do neither.
    """
    if not card.may_act:
        return ()
    return tuple(
        Voucher(
            card=PublicCard(name=card.authority, authority=card.authority, key=one.key),
            state=card.state,
            since=one.since,
            until=one.until,
            revoked=one.revoked,
            exercise=card.exercise,
        )
        for one in card.keys
    )
