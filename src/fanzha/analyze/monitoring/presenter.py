"""Texts of a monitoring result for the terminal and the report."""

from typing import NamedTuple

from fanzha.analyze.monitoring.result import SHIFT_WORDS, AlarmSeries, MonitorResult, PeriodScores
from fanzha.analyze.report.titles import detector_words, fraud_type_words
from fanzha.base.words import Words
from fanzha.learn.drift import LARGE, MODERATE, Shift

MAX_SERIES = 40  # rows of alarms; the JSON has all

SHIFT_RULE = Words(
    f"群体稳定性指数（PSI）按此前全部时段评分的十分位分箱计算；达到 {MODERATE}（中等）或 {LARGE}（显著），"
    "且超过纯随机情况下 95% 的上限，才算变化；任一侧不足 100 条不作判断。",
    f"The population stability index (PSI) is over the tenths of all scores before. It is a shift from {MODERATE} on "
    f"(moderate) and from {LARGE} on (large), if it also passes what chance alone exceeds once in twenty. With fewer "
    "than 100 findings on either side nothing is said.",
)
WORDS_RULE = Words(
    "至少出现在 5 条文本中、占比为此前 5 倍以上的字词；数字不计。",
    "Words in at least 5 texts whose share of texts is at least 5 times that of before; numbers are left out.",
)
ALARMS_RULE = Words(
    "告警按对象计，每个时段一次；区间为 95% 泊松精确区间。“上升”指按比较数校正后仍显著高于此前各时段。",
    "An alarm is one subject in one period; intervals are exact 95 % Poisson intervals. Rising: above the periods "
    "before at 95 % after correction for the number of comparisons.",
)


class AlarmRow(NamedTuple):
    """One row of the table of alarms."""

    detector: Words
    family: Words
    alarms: int
    rate: str
    ratio: str
    rising: bool


def headline(result: MonitorResult) -> Words:
    """Say what changed in the last period."""
    rising = sum(series.rising for series in result.alarms)
    shifted = sum(
        row.periods[-1].period == result.period and row.periods[-1].shift in (Shift.MODERATE, Shift.LARGE)
        for row in result.scores
    )
    words = sum(len(row.words) for row in result.words)
    return Words(
        f"{result.period}：{shifted} 个检测器评分有变化，{rising} 类告警上升，{words} 个新词。",
        f"{result.period}: detectors whose scores shifted: {shifted}; families rising: {rising}; new words: {words}.",
    )


def rate_title(result: MonitorResult) -> Words:
    """Say what alarms are divided by."""
    if result.rate_unit == "day":
        return Words("每日告警（有线索的日子）", "alarms a day (of days with findings)")
    return Words("每百万条告警", "alarms per million judged")


def family(series: AlarmSeries) -> Words:
    """Name the fraud type, and the brand if a website imitates one."""
    words = fraud_type_words(series.fraud_type)
    return Words(f"{words.zh}：{series.brand}", f"{words.en}: {series.brand}") if series.brand else words


def alarm_rows(result: MonitorResult) -> list[AlarmRow]:
    """Return the families with alarms in any period, the rising ones first."""
    return [
        AlarmRow(
            detector_words(series.detector),
            family(series),
            series.periods[-1].alarms,
            _rate(series),
            format_ratio(series),
            series.rising,
        )
        for series in result.alarms[:MAX_SERIES]
    ]


def _rate(series: AlarmSeries) -> str:
    last = series.periods[-1]
    return f"{last.rate:,.3g} ({last.low:,.3g}–{last.high:,.3g})"


def format_ratio(series: AlarmSeries) -> str:
    """Return the ratio and its interval, or a dash; an unbounded end is ∞."""
    if series.ratio_low is None:
        return "–"
    value = "∞" if series.ratio is None else f"{series.ratio:,.2f}"
    high = "∞" if series.ratio_high is None else f"{series.ratio_high:,.2f}"
    return f"× {value} ({series.ratio_low:,.2f}–{high})"


def format_shift(scores: PeriodScores) -> Words:
    """Return the index with its judgement."""
    if scores.index is None:
        return Words("–", "–")
    words = SHIFT_WORDS[scores.shift]
    return Words(f"{scores.index:.3f} {words.zh}", f"{scores.index:.3f} {words.en}")


def earlier_tenths(periods: list[PeriodScores]) -> list[float]:
    """Return the shares of the tenths of the score over all periods but the last."""
    return shares([sum(column) for column in zip(*(row.tenths for row in periods[:-1]), strict=True)] or [0] * 10)


def shares(counts: list[int]) -> list[float]:
    """Return counts as shares of their sum."""
    whole = sum(counts) or 1
    return [count / whole for count in counts]
