"""The outlines: all articles, in their chapters, and nobody behind a line who is not named."""

from __future__ import annotations

import re

import pytest

from comity.law import Level, Provision, load_book
from tests.lawbooks import FILES
from tests.rawlaw import raw_rows, read_raw

# convention.md section 0: the chapters of the Convention and their first and last article
CHAPTERS = {
    "I": (1, 6),
    "II": (7, 21),
    "III": (22, 22),
    "IV": (23, 34),
    "V": (35, 52),
    "VI": (53, 53),
    "VII": (54, 56),
    "VIII": (57, 58),
    "IX": (59, 68),
}
CITED = re.compile(r"law: \"?([^\s,}\"]+)")


def test_the_convention_has_sixty_eight_articles() -> None:
    articles = load_book().packs["uncc"].articles

    assert [clause.law.article for clause in articles] == list(range(1, 69))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_article_stands_in_its_chapter(chapter: str) -> None:
    first, last = CHAPTERS[chapter]
    articles = load_book().packs["uncc"].articles
    found = [clause.law.article for clause in articles if clause.chapter == chapter]

    assert found == list(range(first, last + 1))


@pytest.mark.parametrize("article", [29, 30, 31])
def test_the_budapest_articles_on_stored_data_stand_beside_it(article: int) -> None:
    assert load_book().clause(Provision("budapest", article)) is not None


def test_every_citation_in_the_files_is_listed_in_an_outline() -> None:
    known = {str(law) for outline in load_book().outlines() for law in outline}
    cited = set()
    for path in FILES.rglob("*.yaml"):
        cited |= set(CITED.findall(path.read_text("utf-8")))

    assert cited - known == set()


def test_only_marks_of_a_source_make_a_line_sourced() -> None:
    lines = [clause for pack in load_book().packs.values() for clause in pack.outline.values()]
    claimed = {clause.law: clause.level is Level.DRAFT_SOURCED for clause in lines}

    assert claimed == {
        clause.law: clause.basis[0] in "TVUS"
        and not clause.basis[1:2].isalpha()
        and "unverified" not in clause.basis
        and "M:" not in clause.basis
        for clause in lines
    }


def test_no_treaty_line_claims_a_lawyer() -> None:
    lines = [clause for pack in load_book().packs.values() for clause in pack.outline.values()]

    assert all(clause.level.is_draft for clause in lines)


def test_the_convention_says_that_it_was_not_compared_with_the_certified_texts() -> None:
    notice = load_book().packs["uncc"].notice.lower()

    assert "not compared with the certified texts" in notice


def test_every_state_in_the_files_is_an_exercise_state_or_vouched_for_by_name() -> None:
    for path in (FILES / "states").glob("*.yaml"):
        raw = read_raw(path)
        assert raw["exercise"] == "yes" or "by" in raw["vouched"] or "draft" in str(raw["vouched"])


@pytest.mark.parametrize("kind", ["grounds", "gates", "safeguards", "clocks"])
def test_every_rule_of_the_files_is_in_the_book(kind: str) -> None:
    name = kind.removesuffix("s")
    book = load_book()
    found = [getattr(one, name) for one in getattr(book, kind).values()]

    assert sorted(found) == sorted(row[name] for _, row in raw_rows(kind))
