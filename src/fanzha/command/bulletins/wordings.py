"""Write figures in both languages: value with interval and counts, changes, places, types of fraud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.words import Words, enumerate_english
from fanzha.command.bulletins.comparison import Places, difference_interval, is_comparable
from fanzha.command.bulletins.stated_figures import StatedFigure
from fanzha.command.statistics.selectors import UNIT_WORDS, FigureUnit, load_figures, write_number
from fanzha.processes.legal_basis import group_bases

#: So many types of fraud are named.
MOST_TYPES = 5
BASES = ("ATF30", "N18.7")


def write_figure(figure: StatedFigure) -> Words:
    """Return a figure with its 95 % interval and its counts; with too few observations it says so."""
    if figure.value is None:
        if figure.whole == 0:
            return Words("无（当月没有相应事项）", "none (no such cases)")
        return Words("无（不适用，或缺少计算所需的数据）", "none (does not apply, or a number is missing)")
    minimum, value = figure.definition.minimum, write_number(figure.value, figure.definition.unit)
    few = Words(f"，观测数不足{minimum}，不作比较", f", fewer than {minimum}, not compared")
    few = Words("", "") if figure.is_enough else few
    counts, interval = write_counts(figure), write_interval(figure)
    return Words(
        f"{value.zh}（{counts.zh}，95%置信区间{interval.zh}{few.zh}）",
        f"{value.en} ({counts.en}, 95 % interval {interval.en}{few.en})",
    )


def write_counts(figure: StatedFigure) -> Words:
    """Return numerator and denominator of a figure: cases of cases, or cases of a number from outside."""
    part, whole = f"{figure.part or 0:,}", f"{figure.whole or 0:,}"
    if figure.definition.unit is FigureUnit.PERCENT:
        return Words(f"{part}/{whole}件", f"{part}/{whole}")
    return Words(f"{part}件÷{whole}", f"{part} ÷ {whole}")


def write_interval(figure: StatedFigure) -> Words:
    """Return the bounds of the interval of a figure, a dash without one."""
    if figure.low is None or figure.high is None:
        return Words("–", "–")
    low, high = (write_number(bound, figure.definition.unit) for bound in (figure.low, figure.high))
    return Words(f"{low.zh}至{high.zh}", f"{low.en} to {high.en}")


def write_change(now: StatedFigure, before: StatedFigure | None) -> Words:
    """Return the change against the month before with its interval; too few observations are not compared."""
    interval = difference_interval(now, before)
    if interval is None or before is None or not is_comparable(now, before):
        return Words("样本不足或无上月通报，不作比较", "too few cases or no bulletin of the month before")
    change, unit = (now.value or 0.0) - (before.value or 0.0), now.definition.unit
    low, high = _write_signed(interval.low), _write_signed(interval.high)
    word = Words("个百分点", " percentage points")
    if unit is not FigureUnit.PERCENT:
        word = Words(*(f" {text}" for text in UNIT_WORDS[unit]))
    if interval.low <= 0 <= interval.high:
        return Words(
            f"变化不明显（{_write_signed(change)}{word.zh}，95%置信区间{low}至{high}）",
            f"no clear change ({_write_signed(change)}{word.en}, 95 % interval {low} to {high})",
        )
    verb, size = Words("上升", "up") if change > 0 else Words("下降", "down"), f"{abs(change):.2f}"
    return Words(
        f"{verb.zh}{size}{word.zh}（95%置信区间{low}至{high}）",
        f"{verb.en} {size}{word.en} (95 % interval {low} to {high})",
    )


def _write_signed(value: float) -> str:
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def write_changes(pairs: Iterable[tuple[StatedFigure, StatedFigure | None]]) -> Words:
    """Return what changed clearly since the month before; `pairs` are the figures of now and before."""
    clear, comparable = [], 0
    for now, before in pairs:
        interval = difference_interval(now, before)
        if interval is None or not is_comparable(now, before):
            continue
        comparable += 1
        if interval.low > 0 or interval.high < 0:
            clear.append(_prefix_title(now.definition.title, write_change(now, before)))
    if not comparable:
        return Words(
            "样本较少或无上月通报，不与上月比较。",
            "There are too few cases, or no bulletin of the month before, to compare with.",
        )
    if not clear:
        return Words("与上月相比，各项指标无明显变化。", "No measure changed clearly since the month before.")
    return Words(
        f"与上月相比，{'；'.join(words.zh for words in clear)}；其余指标无明显变化或样本不足。",
        f"Since the month before: {'; '.join(words.en for words in clear)}. "
        "The other measures did not change clearly, or have too few cases.",
    )


def _prefix_title(title: Words, words: Words) -> Words:
    return Words(f"{title.zh}{words.zh}", f"{title.en[0].lower()}{title.en[1:]} {words.en}")


def write_place(places: Places | None, ranked: int) -> Words:
    """Return the places that a company may have among those that can be compared, "–" if it is not ranked."""
    if places is None:
        return Words("不排序", "not ranked")
    if places == Places(1, ranked):
        return Words("与其他企业无法区分", "cannot be told apart")
    if places.best == places.worst:
        return Words(f"第{places.best}位（共{ranked}家）", f"{places.best} of {ranked}")
    return Words(f"第{places.best}至{places.worst}位（共{ranked}家）", f"{places.best} to {places.worst} of {ranked}")


def write_places(ranked: Mapping[str, Mapping[str, Places]], names: Mapping[str, Words]) -> Words:
    """Return the order of the companies in each measure; `ranked` are the places by measure and company."""
    sentences = []
    for measure, places in ranked.items():
        if not places:
            continue
        title = load_figures()[measure].title
        ordered = sorted((place, company) for company, place in places.items() if place != Places(1, len(places)))
        if not ordered:
            sentences.append(
                Words(
                    f"{title.zh}：{len(places)}家企业的区间重叠，无法区分。",
                    f"{title.en}: the intervals of {len(places)} companies overlap; they cannot be told apart.",
                )
            )
            continue
        listed = [(names[company], write_place(place, len(places))) for place, company in ordered]
        sentences.append(
            Words(
                f"{title.zh}：{'；'.join(f'{name.zh}{words.zh}' for name, words in listed)}。",
                f"{title.en}: {'; '.join(f'{name.en} {words.en}' for name, words in listed)}.",
            )
        )
    if not sentences:
        return Words(
            "没有两家以上企业观测数足够的指标，本月不作比较。",
            "No measure has two companies with enough observations, so nothing is compared this month.",
        )
    return Words("".join(words.zh for words in sentences), " ".join(words.en for words in sentences))


def write_types(counts: Sequence[Sequence[object]]) -> Words:
    """Return the most frequent recognised types of fraud with their reports; `counts` are (type, reports)."""
    known = [(FRAUD_TYPES[str(name)], count) for name, count in counts if name in FRAUD_TYPES][:MOST_TYPES]
    if not known:
        return Words("本月没有可识别的类型", "none was recognised this month")
    return Words(
        "、".join(f"{words.zh}（{count}件）" for words, count in known),
        enumerate_english([f"{words.en} ({count})" for words, count in known]),
    )


def write_month(month: date) -> Words:
    """Return a month: 2026年10月, October 2026."""
    return Words(f"{month.year}年{month.month}月", f"{month:%B %Y}")


def write_day(at: datetime, zone: str) -> Words:
    """Return the day of a moment in a time zone."""
    local = at.astimezone(ZoneInfo(zone))
    return Words(f"{local.year}年{local.month}月{local.day}日", f"{local.day} {local:%B %Y}")


def write_basis() -> Words:
    """Return the legal bases of bulletins."""
    found = group_bases(BASES)
    return Words("、".join(words.zh for words in found), " and ".join(words.en for words in found))
