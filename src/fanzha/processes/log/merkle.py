"""Merkle trees of certificate transparency (RFC 6962 §2.1): leaf and node hashes have different prefixes."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left_hash: bytes, right_hash: bytes) -> bytes:
    """Return the hash of a node with two children."""
    return sha256(b"\1" + left_hash + right_hash).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree of leaf hashes; the hash of no bytes if there are none.

    Pairing level by level and moving an odd last hash up gives the tree that RFC 6962 defines by splitting.
    """
    if not leaves:
        return sha256().digest()
    level = leaves
    while len(level) > 1:
        level = _parent_level(level)
    return level[0]


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes from a leaf to the root, lowest first."""
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
