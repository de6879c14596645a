"""A catalogue of hostile packages: each is refused at the numbered check that its flaw is of.

The forger has the whole package, and where the story says so even the sealer's key: a check
must hold on its own, not because another would have caught the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from comity.base import Digest, Instant, Verdict, canonical_bytes
from comity.evidence import Form, Sealer, Vouched, check_package
from comity.seal import PublicCard, sign_envelope
from tests.packages import (
    KEY,
    OTHER_KEY,
    SEALER,
    STATEMENT,
    MemorySource,
    envelope_payload,
    examine,
    first_failed,
    make_package,
    make_part,
    relist,
    resign,
    retag,
    rewrite,
    root_of,
    sign_raw,
)

Entries = dict[str, bytes]
FIRST: Final = "bag/data/objects/000001"
RECORD: Final = "bag/data/meta/000001.json"
SECOND: Final = "bag/data/meta/000002.json"
SALTS: Final = "seal/salts.json"
CARD: Final = "seal/trust/sealer.pub"
MANIFEST: Final = "bag/manifest-sha256.txt"
TAGS: Final = "bag/tagmanifest-sha256.txt"

ATTACKS: dict[str, tuple[int, Callable[[Entries], None]]] = {}
PART_ATTACKS: dict[str, tuple[int, Callable[[Entries], None]]] = {}


def attack(check: int) -> Callable[[Callable[[Entries], None]], None]:
    def keep(story: Callable[[Entries], None]) -> None:
        ATTACKS[story.__name__] = (check, story)

    return keep


def on_part(check: int) -> Callable[[Callable[[Entries], None]], None]:
    def keep(story: Callable[[Entries], None]) -> None:
        PART_ATTACKS[story.__name__] = (check, story)

    return keep


def named(name: str) -> Callable[[Entries], None]:
    def story(entries: Entries) -> None:
        entries[name] = b"x"

    return story


for odd in (
    "../escape",
    "bag/data/objects/../../../escape",
    "/etc/passwd",
    "bag/data/objects/000004/x",
    "BAG/bagit.txt",
    "bag/Bagit.txt",
    "bag/data/objects/00004",
    "bag/data/objects/0000004",
    "bag/data/objects/000000",
    "bag/data/objects/٠٠٠٠٠٤",
    "bag/data/objects/000004",
    "bag/data/objects/9999999",
    "bag/data/meta/000004.json",
    "bag/data/meta/000001.JSON",
    "bag/fetch.txt",
    "bag/manifest-md5.txt",
    "seal/extra.json",
    "bag/bagit.txt ",
    "bag/bagit.txt\0",
    "bag\\data\\objects\\000004",
    "\udcff",
):
    ATTACKS[f"an entry called {odd!a}"] = (1, named(odd))


def without(name: str) -> Callable[[Entries], None]:
    def story(entries: Entries) -> None:
        del entries[name]

    return story


for needed in sorted(make_package()):
    ATTACKS[f"without {needed}"] = (1, without(needed))


def respelt(digits: str) -> Callable[[Entries], None]:
    def story(entries: Entries) -> None:
        for name in ("bag/data/objects/%s", "bag/data/meta/%s.json"):
            entries[name % digits] = entries.pop(name % "000003")

    return story


for digits in ("0000003", "00003", "\u0660\u0660\u0660\u0660\u0660\u0663", "+00003", "000003 "):
    ATTACKS[f"a serial written {digits!a}"] = (1, respelt(digits))


@attack(1)
def no_objects_at_all(entries: Entries) -> None:
    for name in [name for name in entries if name.startswith("bag/data/")]:
        del entries[name]


@attack(2)
def both_signatures_stripped(entries: Entries) -> None:
    rewrite(entries, STATEMENT, signatures=[])


@attack(2)
def quantum_safe_signature_stripped(entries: Entries) -> None:
    rewrite(entries, STATEMENT, signatures=json.loads(entries[STATEMENT])["signatures"][:1])


@attack(2)
def classical_signature_stripped(entries: Entries) -> None:
    rewrite(entries, STATEMENT, signatures=json.loads(entries[STATEMENT])["signatures"][1:])


@attack(2)
def a_signature_doubled(entries: Entries) -> None:
    made = json.loads(entries[STATEMENT])["signatures"]
    rewrite(entries, STATEMENT, signatures=[made[0], made[0]])


@attack(2)
def a_third_signature_added(entries: Entries) -> None:
    made = json.loads(entries[STATEMENT])["signatures"]
    rewrite(entries, STATEMENT, signatures=[*made, made[1]])


@attack(2)
def signatures_in_the_other_order(entries: Entries) -> None:
    rewrite(entries, STATEMENT, signatures=json.loads(entries[STATEMENT])["signatures"][::-1])


@attack(2)
def an_unsigned_field_beside_the_payload(entries: Entries) -> None:
    rewrite(entries, STATEMENT, note="approved")


@attack(2)
def another_payload_type(entries: Entries) -> None:
    entries[STATEMENT] = sign_envelope("application/json", envelope_payload(entries), KEY)


@attack(2)
def envelope_with_blanks(entries: Entries) -> None:
    entries[STATEMENT] = json.dumps(json.loads(entries[STATEMENT])).encode()


@attack(2)
def deep_json(entries: Entries) -> None:
    entries[STATEMENT] = b"[" * 500_000 + b"]" * 500_000


@attack(2)
def huge_envelope(entries: Entries) -> None:
    entries[STATEMENT] = b" " * (4 << 20)


@attack(2)
def repeated_names_in_the_envelope(entries: Entries) -> None:
    entries[STATEMENT] = b'{"payload":"","payload":""}'


@attack(2)
def truncated_envelope(entries: Entries) -> None:
    entries[STATEMENT] = entries[STATEMENT][:-1]


@attack(2)
def key_of_another_beside_the_seal(entries: Entries) -> None:
    entries[CARD] = PublicCard(SEALER.name, SEALER.authority, OTHER_KEY.public).document()


@attack(2)
def sealer_written_otherwise(entries: Entries) -> None:
    entries[CARD] = entries[CARD].rstrip(b"\n")


@attack(2)
def no_key_in_the_card(entries: Entries) -> None:
    rewrite(entries, CARD, key=None)


@attack(3)
def payload_exchanged_under_the_signatures(entries: Entries) -> None:
    other = make_package({b"other": b"other"}, seed="other")
    rewrite(entries, STATEMENT, payload=json.loads(other[STATEMENT])["payload"])


@attack(3)
def signatures_of_another_statement(entries: Entries) -> None:
    other = make_package({b"other": b"other"}, seed="other")
    rewrite(entries, STATEMENT, signatures=json.loads(other[STATEMENT])["signatures"])


@attack(3)
def one_signature_of_another_statement(entries: Entries) -> None:
    other = json.loads(make_package({b"other": b"other"}, seed="other")[STATEMENT])["signatures"]
    own = json.loads(entries[STATEMENT])["signatures"]
    rewrite(entries, STATEMENT, signatures=[own[0], other[1]])


@attack(3)
def the_other_signature_of_another_statement(entries: Entries) -> None:
    other = json.loads(make_package({b"other": b"other"}, seed="other")[STATEMENT])["signatures"]
    own = json.loads(entries[STATEMENT])["signatures"]
    rewrite(entries, STATEMENT, signatures=[other[0], own[1]])


def stated(entries: Entries) -> Any:
    return json.loads(envelope_payload(entries))


def predicate(**changes: Any) -> Callable[[Entries], None]:
    def story(entries: Entries) -> None:
        statement = stated(entries)
        statement["predicate"] |= changes
        sign_raw(entries, statement)

    return story


STATEMENTS: dict[str, dict[str, Any]] = {
    "an unknown field": {"note": "lawful"},
    "no objects": {"objects": 0},
    "minus one object": {"objects": -1},
    "too many objects": {"objects": 10**12},
    "true objects": {"objects": True},
    "a root that is none": {"root": "sha256:00"},
    "an exercise that is text": {"exercise": "no"},
    "a dossier as package": {"package": "dos_" + "0" * 26},
    "an instant that is none": {"sealed_at": "2026-13-01T00:00:00Z"},
    "an authority of two lines": {"authority": "XB\nXA"},
    "an endless authority": {"authority": "X" * 5000},
    "another authority than the card": {"authority": "XA central authority"},
    "another sealer than the card": {"sealer": "Somebody"},
    "an act that is none": {"act": "yes"},
}
for name, changes in STATEMENTS.items():
    ATTACKS[f"a Statement with {name}"] = (4, predicate(**changes))


@attack(4)
def statement_of_another_type(entries: Entries) -> None:
    sign_raw(entries, stated(entries) | {"predicateType": "urn:comity:package:2"})


@attack(4)
def statement_with_two_subjects(entries: Entries) -> None:
    statement = stated(entries)
    sign_raw(entries, statement | {"subject": statement["subject"] * 2})


@attack(4)
def statement_without_subject(entries: Entries) -> None:
    sign_raw(entries, stated(entries) | {"subject": []})


@attack(4)
def statement_of_another_file(entries: Entries) -> None:
    statement = stated(entries)
    statement["subject"][0]["name"] = "bag/manifest-sha256.txt"
    sign_raw(entries, statement)


@attack(4)
def statement_that_is_a_list(entries: Entries) -> None:
    sign_raw(entries, [])


@attack(6)
def older_bag_version(entries: Entries) -> None:
    entries["bag/bagit.txt"] = entries["bag/bagit.txt"].replace(b"1.0", b"0.97")
    retag(entries)
    resign(entries)


@attack(6)
def bag_info_with_a_claim(entries: Entries) -> None:
    entries["bag/bag-info.txt"] += b"Contact-Name: me\n"
    retag(entries)
    resign(entries)


@attack(6)
def wrong_payload_oxum(entries: Entries) -> None:
    info = entries["bag/bag-info.txt"]
    entries["bag/bag-info.txt"] = info.replace(b"Payload-Oxum: ", b"Payload-Oxum: 1")
    retag(entries)
    resign(entries)


@attack(7)
def case_summary_altered(entries: Entries) -> None:
    entries["bag/case.jsonld"] += b" "


@attack(7)
def circumstances_altered(entries: Entries) -> None:
    entries["bag/circumstances.jsonl"] = b""


@attack(7)
def tag_manifest_without_the_summary(entries: Entries) -> None:
    lines = entries[TAGS].splitlines(keepends=True)
    entries[TAGS] = b"".join(line for line in lines if b"package.json" not in line)
    resign(entries)


@attack(7)
def tag_manifest_with_one_more(entries: Entries) -> None:
    entries[TAGS] += entries[TAGS].splitlines(keepends=True)[0]
    resign(entries)


@attack(7)
def tag_manifest_in_another_order(entries: Entries) -> None:
    entries[TAGS] = b"".join(reversed(entries[TAGS].splitlines(keepends=True)))
    resign(entries)


@attack(7)
def tag_manifest_with_stars(entries: Entries) -> None:
    entries[TAGS] = entries[TAGS].replace(b"  ", b" *")
    resign(entries)


@attack(7)
def tag_manifest_in_capitals(entries: Entries) -> None:
    entries[TAGS] = b"".join(
        line[:64].upper() + line[64:] for line in entries[TAGS].splitlines(keepends=True)
    )
    resign(entries)


@attack(7)
def endless_line_in_the_tag_manifest(entries: Entries) -> None:
    entries[TAGS] = b"0" * (8 << 20)


@attack(8)
def summary_and_tag_manifest_altered_together(entries: Entries) -> None:
    entries["bag/case.jsonld"] = b"{}"
    retag(entries)


@attack(8)
def statement_of_another_package(entries: Entries) -> None:
    other = make_package({b"a": b"1", b"b": b"2", b"c": b"3"}, seed="package", sealer=SEALER)
    entries[STATEMENT] = other[STATEMENT]  # of one name and one day, so that 6 tells nothing


@attack(9)
def manifest_out_of_order(entries: Entries) -> None:
    lines = entries[MANIFEST].splitlines(keepends=True)
    entries[MANIFEST] = b"".join([lines[1], lines[0], *lines[2:]])
    retag(entries)
    resign(entries)


@attack(9)
def manifest_cut_short(entries: Entries) -> None:
    entries[MANIFEST] = b"".join(entries[MANIFEST].splitlines(keepends=True)[:-1])
    retag(entries)
    resign(entries)


@attack(9)
def manifest_without_last_line_end(entries: Entries) -> None:
    entries[MANIFEST] = entries[MANIFEST][:-1]
    retag(entries)
    resign(entries)


@attack(9)
def manifest_lists_what_is_not_here(entries: Entries) -> None:
    entries[MANIFEST] += entries[MANIFEST].splitlines(keepends=True)[-1]
    retag(entries)
    resign(entries)


@attack(9)
def manifest_with_a_path_that_climbs(entries: Entries) -> None:
    entries[MANIFEST] = entries[MANIFEST].replace(b"data/objects/000001", b"../../../etc/passwd")
    retag(entries)
    resign(entries)


@attack(9)
def huge_manifest(entries: Entries) -> None:
    entries[MANIFEST] *= 20_000
    retag(entries)
    resign(entries)


@attack(10)
def metadata_of_two_objects_swapped(entries: Entries) -> None:
    entries[RECORD], entries[SECOND] = entries[SECOND], entries[RECORD]


@attack(10)
def metadata_swapped_and_listed_so(entries: Entries) -> None:
    entries[RECORD], entries[SECOND] = entries[SECOND], entries[RECORD]
    relist(entries)
    resign(entries, root=root_of(entries))


@attack(10)
def metadata_changed_though_the_listing_stays(entries: Entries) -> None:
    rewrite(entries, RECORD, origin="Unknown!")


def described(**changes: Any) -> Callable[[Entries], None]:
    """Everything is listed, rooted and signed anew, by the sealer: only the record is wrong."""

    def story(entries: Entries) -> None:
        before = sum(map(len, (entries[name] for name in entries if "/data/" in name)))
        rewrite(entries, RECORD, **changes)
        after = sum(map(len, (entries[name] for name in entries if "/data/" in name)))
        info = entries["bag/bag-info.txt"]
        entries["bag/bag-info.txt"] = info.replace(b" %d." % before, b" %d." % after)
        relist(entries)
        resign(entries, root=root_of(entries))

    return story


RECORDS: dict[str, dict[str, Any]] = {
    "an unknown field": {"note": "x"},
    "a kind that there is not": {"kind": "ghost"},
    "a negative size": {"size": -1},
    "a size that is true": {"size": True},
    "another digest": {"sha256": "0" * 64},
    "a blind too short": {"blind": "00"},
    "another name as text": {"path": "other.txt"},
    "a name that is not base64": {"path_bytes": "*"},
    "a mode that is none": {"mode": "9999"},
    "an owner that is none": {"owner": "root"},
    "a time that is none": {"modified": "yesterday"},
    "control characters": {"origin": "\x1b[2J"},
    "an endless origin": {"origin": "x" * 5000},
    "irregular as a number": {"irregular": 1},
}
for name, changes in RECORDS.items():
    ATTACKS[f"metadata with {name}"] = (10, described(**changes))


@attack(10)
def metadata_with_blanks(entries: Entries) -> None:
    entries[RECORD] = json.dumps(json.loads(entries[RECORD]), sort_keys=True).encode()
    info = entries["bag/bag-info.txt"].splitlines()
    octets = sum(len(data) for name, data in entries.items() if "/data/" in name)
    info[-1] = b"Payload-Oxum: %d.6" % octets
    entries["bag/bag-info.txt"] = b"\n".join([*info, b""])
    relist(entries)
    resign(entries, root=root_of(entries))


@attack(10)
def metadata_that_is_huge(entries: Entries) -> None:
    described()(entries)
    before = sum(map(len, (entries[name] for name in entries if "/data/" in name)))
    after = before - len(entries[RECORD]) + (1 << 20)
    info = entries["bag/bag-info.txt"]
    entries["bag/bag-info.txt"] = info.replace(b" %d." % before, b" %d." % after)
    entries[RECORD] = b"[" * (1 << 20)
    retag(entries)
    resign(entries)


@attack(11)
def object_altered(entries: Entries) -> None:
    entries[FIRST] = b"First"


@attack(11)
def objects_exchanged(entries: Entries) -> None:
    second = "bag/data/objects/000002"
    entries[FIRST], entries[second] = entries[second], entries[FIRST]


ATTACKS["metadata with a size that is not the object's"] = (11, described(size=4))


@attack(12)
def salts_exchanged(entries: Entries) -> None:
    salts = json.loads(entries[SALTS])["salts"]
    rewrite(entries, SALTS, salts=[salts[1], salts[0], *salts[2:]])


@attack(12)
def a_salt_forged(entries: Entries) -> None:
    salts = json.loads(entries[SALTS])["salts"]
    rewrite(entries, SALTS, salts=["0" * 64, *salts[1:]])


@attack(12)
def a_salt_too_long(entries: Entries) -> None:
    salts = json.loads(entries[SALTS])["salts"]
    rewrite(entries, SALTS, salts=[salts[0] + "00", *salts[1:]])


@attack(12)
def a_salt_too_few(entries: Entries) -> None:
    rewrite(entries, SALTS, salts=json.loads(entries[SALTS])["salts"][1:])


@attack(12)
def salts_of_a_part_in_a_whole(entries: Entries) -> None:
    entries[SALTS] = make_part(make_package(), 1, 2, 3)[SALTS]


@attack(12)
def salts_that_fill_the_memory(entries: Entries) -> None:
    entries[SALTS] = b"[" + b"[]," * (20 << 20) + b"[]]"


@attack(12)
def root_signed_over_other_objects(entries: Entries) -> None:
    resign(entries, root=Digest.of(b"other"))


@attack(12)
def one_object_counted_as_two_by_the_sealer(entries: Entries) -> None:
    before = sum(len(data) for name, data in entries.items() if "/data/" in name)
    entries["bag/data/objects/000002"], entries[SECOND] = entries[FIRST], entries[RECORD]
    salts = json.loads(entries[SALTS])["salts"]
    rewrite(entries, SALTS, salts=[salts[0], salts[0], salts[2]])
    after = sum(len(data) for name, data in entries.items() if "/data/" in name)
    info = entries["bag/bag-info.txt"]
    entries["bag/bag-info.txt"] = info.replace(b" %d." % before, b" %d." % after)
    octets = sum(len(data) for name, data in entries.items() if "/objects/" in name)
    rewrite(entries, "bag/package.json", octets=octets)
    relist(entries)
    resign(entries, root=root_of(entries))


@attack(13)
def more_objects_signed_than_are_here(entries: Entries) -> None:
    resign(entries, objects=4)


@attack(13)
def summary_with_a_later_beginning(entries: Entries) -> None:
    rewrite(entries, "bag/package.json", begun="2027-01-01T00:00:00Z")
    retag(entries)
    resign(entries)


SUMMARIES: dict[str, dict[str, Any]] = {
    "other objects": {"objects": 2},
    "other bytes": {"octets": 1},
    "irregular ones that are not": {"irregular": 1},
    "another end": {"ended": "2026-11-21T02:15:01Z"},
    "another package": {"package": "pkg_" + "0" * 26},
    "an unknown field": {"note": "x"},
}


def summarised(changes: dict[str, Any]) -> Callable[[Entries], None]:
    def story(entries: Entries) -> None:
        rewrite(entries, "bag/package.json", **changes)
        retag(entries)
        resign(entries)

    return story


for name, changes in SUMMARIES.items():
    ATTACKS[f"a summary of {name}"] = (13, summarised(changes))


def placed(entries: Entries, at: int, **changes: Any) -> None:
    shown = json.loads(entries[SALTS])["shown"]
    shown[at] |= changes
    rewrite(entries, SALTS, shown=shown)


@on_part(12)
def another_index(entries: Entries) -> None:
    placed(entries, 0, index=json.loads(entries[SALTS])["shown"][0]["index"] + 1)


@on_part(12)
def an_index_beyond_the_tree(entries: Entries) -> None:
    placed(entries, 1, index=8)


@on_part(12)
def an_index_far_beyond_the_tree(entries: Entries) -> None:
    index = json.loads(entries[SALTS])["shown"][1]["index"]
    placed(entries, 1, index=index + (1 << 40))


@on_part(12)
def a_negative_index(entries: Entries) -> None:
    placed(entries, 0, index=-1)


@on_part(12)
def an_index_that_is_true(entries: Entries) -> None:
    placed(entries, 0, index=True)


@on_part(12)
def a_path_cut_short(entries: Entries) -> None:
    placed(entries, 0, path=json.loads(entries[SALTS])["shown"][0]["path"][:-1])


@on_part(12)
def a_path_lengthened(entries: Entries) -> None:
    placed(entries, 0, path=[*json.loads(entries[SALTS])["shown"][0]["path"], "0" * 64])


@on_part(12)
def an_empty_path(entries: Entries) -> None:
    placed(entries, 0, path=[])


@on_part(12)
def one_object_shown_twice(entries: Entries) -> None:
    entries["bag/data/objects/000002"] = entries[FIRST]
    entries[SECOND] = entries[RECORD]
    shown = json.loads(entries[SALTS])["shown"]
    rewrite(entries, SALTS, shown=[shown[0], shown[0]])
    relist(entries)


@on_part(12)
def an_object_of_another_package(entries: Entries) -> None:
    other = make_part(make_package({b"z": b"z"}, seed="other"), 1)
    entries[FIRST], entries[RECORD] = other[FIRST], other[RECORD]
    relist(entries)


@on_part(12)
def an_object_altered_and_listed_so(entries: Entries) -> None:
    entries[FIRST] = b"planted"
    rewrite(entries, RECORD, sha256=Digest.of(b"planted").hex, size=len(b"planted"))
    relist(entries)


@on_part(12)
def statement_of_another_sealing(entries: Entries) -> None:
    entries[STATEMENT] = make_package(eight(), seed="other")[STATEMENT]


@on_part(1)
def a_part_with_a_summary(entries: Entries) -> None:
    entries["bag/package.json"] = make_package()["bag/package.json"]


@on_part(6)
def a_part_that_says_how_large_the_whole_was(entries: Entries) -> None:
    entries["bag/bag-info.txt"] += b"Payload-Oxum: 1.1\n"
    retag(entries)


@on_part(12)
def a_whole_root_of_what_is_shown(entries: Entries) -> None:
    shown = json.loads(entries[SALTS])["shown"]
    salts = [one["salt"] for one in shown]
    entries[SALTS] = canonical_bytes({"type": "comity/salts/1", "form": "whole", "salts": salts})


@on_part(12)
def the_dishonest_sealer_counts_fewer_than_are_shown(entries: Entries) -> None:
    resign(entries, objects=1)


def eight() -> dict[bytes, bytes]:
    return {b"mail/%d" % number: b"content %d" % number for number in range(8)}


@pytest.mark.parametrize("story", sorted(ATTACKS))
def test_a_forged_whole_fails_at_its_own_check(story: str) -> None:
    check, change = ATTACKS[story]
    entries = make_package()
    change(entries)
    examined = examine(entries)
    assert (examined.report.verdict, first_failed(examined)) == (Verdict.FAILED, check)
    assert examined.contents is None


@pytest.mark.parametrize("story", sorted(PART_ATTACKS))
def test_a_forged_part_fails_at_its_own_check(story: str) -> None:
    check, change = PART_ATTACKS[story]
    entries = make_part(make_package(eight()), 2, 5)
    change(entries)
    examined = examine(entries)
    assert (examined.report.verdict, first_failed(examined)) == (Verdict.FAILED, check)


def test_salts_that_would_fill_the_memory_are_not_read() -> None:
    entries = make_package() | {SALTS: b"[" + b"[]," * 1000 + b"[]]"}
    found = [f for f in examine(entries).report.findings if f.check == 12]
    assert "has more than" in found[0].says


def test_a_name_given_twice_is_refused() -> None:
    entries = make_package()
    for name in (FIRST, "bag/bagit.txt", RECORD):
        source = MemorySource(entries, [*entries, name])
        assert first_failed(check_package(source)) == 1


def test_a_whole_stripped_to_a_part_by_name_alone_is_refused() -> None:
    entries = make_package()
    for name in ("bag/package.json", "bag/case.jsonld", "bag/circumstances.jsonl"):
        del entries[name]
    assert examine(entries).report.verdict is Verdict.FAILED


def test_a_sealer_that_is_trusted_as_another_authority_fails() -> None:
    card = PublicCard(SEALER.name, "XA central authority", KEY.public)
    examined = examine(make_package(), [Vouched(card=card)])
    assert first_failed(examined) == 5


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-11-21T02:15:01Z", None), (None, "2026-11-21T02:15:00Z"), (None, None)],
)
def test_nobody_vouching_at_the_time_of_sealing_is_indeterminate(
    since: str | None, until: str | None
) -> None:
    vouched = Vouched(
        card=SEALER.card
        if since or until
        else Sealer(key=OTHER_KEY, name=SEALER.name, authority=SEALER.authority).card,
        since=Instant.parse(since) if since else None,
        until=Instant.parse(until) if until else None,
    )
    examined = examine(make_package(), [vouched])
    assert examined.report.verdict is Verdict.INDETERMINATE
    assert [f.check for f in examined.report.findings if f.verdict is not Verdict.PASSED] == [5]


def test_a_package_sealed_anew_by_another_is_never_passed() -> None:
    impostor = Sealer(key=OTHER_KEY, name=SEALER.name, authority=SEALER.authority)
    forged = make_package(sealer=impostor)
    assert examine(forged).report.verdict is Verdict.INDETERMINATE


def test_an_honest_whole_and_an_honest_part_pass() -> None:
    whole = make_package()
    for entries, form in ((whole, Form.WHOLE), (make_part(whole, 2), Form.PART)):
        examined = examine(entries)
        assert examined.report.verdict is Verdict.PASSED
        assert examined.contents is not None
        assert examined.contents.layout.form is form
