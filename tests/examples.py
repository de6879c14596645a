"""An example for pages: three nodes in folders, between which cases stand in many ways.

Made with the verbs of the service alone, in this process, under a clock that stands still:
Arvenia (XA) asks Belmora (XB) and Castova (XC), and Castova asks Arvenia. What is in it is
invented and harmless.

    example = make_example(folder)        # minutes of work done in seconds
    example = open_example(folder)        # the same, made before
    example.names["dossier"]              # what stands in the addresses of pages
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from comity.app.compose import init_node, open_node
from comity.app.databases import close_connections
from comity.app.settings import Settings, read_settings
from comity.base import Digest, Ident, Instant, Period
from comity.base.errors import ComityError
from comity.evidence import Provenance
from comity.federation.answering import sign_answer
from comity.federation.directory import CardKey
from comity.law import Book
from comity.seal.act import read_act
from comity.service import handover, intake, sealing
from comity.service.answers import accept_answer
from comity.service.findings import make_finding
from comity.service.investigations import open_investigation
from comity.service.jobs import claim
from comity.service.node import Node, Officer
from comity.service.orders import issue_order
from comity.service.people import Newcomer, add_person, known_roles
from comity.service.ports import Answer
from comity.service.posting import post_letters
from comity.service.receiving import take_inbox
from comity.service.replies import PROOF, Delivery, Reply, record_delivery, record_step
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.returns import Piece, begin_return, end_return, put_piece
from comity.service.roster import set_roster
from comity.service.rows import RosterRow
from comity.service.situations import Move
from comity.service.work import do_job
from demo import forms
from demo.cast import NUMBERS
from tests.cards import SINCE, card_of, make_card
from tests.crossing import answer_get
from tests.providers import KEY as PROVIDER_KEY
from tests.providers import hand_over, make_answer, make_inventory, salted, voice
from tests.steady import HandClock
from tests.wires import Net, NetWire, introduce
from tests.wires import answer as answer_post
from tests.world import book

# The hold asked for by letter then nears its end.
EARLIER: Final = "2026-09-24T09:00:00Z"
BEGIN: Final = "2026-11-19T20:41:00Z"
STATES: Final = ("XA", "XB", "XC")
PROVIDER: Final = "HostCo"
NUMBER: Final = NUMBERS["XA"]
# Who sits where, by the role that a step asks for; ``both`` holds two.
PEOPLE: Final[dict[str, list[str]]] = {
    "duty": ["duty_officer"],
    "inv": ["investigator"],
    "pros": ["prosecutor"],
    "both": ["duty_officer", "prosecutor"],
    "ca": ["central_authority"],
    "exec": ["executing_authority"],
    "court": ["court"],
    "trans": ["translator"],
    "lab": ["laboratory"],
    "comp": ["compliance_staff"],
    "rights": ["rights_reviewer"],
    "ops": ["operator"],
    "enrol": ["enrolment_officer"],
    "watch": ["oversight"],
}
_LOGINS: Final = {roles[0]: login for login, roles in PEOPLE.items() if len(roles) == 1}
_HELD: Final = {
    "logs/access.log": b"203.0.113.7 - - [19/Nov/2026:20:41:07 +0000] GET /\n" * 40,
    "logs/auth.log": b"Nov 19 20:40:59 host sshd[4711]: Accepted key for deploy\n" * 25,
    "mail/one.eml": b"Subject: invoice\r\n\r\nPlease find it attached.\r\n",
    "notes.txt": b"Taken from the rescue system of the server.\n",
}
_WHY: Final = {"answer_by_reason": "The logs are overwritten within a day."}
_NAMES: Final = "names.json"
_CLOCK: Final = "clock.txt"


@dataclass
class Example:
    """The three nodes, one clock, and the names of what there is to look at on XA's."""

    folder: Path
    nodes: dict[str, Node]
    clock: HandClock
    net: Net
    names: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Return the settings of XA's node."""
        return read_settings(self.folder / "node-xa", {})

    def officer(self, state: str, role: str) -> Officer:
        """Return the person of a State who holds a role."""
        return Officer(actor=f"{state.lower()}-{_LOGINS[role]}", role=role)

    def open(self, state: str, role: str, process: str, **change: Any) -> Ident:
        """Open a dossier."""
        plain: dict[str, Any] = {"basis": "uncc", "channel": "node", "process": process}
        if other := change.pop("asked", ""):
            plain |= {"counterpart": other, "authority": f"{other}-CA"}
        return open_dossier(
            self.nodes[state], self.officer(state, role), Opening(**{**plain, **change})
        )

    def fill(self, state: str, role: str, dossier: Ident, values: Mapping[str, Any]) -> None:
        """Write the form."""
        amend_form(self.nodes[state], self.officer(state, role), dossier, values)

    def take(self, state: str, role: str, dossier: Ident, step: str, **move: Any) -> Digest:
        """Take a step, a few minutes later; let it reach the other side."""
        self.clock.forward("PT3M")
        moved = Move(step=step, **move)
        signed = take_step(self.nodes[state], self.officer(state, role), dossier, moved)
        self.run()
        return signed.digest

    def run(self) -> None:
        """Let all nodes do what is due."""
        for _ in range(3):
            for node in self.nodes.values():
                post_letters(node)
                take_inbox(node)
                _do_jobs(node)


def make_example(folder: Path, law: Book | None = None) -> Example:
    """Make the nodes in a new folder, and play what the pages are to show."""
    folder.mkdir(parents=True, exist_ok=True)
    for state in STATES:
        init_node(folder / f"node-{state.lower()}", _settings(state))
    example = _connect(folder, HandClock(EARLIER), law)
    _introduce(example)
    for state in STATES:
        _enrol(example.nodes[state])
    names = example.names
    names["letter"] = str(_ask_by_letter(example))
    example.clock.at = Instant.parse(BEGIN)
    names["investigation"] = str(
        open_investigation(
            example.nodes["XA"],
            example.officer("XA", "prosecutor"),
            "Ransomware against a hospital in Arvenia",
        )
    )
    names["dossier"] = str(_preserve_in_belmora(example))
    names["evidence"] = str(_assist(example))
    names["incoming"] = str(_castova_asks(example))
    names["waiting"] = str(_wait_for_castova(example))
    names["draft"] = str(_draft(example))
    names["refused"] = str(_refused(example))
    _note_finding(example)
    example.clock.forward("PT2M")
    _find_names(example)
    (folder / _NAMES).write_text(json.dumps(names, indent=1), encoding="utf-8")
    (folder / _CLOCK).write_text(str(example.clock.now()), encoding="utf-8")
    close_connections()
    return example


def open_example(folder: Path, law: Book | None = None) -> Example:
    """Open what was made before; raise ``FileNotFoundError`` if it was not made whole."""
    clock = HandClock((folder / _CLOCK).read_text(encoding="utf-8"))
    example = _connect(folder, clock, law)
    example.names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
    return example


def _settings(state: str) -> Settings:
    return Settings(
        state=state,
        authority=f"{state}-CA",
        kind="central_authority",
        exercise=True,
        peers="127.0.0.1:1",
        endpoint="https://127.0.0.1:1",
        desk="127.0.0.1:2",
    )


def _connect(folder: Path, clock: HandClock, law: Book | None) -> Example:
    net = Net(door=_answer)
    for state in STATES:
        place = folder / f"node-{state.lower()}"
        node = open_node(place, clock=clock, book=law or book())
        net.nodes[state] = replace(node, wire=NetWire(net, state))
    return Example(folder=folder, nodes=net.nodes, clock=clock, net=net)


def _answer(node: Node, caller: Any, path: str, body: bytes) -> Answer:
    """Do what a peers' door does, transfers too."""
    if not path.startswith("/peers/1/transfers/"):
        return answer_post(node, caller, path, body)
    with suppress(ComityError):
        return Answer(status=200, body=answer_get(node, caller, path))
    return Answer(status=404, body=b"")


def _introduce(example: Example) -> None:
    zones = {"XA": "Europe/Lisbon", "XB": "Asia/Amman", "XC": "America/Santiago"}
    names = {
        "XA": ("Arvenia", "أرفينيا"),
        "XB": ("Belmora", "بلمورا"),
        "XC": ("Castova", "كاستوفا"),
    }
    languages = {"XA": ("en", "fr"), "XB": ("ar", "en"), "XC": ("es", "fr")}
    cards = [
        card_of(
            node,
            names={
                "en": f"Central Authority of {names[state][0]}",
                "ar": f"السلطة المركزية في {names[state][1]}",
            },
            zone=zones[state],
            languages=languages[state],
            call_back=(NUMBERS[state],),
        )
        for state, node in example.nodes.items()
    ]
    key = CardKey(key=PROVIDER_KEY.public, since=SINCE)
    bare: dict[str, Any] = {
        "endpoint": "",
        "certificate": "",
        "wire_key": b"",
        "recipients": (),
        "protocols": (),
    }
    provider = make_card("XA", authority=PROVIDER, kind="provider", keys=(key,), **bare)
    for node in example.nodes.values():
        for card in cards:
            introduce(node, card)
    introduce(example.nodes["XA"], provider)


def _enrol(node: Node) -> None:
    known = known_roles(node)
    head = node.state.lower()
    for login, roles in PEOPLE.items():
        if known.issuperset(roles):
            mail = f"{login}@post.{head}.example"
            newcomer = Newcomer(login=login, roles=roles, actor=f"{head}-{login}", mail=mail)
            add_person(node, newcomer)
    set_roster(node, [RosterRow(place=1, actor=f"{head}-duty", begins=None, ends=None)])


def _preserve_in_belmora(example: Example) -> Ident:
    """Have data held in Belmora: by telephone, called back, then in writing; with a condition."""
    take = example.take
    dossier = example.open(
        "XA",
        "duty_officer",
        "uncc/preservation",
        asked="XB",
        priority="emergency",
        investigation=Ident(example.names["investigation"]),
    )
    example.fill("XA", "duty_officer", dossier, forms.preservation(NUMBER))
    why = {"reasons": "Patients' lives are at risk and the logs are about to be lost."}
    take("XA", "duty_officer", dossier, "call", channel="telephone", content=why)
    called = {"number": NUMBER, "result": "confirmed"}
    take("XB", "duty_officer", dossier, "call_back", channel="telephone", terms=called)
    take("XA", "duty_officer", dossier, "send")
    take("XB", "duty_officer", dossier, "acknowledge")
    rights = {"speech_only": "no", "exposed": "none"}
    take("XB", "duty_officer", dossier, "screen_rights", terms=rights)
    zone = {"says": "Which time zone are the instants in?"}
    take("XB", "duty_officer", dossier, "ask", terms={"asked": "zone"}, content=zone)
    utc = {"says": "All instants are in UTC."}
    take("XA", "duty_officer", dossier, "supplement", content=utc)
    granted = {"says": "Granted. To be used for this case only."}
    only = {"conditions": "this_case_only"}
    take("XB", "central_authority", dossier, "grant_with_conditions", terms=only, content=granted)
    order = {"order": "XB-26-0118", "until": forms.ahead(25)}
    take("XB", "executing_authority", dossier, "serve_order", terms=order)
    decision = {"body": "prosecutor", "decision": "XB-2026-118"}
    take("XB", "prosecutor", dossier, "authorise", terms=decision)
    held = {"says": "Held: server image, logs, mail."}
    take("XB", "executing_authority", dossier, "execute", content=held)
    return dossier


def _assist(example: Example) -> Ident:
    """Ask Belmora for the data; let it execute, seal and hand over; let Arvenia fetch."""
    take = example.take
    followed = Ident(example.names["dossier"])
    dossier = example.open(
        "XA",
        "central_authority",
        "uncc/stored_data",
        asked="XB",
        priority="urgent",
        investigation=Ident(example.names["investigation"]),
        follows=followed,
    )
    example.fill("XA", "prosecutor", dossier, forms.assistance())
    original = {"original": forms.TRANSLATION}
    arabic = {"language": "ar"}
    take("XA", "translator", dossier, "translate", terms=arabic, documents=original)
    take("XA", "prosecutor", dossier, "countersign")
    text = {"original-en.txt": forms.TRANSLATION}
    take("XA", "central_authority", dossier, "send", documents=text)
    sent = {"says": "The request is sent."}
    take("XA", "central_authority", followed, "announce_request", content=sent)
    _admit(example, "XB", dossier)
    granted = {"says": "Granted for the offence named and no other."}
    same = {"conditions": "same_offence"}
    take("XB", "central_authority", dossier, "grant_with_conditions", terms=same, content=granted)
    package = _execute(example, "XB", dossier)
    handover.request_handover(
        example.nodes["XB"],
        example.officer("XB", "executing_authority"),
        package,
        first=(1,),
        move=Move(step="hand_over", terms=same),
    )
    example.clock.forward("PT4M")
    example.run()
    return dossier


def _admit(example: Example, state: str, dossier: Ident) -> None:
    rights = {"speech_only": "no", "exposed": "none"}
    example.take(state, "central_authority", dossier, "acknowledge")
    example.take(state, "central_authority", dossier, "screen_rights", terms=rights)


def _execute(example: Example, state: str, dossier: Ident) -> Ident:
    """Authorise, take in, seal, review and report; return the package."""
    take = example.take
    decision = {"body": "court", "decision": f"{state}-2026-77"}
    take(state, "court", dossier, "authorise", terms=decision)
    order = {"order": f"{state}-26-0118"}
    take(state, "executing_authority", dossier, "serve_order", terms=order)
    package = _seal(example, state, dossier)
    within = {"says": "Within the order; nothing privileged."}
    compared = {"inventory": "compared"}
    take(state, "executing_authority", dossier, "review", terms=compared, content=within)
    done = {"says": "Executed: all that was held."}
    take(state, "executing_authority", dossier, "execute", content=done)
    take(state, "central_authority", dossier, "countersign_release")
    return package


def _seal(example: Example, state: str, dossier: Ident) -> Ident:
    node, hand = example.nodes[state], example.officer(state, "laboratory")
    place = example.folder / f"held-{state.lower()}"
    for name, content in _HELD.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    provenance = Provenance(
        origin="HostCo, by its own upload",
        collector=f"laboratory of {state}",
        tool="comity",
        authority=f"{state}-CA",
        basis="uncc:28(3)",
    )
    job = intake.request_intake(node, hand, dossier, [place], provenance)
    example.clock.forward("PT1M")
    example.run()
    sealing.request_seal(node, hand, dossier, job)
    example.clock.forward("PT1M")
    example.run()
    with node.store.view() as unit:
        (row,) = unit.packages.find(intake=job)
    return row.ident


def _ask_by_letter(example: Example) -> Ident:
    """Ask an authority of Belmora that has no node; what it did is recorded by us."""
    clock, node = example.clock, example.nodes["XA"]
    duty = example.officer("XA", "duty_officer")
    dossier = example.open(
        "XA",
        "duty_officer",
        "uncc/preservation",
        counterpart="XB",
        authority="Port police of Belmora",
        channel="letter",
    )
    example.fill("XA", "duty_officer", dossier, forms.preservation(NUMBER))
    sent = example.take("XA", "duty_officer", dossier, "send")
    clock.forward("PT5H")
    proof = Delivery(act=sent, at=clock.now(), channel="letter", proof=b"A registered receipt.\n")
    record_delivery(node, duty, dossier, proof)
    clock.forward("PT2H")
    for step in ("acknowledge", "grant", "execute"):
        letter = f"A letter, scanned: {step}.\n".encode()
        reply = Reply(step=step, channel="letter", received=clock.now(), proof=letter)
        record_step(node, duty, dossier, reply)
    more = {"says": "The account was used again on 20 November."}
    added = example.take("XA", "duty_officer", dossier, "add_information", content=more)
    example.names["undelivered"] = str(added)
    return dossier


def _castova_asks(example: Example) -> Ident:
    """Let Castova ask Arvenia twice: one answer is still to be given, one is being executed."""
    first = example.open("XC", "central_authority", "uncc/stored_data", asked="XA")
    example.fill("XC", "prosecutor", first, _from_castova(forms.assistance()))
    example.take("XC", "prosecutor", first, "countersign")
    example.take("XC", "central_authority", first, "send")
    _admit(example, "XA", first)
    example.take("XA", "central_authority", first, "grant")
    decision = {"body": "court", "decision": "DC-2026-31"}
    example.take("XA", "court", first, "authorise", terms=decision)
    order = _order(example)
    example.take("XA", "executing_authority", first, "serve_order", terms={"order": order})
    example.names["package"] = str(_seal(example, "XA", first))
    example.names["executing"] = str(first)
    second = example.open("XC", "duty_officer", "uncc/preservation", asked="XA", priority="urgent")
    values = _from_castova(forms.preservation(NUMBERS["XC"])) | _wish(example, "PT40H")
    example.fill("XC", "duty_officer", second, values | _WHY)
    wish = {"answer_by": values["answer_by"]}
    example.take("XC", "duty_officer", second, "send", terms=wish)
    example.take("XA", "duty_officer", second, "acknowledge")
    return second


def _wish(example: Example, period: str) -> dict[str, str]:
    """Return the wish for an answer after so long."""
    return {"answer_by": str(example.clock.now().plus(Period.parse(period)))}


def _from_castova(values: dict[str, Any]) -> dict[str, Any]:
    facts = (
        "Des clients d'une banque de Castova furent menés à une fausse page, hébergée en Arvenia."
    )
    return {
        **values,
        "requesting_authority": "XC-CA",
        "facts": facts,
        "data": ["account: shop-2207 at host.arvenia.example"],
        "language": "fr",
        "own_reference": "XC-26-0311",
    }


def _order(example: Example) -> str:
    """Issue an order on a provider; let the provider freeze and answer."""
    node, hand = example.nodes["XA"], example.officer("XA", "prosecutor")
    dossier = example.open(
        "XA",
        "prosecutor",
        "uncc/order",
        counterpart="XA",
        authority=PROVIDER,
        channel="mail",
    )
    values = {
        **forms.order_in_belmora(),
        "issuing_authority": "XA-CA",
        "data": ["account: shop-2207 at host.arvenia.example"],
        "custodian": PROVIDER,
        "domestic_law": "Code of Criminal Procedure of Arvenia, section 112",
        "remedy": "In writing to the District Court of Arvenia, within ten days.",
        "own_reference": "XA-26-0119",
    }
    example.fill("XA", "prosecutor", dossier, values)
    file = issue_order(node, hand, dossier)
    with node.store.view() as unit:
        (row,) = unit.orders.find(dossier=dossier)
    example.clock.forward("PT40M")
    listed = make_inventory(row.order, _HELD)
    said = make_answer(file, example.clock.now(), provider=PROVIDER, inventory=salted(listed))
    accept_answer(node, sign_answer(said, PROVIDER_KEY))
    decision = {"body": "court", "decision": "DC-2026-32"}
    example.take("XA", "court", dossier, "authorise", terms=decision)
    example.take("XA", "prosecutor", dossier, "demand_production", channel="mail")
    example.clock.forward("PT50M")
    example.names["upload"] = str(_send_back(example, file, listed))
    example.names["order"] = row.order
    example.names["order-dossier"] = str(dossier)
    return row.order


def _send_back(example: Example, file: bytes, listed: bytes) -> Ident:
    """Let the provider return what it froze; one file has come to it since."""
    node, now = example.nodes["XA"], example.clock.now()
    files = {**_HELD, "logs/later.log": b"203.0.113.7 - - [20/Nov/2026:01:02:03 +0000] GET /\n"}
    handed = hand_over(file, files, now, inventory=listed, key=PROVIDER_KEY, provider=PROVIDER)
    returns = "/providers/1/returns"
    spoken = voice("POST", returns, now, key=PROVIDER_KEY, body=handed.statement)
    row = begin_return(node, handed.statement, spoken)
    put_piece(node, row, Piece(offset=0, data=handed.data, digest=Digest.of(handed.data)))
    path = f"{returns}/{row.ident}/end"
    end_return(node, row.ident, voice("POST", path, now, key=PROVIDER_KEY, body=b""))
    return row.ident


def _wait_for_castova(example: Example) -> Ident:
    """Ask Castova, which has not answered yet."""
    dossier = example.open(
        "XA",
        "duty_officer",
        "uncc/preservation",
        asked="XC",
        priority="urgent",
        investigation=Ident(example.names["investigation"]),
    )
    wish = _wish(example, "PT20H")
    values = forms.preservation_castova() | wish | _WHY
    example.fill("XA", "duty_officer", dossier, values)
    example.take("XA", "duty_officer", dossier, "send", terms=wish)
    example.take("XC", "duty_officer", dossier, "acknowledge")
    zone = {"says": "¿En qué huso horario están los instantes?"}
    example.take("XC", "duty_officer", dossier, "ask", terms={"asked": "zone"}, content=zone)
    return dossier


def _draft(example: Example) -> Ident:
    """Begin a request, of which half is written."""
    dossier = example.open("XA", "duty_officer", "uncc/preservation", asked="XB")
    whole = forms.preservation(NUMBER)
    half = ("requesting_authority", "offence", "facts", "language", "own_reference")
    example.fill("XA", "duty_officer", dossier, {name: whole[name] for name in half})
    return dossier


def _refused(example: Example) -> Ident:
    """Ask by mail, and be refused."""
    clock, node = example.clock, example.nodes["XA"]
    duty = example.officer("XA", "duty_officer")
    dossier = example.open(
        "XA",
        "duty_officer",
        "uncc/preservation",
        counterpart="XC",
        authority="Harbour court of Castova",
        channel="mail",
    )
    example.fill("XA", "duty_officer", dossier, forms.preservation_castova())
    example.take("XA", "duty_officer", dossier, "send")
    clock.forward("PT3H")
    note = b"From: court@castova.example\n\nReceived.\n"
    came = Reply(step="acknowledge", channel="mail", received=clock.now(), proof=note)
    record_step(node, duty, dossier, came)
    clock.forward("PT2H")
    refusal = Reply(
        step="refuse",
        channel="mail",
        received=clock.now(),
        proof=b"From: court@castova.example\n\nWe refuse.\n",
        content={"reasons": "The court sees grounds to fear a prosecution for opinion."},
        terms={"ground": "discrimination"},
    )
    record_step(node, duty, dossier, refusal)
    return dossier


def _note_finding(example: Example) -> None:
    node = example.nodes["XA"]
    with node.store.unit() as unit:
        says = "A message named XB as its sender, and its seal does not fit XB's key."
        make_finding(node, unit, kind="seal-wrong", says=says, source="XB/XB-CA")


def _find_names(example: Example) -> None:
    with example.nodes["XA"].store.view() as unit:
        example.names["finding"] = str(unit.findings.find()[0].ident)
        example.names["job"] = str(unit.jobs.find()[0].ident)
        received = unit.received.find()
        if received:
            example.names["received"] = str(received[0].ident)
        acts = unit.acts.find(chain=Ident(example.names["dossier"]), track="exchanged")
        example.names["act"] = str(acts[-1].digest)
        example.names["intake"] = str(unit.intakes.find()[0].job)
        example.names["notice"] = str(unit.notices.find()[0].ident)
        example.names["transfer"] = str(unit.transfers.find()[0].ident)
        example.names["message"] = str(unit.letters.find(kind="act")[0].message)
        for row in unit.acts.find(chain=Ident(example.names["letter"])):
            if row.step == "grant":
                covers = read_act(row.envelope).unsafe_act.covers
                example.names["document"] = str(covers[PROOF])
    example.names["person"] = "xa-duty"


def _do_jobs(node: Node) -> None:
    while (held := claim(node)) is not None:
        error = do_job(node, held)
        if error is not None:
            raise error
