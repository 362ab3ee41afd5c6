"""Specification of a window, without grammar. Its name is its hash, so that changed thresholds keep the state."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from fanzha.base.ids import digest


class Aggregate(StrEnum):
    """The aggregates (docs/reference/rules.md); mean, share and surge are computed from them."""

    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    GAP = "gap"
    AGE = "age"
    LAST = "last"
    MOST_FREQUENT = "most_frequent"  # of values with the same count the one whose latest fact is the latest
    MODE_COUNT = "mode_count"  # facts that carry the most frequent value


#: Aggregates that are computed from the log for all facts of a stretch at once; single facts cannot ask for them.
MODES = frozenset({Aggregate.MOST_FREQUENT, Aggregate.MODE_COUNT})


@dataclass(frozen=True)
class WindowSpec:
    """One window: facts of `source` whose `gate` is 1, by `keys`, over (now - span, now], as of the evaluating facts.

    A span of two whole days or more is calendar days (China time). Other facts may evaluate the same window with
    other columns (`asking_keys`); `before` excludes the evaluating fact itself.
    """

    what: Aggregate
    source: int  # kind code of the selected facts
    keys: tuple[str, ...]  # columns of the selected facts; one to three
    span: int  # ms
    asking_keys: tuple[str, ...] = ()  # columns of the asking facts; () = the same as keys
    value: str = ""  # column summed, compared, remembered, or whose different values are counted
    gate: str = ""  # column of 0, 1, UNKNOWN; "" = every fact of the source
    before: bool = False
    result: str = ""  # column returned from the most frequent value's latest fact; "" = the value

    @property
    def asking(self) -> tuple[str, ...]:
        """The columns of the asking facts."""
        return self.asking_keys or self.keys

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that it reads, "" where it has none."""
        return (*self.keys, *self.asking, self.value, self.result, self.gate)

    @cached_property
    def name(self) -> str:
        """A hash of the specification."""
        keys = (*self.keys, "", *self.asking, "")
        result = (self.result,) if self.result else ()
        return digest(
            self.what, self.source, *keys, self.value, self.gate, self.span, int(self.before), *result, size=8
        )
