"""What moved a score, in words with numbers: the feature, its value, and what is usual among innocents."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.models._boosted import Boosted, Feature

SHOWN_FEATURES = 5

#: How a number is written in each unit; what is not here is written as it is.
_WRITTEN = {
    "s": Words("{} 秒", "{} s"),
    "MB": Words("{} MB", "{} MB"),
    "MB²": Words("{} MB²", "{} MB²"),
    "CNY": Words("{} 元", "CNY {}"),
    "CNY²": Words("{} 元²", "CNY² {}"),
    "hour": Words("{} 时", "{} o'clock"),
    "day of month": Words("{} 日", "day {}"),
    "hours": Words("{} 小时", "{} hours"),
    "days": Words("{} 天", "{} days"),
    "months": Words("{} 个月", "{} months"),
    "count per day": Words("每日 {}", "{} a day"),
}


class Contribution(NamedTuple):
    """One feature of one row: what it is, what is usual (NaN: not known), and what it adds to the log-odds."""

    feature: Feature
    value: float
    usual: float
    share: float


def strongest(
    fitted: Boosted, values: NDArray[np.float64], shares: NDArray[np.float64], most: int
) -> list[Contribution]:
    """Return the known features of one row that speak most for fraud, the strongest first."""
    order = np.argsort(-shares, kind="stable")
    chosen = [n for n in order if shares[n] > 0 and not np.isnan(values[n])][:most]
    return [Contribution(fitted.features[n], values[n], fitted.usual[n], shares[n]) for n in chosen]


def above(
    fitted: Boosted, rows: pa.Table, least: float, envelope: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any], float, tuple[Contribution, ...]]]:
    """Yield of each row that scores `least`: its place, its envelope columns, the score and what moved it most."""
    scores = fitted.score(rows)
    found = np.flatnonzero(scores >= least)
    rows = rows.take(found)
    explained = fitted.explain(rows)
    for at, event in enumerate(rows.select(list(envelope)).to_pylist()):
        moved = strongest(fitted, explained.values[at], explained.shares[at], SHOWN_FEATURES)
        yield int(found[at]), event, float(scores[found[at]]), tuple(moved)


def told(one: Contribution, usual: Words) -> Words:
    """Say one feature with its number; `usual` says whose median stands beside it."""
    value = written(one.value, one.feature.unit)
    if np.isnan(one.usual):
        return Words(f"{one.feature.title.zh}：{value.zh}", f"{one.feature.title.en}: {value.en}")
    middle = written(one.usual, one.feature.unit)
    return Words(
        f"{one.feature.title.zh}：{value.zh}（{usual.zh} {middle.zh}）",
        f"{one.feature.title.en}: {value.en} ({usual.en} {middle.en})",
    )


def written(value: float, unit: str) -> Words:
    """Write a number with its unit: shares as per cent, 0 or 1 as no or yes, large ones with commas."""
    if unit == "share 0-1":
        return Words(f"{value:.1%}", f"{value:.1%}")
    if unit == "0 or 1":
        return Words("是", "yes") if value else Words("否", "no")
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 1_000 else f"{value:,.2f}"
    form = _WRITTEN.get(unit, Words("{}", "{}"))
    return Words(form.zh.format(number), form.en.format(number))


def as_evidence(contributions: Iterable[Contribution]) -> list[dict[str, object]]:
    """Return features as they are kept with a finding."""
    return [
        {
            "name": one.feature.name,
            "value": round(float(one.value), 6),
            "usual": None if np.isnan(one.usual) else round(float(one.usual), 6),
            "unit": one.feature.unit,
            "log_odds": round(float(one.share), 4),
        }
        for one in contributions
    ]
