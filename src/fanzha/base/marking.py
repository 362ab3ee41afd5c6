"""Sharing limits of findings: the Traffic Light Protocol 2.0 (FIRST, 2022)."""

from enum import StrEnum


class Marking(StrEnum):
    """TLP 2.0 labels, from the most to the least restrictive."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER"
    GREEN = "TLP:GREEN"
    CLEAR = "TLP:CLEAR"


#: Rank of each label, 0 for the most restrictive: the label of a combination is that of its most restrictive part.
STRICTNESS = {marking.value: rank for rank, marking in enumerate(Marking)}
