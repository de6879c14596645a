"""Orders on providers (Arts. 25, 27): served as a file, verified alone, answered, returned."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from demo.forms import Values
from demo.house import House
from demo.provider import Provider
from demo.sides import Request
from demo.stage import Stage


@dataclass
class Served:
    """An order that was issued and served: its dossier, its name, the file the provider has."""

    request: Request
    house: House
    provider: Provider
    order: str
    file: Path
    inventory: str = ""
    kept: Path | None = None


def serve(stage: Stage, house: House, form: Values) -> Served:
    """Issue an order, bring its file to the provider, and let the provider verify it."""
    provider = stage.providers[house.state]
    request = stage.open(
        "uncc/order", house, "prosecutor",
        counterpart=house.state, authority=provider.name, channel="mail",
    )  # fmt: skip
    request.fill(house, "prosecutor", form)
    answer = house.desk("prosecutor").post(f"dossiers/{request.ident}/orders", {})
    order = str(answer["order"])
    request.tell(house, request.show(house)["acts"][-1])
    request.tell_standing()
    file = provider.keep(f"{order}.order", base64.b64decode(answer["file"]))
    said = provider.verify(file)
    stage.teller.note(provider.name, f"verifies the order alone: {said['word']}. {said['meaning']}")
    return Served(request, house, provider, order, file)


def demand(served: Served, body: str) -> None:
    """Order that what was frozen be produced; a court or a prosecutor authorises it first."""
    house, request = served.house, served.request
    decision = {"body": body, "decision": f"{house.state}-2026-77"}
    request.take(house, body, "authorise", terms=decision)
    request.take(house, "prosecutor", "demand_production", channel="mail")


def freeze(stage: Stage, served: Served, place: Path, *, code: str = "done") -> None:
    """Let the provider freeze, keep its inventory, and answer with a salted digest alone."""
    provider = served.provider
    out = provider.folder / f"freeze-{served.order}"
    found = provider.run("freeze", served.file, place, "--out", out)
    served.kept, served.inventory = Path(found["inventory"]), str(found["digest"])
    stage.teller.note(
        provider.name,
        f"freezes {found['items']} files, {found['size']:,} bytes, and keeps the list",
    )
    reasons = ["--reasons", "Older records are gone."] if code == "partly" else []
    provider.answer(served.file, "--code", code, "--inventory", served.kept, *reasons)
    stage.teller.note(
        provider.name, f"answers {code!r}; of the list its salted digest leaves, no more"
    )
    _tell_last(served)


def object_to(stage: Stage, served: Served) -> None:
    """Let the provider object on a coded ground."""
    served.provider.answer(
        served.file, "--code", "object", "--ground", "privilege",
        "--reasons", "Mails with a lawyer are among the data.",
    )  # fmt: skip
    stage.teller.note(served.provider.name, "objects: mails with a lawyer are among the data")
    _tell_last(served)


def narrow(served: Served) -> None:
    """Narrow the order, decide on the objection, and demand the rest anew."""
    house, request = served.house, served.request
    reasons = {"reasons": "Traffic data alone; nothing of the mails."}
    request.take(house, "prosecutor", "narrow", content=reasons, channel="mail")
    request.take(house, "prosecutor", "lift_objection", content=reasons, channel="mail")
    request.take(house, "prosecutor", "demand_production", channel="mail")


def produce(stage: Stage, served: Served, place: Path, *, missing: str = "") -> list[str]:
    """Let the provider return its data by resumable upload; return the uploads' names."""
    provider = served.provider
    words: list[str | Path] = ["--inventory", served.kept] if served.kept else []
    words += ["--part", "--reasons", missing] if missing else []
    found = provider.send("return", served.file, place, *words)
    stage.teller.note(provider.name, f"returns the data: {found['return']}")
    _tell_last(served)
    return [str(found["return"])]


def compare(served: Served, returns: list[str]) -> str:
    """Return in words how the return compares with the inventory at the freeze."""
    desk = served.house.desk("executing_authority")
    found = desk.get(f"returns/{returns[0]}/comparison")["comparison"]
    counts = ", ".join(f"{count} {name}" for name, count in found["counts"].items() if int(count))
    return f"{counts}; the inventory opened is the one told at the freeze: {found['inventory']}"


def _tell_last(served: Served) -> None:
    """Tell the step of the provider that the authority recorded."""
    acts = served.request.show(served.house)["acts"]
    recorded = [act for act in acts if act["recorded"]]
    served.request.tell(served.house, recorded[-1])
    served.request.tell_standing()
