"""Forms: what each kind of request must and may contain."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    ``kind`` is authority, text, identifiers, offence, period, instant, choice, yes_no,
    act or list; ``asked`` is always, where_known or where_appropriate; ``sensitivity``
    is plain, case or personal. ``options`` are those of a choice.
    """

    field: str
    label: str
    kind: str
    asked: str
    sensitivity: str
    law: Provision
    help: str = ""
    options: tuple[str, ...] = ()
    level: Level
    basis: str
    place: Place = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of one kind of request; ``process`` is the key of its process."""

    key: str
    title: str
    process: str
    law: Provision
    level: Level
    basis: str
    fields: Mapping[str, Field]
    place: Place = dataclasses.field(compare=False)
