"""Which values are whole numbers or texts as they stand: all others are rounded before a window takes them."""

import pyarrow as pa

from fanzha.rules._oracle.facts import Facts
from fanzha.rules.tree import Binary, Call, Field, Node, Number, Text, Unary, Window

_OF_FRACTIONS = ("mean", "share", "surge")


def is_whole(node: Node, facts: Facts) -> bool:
    """Return whether an expression about some facts never has fractions; texts have none."""
    match node:
        case Field():
            return not pa.types.is_floating(facts.sources[node.name].type)
        case Number():
            return node.value.is_integer()
        case Window():
            return node.what not in _OF_FRACTIONS
        case Unary():
            return is_whole(node.operand, facts)
        case Binary():
            return node.operator != "/" and is_whole(node.left, facts) and is_whole(node.right, facts)
    return isinstance(node, Text | Call)
