"""The door told to people: the tables of ``docs/api.md`` and the whole of ``docs/openapi.json``.

``python -m comity.web.api.telling docs`` writes both anew; a test compares them with the door.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from comity.app.databases import configure_django
from comity.web.permissions import ROLES, Permission

PAGE: Final = "api.md"
DOCUMENT: Final = "openapi.json"
_BEGIN: Final = "<!-- routes: written by comity.web.api.telling -->"
_END: Final = "<!-- end of routes -->"


def render_document() -> str:
    """Return the OpenAPI document as it is committed."""
    configure_django()
    from comity.web.api.building import api  # noqa: PLC0415 - ninja wants Django's settings first

    schema = api.get_openapi_schema(path_prefix="/api/1/")
    return json.dumps(json.loads(json.dumps(schema)), indent=1, sort_keys=True) + "\n"


def fill_page(page: str) -> str:
    """Return the page with the tables of the door as it is; the words around them stay."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    tables = "\n".join(_tables())
    return f"{before}{_BEGIN}\n\n{tables}\n\n{_END}{after}"


def _tables() -> Iterator[str]:
    configure_django()
    from comity.web.api.asking import ROUTES  # noqa: PLC0415 - as above
    from comity.web.api.building import api  # noqa: PLC0415 - as above

    schema = api.get_openapi_schema(path_prefix="/api/1/")
    yield "| Route | What it does | Permission |"
    yield "|---|---|---|"
    for (method, path), route in sorted(ROUTES.items(), key=lambda item: item[0][::-1]):
        told = schema["paths"][f"/api/1{path}"][method.lower()]["summary"]
        yield f"| `{method} {path[1:]}` | {told} | `{route.permission.value}` |"
    yield ""
    yield "| Permission | Roles |"
    yield "|---|---|"
    for permission in Permission:
        holders = [role for role, held in ROLES.items() if permission in held]
        yield f"| `{permission.value}` | {', '.join(holders) or _EVERYBODY[permission]} |"


_EVERYBODY: Final = {
    Permission.SELF: "everybody with a token",
    Permission.DIRECTORY_READ: "everybody with a token",
    Permission.PUBLIC: "whoever holds a code",
}


def main(words: list[str]) -> None:
    """Write both into the folder that is named."""
    folder = Path(words[0])
    page = folder / PAGE
    page.write_text(fill_page(page.read_text("utf-8")), "utf-8")
    (folder / DOCUMENT).write_text(render_document(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
