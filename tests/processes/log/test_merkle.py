"""Trees are those of RFC 6962: its own recursive definition is the oracle, and every path leads to the root."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.processes.log.checker import Fault, climb
from fanzha.processes.log.merkle import audit_path, leaf_hash, node_hash, root

LEAVES = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=70)


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


@given(LEAVES)
def test_the_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    assert root(leaves) == tree_hash(leaves)


def test_known_roots_of_certificate_transparency() -> None:
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in inputs]
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(LEAVES, st.data())
def test_a_path_leads_to_the_root_from_its_own_leaf_and_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = [step.hex() for step in audit_path(leaves, index)]
    assert climb(leaves[index], index, len(leaves), steps) == root(leaves)
    assert climb(leaf_hash(b"another"), index, len(leaves), steps) != root(leaves)
    with pytest.raises(Fault):
        climb(leaves[index], index, len(leaves), [*steps, "00" * 32])
    with pytest.raises(Fault):
        climb(leaves[index], len(leaves), len(leaves), steps)
    if steps:
        with pytest.raises(Fault):
            climb(leaves[index], index, len(leaves), steps[:-1])


def test_a_node_cannot_be_passed_off_as_a_leaf() -> None:
    left_hash, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left_hash + right) != node_hash(left_hash, right)
