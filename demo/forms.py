"""What officers write into the forms. Fictional; no person is named in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

Values = dict[str, Any]

_OFFENCE: Final = {
    "article": "uncc:10",
    "title": "Interference with an information and communications technology system",
    "longest_penalty_months": 120,
}
_FACTS: Final = (
    "On 19 November 2026 at 20:41 UTC the systems of a public hospital in Arvenia were encrypted. "
    "Operations were put off and patients moved. The command server answered at 203.0.113.7."
)
_FAITS: Final = (
    "Le 19 novembre 2026 à 20:41 UTC, les systèmes d'un hôpital public d'Arvenia ont été chiffrés. "
    "Des opérations ont été reportées. Le serveur de commande répondait à 203.0.113.7, loué par un "
    "revendeur de Castova."
)
_DATA: Final = [
    "address: 203.0.113.7 port 443 at 2026-11-19T20:41:07Z",
    "account: account-4711 at host.belmora.example",
]
_DATA_CASTOVA: Final = ["account: customer-0815 at resale.castova.example"]
_KINDS: Final = ["subscriber information", "traffic data", "content data"]


def _common() -> Values:
    return {
        "requesting_authority": "XA-CA",
        "offence": _OFFENCE,
        "facts": _FACTS,
        "data": _DATA,
        "necessity": "The host keeps logs for seven days; only one server and one account count.",
        "confidential": "yes",
        "confidential_until": ahead(180),
        "language": "en",
        "own_reference": "XA-26-0042",
        "data_kinds": _KINDS,
        "priority": "urgent",
    }


def preservation(call_back_number: str) -> Values:
    """Return the request to Belmora to preserve."""
    return {
        **_common(),
        "link": "The malware spoke to this address in the minute of the attack.",
        "custodian": "HostCo in Belmora; nothing says that it is involved.",
        "follow_on": "yes",
        "no_user_notice": "yes",
        "urgency": "Patients' lives are at risk and the logs are about to be lost.",
        "call_back_number": call_back_number,
    }


def preservation_castova() -> Values:
    """Return the request to Castova, in French, a language of both States."""
    return {
        **_common(),
        "facts": _FAITS,
        "data": _DATA_CASTOVA,
        "link": "Le serveur de commande a été loué par ce compte.",
        "custodian": "ResellCo, à Castova ; rien n'indique qu'il soit impliqué.",
        "necessity": "Le revendeur garde ses données trente jours ; un seul compte est en cause.",
        "follow_on": "yes",
        "language": "fr",
        "own_reference": "XA-26-0042/2",
    }


def assistance() -> Values:
    """Return the request for assistance to Belmora, in Arabic (see ``TRANSLATION``)."""
    return {
        **_common(),
        "facts": "في ١٩ نوفمبر ٢٠٢٦ شُفّرت أنظمة مستشفى عام في أرفينيا، وكان خادم التحكم في بلمورا.",
        "nature": "investigation",
        "conducting_authority": "Prosecutor's Office of Arvenia; it directs the investigation",
        "measure": "disclose",
        "procedure": "SHA-256 of every object at the source; a certificate of its collection.",
        "purpose": "To find and try those who attacked the hospital; nothing else.",
        "expedited_because": "vulnerable_data",
        "alternatives": "The hospital's own logs were read first; they end at this address.",
        "own_authorisation": "District Court of Arvenia, decision 17/2026 of 20 November 2026",
        "language": "ar",
    }


def assistance_castova() -> Values:
    """Return the request for assistance to Castova, in French."""
    return {
        **assistance(),
        "facts": _FAITS,
        "data": _DATA_CASTOVA,
        "purpose": "Identifier et juger les auteurs de l'attaque contre l'hôpital ; rien d'autre.",
        "necessity": "Un seul compte, pendant la seule semaine de l'attaque.",
        "alternatives": "Les journaux de l'hébergeur en Belmora s'arrêtent au revendeur.",
        "language": "fr",
        "own_reference": "XA-26-0042/2",
    }


HOUSE_NOTE: Final = "An original that no one outside may read"
TRANSLATION: Final = (
    b"On 19 November 2026 the systems of a public hospital in Arvenia were encrypted; the command "
    b"server stood in Belmora. (Original of which the Arabic text is the translation.)\n"
)


def order_in_belmora() -> Values:
    """Return the order on HostCo."""
    return {
        **_order("XB-CA", "HostCo", days=25),
        "domestic_law": "XB.ccp:88(2)",
        "remedy": "In writing to the District Court of Belmora, within ten days.",
        "own_reference": "XB-26-0118",
    }


def order_in_castova() -> Values:
    """Return the order on ResellCo."""
    return {
        **_order("XC-CA", "ResellCo", days=50),
        "data": _DATA_CASTOVA,
        "domestic_law": "XC.pc:210(1)",
        "remedy": "By an objection to the court of Castova (XC.pc:233), within ten days.",
        "own_reference": "XC-26-0009",
    }


def _order(authority: str, provider: str, *, days: int) -> Values:
    return {
        "issuing_authority": authority,
        "measure": "preserve",
        "data": _DATA,
        "period": {"from": "2026-11-12T00:00:00Z", "until": "2026-11-21T00:00:00Z"},
        "custodian": provider,
        "custodian_involved": "no_sign",
        "valid_until": ahead(days),
        "offence": _OFFENCE,
        "necessity": "One server and one account, for nine days.",
        "confidential": "yes",
        "confidential_until": ahead(days),
    }


def ahead(days: int) -> str:
    """Return a moment so many days from now, as forms write it."""
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
