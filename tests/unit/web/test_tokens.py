from __future__ import annotations

import pytest

from comity.service.node import Officer
from comity.service.people import Newcomer, add_person, retire_person
from comity.service.tokens import (
    TokenRefused,
    find_holder,
    issue_token,
    list_tokens,
    revoke_token,
)
from tests.desks import Door, told
from tests.nodes import Desk

HAND = Officer(actor="node", role="operator")
SOMEBODY = Newcomer(login="duty7", roles=["duty_officer"], actor="p-7")


def test_a_token_is_good_to_its_last_second_and_no_longer(desk: Desk) -> None:
    add_person(desk.node, SOMEBODY)
    secret = issue_token(desk.node, "p-7", "test", days=1).secret
    desk.clock.forward("PT23H59M")
    assert find_holder(desk.node, secret).actor == "p-7"
    desk.clock.forward("PT1M")
    with pytest.raises(TokenRefused):
        find_holder(desk.node, secret)


def test_a_revoked_token_opens_nothing(desk: Desk) -> None:
    add_person(desk.node, SOMEBODY)
    issued = issue_token(desk.node, "p-7", "test")
    revoke_token(desk.node, issued.row.digest)
    with pytest.raises(TokenRefused):
        find_holder(desk.node, issued.secret)


def test_whoever_acts_no_more_opens_nothing(desk: Desk) -> None:
    add_person(desk.node, SOMEBODY)
    secret = issue_token(desk.node, "p-7", "test").secret
    retire_person(desk.node, HAND, "p-7")
    with pytest.raises(TokenRefused):
        find_holder(desk.node, secret)
    with pytest.raises(TokenRefused):
        issue_token(desk.node, "p-7", "again")


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", str.upper, lambda _: ""])
def test_nothing_but_the_token_itself_opens(desk: Desk, change: object) -> None:
    add_person(desk.node, SOMEBODY)
    secret = issue_token(desk.node, "p-7", "test").secret
    with pytest.raises(TokenRefused):
        find_holder(desk.node, change(secret))  # type: ignore[operator] # one of the four


def test_no_secret_is_kept(desk: Desk) -> None:
    add_person(desk.node, SOMEBODY)
    issued = issue_token(desk.node, "p-7", "test")
    (row,) = list_tokens(desk.node, "p-7")
    assert issued.secret not in repr(row) + repr(issued)


def test_an_invitation_works_once_and_gives_a_token(door: Door) -> None:
    body = {"login": "new", "roles": ["prosecutor"]}
    invited = told(door.post("enrol", "persons", body))
    assert not invited["is_active"]
    accepted = told(door.post("", "invitations/accept", {"code": invited["code"]}))
    door.tokens["new"] = accepted["token"]
    assert told(door.get("new", "me"))["roles"] == ["prosecutor"]
    again = door.post("", "invitations/accept", {"code": invited["code"]})
    assert again.status_code == 401


def test_an_acceptance_whose_answer_was_lost_is_answered_again(door: Door) -> None:
    invited = told(door.post("enrol", "persons", {"login": "new", "roles": ["prosecutor"]}))
    body = {"code": invited["code"]}
    first = door.post("", "invitations/accept", body, key="same")
    again = door.post("", "invitations/accept", body, key="same")
    assert (again.status_code, again.content) == (201, first.content)


def test_an_invitation_is_no_token(door: Door) -> None:
    invited = told(door.post("enrol", "persons", {"login": "new", "roles": ["prosecutor"]}))
    door.tokens["new"] = invited["code"]
    assert door.get("new", "me").status_code == 401


def test_a_token_is_no_invitation(door: Door) -> None:
    answer = door.post("", "invitations/accept", {"code": door.tokens["duty"]})
    assert answer.status_code == 401


def test_a_reset_ends_every_token_of_a_person(door: Door) -> None:
    code = told(door.post("enrol", "persons/xa-duty/reset"))["code"]
    assert door.get("duty", "me").status_code == 401
    door.tokens["duty"] = told(door.post("", "invitations/accept", {"code": code}))["token"]
    assert door.get("duty", "me").status_code == 200


def test_nobody_changes_their_own_roles(door: Door) -> None:
    body = {"roles": ["prosecutor"]}
    assert door.put("enrol", "persons/xa-enrol/roles", body).status_code == 400
    assert told(door.get("enrol", "me"))["roles"] == ["enrolment_officer"]


def test_changed_roles_count_at_once(door: Door) -> None:
    door.put("enrol", "persons/xa-duty/roles", {"roles": ["operator"]})
    assert door.get("duty", "dossiers").status_code == 403


def test_ones_own_token_can_be_ended_and_nobody_elses(door: Door) -> None:
    mine = told(door.get("duty", "tokens"))["items"][0]["digest"]
    theirs = told(door.get("lab", "tokens"))["items"][0]["digest"]
    assert door.post("duty", f"tokens/{theirs}/revocation").status_code == 404
    assert door.post("duty", f"tokens/{mine}/revocation").status_code == 200
    assert door.get("duty", "me").status_code == 401


def test_bad_tokens_are_slowed_down_and_good_ones_still_pass(door: Door) -> None:
    door.tokens["bad"] = "comity_" + "A" * 43
    codes = [door.get("bad", "me").status_code for _ in range(25)]
    assert set(codes) == {401, 429}
    assert codes[-1] == 429
    assert door.get("duty", "me").status_code == 200


def test_a_reset_is_told_to_oversight_and_to_the_person_with_who_did_it(door: Door) -> None:
    code = told(door.post("enrol", "persons/xa-duty/reset"))["code"]
    door.tokens["duty"] = told(door.post("", "invitations/accept", {"code": code}))["token"]
    for who in ("watch", "duty"):
        found = {one["kind"]: one for one in told(door.get(who, "findings"))["items"]}
        assert found["person-reset"]["source"] == "person xa-duty"
        assert found["person-reset"]["says"].startswith("xa-enrol ")
        assert "reset" in found["person-accepted"]["says"]


def test_a_reset_wakes_the_people_on_duty(door: Door) -> None:
    door.post("enrol", "persons/xa-duty/reset")
    (row,) = told(door.get("ca", "notices"))["items"]
    assert (row["kind"], row["priority"]) == ("finding", "urgent")


def test_what_is_told_of_a_person_holds_no_login_and_no_code(door: Door) -> None:
    invited = told(door.post("enrol", "persons", {"login": "new", "roles": ["prosecutor"]}))
    (row,) = told(door.get("watch", "findings"))["items"]
    assert row["kind"] == "person-invited"
    assert "new" not in row["says"].split()
    assert invited["code"] not in str(row)


def test_changed_roles_are_told_with_what_they_were(door: Door) -> None:
    door.put("enrol", "persons/xa-duty/roles", {"roles": ["prosecutor"]})
    (row,) = told(door.get("watch", "findings"))["items"]
    assert row["says"] == "xa-enrol changed its roles from duty_officer to prosecutor."
