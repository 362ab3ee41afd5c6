"""Compare the findings of a month or week with those of the periods before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha import __version__
from fanzha.analyze.alarm_rate import MILLION, poisson_interval
from fanzha.analyze.monitoring.findings_table import read_findings
from fanzha.analyze.monitoring.result import (
    AlarmSeries,
    DetectorScores,
    DetectorWords,
    MonitorResult,
    PeriodAlarms,
    PeriodScores,
    WordGrowth,
)
from fanzha.base.errors import NothingUsable, UsageError
from fanzha.base.words import Words
from fanzha.learn.drift import bin_counts, chance_limit, classify_shift, quantile_edges, stability_index
from fanzha.learn.intervals import LEVEL, rate_ratio
from fanzha.learn.new_words import new_words

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls


@dataclass(frozen=True)
class MonitorRequest:
    """What to compare: findings, the length of a period, the last period, how many rows were judged in each."""

    paths: Sequence[Path]
    by: str = "month"
    period: str = ""  # the last one that has findings
    detectors: Sequence[str] = ()
    judged: Mapping[str, int] = field(default_factory=dict)  # period -> texts, names or lines judged
    words: int = 20  # new words shown of each detector


def monitor(request: MonitorRequest) -> MonitorResult:
    """Return scores, new words and alarms by period. Raise NothingUsable without findings."""
    table = read_findings(request.paths, by=request.by, detectors=request.detectors)
    if request.period:
        table = table.filter(pc.less_equal(table["period"], request.period))
    if not table.num_rows:
        raise NothingUsable("the files hold no finding of these detectors and periods")
    periods = _values(table, "period")
    if request.period and periods[-1] != request.period:
        raise UsageError(
            f"no finding is of {request.period} 该期没有线索", fix=f"name one of 可选：{', '.join(periods[-6:])}"
        )
    exposures = _exposures(table, periods, request.judged)
    by_detector = dict(_split(table, "detector"))
    simulated = int(pc.sum(table["simulated"]).as_py())
    return MonitorResult(
        version=__version__,
        by=request.by,
        periods=periods,
        period=periods[-1],
        findings=table.num_rows,
        simulated=simulated,
        rate_unit="million_judged" if request.judged else "day",
        scores=[DetectorScores(name, _scores(part, periods)) for name, part in by_detector.items()],
        words=[words for name, part in by_detector.items() if (words := _words(name, part, periods, request.words))],
        alarms=_alarms(by_detector, periods, exposures),
        notices=_notices(periods, simulated),
    )


def _notices(periods: Sequence[str], simulated: int) -> list[Words]:
    notices = []
    if len(periods) == 1:
        notices.append(Words("只有一个时段，无从比较。", "There is one period only: nothing to compare with."))
    if simulated:
        notices.append(
            Words(f"{simulated:,} 条线索来自模拟数据。", f"{simulated:,} findings are on simulated (made-up) data.")
        )
    return notices


def _exposures(table: pa.Table, periods: Sequence[str], judged: Mapping[str, int]) -> dict[str, float]:
    """Return for each period the millions judged, or the days on which any detector found something."""
    if judged:
        missing = [period for period in periods if judged.get(period, 0) <= 0]
        if missing:
            raise UsageError(
                f"how many were judged in {missing[0]}? 未写明该期的判定总数", fix=f"add --judged {missing[0]}=NUMBER"
            )
        return {period: judged[period] / MILLION for period in periods}
    return {period: float(len(pc.unique(table.filter(pc.equal(table["period"], period))["day"]))) for period in periods}


def _values(table: pa.Table, column: str) -> list[str]:
    return sorted(str(value) for value in pc.unique(table[column]).to_pylist())


def _split(table: pa.Table, column: str) -> Iterator[tuple[str, pa.Table]]:
    for name in _values(table, column):
        yield name, table.filter(pc.equal(table[column], name))


def _scores(table: pa.Table, periods: Sequence[str]) -> list[PeriodScores]:
    """Return the scores of each period that has findings; each is compared with all before it."""
    scores, period_index = table["score"].to_numpy(), _period_index(table, periods)
    rows = []
    for number, period in enumerate(periods):
        current, earlier = scores[period_index == number], scores[period_index < number]
        if len(current):
            rows.append(_period_scores(period, current, earlier))
    return rows


def _period_scores(period: str, current: NDArray[np.float64], earlier: NDArray[np.float64]) -> PeriodScores:
    quartiles = [round(float(value), 4) for value in np.quantile(current, [0.25, 0.5, 0.75])]
    tenths = np.bincount(np.minimum((current * 10).astype(np.int64), 9), minlength=10).tolist()
    if not len(earlier):
        return PeriodScores(period, len(current), quartiles, tenths)
    edges = quantile_edges(earlier)
    index = stability_index(bin_counts(current, edges), bin_counts(earlier, edges))
    sizes = len(edges) + 1, len(current), len(earlier)
    return PeriodScores(
        period,
        len(current),
        quartiles,
        tenths,
        round(index, 4),
        round(chance_limit(*sizes), 4),
        classify_shift(index, *sizes),
    )


def _period_index(table: pa.Table, periods: Sequence[str]) -> NDArray[np.int64]:
    positions: NDArray[np.int64] = pc.index_in(table["period"], pa.array(periods)).to_numpy().astype(np.int64)
    return positions


def _words(detector: str, table: pa.Table, periods: Sequence[str], limit: int) -> DetectorWords | None:
    """Return the new words of the last period, None if the detector's subjects are no texts or names."""
    table = table.filter(pc.is_valid(table["text"]))
    is_current = pc.equal(table["period"], periods[-1])
    texts, earlier = table.filter(is_current)["text"], table.filter(pc.invert(is_current))["text"]
    if not len(texts) or not len(earlier):
        return None
    words = [WordGrowth(word.word, word.texts, word.earlier_texts) for word in new_words(texts, earlier, limit)]
    return DetectorWords(detector, len(texts), len(earlier), words)


def _alarms(
    by_detector: Mapping[str, pa.Table], periods: Sequence[str], exposures: Mapping[str, float]
) -> list[AlarmSeries]:
    """Return the alarms of each detector, fraud type and brand, the rising ones first, then by the last count."""
    parts = [
        ((name, code, brand), of_brand)
        for name, table in by_detector.items()
        for code, of_type in _split(table, "fraud_type")
        for brand, of_brand in _split(of_type, "brand")
    ]
    level = 1 - (1 - LEVEL) / max(1, len(parts))  # Bonferroni: one false "rising" in twenty reports, not in each
    series = [_series(*names, _count_subjects(part, periods), periods, exposures, level) for names, part in parts]
    return sorted(series, key=lambda row: (not row.rising, -row.periods[-1].alarms, row.detector, row.fraud_type))


def _count_subjects(table: pa.Table, periods: Sequence[str]) -> list[int]:
    """Count the distinct subjects of each period."""
    subjects = table.group_by(["period", "subject_kind", "subject"]).aggregate([])
    counts: list[int] = np.bincount(_period_index(subjects, periods), minlength=len(periods)).tolist()
    return counts


def _series(
    detector: str,
    fraud_type: str,
    brand: str,
    counts: Sequence[int],
    periods: Sequence[str],
    exposures: Mapping[str, float],
    level: float,
) -> AlarmSeries:
    rows = [_period_alarms(*pair, exposures[pair[0]]) for pair in zip(periods, counts, strict=True)]
    if len(periods) == 1:
        return AlarmSeries(detector, fraud_type, brand, rows)
    now = counts[-1], exposures[periods[-1]]
    before = sum(counts[:-1]), sum(exposures[period] for period in periods[:-1])
    ratio, is_rising = rate_ratio(*now, *before), rate_ratio(*now, *before, level).low > 1
    low = min(ratio.low, 1e9)  # JSON has no infinity
    return AlarmSeries(detector, fraud_type, brand, rows, ratio.value, low, ratio.high, is_rising)


def _period_alarms(period: str, alarms: int, exposure: float) -> PeriodAlarms:
    low, high = poisson_interval(alarms)
    return PeriodAlarms(period, alarms, alarms / exposure, low / exposure, high / exposure)
