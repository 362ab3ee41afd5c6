"""Who gets which number, card, device and name: everything is given out once, in order, so that nothing is shared."""

from fanzha.base.ids import digest
from fanzha.simulate import _numbers as numbers
from fanzha.simulate._random import IntArray


class Directory:
    """Gives out made-up identifiers while a simulation is planned."""

    def __init__(self, mobiles: numbers.MobileRange, seed: int) -> None:
        self._mobiles, self._seed = mobiles, seed
        self._next_index: dict[str, int] = {}

    def mobiles(self, count: int) -> IntArray:
        """Return mobile numbers that nobody had."""
        return self._mobiles.numbers(self._reserve("mobile", count), count)

    def fixed(self, count: int) -> IntArray:
        """Return fixed lines."""
        return numbers.FIXED_BASE + self._reserve_range("fixed", count)

    def iot(self, count: int) -> IntArray:
        """Return 13-digit numbers of IoT cards."""
        return numbers.IOT_BASE + self._reserve_range("iot", count)

    def hotlines(self, count: int) -> IntArray:
        """Return 400 numbers."""
        return numbers.HOTLINE_BASE + self._reserve_range("400", count)

    def centres(self, count: int) -> IntArray:
        """Return numbers of licensed call centres (95199xx), written without a plus."""
        return -(numbers.CENTRE_BASE + self._reserve_range("951", count))

    def senders(self, count: int) -> IntArray:
        """Return 106 text ports, written without a plus."""
        return -(numbers.SENDER_BASE + self._reserve_range("106", count))

    def sim_cards(self, count: int) -> IntArray:
        """Return IMSIs."""
        return numbers.build_imsis(self._reserve("card", count), count)

    def devices(self, count: int, kind: int = 1) -> IntArray:
        """Return IMEIs of phones (1), modem pools (2) or meters (3)."""
        return numbers.build_imeis(self._reserve(f"device {kind}", count), count, kind)

    def names(self, prefix: str, count: int) -> tuple[str, ...]:
        """Return names such as `IGW-SIM-0001`, of trunks, outlets, probes, clerks."""
        first = self._reserve(prefix, count)
        return tuple(f"{prefix}-SIM-{index:04d}" for index in range(first + 1, first + count + 1))

    def name(self, prefix: str) -> str:
        """Return one such name."""
        return self.names(prefix, 1)[0]

    def people(self, count: int) -> tuple[str, ...]:
        """Return pseudonyms of people who hold cards."""
        first = self._reserve("person", count)
        return tuple("p" + digest(self._seed, "person", n, size=8) for n in range(first, first + count))

    def hosts(self, count: int, stem: str) -> tuple[str, ...]:
        """Return host names under the reserved top level `.example`."""
        first = self._reserve(stem, count)
        return tuple(f"{stem}{n:04d}.example" for n in range(first, first + count))

    def _reserve_range(self, category: str, count: int) -> IntArray:
        return numbers.consecutive(self._reserve(category, count), count)

    def _reserve(self, category: str, count: int) -> int:
        first = self._next_index.get(category, 0)
        self._next_index[category] = first + count
        return first
