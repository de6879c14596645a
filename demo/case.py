"""The case, from XA's desk alone: XB has no node, so its steps are recorded by us.

A hospital in Arvenia (XA) was hit by ransomware; the command server stands with a host
in Belmora (XB). XA has the data preserved, asks for them, takes the return in, seals
it, and discloses a part. Each line of this file is one verb of the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from comity.base import Digest, Ident
from comity.base.canonical import Json
from comity.seal.act import Act, SignedAct
from comity.service.investigations import open_investigation
from comity.service.node import Node, Officer
from comity.service.reading import show_dossier
from comity.service.replies import Delivery, Reply, record_delivery, record_step
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.situations import Move
from demo import forms
from demo.telling import Teller

DUTY: Final = Officer(actor="xa-duty-7", role="duty_officer")
PROSECUTOR: Final = Officer(actor="xa-pros-2", role="prosecutor")
CENTRAL: Final = Officer(actor="xa-ca-1", role="central_authority")
LABORATORY: Final = Officer(actor="xa-lab-3", role="laboratory")
_CONTACT: Final = "24/7 contact point of Belmora"


@dataclass
class Desk:
    """One dossier on XA's desk: takes our steps, records theirs, tells both."""

    node: Node
    teller: Teller
    dossier: Ident
    acts: list[Act] = field(default_factory=list)

    def take(self, officer: Officer, step: str, **particulars: object) -> SignedAct:
        """Take a step of ours."""
        move = Move(step=step, **particulars)  # type: ignore[arg-type] # named as in Move
        return self.keep(take_step(self.node, officer, self.dossier, move))

    def fill(self, officer: Officer, values: dict[str, Json]) -> None:
        """Write the form."""
        self.keep(amend_form(self.node, officer, self.dossier, values))

    def record(self, step: str, says: str, *, by: str = "letter", **more: object) -> SignedAct:
        """Record a step of theirs; the letter itself (here: its text) is the proof."""
        particulars: dict[str, object] = {"content": {"says": says, "reasons": says}, **more}
        reply = Reply(
            step=step,
            channel=by,
            received=self.node.clock.now(),
            proof=says.encode(),
            **particulars,  # type: ignore[arg-type] # named as in Reply
        )
        return self.keep(record_step(self.node, DUTY, self.dossier, reply))

    def delivered(self, sent: SignedAct, *, by: str) -> None:
        """Record that what we sent arrived."""
        proof = f"Receipt for {sent.act.digest}".encode()
        delivery = Delivery(act=sent.act.digest, at=self.node.clock.now(), channel=by, proof=proof)
        self.keep(record_delivery(self.node, DUTY, self.dossier, delivery))

    def tell_standing(self) -> None:
        """Tell where the dossier stands and what is due."""
        shown = show_dossier(self.node, self.dossier)
        process = self.node.process(shown.head.process)
        self.teller.standing(process.states[shown.state].means)
        overtaken = [one.act.step for one in shown.acts if one.outcome not in {"", "applied"}]
        if overtaken:
            self.teller.standing(f"Not in effect: {', '.join(overtaken)}.")
        self.teller.deadlines(row for row in shown.deadlines if row.state != "met")

    def keep(self, signed: SignedAct) -> SignedAct:
        """Tell an act and remember it."""
        self.tell(signed.act)
        return signed

    def tell(self, act: Act) -> None:
        """Tell an act in the words of its law file."""
        self.acts.append(act)
        step = self.node.process(act.process).steps.get(act.step)
        self.teller.step(act, step.means if step else _PLATFORM.get(act.step, ""))


_PLATFORM: Final = {"record_delivery": "What we sent has reached the other side."}


def preserve(node: Node, teller: Teller) -> tuple[Desk, Ident]:
    """Have the data preserved: a call, the written request, their grant and hold."""
    investigation = open_investigation(node, PROSECUTOR, "Ransomware against a hospital in Arvenia")
    opening = Opening(
        process="uncc/preservation", counterpart="XB", authority=_CONTACT, basis="uncc",
        channel="interpol", investigation=investigation,
    )  # fmt: skip
    desk = Desk(node, teller, open_dossier(node, DUTY, opening))
    desk.fill(DUTY, forms.PRESERVATION)
    desk.take(DUTY, "call", channel="telephone", content={"reasons": forms.PRESERVATION["urgency"]})
    desk.record(
        "call_back", "Called back on the number in the directory.", by="telephone",
        terms={"number": "+99910000042", "result": "confirmed"},
    )  # fmt: skip
    sent = desk.take(DUTY, "send")
    desk.delivered(sent, by="interpol")
    desk.record("acknowledge", "Received; the desk in Belmora examines it.", by="interpol")
    desk.record(
        "ask", "Which time zone are the instants in?", by="telephone", terms={"asked": "zone"}
    )
    desk.take(DUTY, "supplement", content={"says": "All instants are in UTC."})
    query = desk.take(DUTY, "status_query", content={"says": "How do things stand?"})
    # Their letter left before our query arrived: it had seen our last act but one.
    desk.record(
        "grant_with_conditions", "Granted. To be used for this case only.",
        seen=_before(desk, query), terms={"conditions": "this_case_only"},
    )  # fmt: skip
    desk.record(
        "execute",
        "Held: server image, logs, mail, chat, payments.",
        terms={"order_ref": "XB-2026-118"},
    )
    desk.tell_standing()
    return desk, investigation


def ask_for_data(node: Node, teller: Teller, preserved: Desk, investigation: Ident) -> Desk:
    """Ask for the data: the request that follows, costs, conditions, a partial answer."""
    opening = Opening(
        process="uncc/stored_data", counterpart="XB", authority="Central Authority of Belmora",
        basis="uncc", channel="letter", investigation=investigation, follows=preserved.dossier,
    )  # fmt: skip
    desk = Desk(node, teller, open_dossier(node, CENTRAL, opening))
    preserved.take(CENTRAL, "announce_request", content={"says": "The request goes out today."})
    desk.fill(PROSECUTOR, forms.STORED_DATA)
    desk.take(PROSECUTOR, "countersign")
    sent = desk.take(CENTRAL, "send")
    desk.delivered(sent, by="letter")
    desk.record("acknowledge", "Received and sent to the court of Belmora.")
    desk.record(
        "propose_costs", "Imaging took a specialist two days.",
        terms={"costs": "1800.00", "currency": "XTS"},
    )  # fmt: skip
    desk.take(CENTRAL, "agree_costs")
    desk.record(
        "grant_with_conditions",
        "Granted for the offence named and no other.",
        terms={"conditions": "same_offence"},
    )
    desk.record(
        "partly_execute",
        "A second provider in Castova objects; the rest is here.",
        content={"reasons": "objection in Castova"},
    )
    desk.record(
        "hand_over",
        "A disc by courier, sealed; inventory enclosed.",
        by="courier",
        terms={"conditions": "same_offence"},
    )
    desk.take(
        LABORATORY,
        "confirm_receipt",
        content={"says": "The disc arrived with its seal whole; the conditions are understood."},
        terms={"conditions": "acknowledged"},
    )
    desk.tell_standing()
    return desk


def _before(desk: Desk, act: SignedAct) -> Digest:
    """Return our last exchanged act before ``act``."""
    ours = [a for a in desk.acts if a.track == "exchanged" and a.recorded is None]
    return ours[ours.index(act.act) - 1].digest


def close_case(preserved: Desk, desk: Desk) -> None:
    """End both dossiers as the law has it: notice given, originals back, closed, released."""
    notice = "A part goes to the defence, as it may clear an accused person."
    desk.take(PROSECUTOR, "notify_disclosure", content={"says": notice, "reasons": notice})
    desk.record("finish", "Nothing more will follow; the objection in Castova is a matter there.")
    desk.take(LABORATORY, "return_originals", content={"says": "The disc went back by courier."})
    desk.take(CENTRAL, "close")
    desk.tell_standing()
    preserved.take(CENTRAL, "withdraw", content={"says": "The hold is no longer needed."})
    preserved.record("release", "Released.")
    preserved.tell_standing()
