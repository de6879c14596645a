"""A shared directory for tests, in memory: keys, ceremonies, mirrors, a wire that lies at will."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tuf.api.metadata import Root, Targets

from comity.base import Instant, Period
from comity.federation.directory import AuthorityCard
from comity.federation.directory.building import (
    Signers,
    delegate,
    drop_state,
    new_list,
    new_root,
    new_snapshot,
    new_state_keys,
    new_targets,
    new_timestamp,
    turn_root,
    turn_state_keys,
)
from comity.federation.directory.metadata import File, sign_file
from comity.federation.directory.pairing import Bundle, fingerprint
from comity.seal.keys import SigningKey
from comity.service.directory import Known, find_card, refresh_directory, trust_root
from comity.service.errors import PeerUnreachable
from comity.service.node import Node
from comity.service.ports import Answer, Peer, Store
from tests.cards import card_of, make_card
from tests.nodes import make_desk
from tests.steady import HandClock, SeedBytes

YEAR = Period(days=365)


def make_keys(count: int, seed: int) -> list[SigningKey]:
    random = SeedBytes(seed)
    return [SigningKey.generate(random) for _ in range(count)]


def signers(keys: list[SigningKey], threshold: int) -> Signers:
    return Signers(tuple(key.public for key in keys), threshold)


def sign_all(file: File[Any], keys: list[SigningKey]) -> File[Any]:
    for key in keys:
        file = sign_file(file, key)
    return file


@dataclass
class StateDesk:
    """A State's off-line desk: its keys, and the files that it signs."""

    state: str
    clock: HandClock
    keys: list[SigningKey] = field(default_factory=list)
    threshold: int = 2
    roots: list[File[Root]] = field(default_factory=list)
    listed: File[Targets] | None = None
    cards: tuple[AuthorityCard, ...] = ()

    def __post_init__(self) -> None:
        self.keys = self.keys or make_keys(3, ord(self.state[0]) * 256 + ord(self.state[1]))
        file = new_state_keys(signers(self.keys, self.threshold), self.later(YEAR))
        self.roots = [sign_all(file, self.keys[: self.threshold])]

    def later(self, period: Period) -> Instant:
        return self.clock.now().plus(period)

    def enrol(self, *cards: AuthorityCard, by: list[SigningKey] | None = None) -> None:
        version = self.listed.version + 1 if self.listed else 1
        self.cards = cards
        file = new_list(version, cards, self.later(Period(days=90)))
        self.listed = sign_all(file, self.keys[: self.threshold] if by is None else by)

    def rotate(self, keys: list[SigningKey], *, by: list[SigningKey] | None = None) -> None:
        file = turn_state_keys(self.roots[-1], signers(keys, self.threshold), self.later(YEAR))
        agreeing = [*self.keys[: self.threshold], *keys[: self.threshold]]
        self.roots.append(sign_all(file, agreeing if by is None else by))
        self.keys = keys

    def files(self) -> dict[str, bytes]:
        """Return the State's files as its own node shows them."""
        found = {f"{self.state}/{root.version}.root.json": root.data for root in self.roots}
        if self.listed is not None:
            found[f"{self.state}.json"] = self.listed.data
            found[f"{self.listed.version}.{self.state}.json"] = self.listed.data
        for card in self.cards:
            head, _, name = card.path.partition("/")
            digest = self.listed.signed.targets[card.path].hashes["sha256"] if self.listed else ""
            found[f"{head}/{digest}.{name}"] = card.document()
        return found

    def bundle(self) -> Bundle:
        assert self.listed is not None
        return Bundle(
            state=self.state,
            roots=tuple(root.data for root in self.roots),
            list=self.listed.data,
            cards={card.path: card.document() for card in self.cards},
        )

    def fingerprint(self, version: int = -1) -> Any:
        return fingerprint(self.state, self.roots[version].signed)


class World:
    """A shared directory of States, whose root three of five hold, and its mirror."""

    def __init__(self, clock: HandClock, *states: StateDesk) -> None:
        self.clock = clock
        self.states = {one.state: one for one in states}
        self.root_keys = make_keys(5, 11)
        self.mirror_keys = make_keys(1, 13)
        self.threshold = 3
        root = new_root(
            signers(self.root_keys, self.threshold),
            signers(self.mirror_keys, 1),
            self.later(YEAR),
        )
        self.roots = [sign_all(root, self.root_keys[:3])]
        self.targets: File[Targets] = new_targets(self.later(YEAR))
        self.versions = [0, 0]
        self.old: dict[str, bytes] = {}
        for one in states:
            self.delegate(one)

    def later(self, period: Period) -> Instant:
        return self.clock.now().plus(period)

    def delegate(self, desk: StateDesk, *, name: str = "") -> None:
        keys = signers(desk.keys, desk.threshold)
        version = self.targets.version + 1
        file = delegate(self.targets, version, name or desk.state, keys, self.later(YEAR))
        self.targets = sign_all(file, self.root_keys[:3])

    def drop(self, state: str) -> None:
        file = drop_state(self.targets, self.targets.version + 1, state, self.later(YEAR))
        self.targets = sign_all(file, self.root_keys[:3])
        self.states.pop(state)

    def rotate(
        self, keys: list[SigningKey], *, mirrors: list[SigningKey] | None = None, by: Any = None
    ) -> None:
        online = signers(mirrors, 1) if mirrors else None
        file = turn_root(self.roots[-1], signers(keys, 3), online, self.later(YEAR))
        agreeing = [*self.root_keys[:3], *keys[:3]]
        self.roots.append(sign_all(file, agreeing if by is None else by))
        self.root_keys = keys
        self.mirror_keys = mirrors or self.mirror_keys

    def publish(self, *, life: Period | None = None) -> dict[str, bytes]:
        """Return the files of the mirror, newly signed."""
        self.versions = [one + 1 for one in self.versions]
        lists = {name: one.listed for name, one in self.states.items() if one.listed is not None}
        snapshot = new_snapshot(self.versions[0], self.targets, lists, self.later(Period(days=7)))
        snapshot = sign_all(snapshot, self.mirror_keys)
        life = life or Period(days=1)
        timestamp = sign_all(
            new_timestamp(self.versions[1], snapshot, self.later(life)), self.mirror_keys
        )
        found = dict(self.old)
        for one in self.states.values():
            found |= one.files()
        found |= {f"{root.version}.root.json": root.data for root in self.roots}
        found[f"{snapshot.version}.snapshot.json"] = snapshot.data
        found[f"{self.targets.version}.targets.json"] = self.targets.data
        self.old = dict(found)
        return found | {"timestamp.json": timestamp.data}

    def fingerprint(self) -> Any:
        return fingerprint("--", self.roots[0].signed)


Change = Callable[[str, bytes], bytes | None]


@dataclass
class LyingWire:
    """A wire to mirrors and nodes in memory; None for a mirror means that it is down."""

    mirrors: dict[str, Mapping[str, bytes] | None] = field(default_factory=dict)
    nodes: dict[str, Mapping[str, bytes] | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)

    def fetch(self, url: str, *, most: int) -> bytes | None:
        self.asked.append(url)
        self.bounds.append(most)
        base = next((one for one in self.mirrors if url.startswith(f"{one}/")), None)
        files = self.mirrors[base] if base else None
        if base is None or files is None:
            raise PeerUnreachable(where=url)
        return files.get(url.removeprefix(f"{base}/"))

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        assert not body
        self.asked.append(f"{method} {peer.endpoint}{path}")
        self.bounds.append(most)
        files = self.nodes.get(peer.endpoint)
        if files is None:
            raise PeerUnreachable(where=peer.endpoint)
        data = files.get(path.removeprefix("/peers/1/directory/"))
        return Answer(status=404, body=b"") if data is None else Answer(status=200, body=data)


MIRROR = "http://mirror.example"


class Scene:
    """A node of XA, a shared directory of XA and XB, and its mirror."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.wire = LyingWire()
        self.desk = make_desk(store, folder)
        self.clock = self.desk.clock
        self.node: Node = replace(self.desk.node, wire=self.wire, mirrors=(MIRROR,))
        self.xa, self.xb = StateDesk("XA", self.clock), StateDesk("XB", self.clock)
        self.world = World(self.clock, self.xa, self.xb)
        self.xa.enrol(card_of(self.node))
        self.xb.enrol(make_card("XB"), make_card("XB", seed=8, authority="XB 24/7"))
        self.publish()

    def publish(self) -> None:
        """Let the mirror have the newest files."""
        self.wire.mirrors[MIRROR] = self.world.publish()

    def join(self) -> None:
        """Hand the node its shared root, and refresh."""
        trust_root(self.node, self.world.roots[0].data, self.world.fingerprint())
        refresh_directory(self.node)

    def known(self, state: str = "XB", authority: str = "XB-CA") -> Known:
        """Return what the node knows of an authority."""
        with self.node.store.view() as unit:
            return find_card(self.node, unit, state, authority)

    def findings(self) -> list[str]:
        """Return the kinds of what a person must look at."""
        with self.node.store.view() as unit:
            return sorted(row.kind for row in unit.findings.find())
