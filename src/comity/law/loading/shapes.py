"""The shape of each kind of law file: closed JSON Schemas, and their errors in our words.

Every schema refuses keys that it does not know, so that a misspelt ``neeeds`` cannot
make a safeguard vanish. The schemas stand in ``comity/law/schemas``.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, TypeAlias

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from comity.law.loading.faults import (
    BadCitation,
    BadShape,
    LawFault,
    MissingKey,
    UnknownKey,
)
from comity.law.loading.nodes import Node, Table, Text, descend, plain
from comity.law.place import Place
from comity.law.provision import BadProvision, Provision

Schema: TypeAlias = Mapping[str, Any]
_SHOWN: Final = 60
_SHARED: Final = "urn:comity:law:words#/$defs/"
_KINDS: Final = {"object": "a table", "array": "a list", "string": "text"}


@dataclass(frozen=True, slots=True)
class _Miss:
    """One rule of a schema that was missed: its name, its value, and the schema around it."""

    rule: str
    wanted: Any
    schema: Any
    message: str


def check_shape(kind: str, node: Node) -> Iterator[LawFault]:
    """Yield every way in which ``node`` is not a law file of this ``kind``."""
    for error in _validator(kind).iter_errors(plain(node)):
        rule, wanted, schema = str(error.validator), error.validator_value, error.schema
        yield from _translate(_Miss(rule, wanted, schema, error.message), node, error.absolute_path)


@functools.cache
def read_schema(kind: str) -> Schema:
    """Return the schema of one kind of file."""
    text = resources.files("comity.law").joinpath("schemas", f"{kind}.json").read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


@functools.cache
def _validator(kind: str) -> Validator:
    checker: type[Validator] = validators.extend(  # type: ignore[no-untyped-call] # stubs lag
        Draft202012Validator, {"pattern": _whole}
    )
    return checker(_write_out(read_schema(kind)))


def _write_out(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Put each shared definition where it is referred to: looking it up takes half the time."""
    if isinstance(schema, list):
        return [_write_out(inside) for inside in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {key: _write_out(inside) for key, inside in schema.items() if key != "$ref"}
    if "$ref" not in schema:
        return rest
    name = schema["$ref"].removeprefix(_SHARED)
    shared = _write_out(read_schema("words")["$defs"][name])
    return {"allOf": [shared, rest]} if rest else shared


def _whole(_: object, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    """Match to the last character: the dollar of Python lets a line break pass."""
    inner = pattern.removeprefix("^").removesuffix("$")
    if isinstance(value, str) and re.fullmatch(inner, value) is None:
        yield ValidationError("pattern")


def _translate(error: _Miss, root: Node, at: Iterable[str | int]) -> Iterator[LawFault]:
    path = list(at)
    key = _spell(path)
    node = descend(root, path)
    if error.rule == "additionalProperties" and isinstance(node, Table):
        yield from _unknown_keys(error, node, key)
    elif error.rule == "required" and isinstance(node, Table):
        yield _missing_key(error, node, key)
    elif error.rule == "dependentRequired":
        yield MissingKey("level and basis stand together.", node.place, key=key)
    else:
        yield _bad_value(error, node, key)


def _unknown_keys(error: _Miss, node: Table, key: str) -> Iterator[LawFault]:
    known = sorted(error.schema["properties"])
    for name, place in node.keys.items():
        if name not in known:
            detail = f"The key {name[:_SHOWN]!r} is not known here."
            yield UnknownKey(detail, place, key=key, found=name, expected=known)


def _missing_key(error: _Miss, node: Table, key: str) -> LawFault:
    missing = next(name for name in error.wanted if f"{name!r} is" in error.message)
    return MissingKey(f"The key {missing!r} is missing.", node.place, key=key)


def _bad_value(error: _Miss, node: Node, key: str) -> LawFault:
    schema, place = error.schema, node.place
    said = node.text if isinstance(node, Text) else ""
    if schema is False:
        return UnknownKey("Options are for a choice alone.", place, key=key)
    if error.rule == "enum":
        return _not_listed(error, place, key, said)
    if error.rule == "pattern" and "provision" in schema.get("description", ""):
        return BadCitation(_cited(said), place, key=key)
    detail = f"{_found(node)} stands where {_wanted(error)} is expected."
    return BadShape(detail, place, key=key)


def _not_listed(error: _Miss, place: Place, key: str, said: str) -> LawFault:
    detail = f"{said[:_SHOWN]!r} is not possible."
    if said.upper() == "NO":
        detail += " It is read as text: as the code of Norway, never as false."
    return BadShape(detail, place, key=key, found=said, expected=error.wanted)


def _cited(said: str) -> str:
    try:
        Provision.parse(said)
    except BadProvision as error:
        return f"{error.detail} {error.remedy}"
    return f"{said!r} is a provision, but not of the kind expected here."


def _found(node: Node) -> str:
    if isinstance(node, Text):
        return f"{node.text[:_SHOWN]!r}" if node.text else "Nothing"
    return "A table" if isinstance(node, Table) else "A list"


def _wanted(error: _Miss) -> str:
    schema = error.schema
    if error.rule == "type":
        wanted = str(error.wanted)
        return str(schema.get("description", _KINDS.get(wanted, wanted)))
    rules = {
        "minItems": f"a list of at least {error.wanted}",
        "minProperties": f"a table of at least {error.wanted}",
        "maxLength": f"a text of at most {error.wanted} characters",
        "uniqueItems": "a list without repetition",
    }
    return rules.get(error.rule, str(schema.get("description", error.message)))


def _spell(path: list[str | int]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
