"""Counters, gauges and histograms that update in nanoseconds and render the Prometheus text format 0.0.4."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import ClassVar, Generic, TypeVar

from fanzha.base.words import Words

#: Maximum series of one family; bounds memory where a client controls a label's value.
MAX_SERIES = 1_000
OTHER = "other"

#: Bucket bounds in nanoseconds; 20 ms is the promised p99.9, 50 ms the limit of an answer.
BOUNDS_NS = (
    *(10_000, 25_000, 50_000, 100_000, 250_000, 500_000),
    *(1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000, 100_000_000, 1_000_000_000),
)
#: Bucket bounds of waits in nanoseconds; proxies wait 700 ms, and the oldest calls of an overload some seconds.
WAIT_BOUNDS_NS = (
    *(100_000, 1_000_000, 5_000_000, 20_000_000, 50_000_000, 100_000_000, 250_000_000, 600_000_000),
    *(1_000_000_000, 5_000_000_000),
)
_SECOND_NS = 1_000_000_000


class CounterSeries:
    """One number; callers keep the object and write `series.value += 1`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Begin at zero."""
        self.value: float = 0


class CallbackSeries(CounterSeries):
    """A number that a function returns at scrape time."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], float]) -> None:
        """`read` returns the number."""
        self._read = read

    @property
    def value(self) -> float:  # type: ignore[override]
        """Return the current number."""
        return self._read()


class DurationSeries:
    """Durations counted in fixed buckets."""

    __slots__ = ("bounds", "counts", "total_ns")

    def __init__(self, bounds: tuple[int, ...] = BOUNDS_NS) -> None:
        """Begin with empty buckets; `bounds` are their upper ends in nanoseconds."""
        self.bounds, self.counts = bounds, [0] * (len(bounds) + 1)
        self.total_ns = 0

    def add(self, nanoseconds: int) -> None:
        """Count one duration."""
        self.counts[bisect_left(self.bounds, nanoseconds)] += 1
        self.total_ns += nanoseconds


C = TypeVar("C", CounterSeries, DurationSeries)


class MetricFamily(Generic[C]):
    """All series of one name.

    `labels` maps each label to its possible values, or to () for an open label. Open labels keep the first MAX_SERIES -
    1 values apart; later values become `other`.
    """

    metric_type: ClassVar[str]
    _child: type[C]

    def __init__(self, name: str, tells: Words, labels: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Create every series with fixed label values, so that they render as zero."""
        self.name, self.tells, self.labels = name, tells, dict(labels or {})
        self.series: dict[tuple[str, ...], C] = {}
        for values in product(*self.labels.values()):
            self.series_for(*values)

    def series_for(self, *values: str) -> C:
        """Return the series of label values in label order; raise ValueError for impossible values."""
        series = self.series.get(values)
        return self._add_series(values) if series is None else series

    def _add_series(self, values: tuple[str, ...]) -> C:
        allowed = self.labels.values()
        fits = len(values) == len(allowed)
        if not fits or any(choices and value not in choices for value, choices in zip(values, allowed, strict=True)):
            raise ValueError(f"{self.name} has no series {values}: its labels are {self.labels}")
        if len(self.series) >= MAX_SERIES - 1:
            values = tuple(value if choices else OTHER for value, choices in zip(values, allowed, strict=True))
        return self.series.setdefault(values, self._new_series())

    def _new_series(self) -> C:
        return self._child()

    def lines(self) -> Iterator[str]:
        """Yield the lines of the Prometheus text format."""
        yield f"# HELP {self.name} {_escape(self.tells.en)} {_escape(self.tells.zh)}"
        yield f"# TYPE {self.name} {self.metric_type}"
        for values, series in list(self.series.items()):
            labels = [f'{label}="{_quote(value)}"' for label, value in zip(self.labels, values, strict=True)]
            yield from self._sample_lines(series, labels)

    def _sample_lines(self, series: C, labels: list[str]) -> Iterator[str]:
        assert isinstance(series, CounterSeries)
        yield f"{self.name}{_braces(labels)} {_format_number(series.value)}"


class Counter(MetricFamily[CounterSeries]):
    """A number that only grows."""

    metric_type = "counter"
    _child = CounterSeries

    def set_function(self, function: Callable[[], float], *values: str) -> None:
        """Read the number of a series from a function at scrape time."""
        self.series_for(*values)
        self.series[values] = CallbackSeries(function)


class Gauge(Counter):
    """A number that rises and falls."""

    metric_type = "gauge"


class Histogram(MetricFamily[DurationSeries]):
    """Durations in seconds."""

    metric_type = "histogram"
    _child = DurationSeries

    def __init__(
        self,
        name: str,
        tells: Words,
        labels: Mapping[str, tuple[str, ...]] | None = None,
        bounds: tuple[int, ...] = BOUNDS_NS,
    ) -> None:
        """`bounds` are the upper ends of the buckets in nanoseconds."""
        self.bounds = bounds
        super().__init__(name, tells, labels)

    def _new_series(self) -> DurationSeries:
        return DurationSeries(self.bounds)

    def _sample_lines(self, series: DurationSeries, labels: list[str]) -> Iterator[str]:
        below = 0
        for bound, count in zip((*self.bounds, None), series.counts, strict=True):
            below += count
            end = '"+Inf"' if bound is None else f'"{bound / _SECOND_NS}"'
            yield f"{self.name}_bucket{_braces([*labels, f'le={end}'])} {below}"
        yield f"{self.name}_sum{_braces(labels)} {_format_number(series.total_ns / _SECOND_NS)}"
        yield f"{self.name}_count{_braces(labels)} {below}"


def _braces(labels: list[str]) -> str:
    return "{" + ",".join(labels) + "}" if labels else ""


def _format_number(value: float) -> str:
    text = repr(+value)  # converts bool to int
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(text, text)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quote(text: str) -> str:
    return _escape(text).replace('"', '\\"')
