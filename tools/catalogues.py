"""The catalogues of words: what is to be translated, what is missing, and their compiling.

    tools/catalogues.py check [ROOM…]         what is missing, odd or left over; exit 1 if anything
    tools/catalogues.py update LANG [ROOM…]   write into the catalogues what they lack, untranslated
    tools/catalogues.py new LANG              begin a language: an empty catalogue for each room
    tools/catalogues.py compile               make of each .po the .mo that a node reads

A room is a folder with a folder ``locale``: the rooms of the pages, the papers, and ``law``. The
words of ``law`` come from the law files and from the sentences of our errors; their catalogue is
a draft in any language and may have gaps, which a page fills with the English text.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = ROOT / "src" / "comity"
PAGES: Final = SOURCE / "web" / "pages"
LAW: Final = "law"
# As everybody writes them; Babel has the last two of Arabic the other way round.
_PLURALS: Final = {
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
        "n%100>=11 && n%100<=99 ? 4 : 5;"
    )
}
_LAW_HEAD: Final = (
    "# Comity, law: words of the law files and of our errors. A draft translation: no lawyer has\n"
    "# looked at it yet, and the English text is the one that was drafted."
)
# What a catalogue's head says of who wrote it when: the history of the file knows better.
_DATED: Final = re.compile(
    r'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Tr|Language-Team|Generated).*"\n',
    re.MULTILINE,
)
_FILE: Final = Path("LC_MESSAGES") / "django.po"
_PLACES: Final = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")
_CONSTANT: Final = re.compile(r'^(_?[A-Z_]+)(?:: Final(?:\[str\])?)? = "([^"]+)"$', re.MULTILINE)
_WORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_n": (1, 2),
    "_p": ((1, "c"), 2),
    "_np": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def rooms() -> dict[str, Path]:
    """Return the folders of the catalogues by the names of their rooms."""
    pages = [one.parent / "locale" for one in sorted(PAGES.glob("*/__init__.py"))]
    found = {one.parent.name: one for one in (*pages, *(SOURCE / "web").glob("*/locale"))}
    found.pop("templatetags", None)
    return {**found, LAW: SOURCE / LAW / "locale"}


def languages() -> tuple[str, ...]:
    """Return the languages that any room has a catalogue of."""
    found = {one.parents[1].name for place in rooms().values() for one in place.glob(f"*/{_FILE}")}
    return tuple(sorted(found))


def read_catalogue(place: Path, language: str) -> Catalog:
    """Return a room's catalogue; an empty one if there is none."""
    path = place / language / _FILE
    if not path.exists():
        return Catalog(locale=Locale.parse(language, sep="-"))
    with path.open("rb") as stream:
        return read_po(stream, locale=language.replace("-", "_"))


def wanted_words(room: str) -> Catalog:
    """Return all that is to be translated in a room."""
    found = Catalog()
    told = law_words() if room == LAW else room_words(room)
    for words, context, place in told:
        found.add(words, context=context or None, locations=[(place, 0)])
    return found


def room_words(room: str) -> Iterator[tuple[str | tuple[str, ...], str, str]]:
    """Yield what the modules and templates of a room say, with its context and place."""
    for path in sorted(room_files(room)):
        text = path.read_text("utf-8")
        if path.suffix == ".html":
            # Django makes of a template what looks like code; its lines need no order.
            text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
        else:
            # A context may be a constant of the module.
            for name, said in _CONSTANT.findall(text):
                text = text.replace(f"({name},", f'("{said}",')
        data = io.BytesIO(text.encode())
        place = str(path.relative_to(ROOT))
        for _line, words, _comments, context in extract("python", data, _WORDS):
            yield (words if isinstance(words, str) else tuple(words), context or "", place)


def room_files(room: str) -> Iterator[Path]:
    """Yield the modules and templates of a room."""
    folder = rooms()[room].parent
    yield from folder.rglob("*.py")
    yield from folder.rglob("*.html")
    if folder.parent == PAGES:
        yield from (PAGES / "templates" / room).rglob("*.html")
        tags = {"kit": "comity"}.get(room, room)
        yield from (PAGES / "templatetags").glob(f"{tags}.py")


def law_words() -> Iterator[tuple[str, str, str]]:
    """Yield the words of the law files that pages show, and the sentences of our errors."""
    from comity.law.loading import load_book  # noqa: PLC0415 - slow, and needed here alone

    book = load_book()
    kinds: list[Iterable[object]] = [
        book.packs.values(),
        book.states.values(),
        book.roles.values(),
        book.needs.values(),
        book.processes.values(),
        book.forms.values(),
        book.clocks.values(),
        book.gates.values(),
        book.grounds.values(),
        book.safeguards.values(),
        *(one.states.values() for one in book.processes.values()),
        *(one.steps.values() for one in book.processes.values()),
        *(one.fields.values() for one in book.forms.values()),
        *(one.articles for one in book.packs.values()),
        *(one.clocks.values() for one in book.states.values()),
        *(one.gates.values() for one in book.states.values()),
        *(one.conditions for one in book.states.values()),
    ]
    for kind in kinds:
        for one in kind:
            for name in ("title", "short", "name", "means", "label", "help"):
                said = getattr(one, name, "")
                # The name of a state or step is one for programs.
                is_code = name == "name" and said == str(said).lower()
                if isinstance(said, str) and said and not is_code:
                    yield said, LAW, type(one).__name__
    yield from _error_words()


def _error_words() -> Iterator[tuple[str, str, str]]:
    from comity.base.errors import ComityError  # noqa: PLC0415 - as above

    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "code = " in text and path.parent.name != "cli":
            yield from _errors_of(text, str(path.relative_to(ROOT)))
    yield ComityError.sentence(), LAW, "ComityError"


_ERROR: Final = re.compile(
    r'^class \w+\([\w, ]+\):\n    """(.+?)(?:\n|""")(?:.|\n)*?(?=^\S|\Z)', re.MULTILINE
)
_REMEDY: Final = re.compile(r'^    remedy = (?:\(\n((?:\s+".*"\n)+)    \)|"(.*)")$', re.MULTILINE)


def _errors_of(text: str, place: str) -> Iterator[tuple[str, str, str]]:
    for match in _ERROR.finditer(text):
        if "\n    code = " not in match[0]:
            continue
        yield match[1], LAW, place
        remedy = _REMEDY.search(match[0])
        if remedy:
            parts = re.findall(r'"(.*)"', remedy[1]) if remedy[1] else [remedy[2]]
            yield "".join(parts), LAW, place


def check(names: Iterable[str]) -> int:
    """Print what is not as it should be; return the number of faults."""
    faults = 0
    for quarrel in quarrels():
        faults += 1
        print(quarrel)
    for room in names:
        wanted = wanted_words(room)
        for language in languages():
            own = read_catalogue(rooms()[room], language)
            if room == LAW:
                told = sum(1 for one in wanted if one.id and _found(own, one))
                print(f"law/{language}: {told} of {len(wanted)} words, as a draft", file=sys.stderr)
            for fault in _faults(room, wanted, own):
                faults += 1
                print(f"{room}/{language}: {fault}")
    return faults


def quarrels() -> Iterator[str]:
    """Yield what two rooms say otherwise: a node reads all catalogues as one."""
    for language in languages():
        said: dict[tuple[str, str], tuple[str, object]] = {}
        for room, place in rooms().items():
            for one in read_catalogue(place, language):
                key = (one.context or "", _parts(one.id)[0])
                first, text = said.setdefault(key, (room, one.string))
                if one.id and text != one.string and all(_parts(one.string)) and all(_parts(text)):
                    yield f"{room}/{language}: {first} says it otherwise: {_name(one)}"


def _found(own: Catalog, one: Message) -> bool:
    message = own.get(one.id, one.context)
    return message is not None and bool(message.string) and all(_strings(message))


def _strings(message: Message) -> tuple[str, ...]:
    return _parts(message.string)


def _parts(said: object) -> tuple[str, ...]:
    forms = said if isinstance(said, list | tuple) else (said,)
    return tuple(str(one or "") for one in forms)


def _faults(room: str, wanted: Catalog, own: Catalog) -> Iterator[str]:
    for one in wanted:
        if one.id and room != LAW and not _found(own, one):
            yield f"missing: {_name(one)}"
    for one in own:
        if not one.id:
            continue
        if wanted.get(one.id, one.context) is None:
            yield f"left over: {_name(one)}"
        if one.fuzzy:
            yield f"doubtful (fuzzy): {_name(one)}"
        yield from _form_faults(one, own.num_plurals)


def _form_faults(one: Message, plurals: int) -> Iterator[str]:
    if isinstance(one.id, tuple) and len(_strings(one)) != plurals:
        yield f"has {len(_strings(one))} forms instead of {plurals}: {_name(one)}"
    ids = _parts(one.id)
    wanted, most = _places(ids[0]), set().union(*(_places(part) for part in ids))
    for said in filter(None, _strings(one)):
        # A plural form may say the number in a word: "one day".
        if not _places(said) <= most or (not isinstance(one.id, tuple) and _places(said) != wanted):
            yield f"its places differ: {_name(one)} → {said}"


def _places(text: str) -> set[str]:
    return {match[0] for match in _PLACES.finditer(text.replace("%%", ""))}


def _name(one: Message) -> str:
    said = _parts(one.id)[0]
    return f"[{one.context}] {said}" if one.context else said


def update(language: str, names: Iterable[str]) -> None:
    """Write what is missing into the catalogues, and take out what is left over."""
    for room in names:
        own, wanted = read_catalogue(rooms()[room], language), wanted_words(room)
        made = _empty(language, room)
        for one in sorted(wanted, key=lambda message: (message.context or "", str(message.id))):
            if one.id:
                known = own.get(one.id, one.context)
                made.add(one.id, known.string if known else None, context=one.context)
        if len(made):
            _write(rooms()[room] / language / _FILE, made)


def _write(path: Path, made: Catalog) -> None:
    text = io.BytesIO()
    write_po(text, made, width=100, no_location=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_DATED.sub("", text.getvalue().decode()), "utf-8")


def _empty(language: str, room: str) -> Catalog:
    made = Catalog(
        locale=Locale.parse(language, sep="-"),
        project="Comity",
        header_comment=_LAW_HEAD if room == LAW else f"# Comity, {room}: the words of its pages.",
        fuzzy=False,
    )
    plural = get_plural(made.locale)
    form = f"nplurals={plural.num_plurals}; plural={plural.plural_expr};"
    made.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", _PLURALS.get(language, form)),
    ]
    return made


def compile_all() -> int:
    """Compile every catalogue that is newer than what was compiled of it; return how many."""
    count = 0
    for place in rooms().values():
        for path in place.glob(f"*/{_FILE}"):
            made = path.with_suffix(".mo")
            if not made.exists() or made.stat().st_mtime < path.stat().st_mtime:
                _compile(path, made)
                count += 1
    return count


def _compile(path: Path, made: Path) -> None:
    with path.open("rb") as stream:
        own = read_po(stream, locale=path.parents[1].name.replace("-", "_"))
    draft = made.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as stream:
        write_mo(stream, own)
    draft.replace(made)


def main() -> int:
    """Do what was asked."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    verbs = reader.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check").add_argument("rooms", nargs="*")
    for verb in ("update", "new"):
        one = verbs.add_parser(verb)
        one.add_argument("language")
        one.add_argument("rooms", nargs="*")
    verbs.add_parser("compile")
    asked = reader.parse_args()
    names = getattr(asked, "rooms", None) or list(rooms())
    if asked.verb == "compile":
        print(f"{compile_all()} catalogues compiled", file=sys.stderr)
        return 0
    if asked.verb == "check":
        return 1 if check(names) else 0
    update(asked.language, names)
    print("Add the language to LANGUAGES in src/comity/app/desk_apps.py.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
