"""Who may do what: the one table from roles to permissions.

Every route names one permission; whoever holds a role that has it may pass. The law files
then say, step by step, which role may take it: this table never replaces them. What no
line here grants is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from comity.service.people import ENROLMENT, OPERATOR, OVERSIGHT


class Permission(Enum):
    """What a route is for, in alphabetical order."""

    ANSWER_BRING = "answer:bring"
    CHECK_RUN = "check:run"
    CONTENT_ERASE = "content:erase"
    CONTENT_READ = "content:read"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_REFRESH = "directory:refresh"
    DOSSIER_ACT = "dossier:act"
    DOSSIER_OPEN = "dossier:open"
    DOSSIER_READ = "dossier:read"
    EVIDENCE_BRING = "evidence:bring"
    EVIDENCE_DISCLOSE = "evidence:disclose"
    EVIDENCE_HAND_OVER = "evidence:hand_over"
    EVIDENCE_OPEN = "evidence:open"
    FINDING_READ = "finding:read"
    FINDING_SEE = "finding:see"
    INVESTIGATION_OPEN = "investigation:open"
    INVESTIGATION_READ = "investigation:read"
    JOB_AGAIN = "job:again"
    JOB_READ = "job:read"
    LETTER_READ = "letter:read"
    LETTER_STEER = "letter:steer"
    NOTICE_ACKNOWLEDGE = "notice:acknowledge"
    NOTICE_READ = "notice:read"
    ORDER_ISSUE = "order:issue"
    ORDER_READ = "order:read"
    PEER_TEST = "peer:test"
    PERSON_ENROL = "person:enrol"
    PERSON_READ = "person:read"
    # No token is needed: the code in the body is the key.
    PUBLIC = "public"
    ROSTER_READ = "roster:read"
    ROSTER_WRITE = "roster:write"
    # What is everybody's own: who am I, my tokens.
    SELF = "self"


_P = Permission
_EVERYBODY: Final = frozenset({_P.SELF, _P.DIRECTORY_READ})
_DESK: Final = frozenset(
    {
        _P.CONTENT_READ,
        _P.DOSSIER_ACT,
        _P.DOSSIER_READ,
        _P.FINDING_READ,
        _P.INVESTIGATION_READ,
        _P.JOB_READ,
        _P.LETTER_READ,
        _P.NOTICE_ACKNOWLEDGE,
        _P.NOTICE_READ,
        _P.ORDER_READ,
        _P.ROSTER_READ,
    }
)
_CASE: Final = frozenset(
    {_P.ANSWER_BRING, _P.DOSSIER_OPEN, _P.INVESTIGATION_OPEN, _P.EVIDENCE_BRING}
)
_CUSTODY: Final = frozenset({_P.EVIDENCE_BRING, _P.EVIDENCE_OPEN, _P.EVIDENCE_DISCLOSE})
_SERVING: Final = frozenset({_P.ORDER_ISSUE, _P.EVIDENCE_HAND_OVER, _P.LETTER_STEER})

ROLES: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {
        "duty_officer": _DESK
        | _CASE
        | {_P.FINDING_SEE, _P.LETTER_STEER, _P.PEER_TEST, _P.DIRECTORY_REFRESH},
        "investigator": _DESK | _CASE,
        "prosecutor": _DESK | _CASE | _CUSTODY | _SERVING | {_P.CONTENT_ERASE},
        "central_authority": _DESK
        | _CASE
        | _CUSTODY
        | _SERVING
        | {_P.CONTENT_ERASE, _P.FINDING_SEE, _P.PEER_TEST, _P.DIRECTORY_REFRESH},
        "executing_authority": _DESK | _CASE | _CUSTODY | _SERVING,
        "court": _DESK | {_P.ANSWER_BRING, _P.ORDER_ISSUE, _P.CONTENT_ERASE, _P.EVIDENCE_OPEN},
        "translator": frozenset({_P.DOSSIER_READ, _P.CONTENT_READ, _P.DOSSIER_ACT}),
        "laboratory": _DESK | _CUSTODY | {_P.EVIDENCE_HAND_OVER},
        "compliance_staff": frozenset({_P.DOSSIER_READ, _P.CONTENT_READ, _P.DOSSIER_ACT}),
        "rights_reviewer": _DESK | {_P.EVIDENCE_OPEN},
        OVERSIGHT: frozenset(
            {
                _P.DOSSIER_READ,
                _P.INVESTIGATION_READ,
                _P.FINDING_READ,
                _P.JOB_READ,
                _P.LETTER_READ,
                _P.ORDER_READ,
                _P.PERSON_READ,
                _P.ROSTER_READ,
                _P.NOTICE_READ,
                _P.CHECK_RUN,
            }
        ),
        OPERATOR: frozenset(
            {
                _P.CHECK_RUN,
                _P.DIRECTORY_REFRESH,
                _P.FINDING_READ,
                _P.FINDING_SEE,
                _P.JOB_AGAIN,
                _P.JOB_READ,
                _P.LETTER_READ,
                _P.NOTICE_READ,
                _P.PEER_TEST,
                _P.ROSTER_READ,
            }
        ),
        ENROLMENT: frozenset(
            {_P.PERSON_ENROL, _P.PERSON_READ, _P.ROSTER_READ, _P.ROSTER_WRITE, _P.NOTICE_READ}
        ),
    }
)


def may(role: str, permission: Permission) -> bool:
    """Return whether this one role has the permission; a role nobody knows has none."""
    known = ROLES.get(role)
    return known is not None and permission in known | _EVERYBODY


def roles_with(roles: Iterable[str], permission: Permission) -> tuple[str, ...]:
    """Return those of ``roles`` that have the permission."""
    return tuple(role for role in roles if may(role, permission))
