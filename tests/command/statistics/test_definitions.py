"""Definitions of figures: well-formed, about steps, states and deadlines that the processes have."""

from typing import Any

import pytest

from fanzha.command.processes.process_settings import load_processes
from fanzha.command.statistics.definitions import (
    SCALES,
    DefinitionError,
    FigureDefinition,
    FigureMeasure,
    FigureUnit,
    OutsideSource,
    Related,
    RowSource,
    list_key_figures,
    load_figures,
    load_outside_numbers,
    parse_figure,
)

PLAIN: dict[str, Any] = {
    "version": 1, "title": ["测试", "Test"], "formula": ["甲", "A"], "unit": "percent",
    "measure": "share", "sql": "SELECT 1, 2",
    "denominator": {"rows": "legs", "by": "receiver", "at": "opened_at", "where": {"process": "order"}},
    "numerator": {"where": {"state": "verified"}},
}  # fmt: skip


def _row_sources(figure: FigureDefinition) -> list[RowSource]:
    return [source for source in (figure.numerator, figure.denominator) if isinstance(source, RowSource)]


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def test_the_share_of_wrongful_actions_is_the_first_key_figure() -> None:
    assert list_key_figures()[0].name == "false_disposal"


@pytest.mark.parametrize("figure", load_figures().values(), ids=lambda figure: figure.name)
def test_a_figure_has_a_pair_and_a_unit_that_fits(figure: FigureDefinition) -> None:
    if figure.is_kpi:
        assert figure.pair and figure.pair != figure.name
    assert (figure.unit in SCALES) == (figure.measure in (FigureMeasure.SHARE, FigureMeasure.RATIO))
    assert set(figure.outside_numbers) <= set(load_outside_numbers())


def test_a_rate_per_million_says_of_what() -> None:
    denominators = {FigureUnit.PER_MILLION: "subscribers", FigureUnit.PER_MILLION_TEXTS: "messages_sent"}
    for figure in load_figures().values():
        if (number := denominators.get(figure.unit)) is not None:
            assert figure.denominator == OutsideSource(number), figure.name


@pytest.mark.parametrize("figure", load_figures().values(), ids=lambda figure: figure.name)
def test_a_figure_names_what_the_processes_have(figure: FigureDefinition) -> None:
    processes = load_processes()
    for source in _row_sources(figure):
        names = _as_list(source.where.get("process", [])) or (["order"] if source.table == "targets" else [])
        machines = [m for name in names for m in (processes[name], processes[name].legs) if m is not None]
        events = {event for machine in machines for event in machine.events}
        deadlines = {deadline for machine in machines for deadline in machine.deadlines}
        states = {state for machine in machines for state in machine.states}
        related = [*source.has, *source.lacks, *([source.until] if isinstance(source.until, Related) else [])]
        assert set(_as_list(source.where.get("event"))) <= events
        assert {n for one in related if one.table == "steps" for n in one.names} <= events
        assert {n for one in related if one.table == "timers" for n in one.names} <= deadlines
        if source.table in ("processes", "legs"):
            assert set(_as_list(source.where.get("state"))) <= states


def test_wrongful_limits_are_of_every_limit_that_a_process_sets_but_orders() -> None:
    where = load_figures()["false_limit"].denominator.where  # type: ignore[union-attr]
    limiting = {
        (process.name, name, event.to)
        for process in load_processes().values()
        if process.data == "owned" and process.name != "order"
        for name, event in process.events.items()
        if event.to and process.states[event.to].limiting and not any(process.states[s].limiting for s in event.sources)
    }
    counted = {
        (process.name, name, event.to)
        for process in load_processes().values()
        if process.name in where["process"]
        for name, event in process.events.items()
        if name in where["event"] and event.to in where["after"] and set(event.sources) & set(where["before"])
    }
    assert counted == limiting
    assert all(f"'{process}.{event}'" in load_figures()["false_limit"].sql for process, event, _state in limiting)


def test_a_numerator_narrows_the_rows_of_its_share() -> None:
    figure = parse_figure("test", PLAIN, "test.yaml")
    assert isinstance(figure.numerator, RowSource)
    assert figure.numerator.where == {"process": "order", "state": "verified"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": "per_billion"}, "unit is none of"),
        ({"title": ["测试"]}, "title is no pair"),
        ({"colour": "red"}, "unknown keys colour"),
        ({"sql": None}, "sql is missing"),
        ({"denominator": {"rows": "legs"}}, "names no rows, by and at"),
        ({"denominator": {"rows": "legs", "by": "receiver", "at": "opened_at", "colour": 1}}, "unknown keys colour"),
        ({"measure": "ratio", "denominator": None}, "needs a denominator"),
    ],
)
def test_a_malformed_definition_is_refused_with_its_name(change: dict[str, Any], words: str) -> None:
    raw = {key: value for key, value in {**PLAIN, **change}.items() if value is not None or key == "sql"}
    if "denominator" not in raw:
        raw["numerator"] = PLAIN["denominator"]
    with pytest.raises(DefinitionError, match=words) as refused:
        parse_figure("test", raw, "test.yaml")
    assert "test.yaml, test" in str(refused.value)
