"""Why a paper could not be printed."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, OutOfReach


class PaperUnknown(AskedWrongly):
    """There is no such paper."""

    code = "paper/unknown"
    remedy = "Choose one of those that the dossier's page of papers lists."


class NothingToPrint(AskedWrongly):
    """There is nothing to print yet."""

    code = "paper/nothing"
    remedy = "A paper is made of a signed act. Take the step first, then print it."


class LanguageUnknown(AskedWrongly):
    """No catalogue of that language is here."""

    code = "paper/language"
    remedy = "Choose one of the languages offered, or add a catalogue (docs/translating.md)."


class PaperTooLong(AskedWrongly):
    """This is too long to be printed."""

    code = "paper/too-long"
    remedy = "Take the dossier's folder instead: it holds the same content as files."


class PressAbsent(OutOfReach):
    """This machine cannot print: what sets the pages, or its fonts, are not installed."""

    code = "paper/press-absent"
    remedy = (
        "The operator installs Pango and the Noto fonts; on Debian: "
        "apt install libpangoft2-1.0-0 fonts-noto-core. Nothing else is missing."
    )


class PressBusy(OutOfReach):
    """Other papers are being printed."""

    code = "paper/press-busy"
    remedy = "Try again in a minute."


class PaperFailed(OutOfReach):
    """The paper could not be printed within its bounds of time and memory."""

    code = "paper/failed"
    remedy = "Try again. If it fails again, take the dossier's folder without papers."
