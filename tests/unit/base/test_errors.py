"""An error says what, where, under which law, and what to do next."""

from comity.base.errors import BadValue, ComityError, Malformed, NotPermitted


class LedgerTorn(NotPermitted):
    """The ledger is torn.

    More for developers, which nobody is shown.
    """

    code = "test/torn"
    remedy = "Mend it."


def test_line_names_place_sentence_particulars_law_and_remedy() -> None:
    error = LedgerTorn("Page 4.", where="shelf 2", law="uncc:40(25)")
    assert str(error) == "shelf 2: The ledger is torn. Page 4. [uncc:40(25)] Mend it."


def test_particulars_end_before_the_remedy_begins() -> None:
    assert str(LedgerTorn("Page 4")) == "The ledger is torn. Page 4. Mend it."
    assert str(LedgerTorn("Page 4?")) == "The ledger is torn. Page 4? Mend it."


def test_endless_particulars_are_cut() -> None:
    assert len(str(LedgerTorn("x" * 10**6))) < 1_100


def test_data_leaves_out_what_is_absent() -> None:
    assert Malformed().as_data() == {
        "code": "verify/malformed",
        "sentence": "The bytes are not in the form that they should have.",
        "remedy": "Ask the sender for the original again; keep this copy.",
    }


def test_every_error_has_its_own_code() -> None:
    def kinds(root: type[ComityError]) -> list[type[ComityError]]:
        return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]

    codes = [kind.code for kind in kinds(ComityError) if kind.__module__.startswith("comity.")]
    assert len(codes) == len(set(codes))


def test_first_docstring_line_is_the_sentence() -> None:
    assert BadValue.sentence() == "A value is not one that is possible here."
