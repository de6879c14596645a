"""The protocol of a ceremony: a page of numbered steps, printed, signed on paper, and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import typer

from comity.base import Digest
from comity.cli.directory.folder import Folder
from comity.cli.order_desk import present
from comity.federation.directory.metadata import File

_LINE = "_" * 32


@dataclass(slots=True)
class Protocol:
    """What was done, by whom, with which keys, on which bytes."""

    title: str
    steps: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def step(self, text: str) -> None:
        """Add a step."""
        self.steps.append(text)

    def signed(self, file: File[Any], where: object) -> None:
        """Add which bytes are, or are to be, signed."""
        digest = Digest.of(file.metadata.signed_bytes)
        self.step(f"The file is {where}, version {file.version}, until {file.expires}.")
        self.step(f"What is signed of it has the SHA-256 {digest.hex}.")
        self.data |= {
            "file": str(where),
            "version": file.version,
            "expires": str(file.expires),
            "signed_sha256": digest.hex,
        }

    def signers(self, folder: Folder, text: str, keys: Iterable[str]) -> None:
        """Add who, by key id and name."""
        named = [f"     {key}  {folder.name_of(key)}" for key in keys]
        self.step("\n".join([text, *(named or ["     nobody"])]))

    def tell(self, *, as_json: bool) -> None:
        """Print the page, or its data."""
        if as_json:
            told = {"ceremony": self.title, "at": str(present()), **self.data}
            typer.echo(json.dumps(told, ensure_ascii=False))
            return
        typer.echo(f"PROTOCOL   {self.title}   {present()}\n")
        for number, text in enumerate(self.steps, 1):
            typer.echo(f"{number:3}. {text}")
        typer.echo(f"\nPresent, and signed on paper:\n\n{_LINE}   {_LINE}\n\n{_LINE}   {_LINE}\n")
        typer.echo("Keep this page where the keys are not.")
