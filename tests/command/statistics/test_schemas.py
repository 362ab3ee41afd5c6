"""Schemas of the API say what a figure is, also where it has no value."""

from fanzha.command.statistics.definitions import load_figures
from fanzha.command.statistics.figures import Figure, Lineage
from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_values import FormRow
from fanzha.command.statistics.schemas import KeyFigureOut, form_field_out


def test_a_figure_without_a_value_names_the_numbers_that_are_missing() -> None:
    definition, lineage = (
        load_figures()["reports_per_million"],
        Lineage("reports_per_million", 1, ("A",), "2026-10", 3, 0),
    )
    out = KeyFigureOut.of(Figure(definition, None, 3, None, 3, None, lineage, (("subscribers", "A"),)))
    assert out.value is None and not out.is_enough and out.interval is None
    assert [(one.number, one.organization) for one in out.missing] == [("subscribers", "A")]


def test_a_field_has_both_titles() -> None:
    field = load_forms()["combat"].fields["reports_taken"]
    out = form_field_out(FormRow(field, None, None, "", {}))
    assert (out.field, out.title_zh, out.title_en, out.value) == ("reports_taken", "受理", "Taken", None)
