"""The window kernel: exact aggregates by key over the one sequence of facts; it knows no grammar."""

from fanzha.windows.facts import CHINA_MS, DAY_MS, MOST_EXACT_MS, UNKNOWN, FactBatch
from fanzha.windows.spec import Aggregate, WindowSpec

__all__ = ["CHINA_MS", "DAY_MS", "MOST_EXACT_MS", "UNKNOWN", "FactBatch", "Aggregate", "WindowSpec"]
