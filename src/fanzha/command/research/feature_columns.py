"""The columns that a partner's model may take: numbers computed from findings, no value of a subject and no text.

The list is published: its order and meaning are a contract. A new column is added at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Bools = NDArray[np.bool_]

HOUR_MS = 3_600_000
SCORE = "score_"


class FeatureColumn(NamedTuple):
    """A published column: always a finite number, 0 where nothing is known."""

    name: str
    title: Words


_COUNTED = (
    FeatureColumn("findings", Words("线索数", "findings")),
    FeatureColumn("live_findings", Words("正式线索数", "live findings")),
    FeatureColumn("detectors", Words("检测器个数", "distinct detectors")),
    FeatureColumn("fraud_types", Words("诈骗类型个数", "distinct fraud types")),
    FeatureColumn("top_score", Words("最高分值", "highest score, 0-1")),
    FeatureColumn("mean_score", Words("平均分值", "mean score, 0-1")),
    FeatureColumn("last_score", Words("最近一条线索的分值", "score of the last finding, 0-1")),
    FeatureColumn("active_hours", Words("首末线索相隔小时", "hours from the first to the last finding")),
    FeatureColumn("quiet_hours", Words("末条线索至今小时", "hours since the last finding")),
    FeatureColumn("abroad_share", Words("国际来话线索占比", "share of findings on traffic from abroad, 0-1")),
    FeatureColumn("calls", Words("一个窗口内最多通话数", "most calls in a window")),
    FeatureColumn("callees", Words("一个窗口内最多被叫数", "most distinct callees in a window")),
    FeatureColumn("callers", Words("一个窗口内最多主叫数", "most distinct callers in a window")),
    FeatureColumn("texts", Words("一个窗口内最多短信数", "most texts in a window")),
    FeatureColumn("money_yuan", Words("证据中的最大金额（元）", "largest amount in evidence, CNY")),
)


class FindingColumns(NamedTuple):
    """Findings of subjects as columns of equal length; `type_codes` are places in `scored_types`, -1 for others."""

    subjects: Integers
    detector_codes: Integers
    type_codes: Integers
    scores: Floats
    found_at: Integers
    is_live: Bools
    is_abroad: Bools
    windows: Floats  # rows x (calls, callees, callers, texts, money_yuan)

    def take(self, places: Integers) -> FindingColumns:
        """Return the findings at some places, in their order."""
        return FindingColumns(
            self.subjects[places],
            self.detector_codes[places],
            self.type_codes[places],
            self.scores[places],
            self.found_at[places],
            self.is_live[places],
            self.is_abroad[places],
            self.windows[places],
        )


class FeatureRows(NamedTuple):
    """Subjects (primary keys, ascending) with their values: rows x `all_columns()`. `our_scores` are of live ones."""

    subjects: Integers
    values: Floats
    our_scores: Floats
    main_types: Sequence[str]


@cache
def scored_types() -> tuple[str, ...]:
    """Return the fraud types with a column of their own, in order."""
    return tuple(code for code in FRAUD_TYPES if code not in TO_WARN)


@cache
def all_columns() -> tuple[FeatureColumn, ...]:
    """Return the published columns in order."""
    scores = (
        FeatureColumn(
            f"{SCORE}{code}", Words(f"最高分值：{FRAUD_TYPES[code].zh}", f"highest score: {FRAUD_TYPES[code].en}")
        )
        for code in scored_types()
    )
    return (*_COUNTED, *scores)


def column_names() -> tuple[str, ...]:
    """Return the names of the published columns in order."""
    return tuple(column.name for column in all_columns())


def compute_features(found: FindingColumns, as_of: Integers) -> FeatureRows:
    """Compute the columns of each subject from its findings before a moment.

    `as_of` has the moment of each finding's subject (UTC ms): findings at or after it do not count, so that a model
    never reads what was decided later.
    """
    import numpy as np

    counts = found.found_at < as_of
    found, as_of = found.take(np.flatnonzero(counts)), as_of[counts]
    order = np.lexsort((found.found_at, found.subjects))
    found, as_of = found.take(order), as_of[order]
    subjects, starts, sizes = np.unique(found.subjects, return_index=True, return_counts=True)
    if not len(subjects):
        return FeatureRows(subjects, np.empty((0, len(all_columns()))), np.empty(0), ())
    rows, ends = np.repeat(np.arange(len(subjects)), sizes), starts + sizes - 1
    by_type = np.zeros((len(subjects), len(scored_types())))
    typed = found.type_codes >= 0
    np.maximum.at(by_type, (rows[typed], found.type_codes[typed]), found.scores[typed])
    counted = (
        sizes,
        np.add.reduceat(found.is_live.astype(np.int64), starts),
        _count_distinct(rows, found.detector_codes, len(subjects)),
        _count_distinct(rows[typed], found.type_codes[typed], len(subjects)),
        np.maximum.reduceat(found.scores, starts),
        np.add.reduceat(found.scores, starts) / sizes,
        found.scores[ends],
        (found.found_at[ends] - found.found_at[starts]) / HOUR_MS,
        (as_of[ends] - found.found_at[ends]) / HOUR_MS,
        np.add.reduceat(found.is_abroad.astype(np.float64), starts) / sizes,
    )
    windows = np.maximum.reduceat(found.windows, starts, axis=0)
    values = np.column_stack([*counted, windows, by_type]).astype(np.float64)
    ours = np.maximum.reduceat(np.where(found.is_live, found.scores, 0.0), starts)
    names = (*scored_types(), "")
    main = np.where(by_type.max(axis=1) > 0, by_type.argmax(axis=1), len(names) - 1)
    return FeatureRows(subjects, values, ours, [names[place] for place in main])


def _count_distinct(rows: Integers, codes: Integers, count: int) -> Integers:
    """Return how many distinct codes each row has."""
    import numpy as np

    if not len(rows):
        return np.zeros(count, np.int64)
    pairs = np.unique(rows * (int(codes.max()) + 1) + codes)
    return np.bincount(pairs // (int(codes.max()) + 1), minlength=count)
