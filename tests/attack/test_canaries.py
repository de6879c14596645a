"""What XB and XC may not see of XA, they do not: everything each node stores is read for canaries.

Files are read as bytes; tables by another tool; acts are looked for in base64 too, for that
is how an envelope holds them. Then each node is opened with its own keys and all that it can
read is read: what is not on its disk in the clear might still be there under its own key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections

from comity.app.compose import open_node
from comity.base import Ident
from comity.base.errors import ComityError
from comity.service import contents
from demo.forms import HOUSE_NOTE
from demo.play import play
from demo.preserving import TITLE
from demo.programs import Programs
from demo.provider_return import write_return
from demo.setting import set_stage
from demo.telling import Teller

STATES = ("XA", "XB", "XC")
# What XA tells one of them and not the other.
FOR_XB = ("account-4711", "host.belmora.example", "All instants are in UTC.")
FOR_XC = ("customer-0815", "resale.castova.example", "Le revendeur garde")
# What stays in XA's house, though a house act holds it.
HOUSE = (TITLE, HOUSE_NOTE)
CONTENT = (*FOR_XB, *FOR_XC, *HOUSE, "Operations were put off", "XA-26-0042", "Granted for the")
EVIDENCE = ("Your server vm-7 was renewed", "GET /drop/stage2.bin", "sshd[")


@dataclass(frozen=True)
class Played:
    """The case as it lies on disk when all is over."""

    folder: Path
    tokens: dict[str, list[str]]
    mails: dict[str, list[str]]
    investigation: str
    dossiers: dict[str, list[str]]
    house_acts: list[str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("canaries")
    held = folder / "held"
    write_return(held)
    programs = Programs(folder)
    try:
        stage = set_stage(Teller(), programs, held, lambda _state: "")
        play(stage)
        found = stage.houses["XA"].desk("prosecutor").get("investigations")["items"]
        shared = {
            state: [one.ident for one in stage.requests if one.asked is stage.houses[state]]
            for state in ("XB", "XC")
        }
        ours = [one.show(stage.houses["XA"]) for one in stage.requests if one.asked is not None]
    finally:
        programs.stop_all()
    houses = stage.houses.values()
    return Played(
        folder,
        {house.state: [one.token for one in house.officers.values()] for house in houses},
        {
            house.state: [house.mail(one.actor) for one in house.officers.values()]
            for house in houses
        },
        str(found[0]["investigation"]),
        shared,
        [
            str(act["digest"]).removeprefix("sha256:")
            for one in ours
            for act in one["acts"]
            if act["track"] == "house" and act["holder"] == "XA"
        ],
    )


def stored(played: Played, state: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file that a node keeps; the slips with tokens are the people's own."""
    root = played.folder / f"node-{state.lower()}"
    for place in sorted(root.rglob("*")):
        if place.is_file() and "tokens" not in place.relative_to(root).parts:
            yield str(place.relative_to(root)), place.read_bytes()


def forms_of(canary: str) -> list[bytes]:
    """Return a canary as bytes may hold it: plain, escaped, hexadecimal, within base64."""
    plain = canary.encode()
    found = [plain, json.dumps(canary)[1:-1].encode(), plain.hex().encode()]
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        begin, end = (shift * 8 + 5) // 6, -3 if (shift + len(plain)) % 3 else len(whole)
        found.append(whole[begin:end].rstrip(b"="))
    return [*found, canary.encode("utf-16-le")]


def seen(data: bytes, canary: str) -> bool:
    return any(form in data for form in forms_of(canary) if len(form) > 3)


def test_a_canary_is_found_wherever_it_hides() -> None:
    canary = "account-4711"
    for hidden in (
        canary,
        json.dumps({"a": canary}),
        *(base64.b64encode(f"{'x' * n}{canary}yy".encode()).decode() for n in range(4)),
    ):
        assert seen(hidden.encode(), canary), hidden


@pytest.mark.parametrize("state", STATES)
def test_no_content_lies_in_the_clear_on_any_disk(played: Played, state: str) -> None:
    leaks = [
        (name, canary)
        for name, data in stored(played, state)
        for canary in (*CONTENT, *EVIDENCE)
        if seen(data, canary)
    ]
    assert leaks == []


@pytest.mark.parametrize("state", STATES)
def test_no_token_lies_on_any_disk(played: Played, state: str) -> None:
    every = [token for tokens in played.tokens.values() for token in tokens]
    assert len(every) > 15
    leaks = [name for name, data in stored(played, state) if any(seen(data, t) for t in every)]
    assert leaks == []


@pytest.mark.parametrize("state", ["XB", "XC"])
def test_the_others_hold_nothing_of_the_people_and_the_investigation_of_arvenia(
    played: Played, state: str
) -> None:
    canaries = [*played.mails["XA"], played.investigation]
    leaks = [
        (name, canary)
        for name, data in stored(played, state)
        for canary in canaries
        if seen(data, canary)
    ]
    assert leaks == []


@pytest.mark.parametrize(("state", "other"), [("XB", "XC"), ("XC", "XB")])
def test_neither_knows_that_there_is_a_request_to_the_other(
    played: Played, state: str, other: str
) -> None:
    assert len(played.dossiers[other]) == 2
    leaks = [
        (name, ident)
        for name, data in stored(played, state)
        for ident in played.dossiers[other]
        if seen(data, ident)
    ]
    assert leaks == []


@pytest.mark.parametrize("state", ["XB", "XC"])
def test_no_digest_of_a_house_act_leaves_the_house(played: Played, state: str) -> None:
    assert len(played.house_acts) > 20
    leaks = [
        (name, digest)
        for name, data in stored(played, state)
        for digest in played.house_acts
        if seen(data, digest) or bytes.fromhex(digest) in data
    ]
    assert leaks == []


def opened(played: Played, state: str) -> Iterator[bytes]:
    """Yield all that a node can read with its own keys: contents and documents of every act."""
    node = open_node(played.folder / f"node-{state.lower()}")
    with node.store.view() as unit:
        rows = unit.contents.find()
        for row in rows:
            for read in (contents.read_content, contents.read_document):
                try:
                    found = read(node, unit, Ident(str(row.chain)), row.digest)
                except ComityError:
                    continue
                yield found if isinstance(found, bytes) else repr(found).encode()
    connections.close_all()


@pytest.mark.parametrize(
    ("state", "hidden"), [("XB", (*FOR_XC, *HOUSE)), ("XC", (*FOR_XB, *HOUSE))]
)
def test_with_all_its_keys_neither_reads_what_was_for_the_other_or_for_nobody(
    played: Played, state: str, hidden: tuple[str, ...]
) -> None:
    read = list(opened(played, state))
    assert [canary for canary in hidden for data in read if seen(data, canary)] == []


@pytest.mark.parametrize(("state", "own"), [("XA", CONTENT), ("XB", FOR_XB[:2]), ("XC", FOR_XC)])
def test_with_all_its_keys_each_reads_what_was_for_it(
    played: Played, state: str, own: tuple[str, ...]
) -> None:
    read = list(opened(played, state))
    assert [canary for canary in own if not any(seen(data, canary) for data in read)] == []


def test_the_logs_hold_no_content_no_person_and_no_token(played: Played) -> None:
    people = [
        one for kind in (played.mails, played.tokens) for some in kind.values() for one in some
    ]
    logs = sorted((played.folder / "logs").glob("*.log"))
    assert len(logs) >= 4
    leaks = [
        (log.name, canary)
        for log in logs
        for canary in (*CONTENT, *EVIDENCE, *people, "xa-duty-7", "xb-pros-6")
        if seen(log.read_bytes(), canary)
    ]
    assert leaks == []
