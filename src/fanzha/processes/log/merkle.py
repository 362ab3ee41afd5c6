"""Merkle trees as certificate transparency has them (RFC 6962 §2.1): no leaf can be taken for a node."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves; over none it is the hash of nothing.

    Pairing level by level and carrying an odd last one up is the same tree as splitting at the largest power of two.
    """
    if not leaves:
        return sha256().digest()
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return the audit path of a leaf, from below: with it anyone gets from the leaf to the root."""
    found = []
    level = leaves
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            found.append(level[beside])
        level, place = _above(level), place >> 1
    return found


def _above(level: Sequence[bytes]) -> list[bytes]:
    hashed = [sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) & 1:
        hashed.append(level[-1])
    return hashed
