"""Frontiers and proofs agree with trees of RFC 6962, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.log_server import MadeLog
from tests.collect.made_certificates import MadeEntry

from fanzha.collect.transparency.merkle import (
    Frontier,
    ProofInvalid,
    consistency_proof,
    inclusion_path,
    prove_consistency,
    prove_inclusion,
)

SIZE = 70


@pytest.fixture(scope="module")
def made() -> MadeLog:
    log = MadeLog()
    for number in range(SIZE):
        log.add_entry(MadeEntry(False, str(number).encode(), b""), ())
    return log


@given(data=st.data())
def test_a_path_leads_to_the_root_and_holds_the_frontier(made: MadeLog, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE))
    index = data.draw(st.integers(0, size - 1))
    path, root, leaf = made.path(index, 0, size), made.tree_hash(0, size), made.levels[0][index]
    assert prove_inclusion(leaf, index, size, path, root) == Frontier().extend(made.levels[0][:index])
    wrong = [*path]
    if wrong:
        place = data.draw(st.integers(0, len(wrong) - 1))
        wrong[place] = bytes(32)
    for bad in (wrong if wrong else [bytes(32)], [*path, bytes(32)], path[:-1] if path else [bytes(32)]):
        with pytest.raises(ProofInvalid):
            prove_inclusion(leaf, index, size, bad, root)
    if size > 1:
        with pytest.raises(ProofInvalid):
            prove_inclusion(made.levels[0][index - 1], index, size, path, root)


@given(data=st.data())
def test_a_consistency_proof_holds_for_its_two_trees_only(made: MadeLog, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE))
    old = data.draw(st.integers(1, size))
    proof, old_root, root = made.proof(old, 0, size), made.tree_hash(0, old), made.tree_hash(0, size)
    prove_consistency(old, size, old_root, root, proof)
    for bad in ((old_root, bytes(32), proof), (bytes(32), root, proof), (old_root, root, [*proof, bytes(32)])):
        with pytest.raises(ProofInvalid):
            prove_consistency(old, size, *bad)
    if proof:
        with pytest.raises(ProofInvalid):
            prove_consistency(old, size, old_root, root, proof[:-1])


@given(data=st.data())
def test_proofs_computed_from_subtrees_are_those_of_the_log(made: MadeLog, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    def node(level: int, number: int) -> bytes:
        return made.levels[level][number]

    assert inclusion_path(index, size, node) == made.path(index, 0, size)
    assert consistency_proof(old, size, node) == made.proof(old, 0, size)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 64, SIZE])
def test_a_frontier_has_the_root_of_its_tree_and_reads_itself_back(made: MadeLog, size: int) -> None:
    frontier = Frontier().extend(made.levels[0][:size])
    assert frontier.root() == made.tree_hash(0, size)
    assert Frontier.decode(size, frontier.encode()) == frontier
    with pytest.raises(ValueError):
        Frontier.decode(size + 1, frontier.encode() if (size + 1).bit_count() != size.bit_count() else b"")


def test_trees_in_the_wrong_order_and_two_roots_of_one_size_are_refused() -> None:
    with pytest.raises(ProofInvalid):
        prove_consistency(3, 2, bytes(32), bytes(32), [])
    with pytest.raises(ProofInvalid):
        prove_consistency(3, 3, bytes(32), b"1" * 32, [])
    with pytest.raises(ProofInvalid):
        prove_inclusion(bytes(32), 3, 3, [], bytes(32))
