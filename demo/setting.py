"""Setting the stage: nodes made and run, a directory signed in a ceremony, providers listed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from demo.cast import NAMES, PEOPLE, PROVIDERS
from demo.ceremony import Ceremony
from demo.databases import DatabaseMaker
from demo.house import House, free_port
from demo.programs import Programs
from demo.provider import Provider
from demo.provider_return import write_return
from demo.stage import Stage
from demo.telling import Teller


def set_stage(  # noqa: PLR0913 # all that may differ from one play to another
    teller: Teller,
    programs: Programs,
    evidence: Path | None,
    databases: DatabaseMaker,
    *,
    front: Callable[[int], int] = int,
    patience: float = 240,
) -> Stage:
    """Make all that the case is played on, by the public commands; raise ``PlayStopped``.

    ``front`` gives the port by which others reach a node's own: the same, or a bad line's.
    """
    folder = programs.folder
    place = evidence.absolute() if evidence else folder / "held-by-HostCo"
    if evidence is None:
        write_return(place)
    teller.line("An exercise. Arvenia (XA), Belmora (XB), Castova (XC) and their law are invented;")
    teller.line("the treaty's provisions are drafts, not compared with the certified texts.")

    teller.chapter("Three States make their nodes")
    ceremony = Ceremony(folder / "ceremony", programs, teller, port=free_port())
    houses = {}
    for state, name in NAMES.items():
        peers = free_port()
        houses[state] = House(
            state=state, name=name, folder=folder / f"node-{state.lower()}", programs=programs,
            peers_port=peers, desk_port=free_port(),
            endpoint=f"https://127.0.0.1:{front(peers)}", mirror=ceremony.mirror,
            database=databases(state), patience=patience,
        )  # fmt: skip
    with ThreadPoolExecutor(len(houses)) as pool:
        list(pool.map(_make_house, houses.values()))
    for house in houses.values():
        teller.note(
            house.state, f"{house.name}: node made; one person enrolled, to enrol the others"
        )

    teller.chapter("They sign a shared directory; no one of them can change it alone")
    ceremony.hold(houses)
    ceremony.tell_nodes(houses)
    for house in houses.values():
        house.start()
    for house in houses.values():
        house.await_ready()
        house.enrol(PEOPLE[house.state])
        teller.note(
            house.state, f"up: desk {house.base}, peers {house.endpoint}; people enrolled, on duty"
        )
    providers = {
        state: _make_provider(name, houses[state], place, ceremony)
        for state, name in PROVIDERS.items()
    }
    return Stage(
        folder=folder, teller=teller, programs=programs, houses=houses, providers=providers,
        evidence=place, patience=patience,
    )  # fmt: skip


def _make_house(house: House) -> None:
    role = "enrolment_officer"
    house.make()
    house.enrol_first(role, PEOPLE[house.state][role])


def _make_provider(name: str, house: House, place: Path, ceremony: Ceremony) -> Provider:
    """Give a provider its folder: its key, the data that it holds, the card that it trusts."""
    folder = house.folder.with_name(f"provider-{name}")
    folder.mkdir()
    data = place if house.state == "XB" else folder / "held"
    part = folder / "narrowed" / data.name
    if house.state != "XB":
        write_return(data, seed=7)
        shutil.copytree(data / "logs", part / "logs")
    return Provider(
        name=name, state=house.state, folder=folder, data=data, part=part,
        programs=ceremony.programs, trust=house.card, key=ceremony.keys[name],
        door=house.endpoint, certificate=house.folder / "keys" / "tls.crt",
    )  # fmt: skip
