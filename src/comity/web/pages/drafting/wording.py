"""How the words of a form's choices, channels and priorities are said to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.law import Book, Process, Provision
from comity.web.pages.kit.wording import say_provision

CHANNELS: Final[Mapping[str, Promise]] = {
    "node": pgettext_lazy("channel", "From node to node"),
    "letter": pgettext_lazy("channel", "By letter"),
    "mail": pgettext_lazy("channel", "By electronic mail"),
    "portal": pgettext_lazy("channel", "By their portal"),
    "telephone": pgettext_lazy("channel", "By telephone"),
    "interpol": pgettext_lazy("channel", "Through INTERPOL"),
    "diplomatic": pgettext_lazy("channel", "Through diplomatic channels"),
    "courier": pgettext_lazy("channel", "By courier, on a disk"),
}
PRIORITIES: Final[Mapping[str, Promise]] = {
    "routine": pgettext_lazy("priority", "Routine"),
    "urgent": pgettext_lazy("priority", "Urgent"),
    "emergency": pgettext_lazy("priority", "Emergency: a person’s life or safety is at risk"),
}
GATE_KINDS: Final[Mapping[str, Promise]] = {
    "treaty_content": pgettext_lazy("gate", "Asked by the treaty"),
    "own_law": pgettext_lazy("gate", "Asked by our own law"),
    "good_practice": pgettext_lazy("gate", "Good practice"),
}
ORIGINALS: Final[Mapping[str, Promise]] = {
    "signed_form": pgettext_lazy("original", "The signed form"),
    "qualified_pdf": pgettext_lazy("original", "A PDF with a qualified signature"),
    "court_scan": pgettext_lazy("original", "A scan of the court’s order"),
}
KINDS: Final[Mapping[str, Promise]] = {
    "central_authority": pgettext_lazy("authority", "central authority"),
    "contact_point": pgettext_lazy("authority", "24/7 contact point"),
    "competent_authority": pgettext_lazy("authority", "competent authority"),
    "court": pgettext_lazy("authority", "court"),
    "oversight": pgettext_lazy("authority", "oversight body"),
    "provider": pgettext_lazy("authority", "provider"),
}


def say_option(option: str) -> str:
    """Return an option of a choice in words; the law file's own word where there is no other."""
    if option in CHANNELS:
        return str(CHANNELS[option])
    return pgettext("law", option.replace("_", " ").capitalize())


def say_process(book: Book, process: Process) -> str:
    """Return the title of a process with its provision: *… (UNCC 42)*."""
    del book
    return f"{pgettext('law', process.title)} ({say_provision(str(process.law))})"


def say_article(book: Book, law: Provision) -> str:
    """Return an article with its title."""
    clause = book.clause(law)
    title = pgettext("law", clause.title) if clause and clause.title else ""
    return f"{say_provision(str(law))} – {title}" if title else say_provision(str(law))
