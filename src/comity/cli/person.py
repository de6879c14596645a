"""``comity person``: who may act for the authority, in which roles, with which token.

``add``, ``list``, ``token``, ``reset`` and ``retire`` work on the node's own folder, as whoever
runs the node: so the first person comes in. The others call the desk's door.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import typer

from comity.app.compose import open_node
from comity.cli.asking import Yes, require_name, require_sure
from comity.cli.client import AsJson, DeskUrl, TokenFile, open_desk
from comity.cli.secrets import write_secret
from comity.cli.telling import tell
from comity.service.node import Node, Officer
from comity.service.people import (
    Newcomer,
    add_person,
    find_login,
    give_token,
    list_persons,
    reset_person,
    retire_person,
)
from comity.service.rows import PersonRow
from comity.service.tokens import Issued, issue_token

app = typer.Typer(no_args_is_help=True, help="Who may act, in which roles, with which token.")

Folder = Annotated[Path, typer.Argument(help="The node's folder.")]
Login = Annotated[str, typer.Argument(help="The name under which the person signs in.")]
Roles = Annotated[list[str], typer.Option("--role", help="A role; say it once for each.")]
Into = Annotated[
    Path | None,
    typer.Option("--token-file", help="Write the secret into this new file, for its owner alone."),
]
_HAND: Final = Officer(actor="node", role="operator")


@app.command()
def add(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    *,
    login: Annotated[str, typer.Option(help="The name under which the person signs in.")],
    role: Roles,
    actor: Annotated[str, typer.Option(help="The opaque name that acts bear; else made up.")] = "",
    mail: Annotated[str, typer.Option(help="Where notices without content go.")] = "",
    language: Annotated[str, typer.Option(help="In which language, as in en or fr.")] = "en",
    days: Annotated[int, typer.Option(min=1, max=366, help="How long the token lives.")] = 90,
    token_file: Into = None,
    as_json: AsJson = False,
) -> None:
    """Enrol a person who stands beside you, and make their token."""
    node = open_node(folder)
    newcomer = Newcomer(login=login, roles=role, actor=actor, mail=mail, language=language)
    person = add_person(node, newcomer)
    issued = issue_token(node, person.actor, "made on the node", days)
    told = {**_data(person), **_hand_over(issued, token_file)}
    tell(told, f"{login} acts as {person.actor}: {person.roles}.{_where(told)}", as_json=as_json)


@app.command(name="list")
def list_all(folder: Folder, *, as_json: AsJson = False) -> None:
    """List the persons of a node."""
    found = [_data(person) for person in list_persons(open_node(folder))]
    lines = [
        f"{one['actor']}  {one['login']}  {' '.join(map(str, _roles(one)))}"
        f"{'' if one['is_active'] else '  (acts no more, or has not accepted yet)'}"
        for one in found
    ]
    tell({"items": found}, "\n".join(lines) or "Nobody.", as_json=as_json)


@app.command()
def token(  # noqa: PLR0913 # each is an option that a person may give
    folder: Folder,
    login: Login,
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it lives.")] = 90,
    label: Annotated[str, typer.Option(help="What it is for.")] = "made on the node",
    token_file: Into = None,
    as_json: AsJson = False,
) -> None:
    """Make another token for a person who stands beside you."""
    node, person = _find(folder, login)
    issued = give_token(node, _HAND, person.actor, label, days)
    told = {**_data(person), **_hand_over(issued, token_file)}
    tell(told, f"A token for {login}.{_where(told)}", as_json=as_json)


@app.command()
def reset(
    folder: Folder, login: Login, *, token_file: Into = None, as_json: AsJson = False
) -> None:
    """End all tokens of a person at once; make a code with which they begin anew."""
    node, person = _find(folder, login)
    issued = reset_person(node, _HAND, person.actor)
    told = {**_data(person), **_hand_over(issued, token_file)}
    tell(told, f"Every token of {login} is ended.{_where(told)}", as_json=as_json)


@app.command()
def retire(folder: Folder, login: Login, *, as_json: AsJson = False) -> None:
    """Let a person act no more, and end their tokens; what they did stays theirs."""
    node, person = _find(folder, login)
    told = _data(retire_person(node, _HAND, person.actor))
    tell(told, f"{login} acts no more.", as_json=as_json)


@app.command()
def invite(  # noqa: PLR0913 # each is an option that a person may give
    *,
    login: Annotated[str, typer.Option(help="The name under which the person signs in.")],
    role: Roles,
    mail: Annotated[str, typer.Option(help="Where notices without content go.")] = "",
    language: Annotated[str, typer.Option(help="In which language, as in en or fr.")] = "en",
    code_file: Annotated[Path, typer.Option(help="Write the code into this new file.")],
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Invite a person; hand the code over by another way, it works once and for three days."""
    with open_desk(desk, token_file) as door:
        body = {"login": login, "roles": role, "mail": mail, "language": language}
        found = door.post("persons", body)
    write_secret(code_file, str(found.pop("code")))
    told = {**found, "code_file": str(code_file)}
    tell(told, f"{login} is invited; the code is in {code_file}.", as_json=as_json)


@app.command()
def accept(
    *,
    code_file: Annotated[Path, typer.Option(help="The file with the code you were given.")],
    token_file: Annotated[Path, typer.Option(help="Write your token into this new file.")],
    desk: DeskUrl = "",
    as_json: AsJson = False,
) -> None:
    """Accept an invitation or a reset: the code is spent and your token made."""
    with open_desk(desk, code_file) as door:
        found = door.accept()
    write_secret(token_file, str(found.pop("token")))
    told = {**found, "token_file": str(token_file)}
    tell(told, f"You act as {found['actor']}; your token is in {token_file}.", as_json=as_json)


@app.command()
def me(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say who you are at this desk, and in which roles you may act."""
    with open_desk(desk, token_file) as door:
        found = door.get("me")
    roles = ", ".join(map(str, _roles(found)))
    tell(found, f"{found['actor']} at {found['authority']}: {roles}.", as_json=as_json)


@app.command()
def roles(  # noqa: PLR0913 # each is an option that a person may give
    actor: Annotated[str, typer.Argument(help="The opaque name of the person.")],
    role: Roles,
    *,
    yes: Yes = False,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Let a person hold these roles and no other; nobody changes their own."""
    require_sure(f"Let {actor} act as {', '.join(role)} and nothing else?", yes=yes)
    with open_desk(desk, token_file) as door:
        found = door.put(f"persons/{quote(actor, safe='')}/roles", {"roles": role})
    tell(found, f"{actor}: {', '.join(map(str, _roles(found)))}", as_json=as_json)


@app.command()
def tokens(*, desk: DeskUrl = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """List your own tokens, without their secrets."""
    with open_desk(desk, token_file) as door:
        items = list(door.each("tokens"))
    lines = [
        f"{one['digest']}  {one['label']}  until {one['until']}"
        f"{'  REVOKED' if one['revoked'] else ''}"
        for one in items
    ]
    tell({"items": items}, "\n".join(lines), as_json=as_json)


@app.command()
def revoke(
    digest: Annotated[
        str, typer.Argument(help="One of your tokens: sha256:….", callback=require_name)
    ],
    *,
    desk: DeskUrl = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End one of your own tokens now."""
    with open_desk(desk, token_file) as door:
        found = door.post(f"tokens/{digest}/revocation")
    tell(found, f"Ended at {found['revoked']}.", as_json=as_json)


def _find(folder: Path, login: str) -> tuple[Node, PersonRow]:
    node = open_node(folder)
    return node, find_login(node, login)


def _hand_over(issued: Issued, into: Path | None) -> dict[str, object]:
    """Return the secret, or the file that it was written into; it is not kept."""
    until = {"until": str(issued.row.until)}
    if into is None:
        return {"token": issued.secret, **until}
    write_secret(into, issued.secret)
    return {"token_file": str(into), **until}


def _where(told: dict[str, object]) -> str:
    if "token" in told:
        return f"\nShown once, until {told['until']}:\n{told['token']}"
    return f"\nIts secret is in {told['token_file']}, until {told['until']}."


def _data(person: PersonRow) -> dict[str, object]:
    return {
        "actor": person.actor,
        "login": person.login,
        "roles": person.roles.split(),
        "is_active": person.is_active,
    }


def _roles(told: dict[str, object]) -> list[object]:
    found = told.get("roles")
    return found if isinstance(found, list) else []
