"""Is the way to another node open? One number goes there and comes back signed.

The echo shows both sides' keys at work: the caller's on the request (RFC 9421), and on the
answer the authority's own, with which it signs receipts. The answer is an envelope (DSSE) of
type ``application/vnd.comity.echo+json`` around canonical JSON::

    {"asked":"<sha256 of what was sent>","at":"<instant>","from":{"authority":"…","state":"XB"},
     "protocols":["1"],"to":{"authority":"…","state":"XA"},"type":"comity/echo/1"}

Numbered checks: 1 the directory names the authority; 2 its node answers over TLS 1.3 with
the certificate that the directory names; 3 both speak a version of the protocol; 4 it accepts
our signature; 5 its answer is signed by a key that the directory names; 6 the answer is to
what we sent; 7 the two clocks agree; 8 whether it says that it was restored from a backup, for
then it may have lost acts of either side, and a person asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import DoesNotVerify, OutOfReach
from comity.base.verdict import Finding, Report, Verdict
from comity.federation.directory import AuthorityCard, KeyUnknown
from comity.seal.dsse import read_envelope, sign_envelope, verify_envelope
from comity.seal.errors import OtherKey
from comity.seal.fields import read_document, read_list, read_object, read_text
from comity.service.directory import UnknownAuthority, find_card
from comity.service.directory.knowing import Known
from comity.service.errors import NoCommonVersion, PeerUnreachable
from comity.service.node import Node
from comity.service.peers import PROTOCOLS, Caller, peer_of
from comity.service.ports import Answer
from comity.service.recovery import PAYLOAD_TYPE as STATEMENT_PAYLOAD
from comity.service.recovery import Restoration, read_restoration

PAYLOAD_TYPE: Final = "application/vnd.comity.echo+json"
ECHO: Final = "/peers/1/echo"
RESTORED: Final = "/peers/1/restored"
# For so long a restoration is news that somebody must act on; later it is only told.
_NEWS_SECONDS: Final = 30 * 24 * 3600
_TYPE: Final = "comity/echo/1"
_NAMES: Final = frozenset({"asked", "at", "from", "to", "protocols"})
_PARTY: Final = frozenset({"state", "authority"})
_RANDOM_BYTES: Final = 32
_DONE: Final = 200
_REFUSED: Final = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What an answer to an echo says."""

    asked: Digest
    at: Instant
    sender: Caller
    receiver: Caller


def answer_echo(node: Node, caller: Caller, sent: bytes) -> bytes:
    """Return the signed answer to an echo of ``caller``."""
    data: Json = {
        "type": _TYPE,
        "asked": str(Digest.of(sent)),
        "at": str(node.clock.now()),
        "from": {"state": node.state, "authority": node.authority},
        "to": {"state": caller.state, "authority": caller.authority},
        "protocols": [*PROTOCOLS],
    }
    return sign_envelope(PAYLOAD_TYPE, canonical_bytes(data), node.key)


def try_peer(node: Node, state: str, authority: str) -> Report:
    """Try the way to an authority's node and back; return the numbered checks."""
    return Report.of(_try(node, state, authority))


def _try(node: Node, state: str, authority: str) -> Iterator[Finding]:
    try:
        with node.store.view() as unit:
            known = find_card(node, unit, state, authority)
    except UnknownAuthority as error:
        yield _failed(1, "name", error.sentence())
        return
    yield _check_name(known)
    if node.wire is None:
        yield _failed(2, "way", "This node was made without keys for the wire.")
        return
    sent = node.random(_RANDOM_BYTES)
    before = node.clock.now()
    try:
        answer = node.wire.call(peer_of(known.card), "POST", ECHO, sent, most=limits.ANSWER_BYTES)
    except NoCommonVersion as error:
        yield _passed(2, "way", "It answers, with the certificate that the directory names.")
        yield _failed(3, "version", f"{error.sentence()} {error.detail}")
        return
    except (PeerUnreachable, OutOfReach) as error:
        yield _failed(2, "way", f"{error.sentence()} {error.detail}".strip())
        return
    yield _passed(2, "way", "It answers over TLS 1.3, with the certificate of the directory.")
    yield _passed(3, "version", "Both speak a common version of the protocol.")
    yield from _check_answer(node, known.card, sent, answer, before)


def _check_name(known: Known) -> Finding:
    if not known.is_listed:
        return _failed(1, "name", "Its State does not list this authority any more.")
    if known.stale_since is not None:
        says = f"The directory names it, but what says so expired at {known.stale_since}."
        return Finding(check=1, name="name", verdict=Verdict.INDETERMINATE, says=says)
    return _passed(1, "name", f"The directory names it ({known.source}).")


def _check_answer(
    node: Node, card: AuthorityCard, sent: bytes, answer: Answer, before: Instant
) -> Iterator[Finding]:
    if answer.status != _DONE:
        why = "It does not accept our signature: does it have our card?"
        other = f"It answered {answer.status}."
        yield _failed(4, "our signature", why if answer.status == _REFUSED else other)
        return
    yield _passed(4, "our signature", "It accepts our signature.")
    after = node.clock.now()
    try:
        echo = _verify(card, answer.body, after)
    except DoesNotVerify as error:
        yield _failed(5, "their signature", f"{error.sentence()} {error.detail}".strip())
        return
    yield _passed(5, "their signature", "Its answer is signed by a key of the directory.")
    own = Caller(state=node.state, authority=node.authority)
    theirs = Caller(state=card.state, authority=card.authority)
    fits = (echo.asked, echo.sender, echo.receiver) == (Digest.of(sent), theirs, own)
    yield (_passed if fits else _failed)(
        6, "echo", "The answer is to what was sent." if fits else "It answers something else."
    )
    yield _check_clocks(echo.at, before, after)
    yield _check_restored(node, card)


def _check_restored(node: Node, card: AuthorityCard) -> Finding:
    """Ask whether the other node was restored; who cannot say so is no worse for it."""
    if node.wire is None:
        message = "an answer came without a wire"
        raise RuntimeError(message)
    try:
        answer = node.wire.call(peer_of(card), "GET", RESTORED, most=limits.RESTORED_BYTES)
    except OutOfReach as error:
        return _open(f"It could not be asked: {error.sentence()}")
    if answer.status != _DONE:
        return _open(f"It does not say whether it was restored; it answered {answer.status}.")
    now = node.clock.now()
    try:
        told = [_restoration(card, line, now) for line in answer.body.split(b"\n") if line]
    except DoesNotVerify as error:
        says = f"What it says of a restoration does not verify: {error.sentence()}"
        return _failed(8, "restored", says)
    return _judge_restored(told, now)


def _judge_restored(told: list[Restoration], now: Instant) -> Finding:
    if not told:
        return _passed(8, "restored", "It says of no restoration from a backup.")
    last = max(told, key=_by_time)
    says = f"It was restored on {last.restored} from a backup of {last.made}."
    if now.seconds_after(last.restored) > _NEWS_SECONDS:
        return _passed(8, "restored", says)
    return _open(f"{says} Compare the acts of each dossier that you share, by telephone.")


def _restoration(card: AuthorityCard, line: bytes, now: Instant) -> Restoration:
    """Verify a statement with a key that the card lists, in use or not any more; not revoked."""
    where = f"{card.state}/{card.authority}"
    key_id = read_envelope(line, STATEMENT_PAYLOAD).key_id
    good = [one for one in card.keys if one.revoked is None or one.revoked > now]
    key = next((one.key for one in good if one.key.key_id.matches(key_id)), None)
    if key is None:
        raise KeyUnknown(str(key_id), where=where)
    found = read_restoration(line, key)
    if (found.state, found.authority, found.exercise) != (*where.split("/", 1), card.exercise):
        detail = "It is said of another node."
        raise OtherKey(detail, where=where)
    return found


def _by_time(one: Restoration) -> Instant:
    return one.restored


def _open(says: str) -> Finding:
    return Finding(check=8, name="restored", verdict=Verdict.INDETERMINATE, says=says)


def _check_clocks(theirs: Instant, before: Instant, after: Instant) -> Finding:
    apart = max(before.seconds_after(theirs), theirs.seconds_after(after), 0)
    says = f"The two clocks differ by at most {apart + after.seconds_after(before) + 1} s."
    found = {"expected": f"at most {limits.CLOCK_AHEAD_SECONDS} s", "found": f"{apart} s"}
    verdict = Verdict.PASSED if apart <= limits.CLOCK_AHEAD_SECONDS else Verdict.FAILED
    return Finding(check=7, name="clocks", verdict=verdict, says=says, **found)


def _verify(card: AuthorityCard, data: bytes, now: Instant) -> Echo:
    envelope = read_envelope(data, PAYLOAD_TYPE)
    payload = verify_envelope(envelope, card.key_for(envelope.key_id, now))
    found = read_document(parse_canonical(payload), _TYPE, _NAMES)
    read_list(found["protocols"])
    return Echo(
        asked=Digest.parse(read_text(found["asked"], most=limits.ACT_TEXT)),
        at=Instant.parse(read_text(found["at"], most=limits.ACT_TEXT)),
        sender=_party(found["from"]),
        receiver=_party(found["to"]),
    )


def _party(data: Json) -> Caller:
    found = read_object(data, _PARTY)
    return Caller(
        state=read_text(found["state"], most=limits.ACT_TEXT),
        authority=read_text(found["authority"], most=limits.ACT_TEXT),
    )


def _passed(check: int, name: str, says: str) -> Finding:
    return Finding(check=check, name=name, verdict=Verdict.PASSED, says=says)


def _failed(check: int, name: str, says: str) -> Finding:
    return Finding(check=check, name=name, verdict=Verdict.FAILED, says=says)
