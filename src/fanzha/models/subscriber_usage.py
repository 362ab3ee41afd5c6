"""Is this subscriber a fraudster, from calls and texts alone: for operators without billing data (Art. 11)."""

from typing import ClassVar

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.models._boosted import Feature, Floats
from fanzha.models._profile_features import USAGE, USAGE_RATES, features_of, take
from fanzha.models._profile_model import ProfileModel


class SubscriberUsage(ProfileModel):
    """Boosted trees on the call and text columns of a profile."""

    name: ClassVar[str] = "subscriber-usage"
    title: ClassVar[Words] = Words("涉诈用户（仅通话与短信）", "fraud subscriber, from calls and texts alone")
    features: ClassVar[tuple[Feature, ...]] = features_of(USAGE, USAGE_RATES)

    def values(self, table: pa.Table) -> Floats:
        """Return rows × features, NaN where missing."""
        return take(table, USAGE, USAGE_RATES)


MODEL = SubscriberUsage()
