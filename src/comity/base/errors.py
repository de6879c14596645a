"""The one family of errors.

An error says what went wrong (the first line of its class's docstring), where
(``where``), in what particulars (``detail``), what to do next (``remedy``) and,
if a rule of law is behind it, which (``law``). Whose fault it is decides the branch:

- ``AskedWrongly``   the caller's: the words, the file, the value asked with
- ``NotPermitted``   the law's or the role's: a step that may not be taken now
- ``DoesNotVerify``  the data's: bytes that are not what they claim to be
- ``OutOfReach``     the world's: a disk, a lock, a network; may be tried again

A broken invariant of our own is no member of this family: it is a ``RuntimeError``
and stops the process. A refusal of assistance is no error at all, but a lawful state.
Messages never hold secrets, names of persons concerned, or content of evidence.
"""

from __future__ import annotations

import inspect
from typing import ClassVar

from comity.base import limits


class ComityError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "comity/error"
    remedy: ClassVar[str] = ""

    def __init__(self, detail: str = "", *, where: str = "", law: str = "") -> None:
        """Keep the particulars: ``where`` it went wrong and under which ``law``."""
        super().__init__(detail)
        self.detail = detail
        self.where = where
        self.law = law

    @classmethod
    def sentence(cls) -> str:
        """Return what went wrong, as one sentence for people."""
        return (inspect.getdoc(cls) or "").partition("\n")[0]

    def __str__(self) -> str:
        """Return all of it in one line: where, what, particulars, law, what to do next."""
        parts = [f"{self.where}: " if self.where else "", self.sentence()]
        if self.detail:
            parts.append(f" {_as_sentence(self.detail)}")
        if self.law:
            parts.append(f" [{self.law}]")
        if self.remedy:
            parts.append(f" {self.remedy}")
        return "".join(parts)

    def as_data(self) -> dict[str, str]:
        """Return the error as flat data for machines; absent particulars are left out."""
        found = {
            "code": self.code,
            "sentence": self.sentence(),
            "where": self.where,
            "detail": self.detail,
            "law": self.law,
            "remedy": self.remedy,
        }
        return {name: value for name, value in found.items() if value}


def _as_sentence(detail: str) -> str:
    """Return particulars of any source so that a sentence may follow: ended, and not endless."""
    if len(detail) > limits.DETAIL_CHARACTERS:
        return f"{detail[: limits.DETAIL_CHARACTERS]} …"
    return detail if detail.rstrip().endswith((".", "!", "?", "…")) else f"{detail}."


class AskedWrongly(ComityError):
    """What was asked cannot be understood."""

    code = "asked/wrongly"


class NotPermitted(ComityError):
    """This may not be done now, or not by this person."""

    code = "permitted/not"


class DoesNotVerify(ComityError):
    """What was received is not what it claims to be."""

    code = "verify/not"


class OutOfReach(ComityError):
    """Something outside did not answer as it should; it may be tried again."""

    code = "reach/out"


class Malformed(DoesNotVerify):
    """The bytes are not in the form that they should have."""

    code = "verify/malformed"
    remedy = "Ask the sender for the original again; keep this copy."


class TooLarge(DoesNotVerify):
    """The input is larger than the bound set for it."""

    code = "verify/too-large"
    remedy = "Ask the sender to split it; the bounds are listed in comity.base.limits."


class BadValue(AskedWrongly):
    """A value is not one that is possible here."""

    code = "asked/bad-value"
