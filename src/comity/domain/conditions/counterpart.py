"""Conditions on how a request reaches the other side: language and channel."""

from __future__ import annotations

from typing import Final

from comity.domain.conditions.answer import Answer, by_name, decide, unknown, unmet
from comity.domain.situation import Situation


def language_accepted(situation: Situation) -> Answer:
    """uncc:40(13): *in a language acceptable to the requested State Party*."""
    language = situation.text("language")
    if not language:
        return unmet("The language of the text is not named.")
    if situation.counterpart is None:
        return unknown("The languages of the other State are not known here.")
    accepted = situation.counterpart.languages
    return decide(
        holds=language in accepted,
        yes=f"The other State accepts {language}.",
        no=f"The other State accepts {', '.join(accepted)}, and the text is in {language}.",
    )


def translation_attached(situation: Situation) -> Answer:
    """uncc:40(13): a text in another language goes out with its translation."""
    if situation.taken("translate"):
        return decide(holds=True, yes="A translation is attached.", no="")
    language = situation.text("language")
    if not language:
        return unmet("The language of the text is not named, and no translation is attached.")
    if situation.profile is None:
        return unknown("The languages of the own State are not known here.")
    return decide(
        holds=language in situation.profile.languages,
        yes=f"The text is in {language}, a language of the own State.",
        no=f"The text is in {language}, and no translation is attached.",
    )


def channel_accepted(situation: Situation) -> Answer:
    """uncc:40(12), uncc:40(13): by the channels that the requested State declares."""
    if situation.counterpart is None:
        return unknown("The channels of the other State are not known here.")
    declared = situation.counterpart.channels
    return decide(
        holds=situation.channel in declared,
        yes=f"The other State declares the channel {situation.channel}.",
        no=f"The other State declares {', '.join(declared)}, not {situation.channel}.",
    )


COUNTERPART: Final = by_name(language_accepted, translation_attached, channel_accepted)
