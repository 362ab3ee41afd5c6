"""Is this subscriber a fraudster, from calls and texts alone: for operators without billing data (Art. 11)."""

from typing import ClassVar

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events.subscriber_profile import NOT_BY_WINDOWS
from fanzha.models._boosted import Boosted, Feature, Floats
from fanzha.models._columns import numbers
from fanzha.models._model import Examples, Model
from fanzha.models._profile_features import USAGE, USAGE_RATES, features_of, take, with_rates
from fanzha.models._profile_model import ProfileModel


class SubscriberUsage(ProfileModel):
    """Boosted trees on the call and text columns of a profile.

    by_windows: whether the profiles to be judged are made by windows, which leave some columns out; the training has
    them all.
    """

    name: ClassVar[str] = "subscriber-usage"
    title: ClassVar[Words] = Words("涉诈用户（仅通话与短信）", "fraud subscriber, from calls and texts alone")
    features: ClassVar[tuple[Feature, ...]] = features_of(USAGE, USAGE_RATES)

    def __init__(self, *, by_windows: bool = False) -> None:
        self.by_windows = by_windows

    def values(self, table: pa.Table) -> Floats:
        """Return rows × features, NaN where missing."""
        return take(table, USAGE, USAGE_RATES)

    def fit(self, examples: Examples, *, seed: int = 0) -> Boosted:
        """Grow trees from several seeds; the mean of their log-odds is the score."""
        judged = _values_by_windows if self.by_windows else self.values
        return self.grown(self.values(examples.table), examples.labels, judged, seed)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the fit that judges profiles made by windows."""
        without = Words(
            "待判画像由窗口计算（缺中位数、最忙时段和地点）",
            "the profiles judged are made by windows (medians, busiest times and places are missing)",
        )
        return () if self.by_windows else ((without, SubscriberUsage(by_windows=True)),)


def _values_by_windows(table: pa.Table) -> Floats:
    values = numbers(table, USAGE)
    values[:, [column.name in NOT_BY_WINDOWS for column in USAGE]] = np.nan
    return with_rates(values, USAGE, USAGE_RATES)


MODEL = SubscriberUsage()
