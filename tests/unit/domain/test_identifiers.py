"""Identifiers: one line, one thing, read and printed alike."""

from __future__ import annotations

import pytest

from comity.domain.identifiers import (
    KINDS,
    IdentifierRefused,
    MomentRefused,
    NotSpecific,
    read_identifier,
    write_identifier,
)
from comity.domain.plain import TextRefused

GOOD = [
    "account: alice_84 at mail.example",
    "account: Jean Dupont at Réseau Social",
    "account: 用户123 at 微博",
    "account: meet at noon at chat.example",
    "address: 203.0.113.7 port 50412 at 2026-11-20T03:14:05+03:00",
    "address: 203.0.113.7 port unknown at 2026-11-20T03:14:05Z",
    "address: 2001:db8::7 port 443 at 2026-11-20T03:14:05+03:00[Africa/Nairobi]",
    "domain: c2.example.org",
    "domain: xn--bcher-kva.example",
    "email: Alice.Smith+x@mail.example",
    "email: пример@mail.example",
    "hash: md5:d41d8cd98f00b204e9800998ecf8427e",
    "iban: GB82 WEST 1234 5698 7654 32",
    "imei: 490154203237518",
    "imsi: 901700000012345",
    "mac: 00:16:3e:5a:01:9f",
    "number: +254712345678",
    "payment: 12-3456-789 at First Bank of Arvenia",
    "url: https://example.org/p?id=1&x=(2)#top",
    "url: http://[2001:db8::7]:8080/x",
    "wallet: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq on bitcoin",
]


@pytest.mark.parametrize("line", GOOD)
def test_a_specific_identifier_prints_as_it_was_written(line: str) -> None:
    assert write_identifier(read_identifier(line)) == line


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_reads_the_example_that_it_shows(kind: str) -> None:
    assert read_identifier(f"{kind}: {KINDS[kind].shape}").kind == kind


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("number: +44 20 7946-0958", "number: +442079460958"),
        ("mac: 00-16-3E-5A-01-9F", "mac: 00:16:3e:5a:01:9f"),
        ("iban: gb82west12345698765432", "iban: GB82 WEST 1234 5698 7654 32"),
        ("email: Bob@Mail.Example", "email: Bob@mail.example"),
        ("domain: Example.ORG", "domain: example.org"),
        (
            "address: 192.0.2.1 port 1 at 2026-07-01T12:00:00[Europe/Paris]",
            "address: 192.0.2.1 port 1 at 2026-07-01T12:00:00+02:00[Europe/Paris]",
        ),
    ],
)
def test_ways_of_writing_are_brought_to_one(line: str, printed: str) -> None:
    assert write_identifier(read_identifier(line)) == printed


BULK = [
    "account: * at mail.example",
    "account: alice* at mail.example",
    "account: alice% at mail.example",
    "account: user[0-9]+ at mail.example",
    "account: .+ at mail.example",
    "account: ^a at mail.example",
    "account: a|b at mail.example",
    "account: all users at mail.example",
    "account: Everyone at mail.example",
    "account: tous at mail.example",
    "account: todos los usuarios at mail.example",
    "account: все at mail.example",
    "account: 所有用户 at mail.example",
    "account: جميع المستخدمين at mail.example",
    "account: a, b at mail.example",
    "account: a; b at mail.example",
    "account: 1000-1999 at mail.example",
    "account: a1..a9 at mail.example",
    "account: a1 – a9 at mail.example",
    "account: alice at *.example",
    "address: 203.0.113.0/24 port 1 at 2026-11-20T03:14:05Z",
    "address: 203.0.113.1-203.0.113.9 port 1 at 2026-11-20T03:14:05Z",
    "address: 203.0.113.* port 1 at 2026-11-20T03:14:05Z",
    "address: 0.0.0.0 port 1 at 2026-11-20T03:14:05Z",
    "address: :: port 1 at 2026-11-20T03:14:05Z",
    "address: 224.0.0.1 port 1 at 2026-11-20T03:14:05Z",
    "address: 255.255.255.255 port 1 at 2026-11-20T03:14:05Z",
    "address: 2001:db8::/32 port 1 at 2026-11-20T03:14:05Z",
    "domain: *.example.org",
    "domain: com",
    "email: *@mail.example",
    "email: @mail.example",
    "mac: 01:00:5e:00:00:01",
    "mac: ff:ff:ff:ff:ff:ff",
    "number: +254*",
    "number: +2547",
    "number: +254712345600-+254712345699",
    "payment: all accounts at First Bank of Arvenia",
    "url: https://example.org/*",
    "url: https://*.example.org/",
    "wallet: bc1* on bitcoin",
]


@pytest.mark.parametrize("line", BULK)
def test_bulk_is_refused_with_the_provision(line: str) -> None:
    with pytest.raises(NotSpecific) as refused:
        read_identifier(line)
    assert "uncc:23(1)" in str(refused.value)
    assert "uncc:24" in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        "alice",
        "nickname: alice",
        "account: alice",
        "address: 203.0.113.7 port 1",
        "address: 203.0.113.7",
        "address: 203.0.113.07 port 1 at 2026-11-20T03:14:05Z",
        "address: 203.0.113.7 port 0 at 2026-11-20T03:14:05Z",
        "address: 203.0.113.7 port 65536 at 2026-11-20T03:14:05Z",
        "address: fe80::1%eth0 port 1 at 2026-11-20T03:14:05Z",
        "domain: -a.example",
        "domain: bücher.example",
        "domain: 1.2.3.4",
        "domain: a..example",
        "email: alice",
        "email: .a@mail.example",
        "hash: sha256:00",
        "hash: crc32:00000000",
        "iban: GB83 WEST 1234 5698 7654 32",
        "imei: 490154203237519",
        "imsi: 12",
        "mac: 00:16:3e:5a:01",
        "number: 0712345678",
        "number: +0712345678",
        "number: +2547123456789012",
        "url: ftp://example.org/",
        "url: https://user:secret@example.org/",
        "url: https:///x",
        "url: https://example.org/%zz",
        "url: https://bücher.example/",
        "url: https://example.org:99999/",
        "wallet: short on bitcoin",
        "wallet: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ],
)
def test_what_is_no_identifier_is_refused(line: str) -> None:
    with pytest.raises((IdentifierRefused, NotSpecific)):
        read_identifier(line)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T03:14:05",
        "2026-11-20 03:14:05Z",
        "2026-11-20",
        "2026-11-20T03:14Z",
        "2026-11-20T03:14:05.5Z",
        "2026-13-20T03:14:05Z",
        "2026-02-29T03:14:05Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T03:14:05-00:00",
        "2026-11-20T03:14:05+15:00",
        "2026-11-20T03:14:05+01:60",
        "2026-03-29T02:30:00[Europe/Paris]",
        "2026-10-25T02:30:00[Europe/Paris]",
        "2026-11-20T03:14:05+02:00[Africa/Nairobi]",
        "1969-11-20T03:14:05Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_moment_that_the_zone_does_not_make_certain_is_refused(moment: str) -> None:
    with pytest.raises(MomentRefused):
        read_identifier(f"address: 192.0.2.1 port 1 at {moment}")


def test_an_hour_that_came_twice_is_certain_with_its_offset() -> None:
    first, second = (
        read_identifier(f"address: 192.0.2.1 port 1 at 2026-10-25T02:30:00{told}[Europe/Paris]")
        for told in ("+02:00", "+01:00")
    )
    assert [str(one.moment.instant) for one in (first, second)] == [  # type: ignore[union-attr] # addresses
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
    ]


@pytest.mark.parametrize(
    "sign",
    [
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u00a0",
        "\u3164",
        "\u2028",
        "\ufe0f",
        "\x00",
        "\n",
        "\ue000",
        "\ud800",
        "e\u0301",
    ],
)
def test_what_the_eye_cannot_see_is_refused(sign: str) -> None:
    with pytest.raises(TextRefused):
        read_identifier(f"account: ali{sign}ce at mail.example")


@pytest.mark.parametrize("line", ["", " account: a at b", "account: a at b ", "account:  a at b"])
def test_blanks_at_the_ends_are_refused(line: str) -> None:
    with pytest.raises(TextRefused):
        read_identifier(line)


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(TextRefused):
        read_identifier("account: " + "a" * 3000 + " at mail.example")
