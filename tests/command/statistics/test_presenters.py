"""How figures are shown: units, decimals, why there is no value."""

import pytest

from fanzha.command.statistics.definitions import FigureUnit, load_figures
from fanzha.command.statistics.figures import Figure, Lineage
from fanzha.command.statistics.presenters import (
    describe_problem,
    figure_facts,
    format_number,
    present_figure,
    present_published,
)
from fanzha.learn.intervals import Interval

LINEAGE = Lineage("reports_per_million", 1, ("ref",), "2026-10", 0, 0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (13.154, FigureUnit.PER_MILLION, "13.15 per million subscribers"), (99.8, FigureUnit.PERCENT, "99.80%"),
        (1234.4, FigureUnit.CNY, "1,234 CNY"), (1234.0, FigureUnit.COUNT, "1,234"),
        (1.25, FigureUnit.HOURS, "1.2 hours"),
        (None, FigureUnit.PERCENT, "–"),
    ],
)  # fmt: skip
def test_a_number_always_has_its_unit(value: float | None, unit: FigureUnit, text: str) -> None:
    assert format_number(value, unit) == text


def test_a_value_below_the_smallest_n_is_not_shown() -> None:
    definition = load_figures()["reports_per_million"]
    few = Figure(definition, 4.3, 29, 6_800_000, 29, Interval(2.8, 6.1), LINEAGE)
    row = present_figure(few, {})
    assert row.value == "–" and row.interval == "" and "not enough: n = 29, at least 30" in row.problem
    enough = present_figure(Figure(definition, 13.1, 89, 6_800_000, 89, Interval(10.5, 16.1), LINEAGE), {})
    assert enough.value.startswith("13.10 per million") and "10.50" in enough.interval and not enough.problem
    assert enough.counts == "89 ÷ 6,800,000"
    missing = Figure(definition, None, 89, None, 89, None, LINEAGE, (("subscribers", "ref"),))
    assert describe_problem(missing) == "needs: Subscribers; enter or import"
    assert describe_problem(Figure(definition, None, 0, 0, 0, None, LINEAGE)) == "no rows in this period"


def test_a_definition_says_formula_unit_interval_and_pair() -> None:
    facts = dict(figure_facts(load_figures()["reports_per_million"]))
    assert facts["Unit"] == "per million subscribers" and facts["Interval"].startswith("exact Poisson")
    assert facts["Shown beside it"] == "Reports handled in time" and facts["Smallest n"] == "30"


def test_what_is_withheld_says_why_and_a_figure_that_is_gone_is_left_out() -> None:
    small = present_published({"name": "report_handling", "withheld": "small", "n": None})
    assert small is not None and "could tell of a person" in small["withheld"] and not small["value"]
    few = present_published({"name": "report_handling", "withheld": "few", "n": None})
    assert few is not None and "not enough" in few["withheld"]
    assert present_published({"name": "colours"}) is None
