"""Windows give every column of calls and texts but those left to tables; what nothing is known of is null, not 0."""

from collections.abc import Mapping

import numpy as np
import pytest

from fanzha.analyze.profile.columns import WINDOWS, profile_columns
from fanzha.events.subscriber_profile import CALLS, NOT_BY_WINDOWS, TEXTS

NOTHING = dict.fromkeys(WINDOWS, 0.0) | dict.fromkeys(
    ("calls_per_party_max", "talk_max", "talk_min", "talk_per_party_max"), np.nan
)


def column(name: str, values: Mapping[str, float]) -> float:
    return float(profile_columns({key: np.array([value]) for key, value in {**NOTHING, **values}.items()})[name][0])


def test_all_columns_of_calls_and_texts_are_made_but_those_left_to_tables() -> None:
    columns_by_name = profile_columns({name: np.array([value]) for name, value in NOTHING.items()})
    names = {one.name for one in (*CALLS, *TEXTS)}
    assert set(columns_by_name) == names - NOT_BY_WINDOWS and names >= NOT_BY_WINDOWS


def test_of_a_subscriber_with_nothing_nothing_is_known() -> None:
    columns_by_name = profile_columns({name: np.array([value]) for name, value in NOTHING.items()})
    assert all(np.isnan(values).all() for values in columns_by_name.values())


@pytest.mark.parametrize(
    ("name", "values", "value"),
    [
        ("calls_made_share", {"calls": 4, "calls_made": 3}, 0.75),
        ("calls_made_share", {"calls": 4}, np.nan),
        ("calls_per_party_mean", {"calls": 9, "calls_met": 8, "other_parties": 4}, 2),
        ("talk_s_mean", {"calls": 9, "calls_timed": 8, "talk": 4_000}, 0.5),
        ("talk_s_per_party_mean", {"calls": 9, "calls_timed": 1, "talk_met": 3_000, "other_parties": 2}, 1.5),
        ("talk_s_per_party_mean", {"calls": 9, "other_parties": 2}, np.nan),
        ("talk_s_max", {"calls": 9, "talk_max": 1_500}, 1.5),
        ("devices", {"calls": 9, "calls_made": 9}, np.nan),
        ("devices", {"calls": 9, "calls_made": 9, "devices": 2}, 2),
        ("texts_received", {"texts": 5}, 0),
        ("texts_received_share", {"texts": 5, "texts_received": 1}, 0.2),
        ("texts_per_party", {"texts": 5, "texts_met": 4, "text_parties": 2}, 2),
    ],
)
def test_ratios_and_gaps(name: str, values: dict[str, float], value: float) -> None:
    assert column(name, values) == pytest.approx(value, nan_ok=True)
