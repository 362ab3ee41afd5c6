"""Ordered facts as columns of integers: the input of every window."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: The integer for "unknown" in every column.
UNKNOWN = int(np.iinfo(np.int64).min)

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000  # a calendar day is a day in China
MOST_EXACT_MS = DAY_MS  # longer spans are calendar days


@dataclass(frozen=True)
class FactBatch:
    """A stretch of n facts of the sequence, in order; stretches follow each other without overlap.

    `kinds` are codes defined by the caller, `moments` UTC ms, never decreasing; `first` is the position of the
    first fact in the sequence. Columns are by name, each of n whole numbers: numbers, durations, moments as they are;
    text as codes (fanzha.windows.codes); truth as 0 or 1; `UNKNOWN` where a fact has no such field or it is not known.
    """

    kinds: NDArray[np.int16]
    moments: NDArray[np.int64]
    columns: Mapping[str, NDArray[np.int64]]
    first: int = 0

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.moments)
