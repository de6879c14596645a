from __future__ import annotations

from comity.service.reading import list_dossiers, show_dossier
from tests.desks import Door, open_body, told
from tests.nodes import Desk
from tests.world import FULL_FORM


def _open(door: Door, who: str = "duty", **change: object) -> str:
    answer = door.post(who, "dossiers", open_body(**change))
    assert answer.status_code == 201, answer.content
    return str(told(answer)["dossier"])


def _send(door: Door, dossier: str) -> dict[str, object]:
    values = {**FULL_FORM, "urgency": "Logs are about to be lost.", "own_reference": "XA-26-0042"}
    assert door.put("duty", f"dossiers/{dossier}/form", {"values": values}).status_code == 200
    answer = door.post("duty", f"dossiers/{dossier}/steps", {"step": "send"})
    assert answer.status_code == 201, answer.content
    found: dict[str, object] = told(answer)
    return found


def test_an_act_bears_the_actor_of_the_token_and_the_role(door: Door) -> None:
    act = _send(door, _open(door))
    assert (act["actor"], act["role"]) == ("xa-duty", "duty_officer")


def test_where_two_roles_fit_one_must_be_named(door: Door) -> None:
    body = open_body()
    unclear = door.post("both", "dossiers", body)
    assert (unclear.status_code, told(unclear)["code"]) == (400, "api/role-unclear")
    assert door.post("both", "dossiers", body, comity_role="prosecutor").status_code == 201


def test_where_one_of_two_roles_may_take_the_step_it_need_not_be_named(door: Door) -> None:
    dossier = _open(door)
    asked = {"duty_officer", "prosecutor"}
    steps = door.node.process("uncc/preservation").steps.values()
    fit = next(one for one in steps if len(asked & set(one.roles)) == 1)
    answer = door.post("both", f"dossiers/{dossier}/steps", {"step": fit.name})
    assert told(answer)["code"] == "domain/step-closed"
    assert "not for" not in told(answer)["detail"]


def test_a_closed_step_is_refused_with_what_is_unmet_and_its_provision(door: Door) -> None:
    dossier = _open(door)
    answer = door.post("duty", f"dossiers/{dossier}/steps", {"step": "send"})
    problem = told(answer)
    assert (answer.status_code, problem["code"]) == (403, "domain/step-closed")
    assert problem["law"].startswith("uncc:")
    assert "always asked" in problem["detail"]


def test_a_step_on_an_older_version_is_refused(door: Door) -> None:
    dossier = _open(door)
    body = {"step": "send", "version": 0}
    answer = door.post("duty", f"dossiers/{dossier}/steps", body)
    assert (answer.status_code, told(answer)["code"]) == (409, "service/moved")


def test_the_etag_of_a_dossier_is_taken_as_its_version(door: Door) -> None:
    dossier = _open(door)
    tag = door.get("duty", f"dossiers/{dossier}")["ETag"]
    _send(door, dossier)
    path, body = f"dossiers/{dossier}/steps", {"step": "status_query"}
    assert door.post("duty", path, body, if_match=tag).status_code == 409
    now = door.get("duty", f"dossiers/{dossier}")["ETag"]
    assert door.post("duty", path, body, if_match=now).status_code == 201


def test_a_form_says_what_is_missing_with_its_provision(door: Door) -> None:
    checks = told(door.get("duty", f"dossiers/{_open(door)}/form"))["checks"]
    failed = [one for one in checks if one["verdict"] == "failed"]
    assert failed
    assert all(one["source"].startswith("uncc:") for one in failed)


def test_what_is_recorded_never_looks_signed_by_them(door: Door, desk: Desk) -> None:
    dossier = _open(door)
    _send(door, dossier)
    body = {
        "step": "acknowledge", "channel": "letter", "received": str(desk.clock.now()),
        "proof": "YSBsZXR0ZXI=",
    }  # fmt: skip
    answer = door.post("duty", f"dossiers/{dossier}/recorded", body)
    assert answer.status_code == 201, answer.content
    acts = told(door.get("duty", f"dossiers/{dossier}"))["acts"]
    assert [one["recorded"]["channel"] for one in acts if one["recorded"]] == ["letter"]
    assert all(one["holder"] == "XA" for one in acts)


def test_pages_hold_every_dossier_once_and_the_latest_first(door: Door, desk: Desk) -> None:
    made = []
    for _ in range(7):
        made.append(_open(door))
        desk.clock.forward("PT1M")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        found = told(door.get("duty", f"dossiers?limit=3&after={after}"))
        seen += [one["dossier"] for one in found["items"]]
        after = found["next"]
    assert seen == made[::-1]


def test_filters_leave_what_fits_and_nothing_else(door: Door) -> None:
    sent, drafted = _open(door), _open(door, counterpart="XC")
    _send(door, sent)

    def names(query: str) -> list[str]:
        return [one["dossier"] for one in told(door.get("duty", f"dossiers?{query}"))["items"]]

    assert names("state=sent") == [sent]
    assert names("counterpart=XC") == [drafted]
    assert names("reference=xa-26") == [sent]
    assert names("reference=nothing") == []
    assert names("process=uncc/order") == []
    assert names("open_deadlines=true") == [
        str(head.ident)
        for head in list_dossiers(door.node)
        if any(
            row.state in {"running", "extended", "waiting_on"} and row.nature != "wish"
            for row in show_dossier(door.node, head.ident).deadlines
        )
    ]


def test_oversight_reads_the_record_and_not_the_content(door: Door) -> None:
    dossier = _open(door)
    _send(door, dossier)
    shown = told(door.get("watch", f"dossiers/{dossier}"))
    digest = next(one["covers"]["content"] for one in shown["acts"] if "content" in one["covers"])
    assert "hospital" not in str(shown)
    path = f"dossiers/{dossier}/contents/{digest}"
    assert door.get("watch", path).status_code == 403
    assert "hospital" in str(told(door.get("duty", path)))


def test_an_investigation_shows_its_title_to_whoever_may_read_content(door: Door) -> None:
    made = told(door.post("pros", "investigations", {"title": "Ransomware"}))["investigation"]
    assert told(door.get("pros", f"investigations/{made}"))["title"] == "Ransomware"
    assert told(door.get("watch", f"investigations/{made}"))["title"] is None
