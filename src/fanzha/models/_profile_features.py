"""The features of a subscriber profile: its own columns, and the rates and shares that tell a dialler from a person."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.events.subscriber_profile import BILLS, CALLS, TEXTS, TRAFFIC
from fanzha.models._boosted import Feature, Floats
from fanzha.models._columns import numbers

Row = Mapping[str, Floats]  # the profile's columns by name


class Derived(NamedTuple):
    """A feature computed from columns of the profile; NaN where one of them is missing or the ratio has no sense."""

    name: str
    unit: str
    title: Words
    compute: Callable[[Row], Floats]


def _over(above: Floats, below: Floats) -> Floats:
    known = below > 0
    return np.where(known, above / np.where(known, below, 1), np.nan)


_PER_DAY, _SHARE, _RATIO, _COUNT = "count per day", "share 0-1", "ratio", "count"

USAGE_RATES: tuple[Derived, ...] = (
    Derived("talk_s", "s", Words("总通话时长", "talk in total"), lambda r: r["talk_s_mean"] * r["calls"]),
    Derived("calls_taken", _COUNT, Words("被叫次数", "calls taken"), lambda r: r["calls"] - r["calls_made"]),
    Derived(
        "calls_per_day", _PER_DAY, Words("日均通话次数", "calls per day"), lambda r: _over(r["calls"], r["call_days"])
    ),
    Derived(
        "made_per_day",
        _PER_DAY,
        Words("日均主叫次数", "calls made per day"),
        lambda r: _over(r["calls_made"], r["call_days"]),
    ),
    Derived(
        "hour_share",
        _SHARE,
        Words("最忙时段通话占比", "share of calls in the busiest hour"),
        lambda r: _over(r["calls_in_hour"], r["calls"]),
    ),
    Derived(
        "day_share",
        _SHARE,
        Words("最忙日通话占比", "share of calls on the busiest day"),
        lambda r: _over(r["calls_on_day"], r["calls"]),
    ),
    Derived(
        "party_share",
        _SHARE,
        Words("最常联系对方通话占比", "share of calls with one party"),
        lambda r: _over(r["calls_per_party_max"], r["calls"]),
    ),
    Derived(
        "talk_evenness",
        _RATIO,
        Words("通话时长中位数与均值之比", "median to mean talk per call"),
        lambda r: _over(r["talk_s_median"], r["talk_s_mean"]),
    ),
    Derived("texts_sent", _COUNT, Words("发送短信条数", "texts sent"), lambda r: r["texts"] - r["texts_received"]),
    Derived(
        "texts_per_call", _RATIO, Words("短信与通话次数之比", "texts per call"), lambda r: _over(r["texts"], r["calls"])
    ),
    Derived(
        "texts_per_day", _PER_DAY, Words("日均短信条数", "texts per day"), lambda r: _over(r["texts"], r["text_days"])
    ),
    Derived(
        "text_hour_share",
        _SHARE,
        Words("最忙时段短信占比", "share of texts in the busiest hour"),
        lambda r: _over(r["texts_in_hour"], r["texts"]),
    ),
    Derived(
        "text_day_share",
        _SHARE,
        Words("最忙日短信占比", "share of texts on the busiest day"),
        lambda r: _over(r["texts_on_day"], r["texts"]),
    ),
    Derived(
        "call_to_text_parties",
        _RATIO,
        Words("通话对方数与短信对方数之比", "call parties to text parties"),
        lambda r: _over(r["other_parties"], r["text_parties"]),
    ),
)

ACCOUNT_RATES: tuple[Derived, ...] = (
    Derived(
        "months_billed",
        "months",
        Words("有账单的月数", "months billed"),
        lambda r: _over(np.abs(r["bill_cny"]), np.abs(r["bill_cny_mean"])),
    ),
    Derived(
        "app_records",
        _COUNT,
        Words("应用月记录数", "app-months with traffic"),
        lambda r: _over(r["traffic_mb"], r["traffic_mb_mean"]),
    ),
    Derived(
        "bill_spread",
        _RATIO,
        Words("月账单离散系数", "spread of the monthly bill"),
        lambda r: _over(np.sqrt(r["bill_cny_variance"]), r["bill_cny_mean"]),
    ),
    Derived(
        "bill_range",
        "CNY",
        Words("月账单高低差", "range of the monthly bill"),
        lambda r: r["bill_cny_max"] - r["bill_cny_min"],
    ),
)

USAGE: tuple[Column, ...] = (*CALLS, *TEXTS)
PROFILE: tuple[Column, ...] = (*USAGE, *TRAFFIC, *BILLS)


def features_of(columns: Sequence[Column], rates: Sequence[Derived]) -> tuple[Feature, ...]:
    """Name the features: the columns, then the rates."""
    own = [Feature(column.name, column.title, column.unit) for column in columns]
    return (*own, *(Feature(rate.name, rate.title, rate.unit) for rate in rates))


def take(table: pa.Table, columns: Sequence[Column], rates: Sequence[Derived]) -> Floats:
    """Return rows × features of a table under our names or the Sichuan table's."""
    return with_rates(numbers(table, columns, wanted=len(columns) // 3), columns, rates)


def with_rates(values: Floats, columns: Sequence[Column], rates: Sequence[Derived]) -> Floats:
    """Put the rates beside the columns they are made from."""
    row = {column.name: values[:, place] for place, column in enumerate(columns)}
    with np.errstate(over="ignore", invalid="ignore"):  # absurd numbers of a broken export
        return np.column_stack([values, *(rate.compute(row) for rate in rates)])
