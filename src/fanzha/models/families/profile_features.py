"""Features of a subscriber profile: its columns, and rates and shares derived from them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.events.subscriber_profile import BILLS, CALLS, TEXTS, TRAFFIC
from fanzha.models.families.boosted_trees import Feature, Floats

Row = Mapping[str, Floats]  # columns of the profile by name


class DerivedFeature(NamedTuple):
    """A feature computed from columns of the profile; NaN where one is missing or a ratio is undefined."""

    name: str
    unit: str
    title: Words
    compute: Callable[[Row], Floats]


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    is_positive = denominator > 0
    return np.where(is_positive, numerator / np.where(is_positive, denominator, 1), np.nan)


_PER_DAY, _SHARE, _RATIO, _COUNT = "count per day", "share 0-1", "ratio", "count"

USAGE_RATES: tuple[DerivedFeature, ...] = (
    DerivedFeature("talk_s", "s", Words("总通话时长", "talk in total"), lambda r: r["talk_s_mean"] * r["calls"]),
    DerivedFeature("calls_taken", _COUNT, Words("被叫次数", "calls taken"), lambda r: r["calls"] - r["calls_made"]),
    DerivedFeature(
        "calls_per_day", _PER_DAY, Words("日均通话次数", "calls per day"), lambda r: _ratio(r["calls"], r["call_days"])
    ),
    DerivedFeature(
        "made_per_day",
        _PER_DAY,
        Words("日均主叫次数", "calls made per day"),
        lambda r: _ratio(r["calls_made"], r["call_days"]),
    ),
    DerivedFeature(
        "hour_share",
        _SHARE,
        Words("最忙时段通话占比", "share of calls in the busiest hour"),
        lambda r: _ratio(r["calls_in_hour"], r["calls"]),
    ),
    DerivedFeature(
        "day_share",
        _SHARE,
        Words("最忙日通话占比", "share of calls on the busiest day"),
        lambda r: _ratio(r["calls_on_day"], r["calls"]),
    ),
    DerivedFeature(
        "party_share",
        _SHARE,
        Words("最常联系对方通话占比", "share of calls with one party"),
        lambda r: _ratio(r["calls_per_party_max"], r["calls"]),
    ),
    DerivedFeature(
        "talk_evenness",
        _RATIO,
        Words("通话时长中位数与均值之比", "median to mean talk per call"),
        lambda r: _ratio(r["talk_s_median"], r["talk_s_mean"]),
    ),
    DerivedFeature(
        "texts_sent", _COUNT, Words("发送短信条数", "texts sent"), lambda r: r["texts"] - r["texts_received"]
    ),
    DerivedFeature(
        "texts_per_call",
        _RATIO,
        Words("短信与通话次数之比", "texts per call"),
        lambda r: _ratio(r["texts"], r["calls"]),
    ),
    DerivedFeature(
        "texts_per_day", _PER_DAY, Words("日均短信条数", "texts per day"), lambda r: _ratio(r["texts"], r["text_days"])
    ),
    DerivedFeature(
        "text_hour_share",
        _SHARE,
        Words("最忙时段短信占比", "share of texts in the busiest hour"),
        lambda r: _ratio(r["texts_in_hour"], r["texts"]),
    ),
    DerivedFeature(
        "text_day_share",
        _SHARE,
        Words("最忙日短信占比", "share of texts on the busiest day"),
        lambda r: _ratio(r["texts_on_day"], r["texts"]),
    ),
    DerivedFeature(
        "call_to_text_parties",
        _RATIO,
        Words("通话对方数与短信对方数之比", "call parties to text parties"),
        lambda r: _ratio(r["other_parties"], r["text_parties"]),
    ),
)

ACCOUNT_RATES: tuple[DerivedFeature, ...] = (
    DerivedFeature(
        "months_billed",
        "months",
        Words("有账单的月数", "months billed"),
        lambda r: _ratio(np.abs(r["bill_cny"]), np.abs(r["bill_cny_mean"])),
    ),
    DerivedFeature(
        "app_records",
        _COUNT,
        Words("应用月记录数", "app-months with traffic"),
        lambda r: _ratio(r["traffic_mb"], r["traffic_mb_mean"]),
    ),
    DerivedFeature(
        "bill_spread",
        _RATIO,
        Words("月账单离散系数", "spread of the monthly bill"),
        lambda r: _ratio(np.sqrt(r["bill_cny_variance"]), r["bill_cny_mean"]),
    ),
    DerivedFeature(
        "bill_range",
        "CNY",
        Words("月账单高低差", "range of the monthly bill"),
        lambda r: r["bill_cny_max"] - r["bill_cny_min"],
    ),
)

USAGE: tuple[Column, ...] = (*CALLS, *TEXTS)
PROFILE: tuple[Column, ...] = (*USAGE, *TRAFFIC, *BILLS)


def name_features(columns: Sequence[Column], rates: Sequence[DerivedFeature]) -> tuple[Feature, ...]:
    """Return the features: the columns, then the rates."""
    plain = [Feature(column.name, column.title, column.unit) for column in columns]
    return (*plain, *(Feature(rate.name, rate.title, rate.unit) for rate in rates))


def read_numbers(table: pa.Table, columns: Sequence[Column], *, min_columns: int = 1) -> Floats:
    """Return rows × columns, NaN where a value or a whole column is missing or a value is infinite.

    Raise UsageError if fewer than `min_columns` of the columns exist: then the table holds other data.
    """
    headers = {name.lower(): name for name in reversed(table.column_names)}
    sources = [next((headers[name] for name in _column_names(column) if name in headers), None) for column in columns]
    if sum(name is not None for name in sources) < min_columns:
        raise UsageError(
            f"the table has fewer than {min_columns} of the columns this model reads",
            fix=f"name them as in `fanzha schema`: {', '.join(column.name for column in columns[:6])} …",
        )
    values = np.full((table.num_rows, len(columns)), np.nan)
    for index, name in enumerate(sources):
        if name is not None:
            values[:, index] = table[name].cast(pa.float64()).to_numpy()
    values[np.isinf(values)] = np.nan
    return values


def _column_names(column: Column) -> tuple[str, ...]:
    return (column.name, *column.aliases)


def profile_features(table: pa.Table, columns: Sequence[Column], rates: Sequence[DerivedFeature]) -> Floats:
    """Return rows × features of a table with our column names or those of the Sichuan data set."""
    return append_rates(read_numbers(table, columns, min_columns=len(columns) // 3), columns, rates)


def append_rates(values: Floats, columns: Sequence[Column], rates: Sequence[DerivedFeature]) -> Floats:
    """Append the rates to the columns they are computed from."""
    row = {column.name: values[:, index] for index, column in enumerate(columns)}
    with np.errstate(over="ignore", invalid="ignore"):  # values of a broken export may overflow
        return np.column_stack([values, *(rate.compute(row) for rate in rates)])
