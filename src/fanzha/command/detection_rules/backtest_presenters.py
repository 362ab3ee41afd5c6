"""Present backtests: a row each, and the report with its tables and chart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.detection_rules.backtest_report import MAX_LOOKED_UP
from fanzha.command.detection_rules.backtest_runs import KILLED, TOO_LONG
from fanzha.command.detection_rules.case_replay_presenters import summarize_cases
from fanzha.command.detection_rules.models import BacktestRun, BacktestState
from fanzha.command.detection_rules.presenters import format_rate
from fanzha.command.web.components import Badge, DataTable, FactItem, KeyFigure, ListRow, Tone
from fanzha.command.web.i18n import localize

_BADGES = {
    BacktestState.QUEUED: ("clock", Tone.QUIET),
    BacktestState.RUNNING: ("clock", Tone.ACCENT),
    BacktestState.DONE: ("check", Tone.PLAIN),
    BacktestState.FAILED: ("alert", Tone.WARN),
    BacktestState.CANCELLED: ("cross", Tone.QUIET),
}


class BacktestReport(NamedTuple):
    """A report as its page shows it."""

    figures: tuple[KeyFigure, ...]
    facts: list[FactItem]
    known: DataTable
    days: DataTable
    versions: DataTable | None
    examples: DataTable | None
    note: str


def run_badge(run: BacktestRun) -> Badge:
    """Return the badge of the state of a backtest."""
    state = BacktestState(run.state)
    return Badge(str(state.label), *_BADGES[state])


def problem_words(problem: str) -> str:
    """Return why a backtest ended without a report, in the reader's language as far as the reason is known."""
    if problem == KILLED:
        return _("It was interrupted. Run it again.")
    if problem.startswith(TOO_LONG):
        minutes = problem.removeprefix(TOO_LONG).strip()
        return _(
            "It was stopped after its time limit of %(minutes)s minutes. Choose a shorter history, or ask an "
            "administrator of the site for a longer limit."
        ) % {"minutes": minutes}
    return problem


def present_run(run: BacktestRun) -> ListRow:
    """Present a backtest as a list row."""
    tested = run.result.get("tested") if run.result else None
    summary = problem_words(run.problem)
    if tested:
        summary = _("%(subjects)s subjects, %(hits)s hits, %(rate)s alarms per million lines a day") % {
            "subjects": f"{tested['subjects']:,}",
            "hits": f"{tested['hits']:,}",
            "rate": _rate(tested["rate"]),
        }
    if tested and run.replays_cases:
        summary = summarize_cases(run.result["cases"])
    return ListRow(
        title=" · ".join((*([_("Replay of decided cases")] if run.replays_cases else []), run.history, run.text[:8])),
        href=reverse("detection_rule_backtest", args=[run.ref]),
        summary=summary,
        badges=(run_badge(run),),
        at=run.made_at,
        meta=(str(run.made_by),),
    )


def present_report(run: BacktestRun) -> BacktestReport:
    """Present the report of a finished backtest."""
    report, tested = run.result, run.result["tested"]
    return BacktestReport(
        _figures(report, tested),
        _facts(report, tested),
        _decision_table(report),
        _day_table(report),
        _version_table(report) if report["beside"] else None,
        _example_table(report) if report["examples"] else None,
        ""
        if report["looked_up"] < MAX_LOOKED_UP
        else _("Only the first %(count)s subjects were looked up.") % {"count": f"{MAX_LOOKED_UP:,}"},
    )


def _figures(report: Mapping[str, Any], tested: Mapping[str, Any]) -> tuple[KeyFigure, ...]:
    known = report["known"]
    wrong = known["spared"] + known["innocent"]
    return (
        KeyFigure(f"{tested['subjects']:,}", _("subjects hit")),
        KeyFigure(_rate(tested["rate"]), _("alarms per million lines a day")),
        KeyFigure(f"{known['fraud']:,}", _("judged fraud here")),
        KeyFigure(f"{wrong:,}", _("on the allowlist or judged innocent"), is_harm=wrong > 0),
    )


def _facts(report: Mapping[str, Any], tested: Mapping[str, Any]) -> list[FactItem]:
    budget = tested["budget"]["subjects_an_hour"]
    stretch = [] if report["first"] is None else [
        FactItem(_("History from"), from_ms(report["first"])),
        FactItem(_("to"), from_ms(report["last"])),
    ]  # fmt: skip
    return [
        *stretch,
        FactItem(_("Events"), f"{report['events']:,}"),
        FactItem(_("Rows rejected"), f"{report['rejects']:,}"),
        FactItem(_("Hits with full windows"), f"{tested['full_hits']:,} / {tested['hits']:,}"),
        FactItem(_("Would have acted on"), f"{tested['acted_subjects']:,}"),
        FactItem(
            _("Busiest hour"),
            f"{tested['busiest']:,}" if budget is None else f"{tested['busiest']:,} / {budget:,}",
        ),
    ]


def _decision_table(report: Mapping[str, Any]) -> DataTable:
    known, current = report["known"], report["current"]
    rows = (
        (_("on the allowlist now"), f"{known['spared']:,}"),
        (_("judged innocent"), f"{known['innocent']:,}"),
        (_("once limited, and the limit was lifted"), f"{known['restored']:,}"),
        (_("judged fraud"), f"{known['fraud']:,}"),
        (_("found by the rule as it ran in this time"), f"{current['both']:,}"),
        (_("not found by the rule as it ran"), f"{current['only_new']:,}"),
        (_("found as it ran, and not by this text"), f"{current['only_current']:,}"),
    )
    return DataTable(_("What is known here of the subjects hit"), (_("Subjects"), _("number")), rows, frozenset({1}))


def _day_table(report: Mapping[str, Any]) -> DataTable:
    beside = {day: (hits, subjects) for day, hits, subjects in (report["beside"] or {"days": []})["days"]}
    tested = {day: (hits, subjects) for day, hits, subjects in report["tested"]["days"]}
    head = (_("Day"), _("hits"), _("subjects"))
    if not report["beside"]:
        rows = tuple((_day(day), f"{hits:,}", f"{subjects:,}") for day, (hits, subjects) in tested.items())
        return DataTable(_("Findings by day"), head, rows, frozenset({1, 2}))
    both = tuple(
        (_day(day), *(f"{number:,}" for number in (*tested.get(day, (0, 0)), *beside.get(day, (0, 0)))))
        for day in sorted({*tested, *beside})
    )
    wide = (*head, _("hits of the other text"), _("its subjects"))
    return DataTable(_("Findings by day"), wide, both, frozenset(range(1, 5)))


def _day(iso_day: str) -> str:
    return date_format(date.fromisoformat(iso_day))


def _version_table(report: Mapping[str, Any]) -> DataTable:
    tested, beside, parts = report["tested"], report["beside"], report["comparison"] or {}
    rows: list[tuple[object, ...]] = [
        (title, f"{tested[name]:,}", f"{beside[name]:,}")
        for name, title in (
            ("hits", _("hits")),
            ("subjects", _("subjects")),
            ("full_hits", _("hits with full windows")),
            ("acted_subjects", _("would have acted on")),
        )
    ]
    rows.append((_("alarms per million lines a day"), _rate(tested["rate"]), _rate(beside["rate"])))
    if parts:
        rows.append((_("subjects that only this one hits"), f"{parts['only_a']:,}", f"{parts['only_b']:,}"))
        rows.append((_("subjects that both hit"), f"{parts['both']:,}", f"{parts['both']:,}"))
    head = ("", _("this text"), _("the other text"))
    return DataTable(_("Two texts compared"), head, tuple(rows), frozenset({1, 2}))


def _example_table(report: Mapping[str, Any]) -> DataTable:
    rows = tuple(
        (
            one["subject"],
            date_format(timezone.localtime(from_ms(one["moment"])), "DATETIME_FORMAT"),
            f"{one['score']:.2f}",
            localize(Words(" ".join(one["zh"]), " ".join(one["en"]))),
            localize(Words(one["why_zh"], one["why_en"])) if not one["acts"] else "",
        )
        for one in report["examples"]
    )
    head = (_("Subject"), _("When"), _("Score"), _("What was seen"), _("Why it would not have acted"))
    return DataTable(_("Examples"), head, rows, frozenset({2}))


def _rate(rate: list[float | None]) -> str:
    value, low, high = rate
    if value is None or low is None or high is None:
        return "–"
    return f"{format_rate(value)} ({format_rate(low)}–{format_rate(high)})"
