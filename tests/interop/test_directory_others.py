"""Others judge our directory: python-tuf's own client, its Ed25519 keys, and openssl."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from comity.app.world import SystemClock
from comity.federation.directory import AuthorityCard
from comity.federation.directory.metadata import File
from tests.cards import make_card
from tests.directories import StateDesk, World
from tests.places import tool


@dataclass
class Folder(FetcherInterface):
    """Gives python-tuf's client the files of a mirror."""

    files: dict[str, bytes]

    def _fetch(self, url: str) -> Any:
        from tuf.api.exceptions import DownloadHTTPError  # noqa: PLC0415

        data = self.files.get(url.removeprefix("http://mirror/"))
        if data is None:
            message = "none"
            raise DownloadHTTPError(message, 404)
        return iter([data])


@dataclass
class Made:
    """A directory made with the machine's own clock, by which python-tuf's client judges."""

    world: World
    xb: StateDesk
    files: dict[str, bytes]


@pytest.fixture
def made() -> Made:
    clock: Any = SystemClock()
    xb = StateDesk("XB", clock)
    xb.enrol(make_card("XB"), make_card("XB", seed=8, authority="XB 24/7"))
    world = World(clock, xb)
    return Made(world, xb, world.publish())


def _client(made: Made, folder: Path) -> Updater:
    return Updater(
        str(folder),
        metadata_base_url="http://mirror/",
        target_dir=str(folder),
        target_base_url="http://mirror/",
        fetcher=Folder(made.files),
        config=UpdaterConfig(),
        bootstrap=made.world.roots[0].data,
    )


def test_python_tufs_own_client_finds_every_card(made: Made, tmp_path: Path) -> None:
    client = _client(made, tmp_path)
    client.refresh()
    for card in made.xb.cards:
        info = client.get_targetinfo(card.path)
        assert info is not None
        path = client.download_target(info, str(tmp_path / "card.json"))
        assert AuthorityCard.parse(Path(path).read_bytes()) == card


def test_python_tufs_own_client_follows_a_rotation_of_the_root(made: Made, tmp_path: Path) -> None:
    _client(made, tmp_path).refresh()
    made.world.rotate(made.world.root_keys)
    made.files.update(made.world.publish())
    client = _client(made, tmp_path)
    client.refresh()
    assert json.loads((tmp_path / "root.json").read_bytes())["signed"]["version"] == 2


def test_python_tufs_own_client_refuses_what_the_state_did_not_sign(
    made: Made, tmp_path: Path
) -> None:
    made.xb.enrol(make_card("XB"), by=made.world.root_keys[:2])
    made.files.update(made.world.publish())
    client = _client(made, tmp_path)
    client.refresh()
    with pytest.raises(UnsignedMetadataError):
        client.get_targetinfo("XB/XB-CA.json")


def _ed25519_half(file: File[Any]) -> Metadata[Any]:
    """Return the file with the Ed25519 halves of its signatures alone, as TUF's own kind of key."""
    metadata: Metadata[Any] = Metadata.from_bytes(file.data)
    for signature in metadata.signatures.values():
        signature.signature = signature.signature[:128]
    return metadata


def test_the_ed25519_halves_verify_as_tufs_own_keys(made: Made) -> None:
    held = made.world.root_keys
    foreign = {
        key.public.key_id.hex: SSlibKey(
            key.public.key_id.hex, "ed25519", "ed25519", {"public": key.public.ed25519.hex()}
        )
        for key in held
    }
    root: Root = Root(version=1)
    for key in foreign.values():
        root.add_key(key, "targets")
    root.roles["targets"].threshold = 3
    half = _ed25519_half(made.world.targets)
    root.verify_delegate("targets", half.signed_bytes, half.signatures)


def test_openssl_verifies_the_ed25519_half_over_the_canonical_bytes(
    made: Made, tmp_path: Path
) -> None:
    key = made.xb.keys[0].public
    listed = made.xb.listed
    assert listed is not None
    signature = listed.metadata.signatures[key.key_id.hex].signature
    (tmp_path / "key.pem").write_bytes(key.ed25519_pem())
    (tmp_path / "data").write_bytes(_olpc(json.loads(listed.data)["signed"]).encode())
    (tmp_path / "sig").write_bytes(bytes.fromhex(signature)[:64])
    done = subprocess.run(
        [tool("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem",
         "-in", "data", "-sigfile", "sig"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert b"Verified Successfully" in done.stdout


def _olpc(value: Any) -> str:
    """Write OLPC canonical JSON by its definition, with nothing of TUF: wiki.laptop.org."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_olpc(k)}:{_olpc(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_olpc, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)
