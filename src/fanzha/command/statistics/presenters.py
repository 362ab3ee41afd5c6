"""Show figures, the rows behind them and the decisions to publish them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.processes.selectors import describe_titles, find_instances
from fanzha.command.reports.selectors import find_reports
from fanzha.command.statistics.definitions import (
    UNIT_WORDS,
    FigureDefinition,
    FigureUnit,
    RowSource,
    load_figures,
    write_number,
)
from fanzha.command.statistics.definitions import load_outside_numbers as load_numbers
from fanzha.command.statistics.figures import Figure
from fanzha.command.statistics.row_tables import TABLES, RowTable
from fanzha.command.web.components import ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.templatetags.web import short_code

_DASH = "–"


@dataclass(frozen=True)
class FigureDisplay:
    """A figure as a page shows it; `problem` says why there is no value."""

    name: str
    title: str
    formula: str
    value: str
    interval: str
    counts: str
    problem: str
    target: str
    direction: str
    url: str
    pair: FigureDisplay | None = None


def format_number(value: float | None, unit: FigureUnit) -> str:
    """Return a number with its unit, a dash for None."""
    if value is None:
        return _DASH
    return localize(write_number(value, unit))


def present_figures(figures: Sequence[Figure], query: dict[str, str]) -> list[FigureDisplay]:
    """Return figures, each followed by its pair; `query` selects the rows of the same period and organisations."""
    rows = {figure.name: present_figure(figure, query) for figure in figures}
    return [
        FigureDisplay(**{**vars(row), "pair": rows.get(figure.pair)})
        for figure, row in zip(figures, rows.values(), strict=True)
    ]


def present_figure(figure: Figure, query: dict[str, str]) -> FigureDisplay:
    """Return one figure as a page shows it."""
    definition = figure.definition
    value = format_number(figure.value, figure.unit) if figure.is_enough else _DASH
    return FigureDisplay(
        name=figure.name,
        title=localize(definition.title),
        formula=localize(definition.formula),
        value=value,
        interval=_interval(figure) if figure.is_enough else "",
        counts=_counts(figure),
        problem="" if figure.is_enough else describe_problem(figure),
        target=localize(definition.target),
        direction={"up": _("higher is better"), "down": _("lower is better")}.get(definition.direction, ""),
        url=f"{reverse('statistics_figure', args=[figure.name])}?{urlencode(query)}",
    )


def describe_problem(figure: Figure) -> str:
    """Return why a figure shows no value."""
    if not figure.lineage.organizations:
        return _("does not apply: none of these organisations has such numbers")
    if figure.missing and figure.lineage.is_week:
        return _("its numbers are entered by month: choose a month, quarter or year")
    if figure.missing:
        names = dict.fromkeys(localize(load_numbers()[name].title) for name, _ref in figure.missing)
        return _("needs: %(names)s; enter or import") % {"names": _("; ").join(names)}
    if figure.value is None:
        return _("no rows in this period")
    return _("not enough: n = %(n)s, at least %(minimum)s") % {
        "n": f"{figure.n:,}", "minimum": figure.definition.minimum,
    }  # fmt: skip


def _interval(figure: Figure) -> str:
    if figure.interval is None:
        return ""
    low, high = (format_number(bound, figure.unit) for bound in figure.interval)
    return _("95%% interval %(low)s to %(high)s") % {"low": low, "high": high}


def _counts(figure: Figure) -> str:
    if figure.numerator is None or figure.definition.denominator is None:
        return f"n = {figure.n:,}"
    whole = _DASH if figure.denominator is None else f"{figure.denominator:,.0f}"
    return f"{figure.numerator:,.0f} ÷ {whole}"


def figure_facts(definition: FigureDefinition) -> list[tuple[str, str]]:
    """Return the facts of a definition for the page of the figure."""
    pair = load_figures().get(definition.pair)
    intervals = {"wilson": "Wilson", "poisson": _("exact Poisson (Garwood)")}
    facts = [
        (_("Formula"), localize(definition.formula)),
        (_("Unit"), localize(UNIT_WORDS[definition.unit]) or _("count")),
        (_("Interval"), intervals.get(definition.interval, _DASH)),
        (_("Shown beside it"), localize(pair.title) if pair else _DASH),
        (_("Target"), localize(definition.target) or _DASH),
        (_("Smallest n"), str(definition.minimum)),
        (_("Version of the definition"), str(definition.version)),
    ]
    return facts


def present_rows(source: RowSource, rows: Sequence[Any]) -> list[ListRow]:
    """Return raw rows as a list; what the viewer may not read is counted, but neither named nor linked."""
    table = TABLES[source.table]
    if table.name == "reports":
        return _report_rows(rows)
    if not table.process:
        return [_plain_row(table, source, row) for row in rows]
    keys = {row.pk if table.process == "pk" else row.instance_id for row in rows}
    readable = {
        instance.pk: instance for instance in find_instances().filter(pk__in=keys).select_related("version", "owner")
    }
    titles = describe_titles(list(readable.values()))
    shown = []
    for row in rows:
        instance = readable.get(row.pk if table.process == "pk" else row.instance_id)
        at = getattr(row, table.lookup(source.at))
        if instance is None:
            shown.append(ListRow(_("A process that is not shown to you"), "", at=at))
            continue
        shown.append(
            ListRow(
                title=localize(titles[instance.pk]),
                href=reverse("process", args=[instance.ref]),
                summary=_describe(table, row, instance.version.process),
                aside=short_code(instance.ref),
                at=at,
                meta=(str(instance.owner),),
            )
        )
    return shown


def _describe(table: RowTable, row: Any, process: Any) -> str:
    if table.name == "steps":
        machine = process.machine_for(row.event)
        return localize(machine.events[row.event].title) if machine else row.event
    if table.name == "targets":
        return _("target %(number)s, %(state)s") % {"number": row.place + 1, "state": _target_state(row.state)}
    if table.name == "notices":
        return _("delivered") if row.delivered_at else _("not delivered")
    machine = process.legs if table.name == "legs" else process
    states = machine.states if machine else {}
    return localize(states[row.state].title) if row.state in states else ""


def _target_state(state: str) -> str:
    words = {
        "approved": Words("已批准", "approved"), "appealed": Words("申诉中", "under appeal"),
        "restored": Words("已恢复", "restored"), "ended": Words("已到期", "ended"),
    }  # fmt: skip
    return localize(words.get(state, Words("未批准", "not approved")))


def _report_rows(rows: Sequence[Any]) -> list[ListRow]:
    readable = set(find_reports().filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    hidden, shown = _("A report that is not shown to you"), []
    for row in rows:
        title = _("Public report %(code)s") % {"code": short_code(row.ref)}
        is_readable = row.pk in readable
        href = reverse("report", args=[row.ref]) if is_readable else ""
        shown.append(ListRow(title if is_readable else hidden, href, at=row.received_at))
    return shown


def _plain_row(table: RowTable, source: RowSource, row: Any) -> ListRow:
    return ListRow(localize(table.title), "", aside=str(row.pk), at=getattr(row, table.lookup(source.at)))


def present_published(numbers: dict[str, Any]) -> dict[str, str] | None:
    """Return one published figure in the reader's language; None if its definition is gone."""
    definition = load_figures().get(numbers["name"])
    if definition is None:
        return None
    words = {
        "title": localize(definition.title), "formula": localize(definition.formula),
        "target": localize(definition.target), "value": "", "interval": "", "n": "", "withheld": "",
    }  # fmt: skip
    if "withheld" in numbers:
        few, small = _("not enough cases to show it"), _("withheld: so few cases could tell of a person")
        return {**words, "withheld": small if numbers["withheld"] == "small" else few}
    low, high = (format_number(numbers[name], definition.unit) for name in ("low", "high"))
    interval = "" if numbers["low"] is None else _("95%% interval %(low)s to %(high)s") % {"low": low, "high": high}
    return {
        **words, "value": format_number(numbers["value"], definition.unit), "interval": interval,
        "n": f"{numbers['n']:,}",
    }  # fmt: skip


def outside_titles(names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return name, title and explanation of numbers from outside."""
    return [(name, localize(load_numbers()[name].title), localize(load_numbers()[name].about)) for name in names]
