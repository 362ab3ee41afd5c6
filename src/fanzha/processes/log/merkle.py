"""Merkle trees as certificate transparency has them (RFC 6962 §2.1): no leaf can be taken for a node."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left_hash: bytes, right_hash: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return sha256(b"\1" + left_hash + right_hash).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves; over none it is the hash of nothing.

    Pairing level by level and carrying an odd last one up is the same tree as splitting at the largest power of two.
    """
    if not leaves:
        return sha256().digest()
    level = leaves
    while len(level) > 1:
        level = _parent_level(level)
    return level[0]


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of a leaf, from below: with it anyone gets from the leaf to the root."""
    hashes = []
    level = leaves
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            hashes.append(level[sibling])
        level, index = _parent_level(level), index >> 1
    return hashes


def _parent_level(level: Sequence[bytes]) -> list[bytes]:
    hashed = [
        sha256(b"\1" + left_hash + right_hash).digest()
        for left_hash, right_hash in zip(level[::2], level[1::2], strict=False)
    ]
    if len(level) & 1:
        hashed.append(level[-1])
    return hashed
