"""Explain a model's score: the features that contributed most, their values, and the usual value of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words, enumerate_english
from fanzha.models.families.boosted_trees import Boosted, Feature

MAX_CONTRIBUTIONS = 5

#: Format of a number in each unit. Numbers of other units are written without one.
_UNIT_WORDS = {
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
    """One feature of one row: its value, the usual value (NaN if unknown), and what it adds to the log-odds."""

    feature: Feature
    value: float
    usual: float
    share: float


def top_contributions(
    fitted: Boosted, values: NDArray[np.float64], shares: NDArray[np.float64], limit: int
) -> list[Contribution]:
    """Return the known features of one row that raise the score most, the strongest first."""
    order = np.argsort(-shares, kind="stable")
    chosen = [index for index in order if shares[index] > 0 and not np.isnan(values[index])][:limit]
    return [Contribution(fitted.features[index], values[index], fitted.usual[index], shares[index]) for index in chosen]


def explain_rows(
    fitted: Boosted, rows: pa.Table, min_score: float, envelope: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any], float, tuple[Contribution, ...]]]:
    """Yield index, envelope columns, score and top contributions of each row that scores at least `min_score`."""
    scores = fitted.score(rows)
    indices = np.flatnonzero(scores >= min_score)
    rows = rows.take(indices)
    explanation = fitted.explain(rows)
    for position, event in enumerate(rows.select(list(envelope)).to_pylist()):
        contributions = top_contributions(
            fitted, explanation.values[position], explanation.contributions[position], MAX_CONTRIBUTIONS
        )
        yield int(indices[position]), event, float(scores[indices[position]]), tuple(contributions)


def summarize_contributions(contributions: Sequence[Contribution], special: Mapping[str, Words], most: int) -> Words:
    """Return the features that raise a score most, with value and median, as a clause of a sentence.

    `special` are the words for features whose values say nothing to a reader, by name.
    """
    clauses = [
        special.get(contribution.feature.name) or _summarize_contribution(contribution)
        for contribution in contributions[:most]
    ]
    return Words("、".join(clause.zh for clause in clauses), enumerate_english([clause.en for clause in clauses]))


def _summarize_contribution(contribution: Contribution) -> Words:
    title = contribution.feature.title
    if contribution.feature.unit == "0 or 1" and contribution.value:
        return title
    value = format_value(contribution.value, contribution.feature.unit)
    if np.isnan(contribution.usual):
        return Words(f"{title.zh} {value.zh}", f"{title.en} {value.en}")
    usual = format_value(contribution.usual, contribution.feature.unit)
    return Words(f"{title.zh} {value.zh}（通常 {usual.zh}）", f"{title.en} {value.en} (usually {usual.en})")


def describe_contribution(contribution: Contribution, usual_words: Words) -> Words:
    """Describe one feature with its value and the median; `usual_words` says whose median it is."""
    value = format_value(contribution.value, contribution.feature.unit)
    if np.isnan(contribution.usual):
        return Words(f"{contribution.feature.title.zh}：{value.zh}", f"{contribution.feature.title.en}: {value.en}")
    usual_value = format_value(contribution.usual, contribution.feature.unit)
    return Words(
        f"{contribution.feature.title.zh}：{value.zh}（{usual_words.zh} {usual_value.zh}）",
        f"{contribution.feature.title.en}: {value.en} ({usual_words.en} {usual_value.en})",
    )


def format_value(value: float, unit: str) -> Words:
    """Format a number with its unit: shares as per cent, 0 and 1 as no and yes, large numbers with commas."""
    if unit == "share 0-1":
        return Words(f"{value:.1%}", f"{value:.1%}")
    if unit == "0 or 1":
        return Words("是", "yes") if value else Words("否", "no")
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 1_000 else f"{value:,.2f}"
    template = _UNIT_WORDS.get(unit, Words("{}", "{}"))
    return Words(template.zh.format(number), template.en.format(number))


def contribution_evidence(contributions: Iterable[Contribution]) -> list[dict[str, object]]:
    """Return the contributions in the form that the evidence of a finding stores."""
    return [
        {
            "name": contribution.feature.name,
            "value": round(float(contribution.value), 6),
            "usual": None if np.isnan(contribution.usual) else round(float(contribution.usual), 6),
            "unit": contribution.feature.unit,
            "log_odds": round(float(contribution.share), 4),
        }
        for contribution in contributions
    ]
