"""What is withheld stays unknown, to one who knows everything but it, and guesses it exactly.

The adversary holds the whole part, knows the format, the provenance, the sealer, and for each
withheld object its name, kind, size, content and metadata; he lacks only the 32-byte blind and
salt of each. He must not be able to confirm a single guess.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from comity.base import Ident, Instant, canonical_bytes
from comity.evidence import (
    Intake,
    Particulars,
    disclose_part,
    seal_rows,
    take_in,
)
from tests.packages import (
    PROVENANCE,
    SEALER,
    STATEMENT,
    FixedClock,
    MemorySink,
    MemorySource,
    envelope_payload,
    examine,
    make_package,
    make_part,
    relist,
    seeded,
)

SHOWN = {b"shown/a.txt": b"what the defence may see", b"shown/b.txt": b"and this"}
WITHHELD = {
    b"withheld/name of an informant.txt": b"short",
    b"withheld/photo.jpg": b"\xff" * 3000,
    b"w": b"",
    b"withheld/plan": b"guessable plan",
    b"withheld/x/y/z": b"z" * 10,
    b"withheld/list": b"1,2,3",
}
ZERO = bytes(32)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def everything_in(part: dict[str, bytes]) -> bytes:
    """Return all bytes of the part, and all that base64 and hexadecimal in it stand for."""
    plain = b"\n".join([*part.values(), *(name.encode() for name in part), envelope_payload(part)])
    raw = b"".join(bytes.fromhex(found.decode()) for found in re.findall(rb"[0-9a-f]{64}", plain))
    return plain + raw


def guesses(part: dict[str, bytes], whole: dict[str, bytes]) -> Iterator[bytes]:
    """Give every digest that the adversary can compute of what he guesses."""
    known = [ZERO, *salts_and_blinds(part)]
    for serial in range(1, 9):
        content = whole[f"bag/data/objects/{serial:06d}"]
        record = json.loads(whole[f"bag/data/meta/{serial:06d}.json"])
        path = base64.b64decode(record["path_bytes"])
        if path not in WITHHELD:
            continue
        yield from (sha(content), sha(path), path, sha(str(len(content)).encode()))
        bare = {name: value for name, value in record.items() if name != "blind"}
        records = [
            canonical_bytes(bare),
            *(canonical_bytes(record | {"blind": k.hex()}) for k in known),
        ]
        for guess in records:
            described = sha(guess)
            yield described
            lines = b"%b  data/objects/%06d\n%b  data/meta/%06d.json\n" % (
                sha(content).hex().encode(),
                serial,
                described.hex().encode(),
                serial,
            )
            yield sha(lines)
            for salt in known:
                leaf = sha(b"\0" + salt + sha(content) + described)
                yield from (leaf, sha(salt + sha(content) + described), sha(b"\1" + leaf + leaf))
                yield from (sha(salt + content), sha(salt + sha(content)), sha(salt + path))


def salts_and_blinds(part: dict[str, bytes]) -> list[bytes]:
    shown = json.loads(part["seal/salts.json"])["shown"]
    blinds = [json.loads(part[name])["blind"] for name in part if "/meta/" in name]
    return [bytes.fromhex(text) for text in [*(one["salt"] for one in shown), *blinds]]


def serials_of(whole: dict[str, bytes], names: dict[bytes, bytes]) -> list[int]:
    return [
        serial
        for serial in range(1, 9)
        if base64.b64decode(json.loads(whole[f"bag/data/meta/{serial:06d}.json"])["path_bytes"])
        in names
    ]


def test_no_digest_of_an_exact_guess_occurs_in_the_part() -> None:
    whole = make_package(SHOWN | WITHHELD)
    part = make_part(whole, *serials_of(whole, SHOWN))
    held = everything_in(part)
    tried = set(guesses(part, whole))
    assert len(tried) > 200
    for guess in tried:
        if guess:
            assert guess not in held or guess == b"w"
            assert guess.hex().encode() not in held or guess == b"w"


def test_the_guesses_would_be_found_if_the_blinds_and_salts_were_known() -> None:
    # The adversary's method works: with blind and salt he finds the leaf of what is withheld.
    whole = make_package(SHOWN | WITHHELD)
    part = make_part(whole, *serials_of(whole, SHOWN))
    held = everything_in(part)
    salts = [bytes.fromhex(salt) for salt in json.loads(whole["seal/salts.json"])["salts"]]
    leaves = [
        sha(
            b"\0"
            + salts[serial - 1]
            + sha(whole[f"bag/data/objects/{serial:06d}"])
            + sha(whole[f"bag/data/meta/{serial:06d}.json"])
        )
        for serial in range(1, 9)
    ]
    assert any(leaf in held for leaf in leaves)


def test_the_sealed_subject_cannot_be_recomputed_without_every_blind() -> None:
    # All but one blind known, all else guessed exactly: the tag manifest still differs.
    whole = make_package(SHOWN | WITHHELD)
    subject = sha(whole["bag/tagmanifest-sha256.txt"])
    serial = serials_of(whole, {b"w": b""})[0]
    name = f"bag/data/meta/{serial:06d}.json"
    for blind in (ZERO, b"\xff" * 32, *map(sha, SHOWN.values())):
        guess = dict(whole)
        guess[name] = canonical_bytes(json.loads(whole[name]) | {"blind": blind.hex()})
        relist(guess)
        assert sha(guess["bag/tagmanifest-sha256.txt"]) != subject


def test_every_object_has_a_blind_and_a_salt_of_its_own() -> None:
    whole = make_package({b"%d" % number: b"same" for number in range(8)})
    salts = json.loads(whole["seal/salts.json"])["salts"]
    blinds = [json.loads(whole[name])["blind"] for name in whole if "/meta/" in name]
    assert len({*salts, *blinds}) == 16
    assert all(len(bytes.fromhex(text)) == 32 for text in (*salts, *blinds))


def blanked(part: dict[str, bytes]) -> dict[str, str]:
    """Return the part with all that is random, or signed over it, replaced by dots."""
    found = {}
    for name, data in part.items():
        text = data.decode("utf-8")
        if name == STATEMENT:
            text = re.sub(r'"(payload|sig)":"[^"]*"', r'"\1":"."', text)
        text = re.sub(r"[0-9a-f]{64}", "." * 64, text)
        text = re.sub(r"pkg_[0-9a-z]{26}", "pkg", text)
        found[name] = re.sub(r'"index":[0-9]', '"index":.', text)
    return found


names_and_contents = st.dictionaries(
    st.binary(min_size=1, max_size=60).filter(lambda name: name != b"shown"),
    st.binary(max_size=300),
    min_size=7,
    max_size=7,
)


@given(names_and_contents, names_and_contents, st.integers(0, 7), st.integers(0, 7))
def test_parts_differ_in_nothing_when_only_what_is_withheld_differs(
    one: dict[bytes, bytes], two: dict[bytes, bytes], before_one: int, before_two: int
) -> None:
    # Eight leaves, so that every path has three steps and every index one digit.
    parts = []
    for seed, withheld, before in (("one", one, before_one), ("two", two, before_two)):
        items = list(withheld.items())
        items.insert(before, (b"shown", b"what the defence may see"))
        whole = make_package(dict(items), seed=seed)
        parts.append(make_part(whole, before + 1))
    sizes = [{name: len(data) for name, data in part.items()} for part in parts]
    assert sizes[0] == sizes[1]
    assert blanked(parts[0]) == blanked(parts[1])


def drawn_by_name(names: list[bytes]) -> Callable[[int], bytes]:
    """Return random bytes that belong to each name, in whatever order they come."""
    draws = itertools.chain.from_iterable((sha(name + b"1"), sha(name + b"2")) for name in names)
    return lambda _: next(draws)


def test_the_walk_order_leaves_no_trace_in_the_part() -> None:
    both = SHOWN | WITHHELD
    parts = []
    for names in (list(both), list(reversed(both))):
        whole = make_package({name: both[name] for name in names}, random=drawn_by_name(names))
        part = make_part(whole, *serials_of(whole, SHOWN))
        del part[STATEMENT]  # its subject is of the whole bag, and is blinded
        parts.append(part)
    assert parts[0] == parts[1]


def test_the_statement_has_no_field_that_depends_on_what_is_withheld_but_blinded_digests() -> None:
    big = make_package(SHOWN | dict.fromkeys(WITHHELD, b"x" * 100_000))
    small = make_package(SHOWN | {b"%d" % number: b"" for number in range(6)})
    told = []
    for whole in (big, small):
        statement = json.loads(envelope_payload(whole))
        assert re.fullmatch(r"[0-9a-f]{64}", statement["subject"][0]["digest"].pop("sha256"))
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", statement["predicate"].pop("root"))
        told.append(statement)
    assert told[0] == told[1]


def test_a_part_says_how_many_are_withheld_and_a_part_of_a_part_too() -> None:
    whole = make_package(SHOWN | WITHHELD)
    part = make_part(whole, 1, 2, 3)
    again = make_part(part, 2)
    for entries, withheld in ((whole, 0), (part, 5), (again, 7)):
        examined = examine(entries)
        assert examined.contents is not None
        assert examined.contents.withheld == withheld


def test_a_part_of_a_part_is_the_part_made_at_once() -> None:
    whole = make_package(SHOWN | WITHHELD)
    part = make_part(whole, *serials_of(whole, SHOWN | {b"w": b""}))
    again = make_part(part, *serials_of_part(part, SHOWN))
    assert again == make_part(whole, *serials_of(whole, SHOWN))


def serials_of_part(part: dict[str, bytes], names: dict[bytes, bytes]) -> list[int]:
    return [
        int(name[-11:-5])
        for name in part
        if "/meta/" in name and base64.b64decode(json.loads(part[name])["path_bytes"]) in names
    ]


def test_a_part_holds_nothing_but_what_is_shown_and_the_seal() -> None:
    part = make_part(make_package(SHOWN | WITHHELD), 1)
    assert sorted(part) == [
        "bag/bag-info.txt",
        "bag/bagit.txt",
        "bag/data/meta/000001.json",
        "bag/data/objects/000001",
        "bag/manifest-sha256.txt",
        "bag/tagmanifest-sha256.txt",
        "seal/salts.json",
        "seal/statement.dsse.json",
        "seal/trust/sealer.pub",
    ]
    assert b"Payload-Oxum" not in part["bag/bag-info.txt"]
    assert b"Bagging-Date" not in part["bag/bag-info.txt"]


def seal_folder(folder: Path, begun: Instant) -> dict[str, bytes]:
    sink = MemorySink()
    intake = Intake(provenance=PROVENANCE, begun=begun, random=seeded("time"))
    rows = take_in([os.fsencode(folder)], sink, intake)
    name = Ident.make("pkg", seeded("n")(17))
    particulars = Particulars(
        package=name, begun=begun, clock=FixedClock(Instant.parse("2039-01-01T00:00:00Z"))
    )
    seal_rows(rows, sink, SEALER, particulars)
    return sink.entries


def test_no_time_in_a_part_tells_when_an_object_was_taken_in(tmp_path: Path) -> None:
    begun = Instant.parse("2031-05-05T05:05:05Z")
    during = int(begun.at.timestamp()) + 7
    for number, modified in enumerate((during - 1000, during, during + 3600)):
        place = tmp_path / f"{number}"
        place.write_bytes(b"x")
        os.utime(place, (during + number, modified))
    entries = seal_folder(tmp_path, begun)
    part = make_part(entries, 1, 2, 3)
    held = b"\n".join([*part.values(), envelope_payload(part)]).decode()
    moments = set(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", held))
    assert moments == {"2031-05-05T04:48:32", "2039-01-01T00:00:00"}
    assert str(during) not in held


def test_hard_links_and_access_times_stay_with_the_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    entries = seal_folder(tmp_path, Instant.parse("2038-01-01T00:00:00Z"))
    inode = str((tmp_path / "a").stat().st_ino)
    whole = entries["bag/circumstances.jsonl"].decode()
    assert [json.loads(line)["before"]["links"] for line in whole.splitlines()] == ["2", "2"]
    assert f'"inode":"{inode}"' in whole
    record = json.loads(make_part(entries, 1)["bag/data/meta/000001.json"])
    assert not {"links", "inode", "device", "accessed", "serial"} & record.keys()


def test_what_is_withheld_is_not_even_read() -> None:
    whole = make_package(SHOWN | WITHHELD)
    hidden = serials_of(whole, WITHHELD)

    class Guarded(MemorySource):
        def open(self, name: str) -> io.BufferedIOBase:
            assert name not in {f"bag/data/objects/{serial:06d}" for serial in hidden}
            return super().open(name)

    sink = MemorySink()
    assert disclose_part(Guarded(whole), serials_of(whole, SHOWN), sink).withheld == 6
