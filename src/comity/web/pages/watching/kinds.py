"""What a finding means and what to do about it, for each kind, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What happened, why it matters, and what a person does."""

    title: str | Promise
    why: str | Promise
    do: str | Promise


def _say(title: str | Promise, why: str | Promise, do: str | Promise) -> Meaning:
    return Meaning(title=title, why=why, do=do)


_CALL: Final = pgettext_lazy(
    "finding", "Call the authority on the number in the directory, and compare."
)
_REFRESH: Final = pgettext_lazy(
    "finding", "Refresh the directory. If it stays, call the State on the number known before."
)
_NOTHING: Final = pgettext_lazy(
    "finding", "Nothing needs doing if it came once. If it comes again, tell the operator."
)
_WAIT: Final = pgettext_lazy(
    "finding", "The node goes on trying. If it is urgent, call the authority."
)

KINDS: Final[dict[str, Meaning]] = {
    "fork": _say(
        pgettext_lazy("finding", "Two different acts for one place in their record"),
        pgettext_lazy(
            "finding",
            "An authority signed two acts with the same number. One of them contradicts what it "
            "gave us before. Only the first was taken in.",
        ),
        _CALL,
    ),
    "altered": _say(
        pgettext_lazy("finding", "A message was changed on its way"),
        pgettext_lazy("finding", "Its bytes are not those that the sender signed for."),
        _NOTHING,
    ),
    "malformed": _say(
        pgettext_lazy("finding", "What came in is no message"),
        pgettext_lazy("finding", "It is not written as the protocol has it. Nothing was taken in."),
        _NOTHING,
    ),
    "false-sender": _say(
        pgettext_lazy("finding", "Somebody sent a message in another's name"),
        pgettext_lazy("finding", "Who delivered it is not who is said to have written it."),
        _CALL,
    ),
    "unknown-sender": _say(
        pgettext_lazy("finding", "A message from an authority that we do not know"),
        pgettext_lazy("finding", "The directory of this node does not list the sender."),
        pgettext_lazy("finding", "Refresh the directory, or pair with the State."),
    ),
    "unknown-key": _say(
        pgettext_lazy("finding", "Signed with a key that we do not know"),
        pgettext_lazy("finding", "The sender's entry in the directory does not list this key."),
        _REFRESH,
    ),
    "revoked-key": _say(
        pgettext_lazy("finding", "Signed with a key that was revoked"),
        pgettext_lazy("finding", "Whoever holds a revoked key may not be the authority at all."),
        _CALL,
    ),
    "bad-signature": _say(
        pgettext_lazy("finding", "A signature does not hold"),
        pgettext_lazy("finding", "The bytes were not signed by the key that is named."),
        _CALL,
    ),
    "wrong-addressee": _say(
        pgettext_lazy("finding", "A message for somebody else"),
        pgettext_lazy("finding", "It names another authority as its receiver."),
        _CALL,
    ),
    "other-ground": _say(
        pgettext_lazy("finding", "An exercise met real work"),
        pgettext_lazy("finding", "Acts of exercises and of real work never mix. It was refused."),
        _CALL,
    ),
    "ahead-of-clock": _say(
        pgettext_lazy("finding", "Dated in the future"),
        pgettext_lazy("finding", "One of the two clocks is wrong."),
        pgettext_lazy("finding", "Test the way to the node; it compares both clocks."),
    ),
    "too-old": _say(
        pgettext_lazy("finding", "A message too old to be taken in"),
        pgettext_lazy("finding", "It was made so long ago that the wire refuses it."),
        _CALL,
    ),
    "backdated": _say(
        pgettext_lazy("finding", "An act dated before it can have been made"),
        pgettext_lazy("finding", "Time never goes back in a record. It was refused."),
        _CALL,
    ),
    "not-readable": _say(
        pgettext_lazy("finding", "A message that does not open"),
        pgettext_lazy("finding", "It is not encrypted to a key of ours, or is damaged."),
        pgettext_lazy("finding", "Ask the sender to refresh the directory and send it again."),
    ),
    "unknown-step": _say(
        pgettext_lazy("finding", "A step that the law book does not know"),
        pgettext_lazy("finding", "The two sides may use different law books."),
        _CALL,
    ),
    "not-yours": _say(
        pgettext_lazy("finding", "A step that is not theirs to take"),
        pgettext_lazy("finding", "The act takes a step that belongs to the other side."),
        _CALL,
    ),
    "unknown-dossier": _say(
        pgettext_lazy("finding", "An act in a dossier that is not theirs"),
        pgettext_lazy("finding", "This node shares no dossier of that name with the sender."),
        _CALL,
    ),
    "unknown-seen": _say(
        pgettext_lazy("finding", "They say that they saw an act that we never signed"),
        pgettext_lazy("finding", "Somebody may have shown them a forged act of ours."),
        _CALL,
    ),
    "content-missing": _say(
        pgettext_lazy("finding", "An act without what it covers"),
        pgettext_lazy("finding", "A document that the act names did not come with it."),
        pgettext_lazy("finding", "Ask the sender to send it again."),
    ),
    "full": _say(
        pgettext_lazy("finding", "More waits from this sender than we hold"),
        pgettext_lazy("finding", "Messages that wait for an earlier one are bounded."),
        _CALL,
    ),
    "late": _say(
        pgettext_lazy("finding", "A message was not dealt with in time"),
        pgettext_lazy("finding", "The sender has been told. It may still come to pass."),
        _CALL,
    ),
    "busy": _say(
        pgettext_lazy("finding", "The node was too busy"),
        pgettext_lazy("finding", "The sender was told, and tries again."),
        _NOTHING,
    ),
    "request-refused": _say(
        pgettext_lazy("finding", "A request at the peers' door was refused"),
        pgettext_lazy("finding", "It was not signed as the door demands. Nothing was let in."),
        _NOTHING,
    ),
    "not-sent": _say(
        pgettext_lazy("finding", "A letter of ours could not be made"),
        pgettext_lazy("finding", "What we signed has not gone out."),
        pgettext_lazy("finding", "See to the cause that is named; the node then tries again."),
    ),
    "no-receipt": _say(
        pgettext_lazy("finding", "No receipt came in time"),
        pgettext_lazy("finding", "We do not know whether our message was read or opened."),
        _WAIT,
    ),
    "relay_failed": _say(
        pgettext_lazy("finding", "Their node did not take our message in time"),
        pgettext_lazy("finding", "Nobody there has it, as far as we know."),
        _WAIT,
    ),
    "relay_rejected": _say(
        pgettext_lazy("finding", "Their node refused our message"),
        pgettext_lazy("finding", "It says why in one word. Nothing was taken in there."),
        _CALL,
    ),
    "not_delivered": _say(
        pgettext_lazy("finding", "Our message was not read in time"),
        pgettext_lazy("finding", "Their node holds it, and has not dealt with it."),
        _WAIT,
    ),
    "not_retrieved": _say(
        pgettext_lazy("finding", "Nobody there has opened our message"),
        pgettext_lazy("finding", "It was delivered. No officer has looked at it in time."),
        _CALL,
    ),
    "chunk-wrong": _say(
        pgettext_lazy("finding", "A piece of evidence did not match"),
        pgettext_lazy("finding", "The piece was dropped and is asked for again."),
        _NOTHING,
    ),
    "package-refused": _say(
        pgettext_lazy("finding", "A package did not verify"),
        pgettext_lazy("finding", "What came is not what was sealed. It was not taken in."),
        _CALL,
    ),
    "package-refused-there": _say(
        pgettext_lazy("finding", "A package of ours did not verify there"),
        pgettext_lazy("finding", "They refused what we handed over."),
        _CALL,
    ),
    "transfer-waits": _say(
        pgettext_lazy("finding", "A transfer waits for room"),
        pgettext_lazy("finding", "More is on its way from this sender than this node holds."),
        pgettext_lazy("finding", "Let transfers that are done be confirmed; tell the operator."),
    ),
    "directory-refused": _say(
        pgettext_lazy("finding", "Part of the directory did not verify"),
        pgettext_lazy("finding", "It was not taken in. What was known before still holds."),
        _REFRESH,
    ),
    "register-refused": _say(
        pgettext_lazy("finding", "The copy of the depositary's register did not verify"),
        pgettext_lazy("finding", "It was not taken in. The copy known before is still shown."),
        pgettext_lazy("finding", "Refresh the directory. Rely on the depositary's own register."),
    ),
    "key-claimed-twice": _say(
        pgettext_lazy("finding", "Two authorities call one key theirs"),
        pgettext_lazy("finding", "Each counts for itself alone; somebody made a mistake or worse."),
        pgettext_lazy("finding", "Call both and ask whose key it is."),
    ),
    "state-removed": _say(
        pgettext_lazy("finding", "The shared directory lists a State no more"),
        pgettext_lazy("finding", "It stays known here under its own keys."),
        pgettext_lazy("finding", "Call the State on the number that the node knew before."),
    ),
    "state-keys-differ": _say(
        pgettext_lazy("finding", "The shared directory names other keys for a State"),
        pgettext_lazy("finding", "The State's own keys hold; they change only if they sign so."),
        pgettext_lazy("finding", "Call the State on the number that the node knew before."),
    ),
    "state-keys-replaced": _say(
        pgettext_lazy("finding", "A State's keys were replaced by a person here"),
        pgettext_lazy("finding", "Somebody accepted a new fingerprint for the State."),
        pgettext_lazy("finding", "Make sure that the fingerprint came with a note verbale."),
    ),
    "disk-strange": _say(
        pgettext_lazy("finding", "A disk held something that does not belong there"),
        pgettext_lazy("finding", "Whoever hands in a disk has proved nothing."),
        pgettext_lazy("finding", "Ask who brought the disk."),
    ),
    "restored": _say(
        pgettext_lazy("finding", "This node was restored from a backup"),
        pgettext_lazy(
            "finding",
            "Acts made after the backup may be missing here. Until somebody has looked, no act "
            "goes out to another node.",
        ),
        pgettext_lazy(
            "finding",
            "Ask each authority with an open dossier for the last act of ours that it holds; "
            "then mark this as seen.",
        ),
    ),
    "more": _say(
        pgettext_lazy("finding", "More of the same, only counted"),
        pgettext_lazy(
            "finding",
            "Of one source, kind and day only so many findings are kept, so that nobody can fill "
            "the list.",
        ),
        _NOTHING,
    ),
}
_RECEIPT: Final = _say(
    pgettext_lazy("finding", "A receipt was refused"),
    pgettext_lazy("finding", "It does not verify, so it counts for nothing."),
    _CALL,
)
_PERSON: Final = _say(
    pgettext_lazy("finding", "Something was done to a person's account"),
    pgettext_lazy("finding", "Every enrolment, change of roles and reset leaves a trace here."),
    pgettext_lazy("finding", "Make sure that it was meant."),
)
_OTHER: Final = _say(
    pgettext_lazy("finding", "Something was refused or is odd"),
    pgettext_lazy("finding", "What the node says of it stands below."),
    pgettext_lazy(
        "finding",
        "Read what the node says. If it names an authority, call it on the number in the "
        "directory.",
    ),
)


def meaning_of(kind: str) -> Meaning:
    """Return what a kind of finding means."""
    if kind in KINDS:
        return KINDS[kind]
    if kind.startswith("receipt-"):
        return _RECEIPT
    return _PERSON if kind.startswith("person-") else _OTHER
