"""Write the report of a backtest: hits per hour and budget, compared versions, first hits with reasons."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fanzha.analyze.backtest import presenter
from fanzha.analyze.backtest.result import BacktestResult, HitView, HourlyHits, VersionComparison, VersionResult
from fanzha.analyze.journal import write_atomically
from fanzha.analyze.report.charts import Bar, bar_chart
from fanzha.analyze.report.charts import column_chart as upright
from fanzha.analyze.report.page import load_template
from fanzha.analyze.report.titles import kind_words
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.governor import HOUR_MS

MAX_COLUMNS = 168
CHART_WIDTH = 1040  # px, the full page


def write_backtest_report(result: BacktestResult, target: Path, *, unmasked: bool = False) -> None:
    """Write the report of a result, whose subjects may be masked."""
    page = load_template("backtest.html.j2").render(
        input=result.input,
        names=result.input.names(),
        notices=result.notices,
        exposure=presenter.exposure_line(result),
        columns=presenter.column_titles(judged=any(version_result.judged for version_result in result.versions)),
        rules=[
            _rule(version_result, [hit for hit in result.shown if hit.label == version_result.label])
            for version_result in result.versions
        ],
        comparisons=[_comparison(comparison) for comparison in result.comparisons],
        unmasked=unmasked,
        iso=iso,
    )
    write_atomically(target, page.encode())


def _rule(version_result: VersionResult, hits: Sequence[HitView]) -> dict[str, Any]:
    metrics = version_result.judged
    title, svg = _hours_chart(version_result)
    return {
        "label": version_result.label,
        "title": Words(version_result.title_zh, version_result.title_en),
        "file": version_result.file,
        "cells": presenter.table_cells(version_result),
        "lines": presenter.explanation_lines(version_result),
        "hours": version_result.hours,
        "hours_title": title,
        "svg": svg,
        "overruns": [overrun.words() for overrun in version_result.overruns],
        "scenarios": [
            {
                "name": scenario.scenario or "–",
                "role": presenter.ROLE_WORDS[scenario.role],
                "counts": f"{scenario.hit.part:,} / {scenario.hit.whole:,}",
                "share": presenter.format_proportion(scenario.hit),
            }
            for scenario in (metrics.scenarios if metrics else ())
        ],
        "hits": [_hit(hit) for hit in hits],
        "more": version_result.hits - len(hits),
    }


def _hit(hit: HitView) -> dict[str, Any]:
    effect = Words("可执行", "would act") if hit.acts else Words("仅报告", "report only")
    return {
        "subject": hit.subject,
        "kind": kind_words(hit.kind),
        "effect": effect,
        "role": presenter.ROLE_WORDS[hit.role] if hit.role else None,
        "simulated": hit.simulated,
        "moment": hit.moment,
        "score": hit.score,
        "windows_full": hit.windows_full,
        "why": None if hit.acts else Words(hit.why_zh, hit.why_en),
        "reasons": [Words(*pair) for pair in zip(hit.reasons_zh, hit.reasons_en, strict=True)],
    }


def _hours_chart(version_result: VersionResult) -> tuple[Words, Markup]:
    """Draw the subjects per hour, or per busiest hour of equal intervals if there are too many hours."""
    if not version_result.hours:
        return Words("", ""), Markup("")
    first, last = version_result.hours[0].begins, version_result.hours[-1].begins
    hours = (last - first) // HOUR_MS + 1
    hours_per_column = -(-hours // MAX_COLUMNS)
    counts = _busiest_counts(version_result.hours, first, hours_per_column, -(-hours // hours_per_column))
    svg = upright(
        counts, iso(first)[:16], iso(last)[:16], limit=version_result.budget.subjects_an_hour, width=CHART_WIDTH
    )
    if hours_per_column == 1:
        return Words("每小时命中的对象（虚线为预算）", "Subjects hit an hour (the dashed line is the budget)"), Markup(
            svg
        )
    return Words(
        f"每 {hours_per_column} 小时中最忙一小时命中的对象（虚线为预算）",
        f"Subjects hit in the busiest hour of each {hours_per_column} hours (the dashed line is the budget)",
    ), Markup(svg)


def _busiest_counts(hours: Sequence[HourlyHits], first: int, hours_per_column: int, columns: int) -> list[int]:
    counts = [0] * columns
    for hour in hours:
        index = (hour.begins - first) // HOUR_MS // hours_per_column
        counts[index] = max(counts[index], hour.subjects)
    return counts


def _comparison(comparison: VersionComparison) -> dict[str, Any]:
    parts = presenter.comparison_parts(comparison)
    roles = [role for role in presenter.ROLE_WORDS if role and any(role in counts for _, counts in parts)]
    return {
        "rule": comparison.rule,
        "svg": Markup(bar_chart([Bar(title, sum(counts.values())) for title, counts in parts], width=CHART_WIDTH)),
        "roles": [presenter.ROLE_WORDS[role] for role in roles],
        "rows": [(title, [counts.get(role, 0) for role in roles], sum(counts.values())) for title, counts in parts],
    }
