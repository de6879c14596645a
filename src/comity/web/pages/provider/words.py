"""The words of the verifier, as this page says them; a test compares them with the verifier's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.federation import Word

TITLES: Final[Mapping[Word, Promise]] = {
    Word.GENUINE: pgettext_lazy("verifier", "genuine"),
    Word.FORGED: pgettext_lazy("verifier", "forged"),
    Word.ALTERED: pgettext_lazy("verifier", "altered"),
    Word.EXPIRED: pgettext_lazy("verifier", "expired"),
    Word.REVOKED: pgettext_lazy("verifier", "revoked"),
    Word.EXERCISE: pgettext_lazy("verifier", "exercise"),
    Word.UNDECIDED: pgettext_lazy("verifier", "could not be decided"),
}
MEANINGS: Final[Mapping[Word, Promise]] = {
    Word.GENUINE: pgettext_lazy(
        "verifier",
        "It comes from the authority that it names, is unaltered and in force, and nothing "
        "at hand says that it was revoked. This says nothing of whether it is lawful.",
    ),
    Word.FORGED: pgettext_lazy(
        "verifier",
        "It is signed, but not by the authority that it names, or it is no order.",
    ),
    Word.ALTERED: pgettext_lazy(
        "verifier",
        "It is not as anyone signed it: changed or cut on its way, put together from parts, "
        "or never an order at all.",
    ),
    Word.EXPIRED: pgettext_lazy(
        "verifier", "Whoever issued it, its own time is over: it binds nobody any more."
    ),
    Word.REVOKED: pgettext_lazy("verifier", "It was taken back: it binds nobody any more."),
    Word.EXERCISE: pgettext_lazy(
        "verifier", "It says of itself that it is an exercise: it binds nobody."
    ),
    Word.UNDECIDED: pgettext_lazy(
        "verifier",
        "It could not be decided whether it is genuine and binds you; the checks say why.",
    ),
}
NEXT: Final[Mapping[Word, Promise]] = {
    Word.GENUINE: pgettext_lazy(
        "verifier",
        "Do as it says, or object as it says. In any doubt call the authority back on the number "
        "in the directory, not on one that came with the order.",
    ),
    Word.FORGED: pgettext_lazy(
        "verifier",
        "Hand nothing over. Keep the file as it came, and call the authority back on the number in "
        "the directory, not on one that came with the order.",
    ),
    Word.ALTERED: pgettext_lazy(
        "verifier",
        "Hand nothing over. Keep the file as it came, and call the authority back on the number in "
        "the directory, not on one that came with the order, to have the original.",
    ),
    Word.EXPIRED: pgettext_lazy(
        "verifier",
        "Hand nothing over on it. If you still hold data for it, call the authority back on the "
        "number in the directory, not on one that came with the order.",
    ),
    Word.REVOKED: pgettext_lazy(
        "verifier",
        "Hand nothing over on it. Before you delete what you hold for it, call the authority back "
        "on the number in the directory, not on one that came with the order.",
    ),
    Word.EXERCISE: pgettext_lazy(
        "verifier",
        "Hand nothing over. If you know of no exercise, call the authority back on the number in "
        "the directory, not on one that came with the order.",
    ),
    Word.UNDECIDED: pgettext_lazy(
        "verifier",
        "Hand nothing over yet and delete nothing meanwhile: call the authority back on the number "
        "in the directory, not on one that came with the order.",
    ),
}
TAGS: Final[Mapping[Word, str]] = {
    Word.GENUINE: "passed",
    Word.FORGED: "failed",
    Word.ALTERED: "failed",
    Word.EXPIRED: "failed",
    Word.REVOKED: "failed",
    Word.EXERCISE: "undecided",
    Word.UNDECIDED: "undecided",
}
CHECKS: Final[Mapping[int, Promise]] = {
    1: pgettext_lazy("verifier", "Shape"),
    2: pgettext_lazy("verifier", "Signatures"),
    3: pgettext_lazy("verifier", "Statement"),
    4: pgettext_lazy("verifier", "Issuer"),
    5: pgettext_lazy("verifier", "Current"),
    6: pgettext_lazy("verifier", "Revocation"),
    7: pgettext_lazy("verifier", "Exercise"),
    8: pgettext_lazy("verifier", "Addressee"),
}
