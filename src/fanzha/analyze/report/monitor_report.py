"""Write monitor.html: scores by period and their shift, new words, and alarms by family with intervals."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from fanzha.analyze.journal import write_atomically
from fanzha.analyze.monitoring import presenter
from fanzha.analyze.monitoring.result import AlarmSeries, DetectorScores, MonitorResult
from fanzha.analyze.report.charts import IntervalPoint, interval_chart, paired_columns
from fanzha.analyze.report.page import load_template
from fanzha.analyze.report.titles import detector_words

MAX_CHARTS = 24  # families drawn


def write_monitor_report(result: MonitorResult, target: Path) -> None:
    """Write the report; it holds no text and no subject, new words only."""
    page = load_template("monitor.html.j2").render(
        result=result,
        headline=presenter.headline(result),
        rules=(presenter.SHIFT_RULE, presenter.WORDS_RULE, presenter.ALARMS_RULE),
        scores=[_scores(row) for row in result.scores],
        words=[(detector_words(row.detector), row) for row in result.words],
        alarms=presenter.alarm_rows(result),
        more=max(0, len(result.alarms) - presenter.MAX_SERIES),
        rate_title=presenter.rate_title(result),
        series=[_series(row) for row in result.alarms[:MAX_CHARTS]] if len(result.periods) > 1 else [],
    )
    write_atomically(target, page.encode())


def _scores(row: DetectorScores) -> dict[str, Any]:
    last = row.periods[-1]
    svg = paired_columns(presenter.shares(last.tenths), presenter.earlier_tenths(row.periods), "0.0", "1.0")
    return {
        "title": detector_words(row.detector),
        "svg": Markup(svg),
        "periods": [(period, presenter.format_shift(period)) for period in row.periods],
        "last": last.period,
    }


def _series(row: AlarmSeries) -> dict[str, Any]:
    estimates = [IntervalPoint(one.period, one.rate, one.low, one.high) for one in row.periods]
    return {
        "detector": detector_words(row.detector),
        "family": presenter.family(row),
        "svg": Markup(interval_chart(estimates, mark_last=row.rising)),
        "rising": row.rising,
        "ratio": presenter.format_ratio(row),
    }
