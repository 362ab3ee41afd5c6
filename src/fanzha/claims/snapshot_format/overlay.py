"""What deltas changed since their base: few enough to be held whole, asked before the base is."""

from collections.abc import Sequence

import numpy as np

from fanzha.claims.snapshot_format.container import File
from fanzha.claims.snapshot_format.hash_tables import Table, build


class Overlay:
    """Changed subjects with their profile, 0 for those no longer listed; of several deltas the newest counts."""

    def __init__(self, deltas: Sequence[File], starts: Sequence[int]) -> None:
        """Take deltas, the oldest first, and where the profiles of each begin behind those of the base."""
        self.numbers: dict[int, int] = {}
        self.others: dict[tuple[int, int], int] = {}
        for one, start in zip(deltas, starts, strict=True):
            keys, rows = one.words("changed_numbers").T.tolist()
            self.numbers.update(zip(keys, _moved(rows, start), strict=True))
            first, second, rows = one.words("changed_others").T.tolist()
            self.others.update(zip(zip(first, second, strict=True), _moved(rows, start), strict=True))

    def table(self) -> Table:
        """Return the changed numbers as kernels probe them."""
        rows = np.array([*self.numbers.items()], np.uint64).reshape(len(self.numbers), 2)
        return build(rows, b"")


def _moved(rows: list[int], start: int) -> list[int]:
    return [row + start if row else 0 for row in rows]
