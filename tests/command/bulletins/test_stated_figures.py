"""A bulletin states key figures of the statistics that it can compare."""

from fanzha.command.bulletins.stated_figures import MEASURES, RECEIVED, StatedFigure
from fanzha.command.statistics.selectors import load_figures


def test_wrongful_actions_come_first_and_every_figure_has_an_interval() -> None:
    assert MEASURES[:2] == ("false_disposal", "false_limit") and RECEIVED in MEASURES
    figures = load_figures()
    assert all(figures[name].is_kpi and figures[name].interval and figures[name].minimum == 30 for name in MEASURES)


def test_a_figure_is_compared_from_its_minimum_on() -> None:
    assert StatedFigure("report_settled", 1, 30, 30, 3.33, 0.6, 16.7).is_enough
    assert not StatedFigure("report_settled", 1, 29, 29, 3.45, 0.6, 17.2).is_enough
    assert not StatedFigure("reports_per_million", 40, None, 40).is_enough
