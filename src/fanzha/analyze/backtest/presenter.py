"""The texts and table cells of a backtest, shared by the report and the terminal."""

from fanzha.analyze.backtest.metrics import Proportion
from fanzha.analyze.backtest.result import BacktestResult, VersionComparison, VersionResult
from fanzha.base.clock import iso
from fanzha.base.words import Words

ROLE_WORDS = {
    "fraud": Words("诈骗", "fraud"),
    "victim": Words("受害人", "victim"),
    "look_alike": Words("易误判的正常对象", "innocent look-alike"),
    "innocent": Words("正常", "innocent"),
    "unlabelled": Words("无标注", "unlabelled"),
    "": Words("对象", "subjects"),
}

COLUMNS = (
    Words("规则", "rule"),
    Words("命中", "hits"),
    Words("对象", "subjects"),
    Words("每天每百万线告警", "alarms per million lines a day"),
    Words("最忙一小时", "busiest hour"),
    Words("每小时预算", "budget an hour"),
    Words("可执行", "would act"),
    Words("仅报告", "report only"),
)
METRIC_COLUMNS = (
    Words("查准率", "precision"),
    Words("查全率", "recall"),
    Words("误伤易误判对象", "look-alikes hit"),
)


def column_titles(*, judged: bool) -> tuple[Words, ...]:
    """Return the column titles of the table of rules."""
    return (*COLUMNS, *METRIC_COLUMNS) if judged else COLUMNS


def table_cells(result: VersionResult, separator: str = " ") -> list[str]:
    """Return the cells of a rule's row after its name; `separator` separates a share and its interval."""
    busiest, budget = result.busiest, result.budget
    texts = [
        f"{result.hits:,}",
        f"{result.subjects:,}",
        result.alarms.text().replace(" (", f"{separator}(") if result.alarms else "–",
        f"{busiest.subjects:,}" if busiest else "–",
        "–" if budget.subjects_an_hour is None else f"{budget.subjects_an_hour:,}",
        f"{result.acted:,}",
        f"{result.report_only:,}",
    ]
    if result.judged is not None:
        texts += [format_proportion(metric, separator) for metric in (result.judged.precision, result.judged.recall)]
        texts.append(f"{result.judged.roles['look_alike']:,}")
    return texts


def format_proportion(metric: Proportion, separator: str = " ") -> str:
    """Return a proportion in per cent with its interval."""
    if metric.value is None or metric.low is None or metric.high is None:
        return "–"
    return f"{metric.value:.1%}{separator}({metric.low * 100:.1f}–{metric.high * 100:.1f})"


def explanation_lines(result: VersionResult) -> list[Words]:
    """Return explanations of the figures: time of hits, firings in cooldown, filling windows, budget verdict."""
    lines = []
    if result.first is not None and result.last is not None:
        first, last = iso(result.first)[:19], iso(result.last)[:19]
        lines.append(
            Words(
                f"首次命中 {first} UTC，末次 {last} UTC；条件共成立 {result.firings:,} 次，静默期内不重复提示。",
                f"First hit {first} UTC, last {last} UTC; the condition held {result.firings:,} times, those"
                " in a quiet time are not told.",
            )
        )
    if result.fills_until is not None:
        moment = iso(result.fills_until)[:19]
        lines.append(
            Words(
                f"{moment} UTC 之前窗口尚未填满，此前的命中可能偏少；"
                f"{result.hits:,} 次命中中 {result.full_hits:,} 次窗口已满{_full_rate(result).zh}。",
                f"Before {moment} UTC the windows were not full yet: until then there may be too few hits."
                f" Of {result.hits:,} hits {result.full_hits:,} had full windows{_full_rate(result).en}.",
            )
        )
    return [*lines, budget_verdict(result)]


def _full_rate(result: VersionResult) -> Words:
    """Return the rate of alarms of the hits whose windows were full, to follow their count; "" if it is unknown."""
    rate = result.full_alarms
    if rate is None or rate.per_million_a_day is None:
        return Words("", "")
    text = rate.text()
    return Words(f"（每天每百万线告警 {text}）", f" (alarms per million lines a day: {text})")


def exposure_line(result: BacktestResult) -> Words:
    """Return what an alarm is and the lines and days that the rates rest on, or that there are none."""
    if result.input.exposure is None:
        return Words(
            "历史数据中没有可计的线路或时间，无法给出每天每百万线告警。",
            "The history names no lines or covers no time: no rate of alarms can be given.",
        )
    words = result.input.exposure.words()
    return Words(
        f"一次告警是一个对象一天；括号内为 95% 泊松精确区间。{words.zh}。",
        f"One alarm is one subject on one day; in brackets the exact 95 % Poisson interval. {words.en}.",
    )


def scenario_lines(result: VersionResult) -> list[Words]:
    """Return the scenarios that were hit, by role, with counts."""
    hit_scenarios = [scenario for scenario in (result.judged.scenarios if result.judged else ()) if scenario.hit.part]
    lines = []
    for role in dict.fromkeys(scenario.role for scenario in hit_scenarios):
        counts = ", ".join(
            f"{scenario.scenario or '–'} {scenario.hit.part:,}/{scenario.hit.whole:,}"
            for scenario in hit_scenarios
            if scenario.role == role
        )
        lines.append(Words(ROLE_WORDS[role].zh, f"{ROLE_WORDS[role].en}: {counts}"))
    return lines


def budget_verdict(result: VersionResult) -> Words:
    """Return whether the version stays within its budget, in words."""
    if not result.hits:
        return Words("没有命中。", "No hits.")
    if not result.overruns:
        return Words("各小时均在处置预算之内。", "Within its budget in every hour.")
    hours = len({overrun.hour for overrun in result.overruns})
    return Words(
        f"有 {hours:,} 个小时超出处置预算：若正式运行，其间的命中将仅报告。",
        f"Over its budget in {hours:,} hours: live, its hits would only have reported for the rest of each.",
    )


def comparison_parts(comparison: VersionComparison) -> list[tuple[Words, dict[str, int]]]:
    """Return the three parts of a comparison with their titles."""
    return [
        (Words(f"仅 {comparison.a}", f"only {comparison.a}"), comparison.only_a),
        (Words("两者都命中", "both"), comparison.both),
        (Words(f"仅 {comparison.b}", f"only {comparison.b}"), comparison.only_b),
    ]
