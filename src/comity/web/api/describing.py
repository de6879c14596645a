"""The OpenAPI document: what ninja writes, and what only we know.

Headers of acts (role, key), the kind of problems, and which permission a route names.
"""

from __future__ import annotations

from typing import Any, Final

from comity.web.api.asking import KEY, ROLE, ROUTES
from comity.web.permissions import Permission
from comity.web.problems import MEDIA

_PREFIX: Final = "/api/1"
_FAILURE: Final = 400
_ROLE: Final = {
    "name": ROLE,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_.:-]{0,79}$"},
    "description": "The role in which the person acts, where several fit.",
}
_KEY: Final = {
    "name": KEY,
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "A new random value for a new request; the same one to repeat it.",
}


def describe(schema: dict[str, Any]) -> dict[str, Any]:
    """Complete the document that ninja wrote."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            route = ROUTES[method.upper(), path.removeprefix(_PREFIX)]
            operation["x-permission"] = route.permission.value
            parameters = operation.setdefault("parameters", [])
            if route.permission is not Permission.PUBLIC:
                parameters.append(dict(_ROLE))
            if route.is_once or route.has_key:
                parameters.append(dict(_KEY))
            parameters.extend(route.takes.get("parameters", ()))
            if "requestBody" in route.takes:
                operation["requestBody"] = route.takes["requestBody"]
            _relabel(operation["responses"], route.streams)
            operation["responses"].update(route.more)
    schema["components"]["responses"] = {
        "Problem": {
            "description": "What went wrong, as problem details (RFC 9457).",
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    return schema


def _relabel(responses: dict[Any, Any], streams: str) -> None:
    """Say of what kind problems and streams are."""
    for status, response in responses.items():
        if int(status) >= _FAILURE:
            responses[status] = {"$ref": "#/components/responses/Problem"}
        elif streams:
            response["content"] = {streams: {"schema": {"type": "string", "format": "binary"}}}
