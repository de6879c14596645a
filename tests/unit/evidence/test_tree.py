"""The hash tree against its recursive definition (RFC 6962 2.1), written out here."""

from __future__ import annotations

import hashlib

import pytest

from comity.base.errors import BadValue, Malformed
from comity.evidence.tree import Tree, leaf_hash, node_hash, walk_path
from tests.packages import merkle

LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(70)]


@pytest.mark.parametrize("size", range(1, 71))
def test_the_root_is_that_of_the_recursive_definition(size: int) -> None:
    assert Tree(LEAVES[:size]).root == merkle(LEAVES[:size])


@pytest.mark.parametrize("size", [*range(1, 20), 33, 64, 65, 70])
def test_every_path_leads_to_the_root(size: int) -> None:
    tree = Tree(LEAVES[:size])
    for index in range(size):
        assert walk_path(LEAVES[index], index, size, tree.path(index)) == tree.root


@pytest.mark.parametrize("size", range(2, 17))
def test_no_path_leads_to_the_root_from_another_index_or_size(size: int) -> None:
    tree = Tree(LEAVES[:size])
    for index in range(size):
        path = tree.path(index)
        for other in range(size):
            if other != index:
                assert reached(LEAVES[index], other, size, path) != tree.root


def reached(leaf: bytes, index: int, size: int, path: tuple[bytes, ...]) -> bytes | None:
    try:
        return walk_path(leaf, index, size, path)
    except Malformed:
        return None


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


def test_a_leaf_hash_is_that_of_the_rfc() -> None:
    # RFC 6962 2.1: MTH({d(0)}) = SHA-256(0x00 || d(0)); the value is sha256sum's of one zero byte.
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


@pytest.mark.parametrize("leaves", [[], [b""], [b"short"], [LEAVES[0], b"short"]])
def test_a_tree_stands_on_whole_hashes(leaves: list[bytes]) -> None:
    with pytest.raises(BadValue):
        Tree(leaves)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (1 << 70, 3), (1, 1), (6, 1)])
def test_an_index_outside_the_tree_leads_nowhere(index: int, size: int) -> None:
    with pytest.raises(Malformed):
        walk_path(LEAVES[0], index, size, ())


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_from_outside_the_tree(index: int) -> None:
    with pytest.raises(BadValue):
        Tree(LEAVES[:3]).path(index)


@pytest.mark.parametrize("path", [(), (LEAVES[0],), (LEAVES[0],) * 3, (b"", LEAVES[0])])
def test_a_path_of_another_length_leads_nowhere(path: tuple[bytes, ...]) -> None:
    with pytest.raises(Malformed):
        walk_path(LEAVES[0], 0, 4, path)
