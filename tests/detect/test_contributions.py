"""Numbers are written with their units in both languages, and only what speaks for fraud is told."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.words import Words
from fanzha.detect._contributions import (
    MAX_CONTRIBUTIONS,
    Contribution,
    contribution_evidence,
    describe_contribution,
    explain_rows,
    format_value,
    top_contributions,
)
from fanzha.detect.fraud_subscriber import DETECTOR
from fanzha.events.subscriber_profile import EVENT
from fanzha.models.families.boosted_trees import Boosted, Feature
from fanzha.models.subscriber import MODEL as WHOLE
from fanzha.models.subscriber_usage import MODEL

MEDIAN = Words("中位数", "median")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (312.0, "count", Words("312", "312")),
        (6.794118, "count", Words("6.79", "6.79")),
        (12_345.6, "count", Words("12,346", "12,346")),
        (0.0192, "share 0-1", Words("1.9%", "1.9%")),
        (44.0, "s", Words("44 秒", "44 s")),
        (58.5, "CNY", Words("58.50 元", "CNY 58.50")),
        (14.0, "hour", Words("14 时", "14 o'clock")),
        (3.5, "count per day", Words("每日 3.50", "3.50 a day")),
        (1.0, "0 or 1", Words("是", "yes")),
        (0.0, "0 or 1", Words("否", "no")),
        (-2.75, "CNY", Words("-2.75 元", "CNY -2.75")),
    ],
)
def test_number_with_its_unit(value: float, unit: str, expected: Words) -> None:
    assert format_value(value, unit) == expected


def test_usual_value_stands_beside_where_it_is_known() -> None:
    feature = Feature("devices", Words("使用终端数", "devices used"), "count")
    assert describe_contribution(Contribution(feature, 4, 1, 0.6), MEDIAN) == Words(
        "使用终端数：4（中位数 1）", "devices used: 4 (median 1)"
    )
    assert describe_contribution(Contribution(feature, 4, np.nan, 0.6), MEDIAN) == Words(
        "使用终端数：4", "devices used: 4"
    )


def test_strongest_first_without_what_is_missing_or_speaks_against() -> None:
    fitted: Boosted = MODEL.load()
    values, shares = np.ones(len(fitted.features)), np.zeros(len(fitted.features))
    shares[[1, 4, 7, 9]] = [0.2, 0.9, -3.0, 0.5]
    values[9] = np.nan
    contributions = top_contributions(fitted, values, shares, 5)
    assert [contribution.feature.name for contribution in contributions] == [
        fitted.features[4].name,
        fitted.features[1].name,
    ]
    assert len(top_contributions(fitted, values, shares, 1)) == 1


def test_rows_above_a_threshold_keep_their_place_and_say_what_moved_them() -> None:
    dialler, _, courier, _ = (dict(example.rows[0]) for example in DETECTOR.examples)
    envelope = {"occurred_at": 1_000, "observed_at": 1_000, "source": "s", "simulated": False}
    rows = [{"event_id": f"e{place}", **envelope, **row} for place, row in enumerate((courier, dialler))]
    ((at, event, score, contributions),) = explain_rows(
        WHOLE.load(), pa.Table.from_pylist(rows, schema=EVENT.schema), WHOLE.card().thresholds["1pct"], ("event_id",)
    )
    assert (at, event) == (1, {"event_id": "e1"})
    assert score >= WHOLE.card().thresholds["1pct"]
    assert len(contributions) == MAX_CONTRIBUTIONS and all(contribution.share > 0 for contribution in contributions)


def test_evidence_is_plain_json_without_not_a_number() -> None:
    feature = Feature("devices", Words("使用终端数", "devices used"), "count")
    (kept,) = contribution_evidence([Contribution(feature, 4, np.nan, 0.61237)])
    assert kept == {"name": "devices", "value": 4.0, "usual": None, "unit": "count", "log_odds": 0.6124}
