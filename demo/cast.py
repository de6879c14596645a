"""Who plays: by State, one person for each role. Codes and posts; nobody has a name."""

from __future__ import annotations

from typing import Final

PEOPLE: Final[dict[str, dict[str, str]]] = {
    "XA": {
        "duty_officer": "xa-duty-7",
        "investigator": "xa-inv-4",
        "prosecutor": "xa-pros-2",
        "central_authority": "xa-ca-1",
        "translator": "xa-trans-5",
        "laboratory": "xa-lab-3",
        "operator": "xa-ops-1",
        "enrolment_officer": "xa-staff-1",
    },
    "XB": {
        "duty_officer": "xb-duty-2",
        "prosecutor": "xb-pros-6",
        "central_authority": "xb-ca-3",
        "executing_authority": "xb-exec-1",
        "court": "xb-reg-9",
        "laboratory": "xb-lab-2",
        "operator": "xb-ops-1",
        "enrolment_officer": "xb-staff-1",
    },
    "XC": {
        "duty_officer": "xc-duty-5",
        "prosecutor": "xc-fisc-1",
        "central_authority": "xc-ca-8",
        "executing_authority": "xc-exec-4",
        "court": "xc-reg-1",
        "laboratory": "xc-lab-6",
        "operator": "xc-ops-1",
        "enrolment_officer": "xc-staff-1",
    },
}

NAMES: Final = {"XA": "Arvenia", "XB": "Belmora", "XC": "Castova"}
NUMBERS: Final = {"XA": "+99910000042", "XB": "+99920000042", "XC": "+99930000042"}
ZONES: Final = {"XA": "Europe/Lisbon", "XB": "Asia/Amman", "XC": "America/Santiago"}
LANGUAGES: Final = {"XA": ("en", "fr"), "XB": ("ar", "en"), "XC": ("es", "fr")}
ORIGINALS: Final = {"XA": "signed_form", "XB": "court_scan", "XC": "qualified_pdf"}
PROVIDERS: Final = {"XB": "HostCo", "XC": "ResellCo"}
