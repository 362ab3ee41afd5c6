"""How large an expression is with its lets written out: measured before that is done, without recursion."""

from collections.abc import Mapping
from typing import NamedTuple

from fanzha.rules.tree import Expression, Name, children


class Extent(NamedTuple):
    """Nodes in all, and nodes below each other."""

    nodes: int
    depth: int


def extent(node: Expression, lets: Mapping[str, Extent]) -> Extent:
    """Measure an expression; a let counts as what it stands for."""
    nodes = deepest = 0
    waiting = [(node, 1)]
    while waiting:
        part, depth = waiting.pop()
        inside = lets.get(part.name, Extent(1, 1)) if isinstance(part, Name) else Extent(1, 1)
        nodes += inside.nodes
        deepest = max(deepest, depth + inside.depth - 1)
        waiting += [(child, depth + 1) for child in children(part)]
    return Extent(nodes, deepest)
