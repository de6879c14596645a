"""Settings of a node: typed, read once, from ``node.toml`` in the node's folder.

    state = "XA"                      ISO 3166-1 alpha-2, or XA, XB, XC in an exercise
    authority = "XA-CA"               as it signs
    kind = "central_authority"
    exercise = true
    database = "node.sqlite3"         a file in the folder, or postgres://user@host:port/name
    peers = "127.0.0.1:8443"          where other nodes reach it (TLS)
    endpoint = "https://xa.example:8443"   how others are told to reach it; "" if they cannot
    desk = "127.0.0.1:8080"           where its own people and programs reach it
    mirrors = ["https://…"]           where the shared directory is fetched from
    smtp = "127.0.0.1:25"             the mail server for notices; "" for none
    mail_from = "comity@xa.example"
    desk_url = "https://desk.xa.example"   where browsers reach the desk behind a TLS proxy
    [oidc] …                          who else may say who somebody is (comity.app.provider)

The first five keys are always there; of the others those that are used, and no other. Nothing
secret stands here: keys lie in key files, database passwords in ``~/.pgpass``. Two settings
come from the environment alone: ``COMITY_DATABASE`` takes the place of ``database``, and
``COMITY_PASSPHRASE_FILE`` names the file whose first line locks the key files.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from comity.app.provider import Provider, read_provider
from comity.base.errors import AskedWrongly, Malformed, OutOfReach
from comity.domain.party import StateCode
from comity.domain.plain import require_line

FILE: Final = "node.toml"
KINDS: Final = (
    "central_authority",
    "contact_point",
    "competent_authority",
    "court",
    "oversight",
    "provider",
)
SQLITE: Final = "node.sqlite3"
_POSSIBLE: Final = (
    "A database is postgres://user@host:port/name, or the name of a file in the node's folder."
)
_KEYS: Final = frozenset({"state", "authority", "kind", "exercise", "database"})
_DOORS: Final = ("peers", "endpoint", "desk", "smtp", "mail_from", "desk_url")
_MORE: Final = frozenset({*_DOORS, "mirrors", "oidc"})
_ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_MOST_PORT: Final = 65_535
_HTTPS: Final = "https://"
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class SettingsRefused(AskedWrongly):
    """A node cannot be like this."""

    code = "app/settings"


class FileRefused(SettingsRefused):
    """The settings of the node are not as they must be."""

    code = "app/settings-file"
    remedy = "Correct node.toml; comity.app.settings says what may stand there."


class FileMalformed(Malformed):
    """The settings of the node are not TOML."""

    code = "app/settings-malformed"
    remedy = "Correct node.toml; comity.app.settings says what may stand there."


class NoNode(OutOfReach):
    """There is no node here."""

    code = "app/no-node"
    remedy = "Name the node's folder, or make a node with: comity node init FOLDER."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a node is."""

    state: str
    authority: str
    kind: str
    exercise: bool
    database: str = SQLITE
    peers: str = ""
    endpoint: str = ""
    desk: str = ""
    mirrors: tuple[str, ...] = ()
    smtp: str = ""
    mail_from: str = ""
    desk_url: str = ""
    oidc: Provider | None = None

    def __post_init__(self) -> None:
        """Refuse what no node can be."""
        code = StateCode(self.state)
        require_line(self.authority)
        if self.kind not in KINDS:
            detail = f"The kind of an authority is one of {', '.join(KINDS)}."
            raise SettingsRefused(detail)
        if code.is_exercise and not self.exercise:
            detail = f"{code} exists in exercises alone; its node is one of an exercise."
            raise SettingsRefused(detail)
        scheme, colon, _ = self.database.partition(":")
        if not self.database or (colon and self.is_sqlite):
            odd = f"The scheme {scheme}: is not known." if colon else "No database is named."
            detail = f"{odd} {_POSSIBLE}"
            raise SettingsRefused(detail)
        self._require_doors()

    def _require_doors(self) -> None:
        for name in ("peers", "desk"):
            if getattr(self, name):
                read_address(getattr(self, name), name)
        if self.smtp and not self.mail_from:
            detail = "Who sends mail needs an address to send it from (mail_from)."
            raise SettingsRefused(detail)
        if self.endpoint and (
            not self.endpoint.startswith(_HTTPS)
            or _ADDRESS.fullmatch(self.endpoint.removeprefix(_HTTPS)) is None
        ):
            detail = "An endpoint is written https://host:port."
            raise SettingsRefused(detail)
        if self.desk_url and _ORIGIN.fullmatch(self.desk_url) is None:
            detail = "desk_url is written https://host or https://host:port."
            raise SettingsRefused(detail)
        for mirror in self.mirrors:
            if not mirror.startswith((_HTTPS, "http://")):
                detail = "A mirror is an address that begins with https:// or http://."
                raise SettingsRefused(detail)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a file in the node's folder."""
        return not self.database.startswith(("postgres:", "postgresql:"))

    def as_toml(self) -> str:
        """Return the text of ``node.toml``."""
        said = [*("state", "authority", "kind", "exercise", "database")]
        said += [name for name in (*_DOORS, "mirrors") if getattr(self, name)]
        text = "".join(
            f"{name} = {json.dumps(getattr(self, name), ensure_ascii=False)}\n" for name in said
        )
        return text + (self.oidc.as_toml() if self.oidc else "")


def read_address(text: str, name: str = "") -> tuple[str, int]:
    """Return host and port of ``host:port``; raise ``SettingsRefused``."""
    match = _ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match[2]) <= _MOST_PORT:
        detail = f"{name or 'An address'} is written host:port, as 127.0.0.1:8443."
        raise SettingsRefused(detail)
    return match[1].strip("[]"), int(match[2])


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the node in ``folder``.

    Raise ``NoNode``, ``FileMalformed`` or ``FileRefused``, with the line where it is known.
    """
    world = os.environ if environment is None else environment
    path = folder / FILE
    text = _read_text(path)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        detail = f"{error}."
        raise FileMalformed(detail, where=str(path)) from error
    odd = sorted((_KEYS - found.keys()) | (found.keys() - _KEYS - _MORE))
    if odd:
        detail = f"Keys missing or unknown: {', '.join(odd)}."
        raise FileRefused(detail, where=_place(path, text, odd[0]))
    for name, value in found.items():
        if not _fits(name, value):
            detail = f"{name} is not of the right kind."
            raise FileRefused(detail, where=_place(path, text, name))
    if "oidc" in found:
        found["oidc"] = read_provider(found["oidc"])
    if "mirrors" in found:
        found["mirrors"] = tuple(found["mirrors"])
    try:
        settings = Settings(**found)
    except AskedWrongly as error:
        detail = f"{error.sentence()} {error.detail}"
        raise FileRefused(detail, where=str(path)) from error
    other = world.get("COMITY_DATABASE")
    return replace(settings, database=other) if other else settings


def _fits(name: str, value: object) -> bool:
    if name == "oidc":
        return isinstance(value, dict)
    if name == "mirrors":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, bool if name == "exercise" else str)


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NoNode(where=str(path.parent)) from error
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(path)) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        detail = f"It is not UTF-8 (at line {line})."
        raise FileMalformed(detail, where=str(path)) from error


def _place(path: Path, text: str, name: str) -> str:
    """Return the file, and the line on which ``name`` stands if it does."""
    lines = (number for number, line in enumerate(text.splitlines(), 1) if line.startswith(name))
    number = next(lines, None)
    return str(path) if number is None else f"{path}, line {number}"


def passphrase_file(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the file whose first line locks the key files, if one is named."""
    world = os.environ if environment is None else environment
    named = world.get("COMITY_PASSPHRASE_FILE")
    return Path(named) if named else None


def provider_secret(
    folder: Path, settings: Settings, environment: Mapping[str, str] | None = None
) -> str:
    """Return our secret at the provider of OpenID Connect; "" where there is none.

    It stands on the first line of the file that ``[oidc]`` names, or in ``COMITY_OIDC_SECRET``.
    Raise ``OutOfReach`` if the file cannot be read.
    """
    world = os.environ if environment is None else environment
    if settings.oidc is None or not settings.oidc.secret_file:
        return world.get("COMITY_OIDC_SECRET", "")
    return _read_text(folder / settings.oidc.secret_file).partition("\n")[0]
