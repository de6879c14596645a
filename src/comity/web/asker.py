"""Who asks at the desk's door: a person, by token or by page, in one of their roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.base.errors import AskedWrongly
from comity.service.node import Node, Officer
from comity.web.permissions import Permission, roles_with


class RoleUnclear(AskedWrongly):
    """Several of your roles fit, and an act names one."""

    code = "api/role-unclear"
    remedy = "Name the role in which you act: in the header Comity-Role, or at the top of the page."


@dataclass(frozen=True, kw_only=True)
class Asker:
    """A person who passed: their roles, the one chosen (or ""), and what was asked for."""

    node: Node
    actor: str
    roles: tuple[str, ...]
    role: str
    permission: Permission

    def officer(self, fit: Iterable[str] | None = None) -> Officer:
        """Return who acts, in the one role that fits; ``fit`` are the roles that the law names.

        Raise ``RoleUnclear`` where several fit. Where none does, the law itself refuses: the
        officer then comes in a role of theirs.
        """
        if self.role:
            return Officer(actor=self.actor, role=self.role)
        mine = roles_with(self.roles, self.permission)
        wanted = None if fit is None else frozenset(fit)
        fitting = mine if wanted is None else tuple(one for one in mine if one in wanted)
        if len(fitting) > 1:
            detail = f"These fit: {', '.join(fitting)}."
            raise RoleUnclear(detail)
        return Officer(actor=self.actor, role=(fitting or mine)[0])

    def reader(self) -> Officer:
        """Return who looks: in any role that has the permission, for no act is signed."""
        mine = roles_with(self.roles, self.permission)
        return Officer(actor=self.actor, role=self.role or mine[0])

    def has(self, permission: Permission) -> bool:
        """Return whether who asks also has another permission, in the role named or in any."""
        roles = (self.role,) if self.role else self.roles
        return bool(roles_with(roles, permission))
