"""Fraud subscribers, classified by calls and texts alone, for operators without billing data (Art. 11)."""

from typing import ClassVar

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events.subscriber_profile import NOT_BY_WINDOWS
from fanzha.models._model import Examples, Model
from fanzha.models.families.boosted_trees import Boosted, Feature, Floats
from fanzha.models.families.profile_features import (
    USAGE,
    USAGE_RATES,
    append_rates,
    name_features,
    profile_features,
    read_numbers,
)
from fanzha.models.families.profile_model import ProfileModel


class SubscriberUsage(ProfileModel):
    """Boosted trees on the call and text columns of a profile.

    `by_windows`: whether the profiles to score are computed from windows, which lack some columns that the training
    data has.
    """

    name: ClassVar[str] = "subscriber-usage"
    title: ClassVar[Words] = Words("涉诈用户（仅通话与短信）", "fraud subscriber, from calls and texts alone")
    features: ClassVar[tuple[Feature, ...]] = name_features(USAGE, USAGE_RATES)

    def __init__(self, *, by_windows: bool = False) -> None:
        self.by_windows = by_windows

    def values(self, table: pa.Table) -> Floats:
        """Return rows × features, NaN where missing."""
        return profile_features(table, USAGE, USAGE_RATES)

    def fit(self, examples: Examples, *, seed: int = 0) -> Boosted:
        """Train trees with several seeds; the score is the mean of their log-odds."""
        extract = _values_by_windows if self.by_windows else self.values
        return self.fit_values(self.values(examples.table), examples.labels, extract, seed)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the variant for profiles computed from windows."""
        title = Words(
            "待判画像由窗口计算（缺中位数、最忙时段和地点）",
            "the profiles judged are made by windows (medians, busiest times and places are missing)",
        )
        return () if self.by_windows else ((title, SubscriberUsage(by_windows=True)),)


def _values_by_windows(table: pa.Table) -> Floats:
    values = read_numbers(table, USAGE)
    values[:, [column.name in NOT_BY_WINDOWS for column in USAGE]] = np.nan
    return append_rates(values, USAGE, USAGE_RATES)


MODEL = SubscriberUsage()
