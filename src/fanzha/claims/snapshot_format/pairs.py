"""Tables of two or three words probed by one key at a time, in Python alone: a kernel's call would cost as much."""

from fanzha.claims.snapshot_format.container import File

_LOW = (1 << 32) - 1


class Pairs:
    """One table of a file: key, value; or key, second half of the key, value."""

    def __init__(self, file: File, name: str) -> None:
        """Take the table as it lies in memory."""
        one = file.section(name)
        self._words = memoryview(file.packed(name)).cast("Q")
        self._multiplier, self._places, self.used = one.multiplier, one.places, one.used

    def value(self, key: int) -> int | None:
        """Return the value of a key in a table of two words."""
        words, at = self._words, (key * self._multiplier >> 32 & _LOW) * self._places >> 32 << 1
        while word := words[at]:
            if word == key:
                return words[at + 1]
            at += 2
        return None

    def value_of_two(self, key: int, second: int) -> int | None:
        """Return the value of a key in a table of three words."""
        words, at = self._words, ((key * self._multiplier >> 32 & _LOW) * self._places >> 32) * 3
        while word := words[at]:
            if word == key and words[at + 1] == second:
                return words[at + 2]
            at += 3
        return None
