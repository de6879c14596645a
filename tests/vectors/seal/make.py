"""Write the vectors of seals anew: `python -m tests.vectors.seal.make` in the checkout.

Only when the format changes: ML-DSA signatures differ each time, so old vectors are worth
keeping. Everything but the good documents is broken here by hand, not by Comity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from comity.base import Digest, Instant
from comity.seal import SignedAct, cite_act, next_link, pae, seal_content, sign_act
from comity.seal.act import PAYLOAD_TYPE
from tests.seals import KEY, OTHER, dumps, flip, loads, make_act, make_chain

HERE = Path(__file__).parent
NOW = "2026-11-21T03:00:00Z"
Row = dict[str, Any]


def envelopes() -> Iterator[Row]:
    act = sign_act(make_act(), KEY)
    other = loads(sign_act(make_act(), OTHER).envelope)

    def row(name: str, why: str, expect: str, spoil: Callable[[Row], object]) -> Row:
        found = loads(act.envelope)
        spoil(found)
        return {"id": name, "why": why, "envelope": dumps(found).decode(), "expect": expect}

    def set_signature(place: int, **change: str) -> Callable[[Row], object]:
        return lambda e: e["signatures"][place].update(change)

    def set_all(signatures: list[Row]) -> Callable[[Row], object]:
        return lambda e: e.update(signatures=signatures)

    bad, broken = "verify/malformed", "seal/broken"
    yield row("good", "both signatures fit", "passed", lambda _: None)
    for place, half in enumerate(("ed25519", "ml-dsa-65")):
        alone = loads(act.envelope)["signatures"][place]
        yield row(f"only-{half}", "stripping one half", bad, set_all([alone]))
        yield row(f"twice-{half}", "one half twice", bad, set_all([alone, alone]))
        yield row(
            f"flipped-{half}",
            "one bit of one signature changed",
            broken,
            set_signature(place, sig=flip(alone["sig"])),
        )
        yield row(
            f"foreign-{half}",
            "a half made by another key",
            broken,
            set_signature(place, sig=other["signatures"][place]["sig"]),
        )
    yield row(
        "third", "a signature more", bad, lambda e: e["signatures"].append(e["signatures"][0])
    )
    yield row("reversed", "the order is fixed", bad, lambda e: e["signatures"].reverse())
    yield row(
        "two-keys",
        "the halves name two keys",
        bad,
        lambda e: e["signatures"].__setitem__(1, other["signatures"][1]),
    )
    yield row(
        "other-algorithm",
        "an algorithm that is not one of the two",
        bad,
        set_signature(1, keyid=f"{KEY.public.key_id.hex}#ml-dsa-44"),
    )
    yield row(
        "other-key",
        "whole and good, but by another key",
        "seal/other-key",
        lambda e: e.update(other),
    )
    yield row(
        "flipped-payload",
        "one bit of the payload changed",
        broken,
        lambda e: e.update(payload=flip(e["payload"])),
    )
    yield row(
        "other-type",
        "the same payload as another type",
        bad,
        lambda e: e.update(payloadType="application/json"),
    )
    yield row(
        "no-padding",
        "base64 in a second spelling",
        bad,
        lambda e: e.update(payload=e["payload"].rstrip("=") + "A"),
    )
    yield row("extra-name", "a name that nobody reads", bad, lambda e: e.update(note=""))
    spaced = json.dumps(loads(act.envelope), sort_keys=True)
    yield {"id": "spaced", "why": "not canonical JSON", "envelope": spaced, "expect": bad}
    forged = json.loads(make_act().payload()) | {"note": ""}
    yield {
        "id": "open-act",
        "why": "well signed, but with a name no act has",
        "envelope": _sign_raw(dumps(forged)),
        "expect": bad,
    }


def _sign_raw(payload: bytes) -> str:
    from comity.seal import sign_envelope  # noqa: PLC0415 # the one place that signs what is no act

    return sign_envelope(PAYLOAD_TYPE, payload, KEY).decode()


def chains(signed: dict[str, str]) -> Iterator[Row]:
    """Yield the rows; put every act once into ``signed``, under its digest."""
    acts = make_chain(3)
    link = next_link(acts[-1])

    def more(**change: Any) -> list[SignedAct]:
        place = {"number": link.number, "before": link.before, "at": acts[-1].act.at}
        return [*acts, sign_act(make_act(**place | change), KEY)]

    def row(name: str, why: str, chain: list[SignedAct], failed: list[int], **rest: Any) -> Row:
        row: Row = {"id": name, "why": why, "now": NOW, "known": [], "failed": failed}
        signed.update({str(one.digest): one.envelope.decode() for one in chain})
        return row | {"acts": [str(one.digest) for one in chain]} | rest

    seen = Digest.of(b"an act of theirs")
    yield row("good", "three acts in a row", acts, [])
    yield row("gap", "an act left out", [acts[0], acts[2]], [4, 5])
    yield row("headless", "the first act left out", acts[1:], [4, 5])
    yield row("unlinked", "the act before is another", more(before=seen), [5])
    yield row("misnumbered", "a number too high", more(number=7), [4])
    yield row(
        "backdated",
        "a second before the act before",
        more(at=Instant.parse("2026-11-21T02:16:04Z")),
        [6],
    )
    yield row("ahead", "301 seconds ahead of the clock", acts[:1], [7], now="2026-11-21T02:09:04Z")
    yield row(
        "nearly-ahead", "300 seconds ahead are borne", acts[:1], [], now="2026-11-21T02:09:05Z"
    )
    yield row("house", "an act of the other track", more(track="house"), [3])
    yield row(
        "earnest", "an act that is no exercise among those that are", more(exercise=False), [3]
    )
    yield row("unseen", "has seen what nobody knows", more(seen=seen), [8])
    yield row("seen", "has seen what is known", more(seen=seen), [], known=[str(seen)])


def documents() -> Row:
    act, content = make_act(), seal_content({"account": "a@b", "count": 2}, bytes(range(32)))
    citation = {"act": str(act.digest), "salt": bytes(range(32)).hex()}
    return {
        "act": {"payload": act.payload().decode(), "digest": str(act.digest)},
        "pae": {"type": PAYLOAD_TYPE, "sha256": Digest.of(pae(PAYLOAD_TYPE, act.payload())).hex},
        "content": {"document": content.document.decode(), "digest": str(content.digest)},
        "citation": citation | {"digest": str(cite_act(act.digest, bytes(range(32))))},
    }


def main() -> None:
    key = {"public": KEY.public.as_data(), "id": str(KEY.public.key_id)}
    signed: dict[str, str] = {}
    rows = list(chains(signed))
    whole = {
        "about": "Seals of Comity: what every reader must take and refuse.",
        "key": key,
        "documents": documents(),
        "envelopes": list(envelopes()),
        "signed": signed,
        "chains": rows,
    }
    (HERE / "seals.json").write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    main()
