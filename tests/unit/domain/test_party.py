"""States by their letters; parties, dossiers, bases."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from comity.base.errors import ComityError
from comity.base.ident import Ident
from comity.domain.codes import STATES
from comity.domain.dossier import Channel, DossierRefused, Investigation, LegalBasis
from comity.domain.party import Party, StateCode, UnknownState
from comity.domain.plain import TextRefused
from tests.world import Desk


def test_norway_is_text_from_end_to_end() -> None:
    assert str(StateCode.parse("NO")) == "NO"


@pytest.mark.parametrize(
    ("text", "letters"),
    [("KEN", "KE"), ("ken", "KE"), ("vn", "VN"), ("DEU", "DE"), ("XA", "XA"), ("CHE", "CH")],
)
def test_three_letters_are_brought_to_two(text: str, letters: str) -> None:
    assert StateCode.parse(text).letters == letters


@pytest.mark.parametrize("text", ["", "K", "ZZ", "XD", "UK", "EU", "Kenya", "ＫＥ", "ıT", "GBRX"])
def test_other_letters_are_no_state(text: str) -> None:
    with pytest.raises(UnknownState):
        StateCode.parse(text)


def test_there_are_193_members_two_observers_and_two_more() -> None:
    assert len(STATES) == 193 + 2 + 2
    assert len(set(STATES.values())) == len(STATES)
    assert {"VA", "PS", "CK", "NU"} <= STATES.keys()


def test_exercise_states_exist_in_exercises_alone() -> None:
    dossier = Desk().dossier
    with pytest.raises(DossierRefused):
        dataclasses.replace(dossier, exercise=False)


def test_a_dossier_belongs_to_one_of_its_sides() -> None:
    with pytest.raises(DossierRefused):
        dataclasses.replace(Desk().dossier, own=StateCode("XC"))


@pytest.mark.parametrize("own", ["XA", "XB"])
def test_a_dossier_knows_its_own_side_and_its_counterpart(own: str) -> None:
    desk = Desk(own=own)
    side = {"XA": "requesting", "XB": "requested"}[own]
    assert desk.dossier.side(desk.process) == side
    assert str(desk.dossier.counterpart.state) != own


def test_a_dossier_does_not_follow_itself() -> None:
    dossier = Desk().dossier
    with pytest.raises(DossierRefused):
        dataclasses.replace(dossier, follows=dossier.ident)


@pytest.mark.parametrize("text", ["uncc", "budapest", "treaty: Agreement of 1999 between A and B"])
def test_a_legal_basis_prints_as_it_was_written(text: str) -> None:
    assert str(LegalBasis.parse(text)) == text


@pytest.mark.parametrize("text", ["", "UNCC", "treaty: ", "a treaty", "treaty: \u202etxet"])
def test_what_names_no_treaty_is_no_basis(text: str) -> None:
    with pytest.raises(ComityError):
        LegalBasis.parse(text)


def test_a_basis_is_a_pack_or_a_treaty_and_not_both() -> None:
    with pytest.raises(DossierRefused):
        LegalBasis(pack="uncc", treaty="Agreement of 1999")


def test_channels_are_the_words_of_the_law_files() -> None:
    declared = {channel for state in Desk().book.states.values() for channel in state.channels}
    assert declared <= {one.value for one in Channel}


def test_another_word_is_no_channel() -> None:
    with pytest.raises(DossierRefused):
        Channel.parse("pigeon")


@pytest.mark.parametrize("name", ["", "Office\u200b", "a\nb", "x" * 300])
def test_an_authority_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(TextRefused):
        Party(StateCode("XA"), name)


@pytest.mark.parametrize("kind", ["dos", "exh"])
def test_an_investigation_has_an_identifier_of_its_own(kind: str) -> None:
    values: dict[str, Any] = {"state": StateCode("XA"), "title": "Hospital"}
    with pytest.raises(DossierRefused):
        Investigation(ident=Ident(f"{kind}_" + "0" * 26), opened=Desk().now, **values)
