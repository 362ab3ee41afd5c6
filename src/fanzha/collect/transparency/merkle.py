"""Merkle trees of certificate-transparency logs: hashes, frontiers, proofs of inclusion and consistency (RFC 9162)."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
#: The longest proof of a tree below 2^64 entries; a longer answer is a fault of the log.
MAX_PROOF = 130

#: Returns the hash of the perfect subtree `index` at `level`: the entries [index * 2^level, (index + 1) * 2^level).
NodeSource = Callable[[int, int], bytes]


class ProofInvalid(Exception):
    """A proof does not lead to the root of the tree head."""


def hash_leaf(leaf: bytes) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\0" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Frontier(NamedTuple):
    """The perfect subtrees that cover the first `size` entries, the largest first: one hash for each bit of `size`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier with more entries at the end."""
        peaks, size = list(self.peaks), self.size
        for node in leaf_hashes:
            carry = size
            while carry & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                carry >>= 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Return the root of a tree that has these entries only."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, root = self.peaks
        for peak in reversed(others):
            root = hash_node(peak, root)
        return root

    def encode(self) -> bytes:
        """Return the hashes one after another."""
        return b"".join(self.peaks)

    @classmethod
    def decode(cls, size: int, data: bytes) -> "Frontier":
        """Return the frontier of `size` entries. Raise ValueError if the number of hashes is wrong."""
        if len(data) != HASH_BYTES * size.bit_count():
            raise ValueError("a frontier has one hash for each bit of its size")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def prove_inclusion(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> Frontier:
    """Return the frontier of the entries before `index`, which the path contains (RFC 9162, 2.1.3.2).

    Raise ProofInvalid if the path does not lead from the entry to the root.
    """
    if not 0 <= index < size:
        raise ProofInvalid("the entry lies beyond the tree")
    left, right, node, peaks = index, size - 1, leaf_hash, []
    for sibling in path:
        if right == 0:
            raise ProofInvalid("the path is too long")
        if left & 1 or left == right:
            node = hash_node(sibling, node)
            peaks.append(sibling)
            while not left & 1:
                left, right = left >> 1, right >> 1
        else:
            node = hash_node(node, sibling)
        left, right = left >> 1, right >> 1
    if right or node != root:
        raise ProofInvalid("the path does not lead to the root of the tree head")
    return Frontier(index, tuple(reversed(peaks)))


def prove_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofInvalid unless the tree of `second` entries extends that of `first` (RFC 9162, 2.1.4.2)."""
    if first > second:
        raise ProofInvalid("the trees are in the wrong order")
    if first in (0, second):
        expected = EMPTY_ROOT if first == 0 else second_root
        if proof or first_root != expected:
            raise ProofInvalid("two tree heads of one size have different roots")
        return
    nodes = [first_root, *proof] if first & (first - 1) == 0 else [*proof]
    if not nodes:
        raise ProofInvalid("the proof is empty")
    left, right = first - 1, second - 1
    while left & 1:
        left, right = left >> 1, right >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if right == 0:
            raise ProofInvalid("the proof is too long")
        if left & 1 or left == right:
            old, new = hash_node(node, old), hash_node(node, new)
            while left and not left & 1:
                left, right = left >> 1, right >> 1
        else:
            new = hash_node(new, node)
        left, right = left >> 1, right >> 1
    if right or old != first_root or new != second_root:
        raise ProofInvalid("the new tree does not contain the old one")


def range_hash(first: int, end: int, node: NodeSource) -> bytes:
    """Return the hash of the entries [first, end) of a tree, a part that one of its nodes covers."""
    length = end - first
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return node(level, first >> level)
    split = 1 << ((length - 1).bit_length() - 1)
    return hash_node(range_hash(first, first + split, node), range_hash(first + split, end, node))


def inclusion_path(index: int, size: int, node: NodeSource) -> list[bytes]:
    """Return the path of an entry, from the hashes of perfect subtrees."""
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        split = first + (1 << ((end - first - 1).bit_length() - 1))
        if index < split:
            path.append(range_hash(split, end, node))
            end = split
        else:
            path.append(range_hash(first, split, node))
            first = split
    return path[::-1]


def consistency_proof(old: int, size: int, node: NodeSource) -> list[bytes]:
    """Return the proof that the tree of `size` entries extends that of `old`, from the hashes of perfect subtrees."""
    proof: list[bytes] = []
    first, end, is_whole = 0, size, True
    if old in (0, size):
        return proof
    while end != old:
        split = first + (1 << ((end - first - 1).bit_length() - 1))
        if old <= split:
            proof.append(range_hash(split, end, node))
            end = split
        else:
            proof.append(range_hash(first, split, node))
            first, is_whole = split, False
    if not is_whole:
        proof.append(range_hash(first, end, node))
    return proof[::-1]
