"""The words of orders, answers and comparisons, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MEASURES: Final[Mapping[str, Promise]] = {
    "preserve": pgettext_lazy("order", "Preserve, and wait"),
    "produce": pgettext_lazy("order", "Produce"),
    "produce_subscriber_information": pgettext_lazy("order", "Produce subscriber information"),
    "produce_traffic_data": pgettext_lazy("order", "Produce traffic data"),
    "produce_content_data": pgettext_lazy("order", "Produce content data"),
}
KINDS: Final[Mapping[str, Promise]] = {
    "content": pgettext_lazy("order", "content"),
    "subscriber": pgettext_lazy("order", "subscriber"),
    "traffic": pgettext_lazy("order", "traffic"),
}
CODES: Final[Mapping[str, Promise]] = {
    "done": pgettext_lazy("answer", "Done"),
    "partly": pgettext_lazy("answer", "Done in part"),
    "no_such_data": pgettext_lazy("answer", "No such data"),
    "not_ours": pgettext_lazy("answer", "Not ours: someone else holds it"),
    "object": pgettext_lazy("answer", "We object"),
    "need_more_time": pgettext_lazy("answer", "We need more time"),
    "costs": pgettext_lazy("answer", "It costs"),
}
HOLDINGS: Final[Mapping[str, Promise]] = {
    "held": pgettext_lazy("order", "The provider says that it holds all of it."),
    "partly": pgettext_lazy("order", "The provider says that it holds part of it."),
    "not_held": pgettext_lazy("order", "The provider says that it holds none of it."),
    "unknown": pgettext_lazy("order", "The provider has not said yet what it holds."),
}
OUTCOMES: Final[Mapping[str, Promise]] = {
    "same": pgettext_lazy("comparison", "same"),
    "changed": pgettext_lazy("comparison", "changed"),
    "moved": pgettext_lazy("comparison", "moved"),
    "missing": pgettext_lazy("comparison", "missing"),
    "added": pgettext_lazy("comparison", "added"),
}
OUTCOME_TAGS: Final[Mapping[str, str]] = {
    "same": "passed",
    "changed": "failed",
    "moved": "waits",
    "missing": "failed",
    "added": "undecided",
}
BOUND: Final[Mapping[str, Promise]] = {
    "first": pgettext_lazy(
        "comparison",
        "The inventory that was opened is the one whose salted digest the provider told at the "
        "freeze: it was bound to every line of it since then.",
    ),
    "later": pgettext_lazy(
        "comparison",
        "The inventory that was opened is one whose salted digest the provider told only later, "
        "not the first one.",
    ),
    "never": pgettext_lazy(
        "comparison",
        "The inventory that was opened was never told before. Equal items then prove nothing.",
    ),
}
UPLOADS: Final[Mapping[str, Promise]] = {
    "open": pgettext_lazy("upload", "still coming"),
    "whole": pgettext_lazy("upload", "here, and whole"),
    "taken": pgettext_lazy("upload", "taken in as evidence"),
    "refused": pgettext_lazy("upload", "refused"),
}
