"""The figures that a bulletin states, with what it stores of each; the app `statistics` defines and computes them."""

from __future__ import annotations

from typing import NamedTuple

from fanzha.command.statistics.selectors import Figure, FigureDefinition, load_figures

#: Names of the figures of a bulletin, in the order of its tables: wrongful actions come first.
MEASURES = (
    "false_disposal",
    "false_limit",
    "appeals_upheld",
    "reports_per_million",
    "report_true_share",
    "report_settled",
    "report_handling",
    "report_recheck",
    "disposals_in_time",
    "warning_reach",
)
#: The figure whose denominator is the number of reports that were passed on to a company.
RECEIVED = "report_settled"


class StatedFigure(NamedTuple):
    """A figure of one company or of all together, in the unit of its definition.

    `part` and `whole` are its numerator and denominator, None if they are not known; `n` is what its minimum is
    compared with; `value`, `low` and `high` are None if it cannot be computed.
    """

    measure: str
    part: int | None
    whole: int | None
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def definition(self) -> FigureDefinition:
        """Return the definition."""
        return load_figures()[self.measure]

    @property
    def is_enough(self) -> bool:
        """Return whether there are enough observations to compare it."""
        return self.value is not None and self.n >= self.definition.minimum


def state_figure(figure: Figure) -> StatedFigure:
    """Return what a bulletin stores of a figure."""
    part, whole = (None if value is None else int(value) for value in (figure.numerator, figure.denominator))
    low, high = figure.interval or (None, None)
    return StatedFigure(figure.name, part, whole, figure.n, figure.value, low, high)
