"""Write figures in words, in one language: shares with interval and cases, changes, places, types of fraud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.words import Words, enumerate_english
from fanzha.command.bulletins.comparison import Places, difference_interval, share_of
from fanzha.command.bulletins.measures import LEAST_CASES, MEASURES, Count
from fanzha.processes.legal_basis import group_bases

#: So many types of fraud are named.
MOST_TYPES = 5
BASES = ("ATF30", "N18.7")


def write_percent(value: float) -> str:
    """Return a share in per cent with two decimals, as the statutory forms ask."""
    return f"{value * 100:.2f}%"


def write_share(count: Count) -> Words:
    """Return a share with its 95 % interval and its cases; below `LEAST_CASES` it says so."""
    share = share_of(count)
    if share is None:
        return Words("无（当月没有相应事项）", "none (no such cases)")
    bounds = write_percent(share.low), write_percent(share.high)
    cases = f"{count.part:,}/{count.whole:,}"
    few = Words(f"，不足{LEAST_CASES}件，不作比较", f", fewer than {LEAST_CASES}, not compared")
    few = few if count.whole < LEAST_CASES else Words("", "")
    return Words(
        f"{write_percent(share.value)}（{cases}件，95%置信区间{bounds[0]}至{bounds[1]}{few.zh}）",
        f"{write_percent(share.value)} ({cases}, 95 % interval {bounds[0]} to {bounds[1]}{few.en})",
    )


def write_change(now: Count, before: Count) -> Words:
    """Return the change of a share in percentage points with its interval; too few cases are not compared."""
    interval = difference_interval(now, before)
    if interval is None or min(now.whole, before.whole) < LEAST_CASES:
        return Words("样本不足，不作比较", "too few cases to compare")
    change = now.part / now.whole - before.part / before.whole
    low, high = _points(interval.low), _points(interval.high)
    if interval.low <= 0 <= interval.high:
        return Words(
            f"变化不明显（{_points(change)}个百分点，95%置信区间{low}至{high}）",
            f"no clear change ({_points(change)} percentage points, 95 % interval {low} to {high})",
        )
    verb = Words("上升", "up") if change > 0 else Words("下降", "down")
    points = f"{abs(change) * 100:.2f}"
    return Words(
        f"{verb.zh}{points}个百分点（95%置信区间{low}至{high}）",
        f"{verb.en} {points} percentage points (95 % interval {low} to {high})",
    )


def _points(value: float) -> str:
    text = f"{value * 100:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def write_changes(counts: Mapping[str, tuple[Count, Count]]) -> Words:
    """Return what changed clearly since the month before, of all measures; `counts` are (now, before) by measure."""
    clear, comparable = [], 0
    for name, (now, before) in counts.items():
        interval = difference_interval(now, before)
        if interval is None or min(now.whole, before.whole) < LEAST_CASES:
            continue
        comparable += 1
        if interval.low > 0 or interval.high < 0:
            clear.append(_named(MEASURES[name].title, write_change(now, before)))
    if not comparable:
        return Words("样本较少，不与上月比较。", "There are too few cases to compare with the month before.")
    if not clear:
        return Words("与上月相比，各项指标无明显变化。", "No measure changed clearly since the month before.")
    return Words(
        f"与上月相比，{'；'.join(words.zh for words in clear)}；其余指标无明显变化或样本不足。",
        f"Since the month before: {'; '.join(words.en for words in clear)}. "
        "The other measures did not change clearly, or have too few cases.",
    )


def _named(title: Words, words: Words) -> Words:
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
    """Return for each measure who can be told from whom; `ranked` are the places by measure and company."""
    sentences = []
    for measure, places in ranked.items():
        if not places:
            continue
        title = MEASURES[measure].title
        told = sorted((place, company) for company, place in places.items() if place != Places(1, len(places)))
        if not told:
            sentences.append(
                Words(
                    f"{title.zh}：{len(places)}家企业的区间重叠，无法区分。",
                    f"{title.en}: the intervals of {len(places)} companies overlap; they cannot be told apart.",
                )
            )
            continue
        listed = [(names[company], write_place(place, len(places))) for place, company in told]
        sentences.append(
            Words(
                f"{title.zh}：{'；'.join(f'{name.zh}{words.zh}' for name, words in listed)}。",
                f"{title.en}: {'; '.join(f'{name.en} {words.en}' for name, words in listed)}.",
            )
        )
    if not sentences:
        return Words(
            f"没有两家以上企业达到{LEAST_CASES}件的指标，本月不作比较。",
            f"No measure has two companies with {LEAST_CASES} cases each, so nothing is compared this month.",
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
