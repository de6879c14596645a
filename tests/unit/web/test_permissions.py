from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from comity.web.pages.kit.pages import PAGES
from comity.web.permissions import ROLES, Permission
from tests.desks import EVERYBODY, ROUTES, URLS, Door, api, may
from tests.world import book

# What a route needs in its path; that there is nothing of these names is told after the door.
NAMES = {
    "dossier": "dos_" + "0" * 26,
    "investigation": "inv_" + "0" * 26,
    "package": "pkg_" + "0" * 26,
    "transfer": "xfr_" + "0" * 26,
    "upload": "ret_" + "0" * 26,
    "finding": "fin_" + "0" * 26,
    "notice": "ntc_" + "0" * 26,
    "job": "job_" + "0" * 26,
    "order": "ord_" + "0" * 26,
    "digest": "sha256:" + "0" * 64,
    "message": "sha256:" + "0" * 64,
    "actor": "nobody",
    "state": "XB",
    "authority": "nobody",
}
EVERYBODYS = {Permission.SELF, Permission.DIRECTORY_READ}
GUARDED = sorted(key for key, route in ROUTES.items() if route.permission is not Permission.PUBLIC)


def _path(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: NAMES[match[1]], path).removeprefix("/")


def _operations() -> set[tuple[str, str]]:
    """Return every operation that the door serves, as Django finds it."""
    found: set[tuple[str, str]] = set()

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for one in patterns:
            here = before + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, here)
            else:
                view = one.callback
                operations = getattr(getattr(view, "__self__", None), "operations", None)
                cell = _closure(view) if operations is None else operations
                methods = {m for op in cell for m in op.methods} if cell else {"*"}
                found.update((method, here) for method in methods)

    walk(get_resolver(URLS).url_patterns, "/")
    return found


def _closure(view: object) -> list[Any]:
    for cell in getattr(view, "__closure__", None) or ():
        if hasattr(cell.cell_contents, "operations"):
            return list(cell.cell_contents.operations)
    return []


def test_every_address_for_programs_is_a_route_with_a_permission_or_public_by_name() -> None:
    public = {"/api/1/openapi.json", "/api/1/"}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path))
        for method, path in _operations()
        if path.startswith("/api/") and path not in public
    }
    assert served == {(method, f"/api/1{path}") for method, path in ROUTES}


def test_every_other_address_is_a_page_or_public_by_name() -> None:
    public = {"/livez", "/readyz"}
    served = {path for _, path in _operations() if not path.startswith("/api/")}
    assert served == public | {f"/{one.path}" for one in PAGES.values()}


def test_every_route_names_a_permission_that_some_role_has() -> None:
    for route in ROUTES.values():
        if route.permission not in {Permission.PUBLIC, *EVERYBODYS}:
            assert any(route.permission in held for held in ROLES.values()), route.name


def test_no_permission_is_left_without_a_route() -> None:
    assert {route.permission for route in ROUTES.values()} == set(Permission)


def test_every_role_of_the_law_has_a_line_in_the_table() -> None:
    assert set(book().roles) <= set(ROLES)


# What hands out content: documents, files of orders, forms, objects.
CONTENTS = (
    ("GET", "/orders/{order}/file"),
    ("GET", "/dossiers/{dossier}/form"),
    ("GET", "/dossiers/{dossier}/documents/{digest}"),
    ("GET", "/dossiers/{dossier}/contents/{digest}"),
    ("GET", "/returns/{upload}/comparison"),
    ("POST", "/packages/{package}/export"),
    ("POST", "/packages/{package}/disclosures"),
    ("POST", "/transfers/{transfer}/early-opening"),
)


@pytest.mark.parametrize("route", CONTENTS)
def test_oversight_operators_and_enrolment_are_handed_no_content(route: tuple[str, str]) -> None:
    for role in ("oversight", "operator", "enrolment_officer"):
        assert ROUTES[route].permission not in ROLES[role] | EVERYBODYS


def test_a_role_that_nobody_knows_may_do_nothing() -> None:
    assert not any(may("king", one) for one in Permission)


def test_operators_and_enrolment_officers_see_no_dossier_and_no_content() -> None:
    hidden = {one for one in Permission if one.value.startswith(("dossier", "content", "evidence"))}
    for role in ("operator", "enrolment_officer"):
        assert not hidden & ROLES[role]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_token_every_guarded_route_is_shut(door: Door, method: str, path: str) -> None:
    assert door.send("", method, _path(path)).status_code == 401


def test_whoever_has_the_permission_passes_the_door_and_nobody_else(door: Door) -> None:
    """The matrix: everybody at every route; refused at the door or not, as the table says."""
    for method, path in GUARDED:
        permission = ROUTES[method, path].permission
        for who, roles in EVERYBODY.items():
            answer = door.send(who, method, _path(path), idempotency_key="k")
            refused = answer.status_code == 403 and b"api/no-permission" in answer.content
            if method == "HEAD":
                refused = answer.status_code == 403
            expected = not any(permission in ROLES[role] | EVERYBODYS for role in roles)
            assert refused is expected, (who, method, path)


def test_a_route_added_past_the_door_is_shut(door: Door) -> None:
    made = type(api)(title="other", urls_namespace="other", docs_url=None, auth=api.auth)

    def view(request: HttpRequest) -> dict[str, bool]:
        return {"open": request.method == "GET"}

    made.get("/open")(view)
    (operation,) = made.default_router.path_operations["/open"].operations
    assert door.tokens
    assert isinstance(api.auth, list | tuple)
    assert [guard(HttpRequest()) for guard in api.auth] == [None]
    assert [guard(HttpRequest()) for guard in operation.auth_callbacks] == [None]


def test_a_role_named_must_be_ones_own(door: Door) -> None:
    answer = door.get("duty", "me", comity_role="prosecutor")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (403, "api/not-your-role")


def test_a_role_named_gives_its_own_permissions_alone(door: Door) -> None:
    path = f"packages/{NAMES['package']}/export"
    plain = door.post("both", path, {})
    named = door.post("both", path, {}, comity_role="duty_officer")
    assert (plain.status_code, named.status_code) == (404, 403)
