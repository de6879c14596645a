"""Words: what a text is found by, in Arabic, Chinese, Cyrillic and Latin scripts.

A text is *folded*: compatibility forms become plain (NFKC), capitals small, accents, vowel
signs and the tatweel go, letters that people interchange become one (alef, ya, ta marbuta, yo),
digits of every script become 0 to 9. Then it is cut up:

- an *identifier* is a run of ASCII that holds a digit or an @: an address, a hash, a mailbox, a
  file number. It is found whole or not at all: 203.0.113.7 does not find 203.0.113.70;
- a *word* is found by what it is and by its stems. Which language a word is in nobody says,
  so that Latin words have a stem in English, French and Spanish, Cyrillic ones in Russian, and
  Arabic ones, without their article, in Arabic;
- Chinese, Japanese and Korean are written without blanks: each sign is found, and each pair.

The same text always gives the same terms, and folding what is folded changes nothing.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import snowballstemmer  # type: ignore[import-untyped] # it has no stubs

_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]"
)
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
# й keeps its breve: it is a letter of its own.
_BREVE: Final = "\u0306"
_SAME: Final = str.maketrans(
    {
        "\u0640": "",  # tatweel
        "\u0622": "\u0627",
        "\u0623": "\u0627",
        "\u0625": "\u0627",
        "\u0671": "\u0627",
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
        "\u06c1": "\u0647",
        "\u06d5": "\u0647",
        "ё": "е",
        "ı": "i",
        "\u200b": "",
        "\u200c": "",
        "\u200d": "",
        "\u00ad": "",
    }
)
_IDENTIFIER: Final = re.compile(r"[a-z0-9][a-z0-9._:/@+\-#&=?%~]*[a-z0-9]|[0-9]")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHAINED: Final = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]+"
)
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_ARTICLES: Final = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
# What is left of a word without its article has at least so many letters, else it was none.
_LEAST: Final = 2
_LATIN_TONGUES: Final = ("english", "french", "spanish")
# A word longer than this is no word; stemming it would only cost time.
_LONGEST: Final = 60
_ROUNDS: Final = 8
_STEMMERS: Final = threading.local()


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: it is found where any of its forms is; or an identifier."""

    forms: frozenset[str]


def fold(text: str) -> str:
    """Return the text in its plainest form; folding again changes nothing."""
    for _ in range(_ROUNDS):
        folded = _fold_once(text)
        if folded == text:
            return text
        text = folded
    return text


def identifiers(text: str) -> frozenset[str]:
    """Return what is found whole or not at all: addresses, hashes, mailboxes, file numbers."""
    return frozenset(_identifiers(fold(text)))


def terms(text: str) -> frozenset[str]:
    """Return all forms of all words under which a text is found; identifiers begin with =."""
    folded = fold(text)
    found = {f"={one}" for one in _identifiers(folded)}
    for word in _words(folded):
        found |= _chain_terms(word) if _CHAINED.match(word) else _forms(word)
    return frozenset(found)


def question(text: str) -> tuple[Term, ...]:
    """Return what a question asks for; a text answers it if every one of these is found there."""
    folded = fold(text)
    asked = [frozenset({f"={one}"}) for one in sorted(set(_identifiers(folded)))]
    for word in _words(folded):
        if _CHAINED.match(word):
            asked += [frozenset({pair}) for pair in _pairs(word)]
        else:
            asked.append(_forms(word))
    return tuple(Term(forms) for forms in dict.fromkeys(asked))


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(_without_marks(unicodedata.normalize("NFD", plain)))
    return "".join(map(_digit, unicodedata.normalize("NFC", bare).translate(_SAME)))


def _without_marks(decomposed: str) -> Iterator[str]:
    is_cyrillic = False
    for sign in decomposed:
        if _MARKS.match(sign):
            if is_cyrillic and sign == _BREVE:
                yield sign
            continue
        is_cyrillic = bool(_CYRILLIC.match(sign))
        yield sign


def _digit(sign: str) -> str:
    return str(unicodedata.decimal(sign, sign))


def _identifiers(folded: str) -> Iterator[str]:
    for match in _IDENTIFIER.finditer(folded):
        if _is_identifier(match[0]):
            yield match[0]


def _is_identifier(run: str) -> bool:
    return "@" in run or any(sign.isdigit() for sign in run)


def _words(folded: str) -> Iterator[str]:
    """Yield words and runs of chained script; what is an identifier is no word."""

    def blank(match: re.Match[str]) -> str:
        return " " if _is_identifier(match[0]) else match[0]

    for match in _WORD.finditer(_IDENTIFIER.sub(blank, folded)):
        yield from _cut(match[0])


def _cut(run: str) -> Iterator[str]:
    """Cut a run where the script changes between chained signs and letters."""
    at = 0
    for match in _CHAINED.finditer(run):
        if match.start() > at:
            yield run[at : match.start()]
        yield match[0]
        at = match.end()
    if at < len(run):
        yield run[at:]


def _pairs(run: str) -> tuple[str, ...]:
    if len(run) == 1:
        return (run,)
    return tuple(run[at : at + 2] for at in range(len(run) - 1))


def _chain_terms(run: str) -> frozenset[str]:
    return frozenset({*run, *_pairs(run)})


@lru_cache(maxsize=20_000)
def _forms(word: str) -> frozenset[str]:
    """Return the word and its stems."""
    if len(word) > _LONGEST:
        return frozenset({word})
    if _ARABIC.search(word):
        bare = _without_article(word)
        return frozenset({word, bare, _stem("arabic", bare)})
    if _CYRILLIC.search(word):
        return frozenset({word, _stem("russian", word)})
    return frozenset({word, *(_stem(tongue, word) for tongue in _LATIN_TONGUES)})


def _without_article(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _LEAST:
            return word.removeprefix(article)
    return word


def _stem(tongue: str, word: str) -> str:
    """Return the stem; the stem of a stem is itself, so that both find each other."""
    held = getattr(_STEMMERS, tongue, None)
    if held is None:  # a stemmer keeps its place in a word, and is no thread's but its own
        held = snowballstemmer.stemmer(tongue)
        setattr(_STEMMERS, tongue, held)
    for _ in range(_ROUNDS):
        stem = fold(held.stemWord(word))
        if stem == word:
            break
        word = stem
    return word
