"""Write replay.html, the report for management: what share of known cases was found in time, and at what price."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fanzha.analyze.backtest.presenter import format_proportion
from fanzha.analyze.journal import write_atomically
from fanzha.analyze.replay import presenter
from fanzha.analyze.replay.result import GAP_WORDS, OUTCOME_TITLES, CaseView, Gap, Outcome, ReplayResult
from fanzha.analyze.report.charts import Bar, bar_chart
from fanzha.analyze.report.page import load_template
from fanzha.base.clock import iso
from fanzha.base.words import Words

MAX_CASES = 200  # listed in the report; cases.csv has all
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_LEAD_STEPS = (
    (_HOUR_MS, Words("不到 1 小时", "under 1 hour")),
    (6 * _HOUR_MS, Words("1–6 小时", "1–6 hours")),
    (_DAY_MS, Words("6–24 小时", "6–24 hours")),
    (3 * _DAY_MS, Words("1–3 天", "1–3 days")),
    (7 * _DAY_MS, Words("3–7 天", "3–7 days")),
    (1 << 62, Words("7 天以上", "over 7 days")),
)


def write_replay_report(result: ReplayResult, target: Path) -> None:
    """Write the report; it holds case numbers and no telephone numbers."""
    outcomes = [Bar(OUTCOME_TITLES[Outcome(name)], count) for name, count in result.outcomes.items() if count]
    leads = lead_bars(result.views)
    page = load_template("replay.html.j2").render(
        result=result,
        input=result.input,
        headline=presenter.headline(result),
        tiles=presenter.tiles(result),
        outcomes=outcomes,
        outcomes_svg=Markup(bar_chart(outcomes)),
        leads=leads,
        leads_svg=Markup(bar_chart(leads)),
        maturities=presenter.maturity_rows(result),
        rules=presenter.rule_rows(result),
        fraud_types=[
            (Words(share.fraud_type or "未填写", share.fraud_type or "not stated"), format_proportion(share.found))
            for share in result.fraud_types
        ],
        gaps=[(GAP_WORDS[Gap(name)], count) for name, count in result.gaps.items()],
        cases=[_case(view) for view in result.views[:MAX_CASES]],
        more=max(0, len(result.views) - MAX_CASES),
        rejected=result.rejected[:MAX_CASES],
        iso=iso,
    )
    write_atomically(target, page.encode())


def lead_bars(views: Sequence[CaseView]) -> list[Bar]:
    """Return the found cases by how long before the loss they were found; [] if none was."""
    leads = [view.lead_ms for view in views if view.lead_ms is not None]
    bars, low = [], 0
    for high, words in _LEAD_STEPS:
        bars.append(Bar(words, sum(low <= lead < high for lead in leads)))
        low = high
    return bars if leads else []


def _case(view: CaseView) -> dict[str, Any]:
    return {
        "number": view.number,
        "fraud_type": view.fraud_type,
        "loss": iso(view.loss_from)[:16],
        "outcome": GAP_WORDS[view.gap] if view.gap else OUTCOME_TITLES[view.outcome],
        "how": presenter.how_found(view),
    }
