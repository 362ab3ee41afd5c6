"""The profile model takes both tables' headers, and without missingness a missing bill tells it nothing."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.models import Examples
from fanzha.models.families.profile_features import PROFILE
from fanzha.models.subscriber import MODEL, Subscriber, fill_missing, has_all_blocks, ordinary_profile


def subscribers(rows: int, seed: int) -> Examples:
    """Made-up subscribers: fraudsters call more strangers, and most of those without bills are fraudsters."""
    chance = np.random.default_rng(seed)
    labels = (chance.random(rows) < 0.4).astype(int)
    columns = {column.name: np.round(chance.lognormal(2, 1, rows), 2) for column in PROFILE}
    columns["other_parties"] = np.round(chance.lognormal(3 + 0.8 * labels, 0.8))
    gone = (labels == 1) & (chance.random(rows) < 0.4)
    for column in PROFILE:
        if column.name.startswith("bill"):
            columns[column.name][gone] = np.nan
    columns["bill_cny"] = np.where(gone, 0.0, chance.lognormal(5, 1, rows))
    return Examples(pa.table(columns), labels.astype(object))


def without_bills(table: pa.Table) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name.startswith("bill"):
            gap = pa.nulls(table.num_rows, pa.float64()) if name != "bill_cny" else pa.array(np.zeros(table.num_rows))
            table = table.set_column(place, name, gap)
    return table


def test_missing_bills_raise_the_score_only_where_missingness_counts() -> None:
    train, test = subscribers(600, 1), subscribers(200, 2)
    innocent = test.table.filter(pa.array((test.labels == 0) & ~np.isnan(test.table["bill_cny_mean"].to_numpy())))
    with_sign, without = MODEL.fit(train), Subscriber(missingness=False).fit(train)
    raised = np.median(with_sign.score(without_bills(innocent)) - with_sign.score(innocent))
    hardly = np.median(without.score(without_bills(innocent)) - without.score(innocent))
    assert raised > 0.2 > 0.05 > abs(hardly)


def test_headers_of_the_sichuan_table_give_the_same_scores() -> None:
    table = subscribers(40, 3).table
    theirs = table.rename_columns([column.aliases[-1] for column in PROFILE])
    shipped = MODEL.load()
    assert (shipped.score(table) == shipped.score(theirs)).all()


def test_same_rows_and_seed_give_the_same_scores() -> None:
    train, test = subscribers(200, 4), subscribers(50, 5)
    first, again, other = (MODEL.fit(train, seed=seed).score(test.table) for seed in (0, 0, 1))
    assert (first == again).all() and (first != other).any()


def test_card_reports_with_and_without_missingness() -> None:
    measured = MODEL.card().measured
    assert len(measured) == 3 and "missingness no sign" in measured[2].how.en
    assert "whole profile alone" in measured[1].how.en and measured[1].rows < measured[0].rows
    figures = [one.figures["recall_at_1pct"] for one in measured]
    assert figures[0] != figures[2]


def test_variant_has_no_variant_of_its_own() -> None:
    ((words, variant),) = MODEL.variants()
    assert words.zh and words.en and variant.variants() == ()


@pytest.mark.parametrize("name", ["auc", "macro_f1", "recall_at_1pct"])
def test_shipped_card_has_the_figures_that_were_asked_for(name: str) -> None:
    least = {"auc": 0.955, "macro_f1": 0.916, "recall_at_1pct": 0.79}
    value = MODEL.card().measured[0].figures[name]
    assert isinstance(value, float) and value >= least[name]


NAMES = [column.name for column in PROFILE]


def profile() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    values = np.arange(5 * len(NAMES), dtype=np.float64).reshape(5, -1)
    values[1, NAMES.index("bill_cny_mean") :] = np.nan  # no bills
    values[1, NAMES.index("bill_cny")] = 0  # the sum of no bills, which would give it away
    values[2, NAMES.index("bill_skew")] = np.nan  # bills of two months have no skewness
    values[3, : NAMES.index("texts")] = np.nan  # no calls
    return values


def test_rows_are_whole_when_every_stretch_is_there() -> None:
    assert has_all_blocks(profile()).tolist() == [True, False, True, False, True]


def test_absent_stretches_become_ordinary_and_single_gaps_nothing() -> None:
    values = profile()
    usual = ordinary_profile(values)
    out = fill_missing(values, usual)
    bills = slice(NAMES.index("bill_cny_mean"), None)
    assert not np.isnan(out).any()
    assert (out[1, bills] == usual[bills]).all()
    assert out[2, NAMES.index("bill_skew")] == 0
    assert (out[3, : NAMES.index("texts")] == usual[: NAMES.index("texts")]).all()
    assert (out[0] == values[0]).all() and (out[4] == values[4]).all()


def test_ordinary_is_the_median_of_whole_rows() -> None:
    assert ordinary_profile(profile())[0] == np.median(profile()[[0, 2, 4], 0])
