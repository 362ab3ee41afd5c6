"""Rates are what their names say, and not-a-number where they have no sense."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.models.families.profile_features import (
    ACCOUNT_RATES,
    PROFILE,
    USAGE,
    USAGE_RATES,
    name_features,
    profile_features,
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
