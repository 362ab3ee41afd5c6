"""Is this subscriber a fraudster, from the whole profile: calls, texts, app traffic and bills (Art. 11)."""

from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.models._boosted import Boosted, Feature, Floats
from fanzha.models._columns import numbers
from fanzha.models._complete import completed, ordinary, whole
from fanzha.models._model import Examples, Model
from fanzha.models._profile_features import ACCOUNT_RATES, PROFILE, USAGE_RATES, features_of, with_rates
from fanzha.models._profile_model import ProfileModel

_RATES = (*USAGE_RATES, *ACCOUNT_RATES)


class Subscriber(ProfileModel):
    """Boosted trees on the whole profile.

    missingness: whether what is missing may count as a sign. In the Sichuan table every user without bills is a
    fraudster, which may say more of how the table was made than of fraud; without it such users are judged as if their
    bills were ordinary, and nothing is learned from them.
    """

    name: ClassVar[str] = "subscriber"
    title: ClassVar[Words] = Words("涉诈用户", "fraud subscriber")
    features: ClassVar[tuple[Feature, ...]] = features_of(PROFILE, _RATES)
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "训练数据中没有账单的用户全部是诈骗，缺失本身被当作信号；不以缺失为信号时的指标另列。没有账单不能证明任何事。",
            "In the training every subscriber without bills is a fraudster, so a missing bill counts as a sign; "
            "figures without that sign stand beside. A missing bill proves nothing.",
        ),
        *ProfileModel.limits,
    )

    def __init__(self, *, missingness: bool = True) -> None:
        self.missingness = missingness

    def values(self, table: pa.Table) -> Floats:
        """Return rows × features, NaN where missing."""
        return with_rates(self._profile(table), PROFILE, _RATES)

    def fit(self, examples: Examples, *, seed: int = 0) -> Boosted:
        """Grow trees from several seeds; the mean of their log-odds is the score."""
        if self.missingness:
            return super().fit(examples, seed=seed)
        profile = self._profile(examples.table)
        filled, kept = partial(self._filled, ordinary(profile)), whole(profile)
        return self.grown(filled(examples.table)[kept], examples.labels[kept], filled, seed)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the fit that must not look at what is missing."""
        without = Words(
            "不以缺失为信号（缺失账单按普通用户补全）", "missingness no sign (a missing bill judged as an ordinary one)"
        )
        return ((without, Subscriber(missingness=False)),) if self.missingness else ()

    def slices(self, table: pa.Table) -> tuple[tuple[Words, NDArray[np.bool_]], ...]:
        """Return the subscribers whose profile is whole: on them missingness can be no sign."""
        return ((Words("仅资料完整的用户", "subscribers with a whole profile alone"), whole(self._profile(table))),)

    def _profile(self, table: pa.Table) -> Floats:
        return numbers(table, PROFILE, wanted=len(PROFILE) // 3)

    def _filled(self, instead: Floats, table: pa.Table) -> Floats:
        return with_rates(completed(self._profile(table), instead), PROFILE, _RATES)


MODEL = Subscriber()
