"""A realistic return of a hosting provider, made on the spot and without any person in it.

Server logs in three time zones, a mail folder, a chat database, a bank export and a
small disk image, as an investigator meets them after a ransomware attack on a
hospital. Accounts are roles, addresses come from the blocks reserved for
documentation (RFC 5737, RFC 3849), names end in ``.example`` (RFC 2606).
"""

from __future__ import annotations

import csv
import io
import json
import mailbox
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from demo.disk_image import disk_image

_ATTACK: Final = datetime(2026, 11, 19, 20, 41, 7, tzinfo=UTC)
_PATHS: Final = ("/", "/panel", "/panel/tasks", "/drop/stage2.bin", "/beacon", "/favicon.ico")


def write_return(folder: Path, *, seed: int = 2026) -> None:
    """Write the return into ``folder``, which must not exist yet."""
    chance = random.Random(seed)  # noqa: S311 - the same return each time, nothing secret
    folder.mkdir(parents=True)
    _write_logs(folder / "logs", chance)
    _write_mails(folder / "mail", chance)
    _write_chat(folder / "chat" / "messages.sqlite3", chance)
    _write_bank(folder / "payments" / "statement-2026-11.csv", chance)
    _write_image(folder / "images" / "rescue.img")
    _write_oddities(folder)


def _moments(chance: random.Random, count: int) -> Iterator[datetime]:
    moment = _ATTACK - timedelta(days=3)
    for _ in range(count):
        moment += timedelta(seconds=chance.expovariate(count / 345_600))
        yield moment


def _write_logs(folder: Path, chance: random.Random) -> None:
    folder.mkdir()
    zone = timezone(timedelta(hours=2), "EET")
    with (folder / "access.log").open("w", encoding="utf-8") as log:
        for moment in _moments(chance, 20_000):
            address = f"203.0.113.{chance.randrange(1, 255)}"
            stamp = moment.astimezone(zone).strftime("%d/%b/%Y:%H:%M:%S %z")
            path, size = chance.choice(_PATHS), chance.randrange(200, 90_000)
            log.write(f'{address} - - [{stamp}] "GET {path} HTTP/1.1" 200 {size} "-" "-"\n')
    with (folder / "auth.log").open("w", encoding="utf-8") as log:
        for moment in _moments(chance, 3_000):
            local = moment.astimezone(timezone(timedelta(hours=-5)))
            address = f"2001:db8::{chance.randrange(1, 65_536):x}"
            log.write(f"{local.isoformat()} vm-7 sshd[{chance.randrange(900, 30_000)}]: ")
            log.write(
                f"Failed password for root from {address} port {chance.randrange(1024, 65_536)}\n"
            )
    with (folder / "flows.jsonl").open("w", encoding="utf-8") as log:
        for moment in _moments(chance, 5_000):
            target, size = f"192.0.2.{chance.randrange(1, 255)}", chance.randrange(10**6)
            flow = {"at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "src": "198.51.100.7", "dst": target}
            log.write(json.dumps(flow | {"bytes": size}) + "\n")


def _write_mails(folder: Path, chance: random.Random) -> None:
    with closing(mailbox.Maildir(folder, create=True)) as box:
        for number, moment in enumerate(_moments(chance, 120)):
            mail = EmailMessage()
            mail["From"] = "abuse-desk@host.belmora.example"
            mail["To"] = "account-4711@mail.belmora.example"
            mail["Date"] = moment.astimezone(timezone(timedelta(hours=1)))
            mail["Message-ID"] = f"<{number:04}.{chance.getrandbits(48):x}@host.belmora.example>"
            mail["Subject"] = chance.choice(["Invoice", "فاتورة", "Счёт", "账单", "Facture"])
            mail.set_content("Your server vm-7 was renewed for another month.\n")
            mail.add_attachment(
                chance.randbytes(chance.randrange(500, 9000)),
                maintype="application", subtype="octet-stream", filename=f"invoice-{number}.bin",
            )  # fmt: skip
            box.add(mail)


def _write_chat(path: Path, chance: random.Random) -> None:
    path.parent.mkdir()
    bodies = ["ok", "key?", "wait"]
    rows = (
        (chance.randrange(1, 4), int(moment.timestamp() * 1000), chance.choice(bodies))
        for moment in _moments(chance, 800)
    )
    handles = enumerate(["operator", "affiliate-3", "support"], start=1)
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, handle TEXT NOT NULL)")
        base.execute("CREATE TABLE message (account INTEGER, sent_ms INTEGER, body TEXT)")
        base.executemany("INSERT INTO account VALUES (?, ?)", handles)
        base.executemany("INSERT INTO message VALUES (?, ?, ?)", rows)


def _write_bank(path: Path, chance: random.Random) -> None:
    path.parent.mkdir()
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(["Booked", "Value", "Reference", "Counterparty", "Amount", "Currency"])
    for number, moment in enumerate(_moments(chance, 300)):
        amount = f"{chance.uniform(-900, 900):.2f}".replace(".", ",")
        day = moment.strftime("%d.%m.%Y")
        rows.writerow(
            [day, day, f"RF{number:06}", f"XB{chance.randrange(10**8):010}", amount, "XTS"]
        )
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_image(path: Path) -> None:
    path.parent.mkdir()
    note = b"To have the hospital's files back, write to the address in the panel.\r\n"
    path.write_bytes(disk_image({"README.TXT": note, "STAGE2.BIN": bytes(range(256)) * 40}))


def _write_oddities(folder: Path) -> None:
    """Add what returns really hold: a name that is not UTF-8, an empty folder."""
    Path(os.fsdecode(os.fsencode(folder) + b"/r\xe9sum\xe9.txt")).write_bytes(b"vm-7, 2 cores\n")
    (folder / "quarantine").mkdir()
