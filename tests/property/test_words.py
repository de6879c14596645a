"""What a text is found by: the same in capitals and small, with and without marks and articles."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from comity.service.words import fold, identifiers, question, terms

ANY = st.text(max_size=60)
ARABIC = st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوي ", min_size=1, max_size=30)
HARAKAT = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0640"
LATIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèüñç ", min_size=1, max_size=40)
CYRILLIC = st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя ", min_size=1, max_size=40)
CHINESE = st.text(alphabet="请求保全电子数据网络犯罪公约医院", min_size=1, max_size=20)


def answers(asked: str, text: str) -> bool:
    held = terms(text)
    return all(one.forms & held for one in question(asked))


@given(ANY)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LATIN | CYRILLIC)
def test_capitals_make_no_difference(text: str) -> None:
    assert terms(text.upper()) == terms(text)


@given(ARABIC, st.data())
def test_arabic_vowel_signs_make_no_difference(text: str, data: st.DataObject) -> None:
    marked = "".join(
        sign + "".join(data.draw(st.lists(st.sampled_from(HARAKAT), max_size=2)))
        for sign in text.split(" ", maxsplit=1)[0]
    )
    assert terms(marked) == terms(text.split(" ", maxsplit=1)[0])


@given(LATIN)
def test_it_is_the_same_composed_and_decomposed(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


@given(ANY, ANY)
def test_a_text_answers_every_question_that_is_a_part_of_it(one: str, other: str) -> None:
    assert answers(one, f"{one} \n {other}")


@given(CHINESE, CHINESE, CHINESE)
def test_chinese_is_found_within_a_sentence(before: str, asked: str, after: str) -> None:
    assert answers(asked, before + asked + after)


@given(ARABIC)
def test_an_arabic_word_is_found_with_its_article_and_without(text: str) -> None:
    for word in text.split():
        if len(word) > 3 and not word.startswith(("ا", "و", "ب", "ك", "ف", "ل")):
            assert answers(word, "ال" + word)


@given(st.integers(0, 255), st.integers(0, 9))
def test_an_identifier_is_found_whole_or_not_at_all(last: int, more: int) -> None:
    assert not answers(f"203.0.113.{last}", f"address: 203.0.113.{last}{more}x port 443")


@given(st.from_regex(r"[A-Z]{2}-[0-9]{2}/[0-9]{4}", fullmatch=True))
def test_a_file_number_is_found_in_a_sentence(number: str) -> None:
    assert answers(number.lower(), f"Your file {number}, of today.")


@given(st.text(alphabet="٠١٢٣٤٥٦٧٨٩", min_size=1, max_size=8))
def test_digits_of_another_script_are_the_same_number(number: str) -> None:
    plain = "".join(str(unicodedata.decimal(one)) for one in number)
    assert identifiers(number) == identifiers(plain)
