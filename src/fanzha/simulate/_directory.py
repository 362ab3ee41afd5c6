"""Who gets which number, card, device and name: everything is given out once, in order, so that nothing is shared."""

from fanzha.base.ids import digest
from fanzha.simulate import _numbers as numbers
from fanzha.simulate._draw import Whole


class Directory:
    """Gives out made-up identifiers while a simulation is planned."""

    def __init__(self, mobiles: numbers.MobileRange, seed: int) -> None:
        self._mobiles, self._seed = mobiles, seed
        self._given: dict[str, int] = {}

    def mobiles(self, count: int) -> Whole:
        """Return mobile numbers that nobody had."""
        return self._mobiles.numbers(self._next("mobile", count), count)

    def fixed(self, count: int) -> Whole:
        """Return fixed lines."""
        return numbers.FIXED_BASE + self._row("fixed", count)

    def iot(self, count: int) -> Whole:
        """Return 13-digit numbers of IoT cards."""
        return numbers.IOT_BASE + self._row("iot", count)

    def hotlines(self, count: int) -> Whole:
        """Return 400 numbers."""
        return numbers.HOTLINE_BASE + self._row("400", count)

    def centres(self, count: int) -> Whole:
        """Return numbers of licensed call centres (95199xx), written without a plus."""
        return -(numbers.CENTRE_BASE + self._row("951", count))

    def senders(self, count: int) -> Whole:
        """Return 106 text ports, written without a plus."""
        return -(numbers.SENDER_BASE + self._row("106", count))

    def sim_cards(self, count: int) -> Whole:
        """Return IMSIs."""
        return numbers.sim_cards(self._next("card", count), count)

    def devices(self, count: int, kind: int = 1) -> Whole:
        """Return IMEIs of phones (1), modem pools (2) or meters (3)."""
        return numbers.devices(self._next(f"device {kind}", count), count, kind)

    def names(self, prefix: str, count: int) -> tuple[str, ...]:
        """Return names such as `IGW-SIM-0001`, of trunks, outlets, probes, clerks."""
        first = self._next(prefix, count)
        return tuple(f"{prefix}-SIM-{place:04d}" for place in range(first + 1, first + count + 1))

    def name(self, prefix: str) -> str:
        """Return one such name."""
        return self.names(prefix, 1)[0]

    def people(self, count: int) -> tuple[str, ...]:
        """Return pseudonyms of people who hold cards."""
        first = self._next("person", count)
        return tuple("p" + digest(self._seed, "person", n, size=8) for n in range(first, first + count))

    def hosts(self, count: int, stem: str) -> tuple[str, ...]:
        """Return host names under the reserved top level `.example`."""
        first = self._next(stem, count)
        return tuple(f"{stem}{n:04d}.example" for n in range(first, first + count))

    def _row(self, sort: str, count: int) -> Whole:
        return numbers.row(self._next(sort, count), count)

    def _next(self, sort: str, count: int) -> int:
        first = self._given.get(sort, 0)
        self._given[sort] = first + count
        return first
