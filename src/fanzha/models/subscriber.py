"""Fraud subscribers, classified by the whole profile: calls, texts, app traffic and bills (Art. 11)."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.events.subscriber_profile import BILLS, CALLS, TEXTS, TRAFFIC
from fanzha.models._model import Examples, Model
from fanzha.models.families.boosted_trees import Boosted, Feature, Floats, medians
from fanzha.models.families.profile_features import (
    ACCOUNT_RATES,
    PROFILE,
    USAGE_RATES,
    append_rates,
    name_features,
    read_numbers,
)
from fanzha.models.families.profile_model import ProfileModel

_RATES = (*USAGE_RATES, *ACCOUNT_RATES)

#: Blocks of columns of the profile, each with the column that shows whether the block is present.
BLOCKS: tuple[tuple[Sequence[Column], str], ...] = (
    (CALLS, "calls"),
    (TEXTS, "texts"),
    (TRAFFIC, "apps"),
    (BILLS, "bill_cny_mean"),
)


class Subscriber(ProfileModel):
    """Boosted trees on the whole profile.

    `missingness`: whether missing values may be used as features. In the Sichuan data set every user without bills is a
    fraudster, which may be an artefact of the data. If False, missing blocks are filled with those of an ordinary
    subscriber, and rows with missing blocks are left out of the training.
    """

    name: ClassVar[str] = "subscriber"
    title: ClassVar[Words] = Words("涉诈用户", "fraud subscriber")
    features: ClassVar[tuple[Feature, ...]] = name_features(PROFILE, _RATES)
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
        return append_rates(self._profile(table), PROFILE, _RATES)

    def fit(self, examples: Examples, *, seed: int = 0) -> Boosted:
        """Train trees with several seeds; the score is the mean of their log-odds."""
        if self.missingness:
            return super().fit(examples, seed=seed)
        profile = self._profile(examples.table)
        filled, is_complete = partial(self._filled, ordinary_profile(profile)), has_all_blocks(profile)
        return self.fit_values(filled(examples.table)[is_complete], examples.labels[is_complete], filled, seed)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the variant that does not use missing values as features."""
        title = Words(
            "不以缺失为信号（缺失账单按普通用户补全）", "missingness no sign (a missing bill judged as an ordinary one)"
        )
        return ((title, Subscriber(missingness=False)),) if self.missingness else ()

    def slices(self, table: pa.Table) -> tuple[tuple[Words, NDArray[np.bool_]], ...]:
        """Return the subscribers with a complete profile, on which missing values play no role."""
        return (
            (Words("仅资料完整的用户", "subscribers with a whole profile alone"), has_all_blocks(self._profile(table))),
        )

    def _profile(self, table: pa.Table) -> Floats:
        return read_numbers(table, PROFILE, min_columns=len(PROFILE) // 3)

    def _filled(self, substitute: Floats, table: pa.Table) -> Floats:
        return append_rates(fill_missing(self._profile(table), substitute), PROFILE, _RATES)


MODEL = Subscriber()


def has_all_blocks(values: Floats) -> NDArray[np.bool_]:
    """Return the mask of rows in which every block is present; `values` is rows × columns of the profile."""
    is_complete: NDArray[np.bool_] = np.logical_and.reduce([is_present for _, is_present in _blocks(values)])
    return is_complete


def ordinary_profile(values: Floats) -> Floats:
    """Return the median profile of the rows in which every block is present."""
    return medians(fill_missing(values[has_all_blocks(values)], np.zeros(values.shape[1])))


def fill_missing(values: Floats, substitute: Floats) -> Floats:
    """Return the profile without NaN: missing blocks are copied from `substitute`, other gaps become 0."""
    filled = np.nan_to_num(values, nan=0.0)
    for columns, is_present in _blocks(values):
        filled[:, columns] = np.where(is_present[:, None], filled[:, columns], substitute[columns])
    return filled


def _blocks(values: Floats) -> list[tuple[slice, NDArray[np.bool_]]]:
    blocks, begin = [], 0
    for columns, sign in BLOCKS:
        names = [column.name for column in columns]
        blocks.append((slice(begin, begin + len(names)), ~np.isnan(values[:, begin + names.index(sign)])))
        begin += len(names)
    return blocks
