"""The window kernel: exact aggregates by key over the sequence of facts, independent of the rule grammar."""

from fanzha.windows.facts import CHINA_MS, DAY_MS, MOST_EXACT_MS, UNKNOWN, FactBatch
from fanzha.windows.spec import Aggregate, WindowSpec

__all__ = ["CHINA_MS", "DAY_MS", "MOST_EXACT_MS", "UNKNOWN", "FactBatch", "Aggregate", "WindowSpec"]
