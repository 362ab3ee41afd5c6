"""How a screen counts: numbers that a call adds to in nanoseconds, written as Prometheus reads them (text 0.0.4)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import ClassVar, Generic, TypeVar

from fanzha.base.words import Words

#: Series of one family. Whoever could choose a label's value would else choose how much memory it takes.
MOST_SERIES = 1_000
OTHER = "other"

#: Upper ends of the buckets in nanoseconds; 20 ms and 50 ms are what is promised (p99.9) and the limit of an answer.
BOUNDS_NS = (
    *(10_000, 25_000, 50_000, 100_000, 250_000, 500_000),
    *(1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000, 100_000_000, 1_000_000_000),
)
_SECOND_NS = 1_000_000_000


class Count:
    """One number; whoever counts keeps it and writes `count.value += 1`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Begin at zero."""
        self.value: float = 0


class Reading(Count):
    """A number that is asked for when it is read."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], float]) -> None:
        """Take what tells the number."""
        self._read = read

    @property
    def value(self) -> float:  # type: ignore[override]
        """Return the present number."""
        return self._read()


class Spread:
    """Durations in buckets that never change."""

    __slots__ = ("counts", "total_ns")

    def __init__(self) -> None:
        """Begin with empty buckets."""
        self.counts = [0] * (len(BOUNDS_NS) + 1)
        self.total_ns = 0

    def add(self, nanoseconds: int) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS_NS, nanoseconds)] += 1
        self.total_ns += nanoseconds


C = TypeVar("C", Count, Spread)


class Family(Generic[C]):
    """All series of one name. `labels` maps each label to all the values it can have, or to () where they are open:
    of those the first MOST_SERIES - 1 are told apart, and whatever comes then is `other`."""

    sort: ClassVar[str]
    _child: type[C]

    def __init__(self, name: str, tells: Words, labels: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Make every series whose labels are known: one that stands at zero can be told from one that is missing."""
        self.name, self.tells, self.labels = name, tells, dict(labels or {})
        self.series: dict[tuple[str, ...], C] = {}
        for values in product(*self.labels.values()):
            self.of(*values)

    def of(self, *values: str) -> C:
        """Return the series of these label values, in the order of the labels; ValueError when it can have none."""
        found = self.series.get(values)
        return self._new(values) if found is None else found

    def _new(self, values: tuple[str, ...]) -> C:
        known = self.labels.values()
        fits = len(values) == len(known)
        if not fits or any(all_ and value not in all_ for value, all_ in zip(values, known, strict=True)):
            raise ValueError(f"{self.name} has no series {values}: its labels are {self.labels}")
        if len(self.series) >= MOST_SERIES - 1:
            values = tuple(value if all_ else OTHER for value, all_ in zip(values, known, strict=True))
        return self.series.setdefault(values, self._child())

    def lines(self) -> Iterator[str]:
        """Yield the family as Prometheus reads it."""
        yield f"# HELP {self.name} {_escaped(self.tells.en)} {_escaped(self.tells.zh)}"
        yield f"# TYPE {self.name} {self.sort}"
        for values, one in list(self.series.items()):
            named = [f'{label}="{_quoted(value)}"' for label, value in zip(self.labels, values, strict=True)]
            yield from self._of_one(one, named)

    def _of_one(self, one: C, named: list[str]) -> Iterator[str]:
        assert isinstance(one, Count)
        yield f"{self.name}{_braced(named)} {_number(one.value)}"


class Counter(Family[Count]):
    """Only ever grows."""

    sort = "counter"
    _child = Count

    def read(self, function: Callable[[], float], *values: str) -> None:
        """Ask a function for the number whenever it is read."""
        self.of(*values)
        self.series[values] = Reading(function)


class Gauge(Counter):
    """Goes up and down."""

    sort = "gauge"


class Histogram(Family[Spread]):
    """Durations in seconds."""

    sort = "histogram"
    _child = Spread

    def _of_one(self, one: Spread, named: list[str]) -> Iterator[str]:
        below = 0
        for bound, count in zip((*BOUNDS_NS, None), one.counts, strict=True):
            below += count
            end = '"+Inf"' if bound is None else f'"{bound / _SECOND_NS}"'
            yield f"{self.name}_bucket{_braced([*named, f'le={end}'])} {below}"
        yield f"{self.name}_sum{_braced(named)} {_number(one.total_ns / _SECOND_NS)}"
        yield f"{self.name}_count{_braced(named)} {below}"


def _braced(named: list[str]) -> str:
    return "{" + ",".join(named) + "}" if named else ""


def _number(value: float) -> str:
    text = repr(+value)  # of a truth value too
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(text, text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
