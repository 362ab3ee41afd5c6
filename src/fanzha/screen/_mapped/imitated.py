"""Numbers that others like to show, an authority's, a bank's: found in whatever way a caller writes them."""

from collections.abc import Collection

from fanzha.kinds.numbering.number_reader import read_number

_SHORTEST_END = 5  # digits; shorter ones end many a number by chance


class Imitated:
    """Protected numbers by their canonical form, and by their digits at the end of a longer number."""

    def __init__(self, numbers: Collection[str]) -> None:
        """Read each number once, as it is dialled at home."""
        self._whole = frozenset(read_number(number).canonical or number for number in numbers)
        self._ends = frozenset(number for number in numbers if len(number) >= _SHORTEST_END)
        self._lengths = sorted({len(number) for number in self._ends})

    def whole(self, canonical: str) -> bool:
        """Say whether a number, as it was read, is a protected one."""
        return canonical in self._whole

    def at_the_end(self, digits: str) -> bool:
        """Say whether a longer number ends with a protected one."""
        return any(digits[-length:] in self._ends for length in self._lengths if length < len(digits))
