"""Allocate numbers, cards, devices and names in sequence, each of them once."""

from fanzha.base.ids import digest
from fanzha.simulate import _numbers as numbers
from fanzha.simulate._random import IntArray


class Directory:
    """Allocates fictitious identifiers while a simulation is planned."""

    def __init__(self, mobiles: numbers.MobileRange, seed: int) -> None:
        self._mobiles, self._seed = mobiles, seed
        self._next_index: dict[str, int] = {}

    def mobiles(self, count: int) -> IntArray:
        """Allocate mobile numbers."""
        return self._mobiles.numbers(self._reserve("mobile", count), count)

    def fixed(self, count: int) -> IntArray:
        """Allocate fixed-line numbers."""
        return numbers.FIXED_BASE + self._reserve_range("fixed", count)

    def iot(self, count: int) -> IntArray:
        """Allocate 13-digit numbers of IoT cards."""
        return numbers.IOT_BASE + self._reserve_range("iot", count)

    def hotlines(self, count: int) -> IntArray:
        """Allocate 400 numbers."""
        return numbers.HOTLINE_BASE + self._reserve_range("400", count)

    def centres(self, count: int) -> IntArray:
        """Allocate numbers of licensed call centres (95199xx), negative because they are written without a plus."""
        return -(numbers.CENTRE_BASE + self._reserve_range("951", count))

    def senders(self, count: int) -> IntArray:
        """Allocate 106 sender numbers of texts, negative because they are written without a plus."""
        return -(numbers.SENDER_BASE + self._reserve_range("106", count))

    def sim_cards(self, count: int) -> IntArray:
        """Allocate IMSIs."""
        return numbers.build_imsis(self._reserve("card", count), count)

    def devices(self, count: int, kind: int = 1) -> IntArray:
        """Allocate IMEIs. `kind` is 1 for phones, 2 for modem pools and 3 for meters."""
        return numbers.build_imeis(self._reserve(f"device {kind}", count), count, kind)

    def names(self, prefix: str, count: int) -> tuple[str, ...]:
        """Allocate names of trunks, outlets or routes, such as `IGW-SIM-0001`."""
        first = self._reserve(prefix, count)
        return tuple(f"{prefix}-SIM-{index:04d}" for index in range(first + 1, first + count + 1))

    def name(self, prefix: str) -> str:
        """Allocate one name, see `names`."""
        return self.names(prefix, 1)[0]

    def people(self, count: int) -> tuple[str, ...]:
        """Allocate pseudonyms of card holders."""
        first = self._reserve("person", count)
        return tuple("p" + digest(self._seed, "person", n, size=8) for n in range(first, first + count))

    def hosts(self, count: int, stem: str) -> tuple[str, ...]:
        """Allocate host names under the reserved top-level domain `.example` (RFC 2606)."""
        first = self._reserve(stem, count)
        return tuple(f"{stem}{n:04d}.example" for n in range(first, first + count))

    def _reserve_range(self, category: str, count: int) -> IntArray:
        return numbers.build_range(self._reserve(category, count), count)

    def _reserve(self, category: str, count: int) -> int:
        first = self._next_index.get(category, 0)
        self._next_index[category] = first + count
        return first
