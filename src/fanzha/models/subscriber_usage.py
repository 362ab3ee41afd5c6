"""Is this subscriber a fraudster, from calls and texts alone: for operators without billing data (Art. 11)."""

from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from fanzha.base.words import Words
from fanzha.learn.grow import grow
from fanzha.learn.trees import joined
from fanzha.models._boosted import Boosted, load_boosted, medians
from fanzha.models._model import Examples, Fitted, Model, Source
from fanzha.models._profile_features import USAGE, USAGE_RATES, features_of, take

_SETTINGS = {
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
}
_FEATURES = features_of(USAGE, USAGE_RATES)
_TAKE = partial(take, columns=USAGE, rates=USAGE_RATES)


class SubscriberUsage(Model):
    """Boosted trees on the call and text columns of a profile."""

    name: ClassVar[str] = "subscriber-usage"
    title: ClassVar[Words] = Words("涉诈用户（仅话单与短信）", "fraud subscriber from calls and texts alone")
    reads: ClassVar[str] = "subscriber_profile"
    answers: ClassVar[str] = "yes_no"
    sources: ClassVar[tuple[Source, ...]] = (
        Source("sichuan_telecom/nodes.parquet", label="label", positive=("1",), licence="Apache-2.0 (repository)"),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Grow trees from several seeds; the mean of their log-odds is the score."""
        values = _TAKE(examples.table)
        parts = [grow(values, examples.labels, _SETTINGS, rounds=500, seed=seed * 100 + n) for n in range(5)]
        return Boosted(joined(parts), _FEATURES, _TAKE, medians(values[np.asarray(examples.labels == 0)]))

    def load(self, path: Path | None = None) -> Fitted:
        """Return the shipped weights, or those of another file."""
        return load_boosted(path or self.weights, _FEATURES, _TAKE)


MODEL = SubscriberUsage()
