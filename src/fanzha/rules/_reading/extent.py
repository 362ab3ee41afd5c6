"""The size of an expression with its lets expanded, computed before expansion and without recursion."""

from collections.abc import Mapping
from typing import NamedTuple

from fanzha.rules.tree import Expression, Name, children


class Extent(NamedTuple):
    """Number of nodes, and depth."""

    nodes: int
    depth: int


def extent(node: Expression, lets: Mapping[str, Extent]) -> Extent:
    """Return the size and depth of an expression; a let counts with its own."""
    nodes = deepest = 0
    waiting = [(node, 1)]
    while waiting:
        part, depth = waiting.pop()
        inside = lets.get(part.name, Extent(1, 1)) if isinstance(part, Name) else Extent(1, 1)
        nodes += inside.nodes
        deepest = max(deepest, depth + inside.depth - 1)
        waiting += [(child, depth + 1) for child in children(part)]
    return Extent(nodes, deepest)
