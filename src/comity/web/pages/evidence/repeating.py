"""How a stranger repeats each check, with what is there on any machine, and with our command.

The commands are those of docs/protocol/package.md and keys.md; nothing here is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.base import Finding

_OURS: Final = "comity evidence verify {package} --trust sealer.pub"
_MANIFEST: Final = "cd {package}/bag && sha256sum -c manifest-sha256.txt"
_TAGS: Final = "cd {package}/bag && sha256sum -c tagmanifest-sha256.txt"
_BAGIT: Final = "bagit.py --validate {package}/bag"
_OPENSSL: Final = (
    "openssl pkeyutl -verify -rawin -pubin -inkey ed25519.pem -in pae.bin -sigfile ed25519.sig"
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What was compared in a check, and the commands that compare it again."""

    compared: Promise
    commands: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShownCheck:
    """A numbered check as the page shows it."""

    number: int
    name: str | Promise
    verdict: str
    says: str
    source: str
    recipe: Recipe | None
    package: str

    @property
    def tag(self) -> str:
        """Return the word by which its shape is chosen."""
        return "undecided" if self.verdict == "indeterminate" else self.verdict

    @property
    def commands(self) -> tuple[str, ...]:
        """Return the commands that repeat it, on the folder of the package."""
        made = self.recipe.commands if self.recipe else (_OURS,)
        return tuple(one.format(package=self.package) for one in made)


_RECIPES: Final[Mapping[int, Recipe]] = {
    1: Recipe(
        compared=pgettext_lazy(
            "evidence", "The names of all files with the closed list of names that a package has."
        ),
        commands=(_OURS,),
    ),
    2: Recipe(
        compared=pgettext_lazy(
            "evidence",
            "The shape of the seal, and the key beside it with the key that the seal names.",
        ),
        commands=(_OURS,),
    ),
    3: Recipe(
        compared=pgettext_lazy(
            "evidence",
            "Both signatures with the bytes of the statement. The second command repeats the "
            "Ed25519 half without us: pae.bin is the text “DSSEv1”, type and statement, as "
            "docs/protocol/keys.md writes it.",
        ),
        commands=(_OURS, _OPENSSL),
    ),
    4: Recipe(
        compared=pgettext_lazy(
            "evidence", "Every field of the statement with what is known and possible."
        ),
        commands=(_OURS,),
    ),
    5: Recipe(
        compared=pgettext_lazy(
            "evidence",
            "The key with those that somebody you trust vouches for, at the time of sealing. "
            "sealer.pub is a card that you have from elsewhere, not the one in the package.",
        ),
        commands=(_OURS,),
    ),
    6: Recipe(
        compared=pgettext_lazy(
            "evidence", "The declaration of the bag with what it must say, to the byte."
        ),
        commands=(_OURS, _BAGIT),
    ),
    7: Recipe(
        compared=pgettext_lazy("evidence", "The digest of every tag file with the tag manifest."),
        commands=(_TAGS,),
    ),
    8: Recipe(
        compared=pgettext_lazy(
            "evidence", "The digest of the tag manifest with the one in the signed statement."
        ),
        commands=("sha256sum {package}/bag/tagmanifest-sha256.txt", _OURS),
    ),
    9: Recipe(
        compared=pgettext_lazy(
            "evidence", "The manifest with the objects and metadata files that are there."
        ),
        commands=(_OURS, _BAGIT),
    ),
    10: Recipe(
        compared=pgettext_lazy(
            "evidence",
            "The digest of every metadata file with the manifest, and what it says with the "
            "object beside it.",
        ),
        commands=(_OURS, _MANIFEST),
    ),
    11: Recipe(
        compared=pgettext_lazy(
            "evidence", "The digest of every object, read to its last byte, with the manifest."
        ),
        commands=(_MANIFEST,),
    ),
    12: Recipe(
        compared=pgettext_lazy(
            "evidence",
            "The tree of salted digests of all objects with the root in the signed statement.",
        ),
        commands=(_OURS,),
    ),
    13: Recipe(
        compared=pgettext_lazy(
            "evidence", "The number of objects that are here with the number that was sealed."
        ),
        commands=(_OURS,),
    ),
}


_NAMES: Final[Mapping[int, Promise]] = {
    1: pgettext_lazy("check", "Layout"),
    2: pgettext_lazy("check", "Seal shape"),
    3: pgettext_lazy("check", "Signatures"),
    4: pgettext_lazy("check", "Statement"),
    5: pgettext_lazy("check", "Sealer"),
    6: pgettext_lazy("check", "Bag declaration"),
    7: pgettext_lazy("check", "Tag files"),
    8: pgettext_lazy("check", "Sealed bag"),
    9: pgettext_lazy("check", "Manifest"),
    10: pgettext_lazy("check", "Metadata"),
    11: pgettext_lazy("check", "Objects"),
    12: pgettext_lazy("check", "Root"),
    13: pgettext_lazy("check", "Counts"),
}


def show_findings(findings: tuple[Finding, ...], package: str) -> tuple[ShownCheck, ...]:
    """Return findings as the page shows them."""
    return tuple(show_data(finding.as_data(), package) for finding in findings)


def show_data(data: Mapping[str, Any], package: str) -> ShownCheck:
    """Return a finding that was kept as data, as the page shows it."""
    number = data.get("check", 0)
    return ShownCheck(
        number=number if isinstance(number, int) else 0,
        name=_NAMES.get(number, str(data.get("name", ""))),
        verdict=str(data.get("verdict", "")),
        says=str(data.get("says", "")),
        source=str(data.get("source", "")),
        recipe=_RECIPES.get(number),
        package=package,
    )
