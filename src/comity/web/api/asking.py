"""How every route is asked: who asks, in which role, how often it may have an effect.

A route is made by ``Door`` and in no other way. In this order it is checked:

1. the token: whose it is (401; the throttle counts the bad ones)
2. ``Comity-Role``: one of the person's own roles (403)
3. the permission that the route names: held in that role, or in one of the roles (403)
4. the query: no name that the route does not know (400)
5. the body: its length is told and within the bound (411, 413), its kind is right (415),
   strict JSON of the closed form (400)
6. ``Idempotency-Key`` on POST and PUT (400); the verb, the key and the answer are then one
   transaction (``comity.service.repeats``)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router
from ninja.security import HttpBearer
from pydantic import BaseModel

from comity.base import Digest
from comity.service.node import Node
from comity.service.repeats import Once, Said, do_once
from comity.service.tokens import Holder, TokenRefused, find_holder
from comity.web.api import errors
from comity.web.api.bounds import take_body, take_code
from comity.web.api.fields import is_key
from comity.web.api.problems import Problem
from comity.web.api.throttle import Throttle
from comity.web.asker import Asker
from comity.web.bodies import neighbourhood
from comity.web.permissions import Permission, may, roles_with
from comity.web.place import current_node

ROLE: Final = "Comity-Role"
KEY: Final = "Idempotency-Key"
REPEATED: Final = "Idempotent-Replayed"
_JSON: Final = "application/json"
_FAILURES: Final = (400, 401, 403, 404, 409, 411, 413, 415, 422, 429, 503)
_THROTTLE: Final = Throttle()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: its method and path, and the permission that it names."""

    method: str
    path: str
    permission: Permission
    name: str
    is_once: bool
    has_key: bool = False
    streams: str = ""
    takes: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


ROUTES: Final[dict[tuple[str, str], Route]] = {}


@dataclass(frozen=True, kw_only=True)
class Asked(Asker):
    """A request that passed: who asks, with which token, in which role."""

    token: Digest
    http: HttpRequest

    def at(self, node: Node) -> Asked:
        """Return the same request, on the node as it stands in a transaction."""
        return replace(self, node=node)


class Bearer(HttpBearer):
    """A token opens the door, for one permission."""

    def __init__(self, permission: Permission) -> None:
        """Ask for ``permission``."""
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Asked:
        """Return the request as asked by the token's holder, or raise."""
        scheme, _, secret = request.headers.get(self.header, "").partition(" ")
        node = current_node()
        if scheme.lower() != self.openapi_scheme:
            raise errors.Unauthenticated
        return self.authenticate(request, secret, node)

    def authenticate(  # type: ignore[override] # the node is handed on
        self, request: HttpRequest, token: str, node: Node
    ) -> Asked:
        """Return the request as asked by the token's holder, or raise."""
        try:
            holder = find_holder(node, token)
        except TokenRefused as refused:
            address = neighbourhood(request.META.get("REMOTE_ADDR", ""))
            if _THROTTLE.count(address, node.clock.now()):
                raise errors.TooManyTries from refused
            raise errors.Unauthenticated from refused
        role = _role(request, holder)
        _require_permission(holder, role, self.permission)
        take_body(request, holder.actor)
        return Asked(
            node=node,
            actor=holder.actor,
            roles=tuple(holder.roles),
            token=holder.token,
            role=role,
            permission=self.permission,
            http=request,
        )


def _role(request: HttpRequest, holder: Holder) -> str:
    role = request.headers.get(ROLE, "")
    if role and role not in holder.roles:
        raise errors.NotYourRole
    return role


def _require_permission(holder: Holder, role: str, permission: Permission) -> None:
    held = may(role, permission) if role else bool(roles_with(holder.roles, permission))
    if not held:
        raise errors.NoPermission(permission.value)


class Door:
    """What makes routes, each with its permission."""

    def __init__(self, tag: str) -> None:
        """Make routes that the documentation lists under ``tag``."""
        self.router = Router(tags=[tag])

    def get(
        self, path: str, permission: Permission, shows: type[BaseModel] | None
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a route that only looks."""
        return self._route("GET", path, permission, {200: shows})

    def head(
        self, path: str, permission: Permission
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a route that answers with headers alone."""
        return self._route("HEAD", path, permission, {200: None})

    def post(
        self,
        path: str,
        permission: Permission,
        shows: type[BaseModel] | None,
        status: int = 200,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a route whose effect, key and answer are one transaction."""
        return self._route("POST", path, permission, {status: shows}, is_once=True)

    def put(
        self, path: str, permission: Permission, shows: type[BaseModel] | None
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a route that writes anew; it needs a key like POST."""
        return self._route("PUT", path, permission, {200: shows}, is_once=True)

    def bare(
        self,
        method: str,
        path: str,
        permission: Permission,
        answers: dict[int, type[BaseModel] | None],
        **told: Any,  # noqa: ANN401 # the particulars of a Route
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a route that answers by itself: pieces of an upload, streams, other nodes."""
        return self._route(method, path, permission, answers, **told)

    def _route(
        self,
        method: str,
        path: str,
        permission: Permission,
        answers: dict[int, type[BaseModel] | None],
        *,
        is_once: bool = False,
        **told: Any,  # noqa: ANN401 # the particulars of a Route
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def keep(view: Callable[..., Any]) -> Callable[..., Any]:
            signature = inspect.signature(view, eval_str=True)
            status = next(iter(answers))
            names = frozenset(signature.parameters)

            @wraps(view)
            def ask(request: HttpRequest, **given: object) -> HttpResponseBase:
                _require_query(request, names)
                asked = _asked(request)
                if is_once:
                    return _answer_once(asked, view, status, given)
                return _respond(view(asked, **given), status)

            ask.__signature__ = signature  # type: ignore[attr-defined] # as inspect documents
            name = view.__name__
            self.router.add_api_operation(
                path,
                [method],
                ask,
                auth=_open if permission is Permission.PUBLIC else Bearer(permission),
                response={**answers, **dict.fromkeys(_FAILURES, Problem)},
                operation_id=name,
                summary=(inspect.getdoc(view) or "").partition("\n")[0],
                description=(inspect.getdoc(view) or "").partition("\n")[2].strip() or None,
            )
            ROUTES[method, path] = Route(
                method=method,
                path=path,
                permission=permission,
                name=name,
                is_once=is_once,
                **told,
            )
            return view

        return keep


def _asked(request: HttpRequest) -> Asked:
    found = getattr(request, "auth", None)
    if not isinstance(found, Asked):
        message = "a route was reached past its guard"
        raise TypeError(message)
    return found


def _open(request: HttpRequest) -> Asked:
    """Let anybody in: where the code in the body is the key."""
    take_code(request)
    return Asked(
        node=current_node(),
        actor="",
        roles=(),
        token=Digest.of(b""),
        role="",
        permission=Permission.PUBLIC,
        http=request,
    )


def _require_query(request: HttpRequest, names: frozenset[str]) -> None:
    """Refuse names that the route does not know, or names said twice."""
    for name, values in request.GET.lists():
        if name not in names or len(values) != 1:
            detail = f"{name[:40]!a} is unknown here, or said twice."
            raise errors.QueryRefused(detail)


def _answer_once(
    asked: Asked, view: Callable[..., Any], status: int, given: dict[str, object]
) -> HttpResponse:
    """Do it in one transaction with its key and its answer."""
    key = read_key(asked.http)

    def do(node: Node) -> Said:
        shown = view(asked.at(node), **given)
        return Said(status=status, body=_write(shown))

    # Without a token the code in the body stands for who asks.
    actor = asked.actor or f"code {Digest.of(asked.http.body).hex}"
    once = Once(actor=actor, key=key, request=digest_of(asked.http))
    said = do_once(asked.node, once, do)
    answer = HttpResponse(said.body, status=said.status, content_type=_JSON)
    if said.is_repeated:
        answer[REPEATED] = "true"
    return answer


def read_key(request: HttpRequest) -> str:
    """Return the idempotency key; raise ``KeyMissing``."""
    key = request.headers.get(KEY, "")
    if not is_key(key):
        raise errors.KeyMissing
    return key


def digest_of(request: HttpRequest) -> Digest:
    """Return what makes a request the same: method, address, role, version, body."""
    parts = (
        request.method or "",
        request.get_full_path(),
        request.headers.get(ROLE, ""),
        request.headers.get("If-Match", ""),
        Digest.of(request.body).hex,
    )
    return Digest.of("\n".join(parts).encode("utf-8", "surrogateescape"))


def _respond(shown: object, status: int) -> HttpResponseBase:
    if isinstance(shown, HttpResponseBase):
        return shown
    return HttpResponse(_write(shown), status=status, content_type=_JSON)


def _write(shown: object) -> bytes:
    if not isinstance(shown, BaseModel):
        message = "a route answers with a model, or with a response of its own"
        raise TypeError(message)
    return shown.model_dump_json().encode("utf-8")
