"""Checks 1 to 6: the acts of one chain, and what they cover."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.base import Digest, Ident, Verdict, parse_canonical
from comity.base.errors import ComityError
from comity.seal.act import Act, UnverifiedAct, cite_act, read_act
from comity.seal.age import Identity, decrypt_bytes
from comity.seal.chain import AHEAD, check_chain
from comity.seal.content import open_content
from comity.seal.fields import read_hex, read_object, read_text
from comity.seal.keys import VerifyingKey
from comity.service.chains import CITED, CONTENT, HOUSE, kept_documents
from comity.service.checking.gathering import Findings
from comity.service.contents import unwrap
from comity.service.custody import ERASE
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import ActRow, ContentRow

_ACTS, _CHAINS, _GROUND, _CONTENTS, _CITATIONS, _IDENTITIES = range(1, 7)
_RESTORE = "Put the row back from the backup, or ask the other side for the act."
_MEANING = frozenset({"act", "salt"})


@dataclass(kw_only=True)
class Chain:
    """One chain under examination."""

    node: Node
    unit: Unit
    ident: Ident
    findings: Findings
    held: tuple[UnverifiedAct, ...]
    is_whole: bool
    identities: dict[int, Identity | None] = field(default_factory=dict)
    erased: frozenset[int] = frozenset()

    def tell_closed(self, check: int, generation: int) -> None:
        """Say why something cannot be opened: that it was erased, or that check 6 failed."""
        if generation in self.erased:
            self.findings.note(check, "Some were erased; the acts that cover them verify.")
        else:
            self.findings.doubt(check, f"{self.ident} does not open, as check 6 says.")

    @property
    def acts(self) -> tuple[Act, ...]:
        """Return what the acts say."""
        return tuple(one.unsafe_act for one in self.held)

    @classmethod
    def read(cls, node: Node, unit: Unit, ident: Ident, findings: Findings) -> Chain:
        """Read the acts. 1. Acts: a row holds an act, and says of it what it says itself."""
        held = []
        is_whole = True
        for row in unit.acts.find(chain=ident):
            findings.look(_ACTS)
            where = f"Act {row.number} ({row.track}) of {ident}"
            try:
                one = read_act(row.envelope)
            except ComityError as error:
                is_whole = False
                findings.fail(_ACTS, f"{where} cannot be read: {error.code}. {_RESTORE}")
                continue
            if _row_of(one.unsafe_act, row.envelope) != row:
                is_whole = False
                says = f"{where} is not what its row says of it. {_RESTORE}"
                findings.fail(_ACTS, says, expected=row.digest, found=one.unsafe_act.digest)
                continue
            held.append(one)
        return cls(
            node=node,
            unit=unit,
            ident=ident,
            findings=findings,
            held=tuple(held),
            is_whole=is_whole,
        )


def check_acts(chain: Chain) -> None:
    """Make checks 2 and 3."""
    # 2. Chains.
    now = chain.node.clock.now()
    places = sorted({(act.holder, act.track) for act in chain.acts})
    for holder, track in places:
        others = [act.digest for act in chain.acts if act.holder != holder]
        ours = [act.digest for act in chain.acts if act.holder == holder]
        keys = _keys_of(chain, holder, track)
        report = check_chain(
            [one.envelope for one in chain.held if _place(one.unsafe_act) == (holder, track)],
            keys=keys,
            # What is recorded for the other side has seen acts of our own chain.
            known={*others, *ours},
            now=now,
        )
        chain.findings.look(_CHAINS)
        for finding in report.findings:
            if finding.check == AHEAD:
                continue  # told once, of all chains together
            if finding.verdict is not Verdict.PASSED:
                chain.is_whole = False
                where = f"{chain.ident}, {track} chain of {holder}, {finding.name}"
                chain.findings.fail(_CHAINS, f"{where}: {finding.says} {_RESTORE}")
    for act in chain.acts:
        chain.findings.see_time(act.at, now)
    # 3. Ground.
    for act in chain.acts:
        chain.findings.look(_GROUND)
        if act.exercise is not chain.node.exercise:
            says = f"Act {act.number} ({act.track}) of {chain.ident} is of the other ground."
            chain.findings.fail(_GROUND, f"{says} Find out how it came here.")


def check_covered(chain: Chain) -> None:
    """Make checks 4 to 6."""
    # 6. Identities: first, for 4 and 5 need them.
    _check_identities(chain)
    # 4. Contents.
    covered: dict[Digest, str] = {}
    for act in chain.acts:
        # Of the other side's acts too: what came with them is kept beside them.
        covered |= {act.covers[name]: name for name in kept_documents(act)}
    rows = {row.digest: row for row in chain.unit.contents.find(chain=chain.ident)}
    for digest, name in sorted(covered.items()):
        _check_content(chain, name, digest, rows.get(digest))
    for digest in sorted(rows.keys() - covered.keys()):
        if chain.is_whole:
            says = f"{chain.ident} keeps a content that no act covers: {digest}."
            chain.findings.fail(_CONTENTS, f"{says} Find out which act is missing.")
    # 5. Citations.
    _check_citations(chain)


def _check_identities(chain: Chain) -> None:
    chain.erased = frozenset(
        int(number)
        for act in chain.acts
        if act.step in ERASE and act.holder == chain.node.state
        for number in act.terms.get("generations", "").split()
        if number.isdecimal()
    )
    for row in chain.unit.identities.find(chain=chain.ident):
        chain.findings.look(_IDENTITIES)
        where = f"Identity {row.generation} of {chain.ident}"
        if row.wrapped is None:
            chain.identities[row.generation] = None
            if row.generation in chain.erased:
                chain.findings.note(_IDENTITIES, "Some were erased, as acts say.")
            else:
                says = f"{where} is gone and no act says that it was erased."
                chain.findings.fail(_IDENTITIES, f"{says} Put it back from the backup.")
            continue
        try:
            identity = unwrap(chain.node, row)
        except (ComityError, UnicodeDecodeError):
            chain.identities[row.generation] = None
            says = f"{where} does not open with the authority's. Put it back from the backup."
            chain.findings.fail(_IDENTITIES, says)
            continue
        chain.identities[row.generation] = identity
        if row.generation in chain.erased:
            says = f"{where} is there although an act says that it was erased."
            chain.findings.fail(_IDENTITIES, f"{says} Erase it again.")
        elif str(identity.recipient) != row.recipient:
            says = f"{where} is not the one that contents are sealed to."
            chain.findings.fail(_IDENTITIES, f"{says} Put it back from the backup.")


def _check_content(chain: Chain, name: str, digest: Digest, row: ContentRow | None) -> None:
    chain.findings.look(_CONTENTS)
    where = f"What {chain.ident} covers as {name!r} ({digest})"
    if row is None:
        chain.findings.fail(_CONTENTS, f"{where} is missing. Put it back from the backup.")
        return
    identity = chain.identities.get(row.generation)
    if identity is None:
        chain.tell_closed(_CONTENTS, row.generation)
        return
    try:
        document = decrypt_bytes(row.sealed, [identity])
        if name == CONTENT:
            open_content(document, digest)
        elif not Digest.of(document).matches(digest):
            chain.findings.fail(_CONTENTS, f"{where} is another. Put it back from the backup.")
    except ComityError as error:
        says = f"{where} was altered: {error.code}. Put it back from the backup."
        chain.findings.fail(_CONTENTS, says)


def _check_citations(chain: Chain) -> None:
    ours = [act for act in chain.acts if act.holder == chain.node.state]
    house = {act.digest for act in ours if act.track == HOUSE}
    cited = {digest for act in ours for digest in act.cites}
    cited |= {act.covers[CITED] for act in ours if CITED in act.covers}
    rows = {row.citation: row for row in chain.unit.citations.find(chain=chain.ident)}
    for citation in sorted(cited | rows.keys()):
        chain.findings.look(_CITATIONS)
        where = f"The citation {citation} in {chain.ident}"
        row = rows.get(citation)
        if row is None:
            says = f"{where} has lost its meaning. Put it back from the backup."
            chain.findings.fail(_CITATIONS, says)
        elif citation not in cited and chain.is_whole:
            chain.findings.fail(_CITATIONS, f"{where} stands in no act. Find out which is missing.")
        elif (identity := chain.identities.get(row.generation)) is None:
            chain.tell_closed(_CITATIONS, row.generation)
        else:
            _check_meaning(chain, citation, row.sealed, identity, house)


def _check_meaning(
    chain: Chain, citation: Digest, sealed: bytes, identity: Identity, house: set[Digest]
) -> None:
    where = f"The citation {citation} in {chain.ident}"
    try:
        meaning = read_object(parse_canonical(decrypt_bytes(sealed, [identity])), _MEANING)
        act = Digest.parse(read_text(meaning["act"], most=80))
        holds = cite_act(act, read_hex(meaning["salt"])) == citation and act in house
    except ComityError:
        holds = False
    if not holds:
        says = f"{where} means no house act of ours. Put it back from the backup."
        chain.findings.fail(_CITATIONS, says)


def _keys_of(chain: Chain, holder: str, track: str) -> list[VerifyingKey]:
    """Return the known keys of the authorities that these acts name; our own from its key file.

    A key that somebody else lists as well does not count as his here, nor his as theirs.
    """
    named = {act.authority for act in chain.acts if _place(act) == (holder, track)}
    is_own = (chain.node.state, chain.node.authority) in {(holder, one) for one in named}
    keys = [chain.node.key.public] if is_own else []
    for row in chain.unit.keys.find(state=holder):
        if row.authority not in named:
            continue
        try:
            key = VerifyingKey.parse(parse_canonical(row.document))
        except ComityError:
            continue  # its acts then verify with no known key, which is a finding
        if key.key_id == row.key_id:
            keys.append(key)
    return keys


def _place(act: Act) -> tuple[str, str]:
    return act.holder, act.track


def _row_of(act: Act, envelope: bytes) -> ActRow:
    return ActRow(
        chain=Ident(act.chain),
        holder=act.holder,
        track=act.track,
        number=act.number,
        digest=act.digest,
        step=act.step,
        side=act.side,
        at=act.at,
        envelope=envelope,
    )
