"""Rates are what their names say, and not-a-number where they have no sense."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.events.subscriber_profile import CALLS
from fanzha.models.families.profile_features import (
    ACCOUNT_RATES,
    PROFILE,
    USAGE,
    USAGE_RATES,
    name_features,
    profile_features,
    read_numbers,
)

NAMES = [feature.name for feature in name_features(PROFILE, (*USAGE_RATES, *ACCOUNT_RATES))]


def row(**given: float | None) -> dict[str, float]:
    table = pa.table({column.name: [given.get(column.name)] for column in PROFILE})
    values = profile_features(table, PROFILE, (*USAGE_RATES, *ACCOUNT_RATES))
    return dict(zip(NAMES, values[0].tolist(), strict=True))


def test_rates_by_hand() -> None:
    found = row(calls=100, call_days=20, calls_made=60, calls_in_hour=30, talk_s_mean=50, talk_s_median=25, texts=10)
    assert found["talk_s"] == 5_000 and found["calls_taken"] == 40
    assert (found["calls_per_day"], found["made_per_day"], found["hour_share"]) == (5, 3, 0.3)
    assert (found["talk_evenness"], found["texts_per_call"]) == (0.5, 0.1)
    bills = row(bill_cny=240, bill_cny_mean=30, bill_cny_variance=225, bill_cny_max=50, bill_cny_min=20)
    assert (bills["months_billed"], bills["bill_spread"], bills["bill_range"]) == (8, 0.5, 30)


def test_rates_without_sense_are_not_a_number_and_raise_no_warning() -> None:
    found = row(calls=0, call_days=0, texts=5, bill_cny=0, bill_cny_mean=0)
    assert all(np.isnan(found[name]) for name in ("calls_per_day", "texts_per_call", "months_billed", "talk_s"))


def test_features_have_names_of_their_own_in_both_languages() -> None:
    features = name_features(PROFILE, (*USAGE_RATES, *ACCOUNT_RATES))
    for names in (NAMES, [f.title.zh for f in features], [f.title.en for f in features]):
        assert len(names) == len(set(names))


def test_a_table_with_hardly_any_column_of_the_profile_is_refused() -> None:
    with pytest.raises(UsageError):
        profile_features(pa.table({"calls": [1], "text": ["x"]}), USAGE, USAGE_RATES)


def test_our_names_and_known_headers_give_the_same_numbers() -> None:
    ours = pa.table({"calls": [3, None], "other_parties": [2, 5]})
    theirs = pa.table({"node": ["a", "b"], "opposite_unique": [2.0, 5.0], "Opposite_Count": [3.0, None]})
    for table in (ours, theirs, pa.table({"通话次数": [3, None], "对端号码数": [2, 5]})):
        assert np.array_equal(read_numbers(table, CALLS[:3]), [[3, 2, np.nan], [np.nan, 5, np.nan]], equal_nan=True)


def test_our_name_comes_before_a_header() -> None:
    assert read_numbers(pa.table({"opposite_count": [9], "calls": [1]}), CALLS[:1]).tolist() == [[1.0]]


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(UsageError, match="fewer than 2 of the columns"):
        read_numbers(pa.table({"calls": [1], "text": ["x"]}), CALLS, min_columns=2)
