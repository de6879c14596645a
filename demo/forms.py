"""What XA's officers write into the forms. Fictional; no person is named in it."""

from __future__ import annotations

from typing import Final

from comity.base.canonical import Json

_OFFENCE: Final[Json] = {
    "article": "uncc:10",
    "title": "Interference with an information and communications technology system",
    "longest_penalty_months": 120,
}
_FACTS: Final = (
    "On 19 November 2026 at 20:41 UTC the systems of a public hospital in Arvenia were encrypted. "
    "Operations were put off and patients moved. The command server answered at 203.0.113.7."
)
_DATA: Final[Json] = [
    "address: 203.0.113.7 port 443 at 2026-11-19T20:41:07Z",
    "account: account-4711 at host.belmora.example",
]
_COMMON: Final[dict[str, Json]] = {
    "requesting_authority": "Central Authority of Arvenia",
    "offence": _OFFENCE,
    "facts": _FACTS,
    "data": _DATA,
    "necessity": "The host keeps logs for seven days; only one server and one account are meant.",
    "confidential": "yes",
    "confidential_until": "2027-05-19T00:00:00Z",
    "language": "en",
    "own_reference": "XA-26-0042",
}

PRESERVATION: Final[dict[str, Json]] = {
    **_COMMON,
    "link": "The malware spoke to this address in the minute of the attack.",
    "custodian": "A hosting provider in Belmora; nothing says that it is involved.",
    "follow_on": "yes",
    "no_user_notice": "yes",
    "data_kinds": ["subscriber information", "traffic data", "content data"],
    "urgency": "Patients' lives are at risk and the logs are about to be lost.",
    "call_back_number": "+99910000042",
    "priority": "urgent",
}

STORED_DATA: Final[dict[str, Json]] = {
    **_COMMON,
    "nature": "investigation",
    "conducting_authority": "Prosecutor's Office of Arvenia; it directs the investigation",
    "measure": "disclose",
    "procedure": "SHA-256 of every object at the source; a certificate of its collection.",
    "purpose": "To find and try those who attacked the hospital; nothing else.",
    "expedited_because": "vulnerable_data",
    "alternatives": "The hospital's own logs were read first; they end at this address.",
    "own_authorisation": "District Court of Arvenia, decision 17/2026 of 20 November 2026",
    "data_kinds": ["subscriber information", "traffic data", "content data"],
    "priority": "urgent",
}
