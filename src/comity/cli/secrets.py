"""Secrets in files: their owner alone may read them, and no command line holds one."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from comity.base.errors import AskedWrongly, NotPermitted, OutOfReach

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MOST: Final = 200


class FileOpenToOthers(NotPermitted):
    """This file can be read by others, so what is in it is no secret."""

    code = "cli/file-open"
    remedy = "Revoke what is in it, make a new one, and keep it with: chmod 600 FILE."


class NoSecret(AskedWrongly):
    """There is no token or code in this file."""

    code = "cli/no-secret"
    remedy = "Name the file that comity person wrote."


class SecretFileTaken(AskedWrongly):
    """There is something at this place already; a secret is written into a new file."""

    code = "cli/file-taken"


def read_secret(path: Path) -> str:
    """Return the one line that the file holds; raise ``FileOpenToOthers`` or ``NoSecret``."""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
                raise FileOpenToOthers(where=str(path))
            data = file.read(_MOST + 1)
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(path)) from error
    text = data.decode("ascii", "replace").strip()
    if len(data) > _MOST or not text.startswith("comity_") or not text.isprintable():
        raise NoSecret(where=str(path))
    return text


def write_secret(path: Path, secret: str) -> None:
    """Write a secret into a new file that its owner alone can read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SecretFileTaken(where=str(path)) from error
    except OSError as error:
        raise OutOfReach(error.strerror or "", where=str(path)) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secret}\n")
