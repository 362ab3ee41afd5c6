"""The usage model needs calls and texts alone, and changes nothing when bills are there."""

import numpy as np
import pyarrow as pa

from fanzha.events.subscriber_profile import NOT_BY_WINDOWS
from fanzha.models._model import Examples
from fanzha.models.families.profile_features import PROFILE, USAGE
from fanzha.models.subscriber_usage import MODEL


def test_bills_and_traffic_are_not_looked_at() -> None:
    chance = np.random.default_rng(0)
    table = pa.table({column.name: chance.lognormal(2, 1, 30) for column in PROFILE})
    shipped = MODEL.load()
    alone = table.select([column.name for column in USAGE])
    assert (shipped.score(table) == shipped.score(alone)).all()
    assert len(shipped.features) == shipped.trees.features


def test_calling_few_people_from_home_scores_below_calling_many_strangers() -> None:
    usual = MODEL.load().usual[: len(USAGE)]
    names = [column.name for column in USAGE]
    quiet = dict(zip(names, usual.tolist(), strict=True))
    busy = quiet | {"calls": 3_000.0, "other_parties": 2_600.0, "calls_made": 2_900.0, "calls_made_share": 0.97}
    busy |= {"calls_per_party_mean": 1.2, "calls_per_party_median": 1.0, "calls_per_party_max": 6.0, "devices": 9.0}
    scores = MODEL.load().score(pa.Table.from_pylist([quiet, busy]))
    assert scores[0] < 0.1 and scores[1] > 5 * scores[0]


def test_the_fit_for_windows_learns_from_all_columns_and_judges_without_those_that_windows_leave_out() -> None:
    chance = np.random.default_rng(1)
    table = pa.table({column.name: chance.lognormal(2, 1, 200) for column in USAGE})
    labels = (table["talk_s_median"].to_numpy() > 7).astype(int).astype(object)
    ((_, variant),) = MODEL.variants()
    fitted = variant.fit(Examples(table, labels))
    without = table.select([column.name for column in USAGE if column.name not in NOT_BY_WINDOWS])
    assert (fitted.score(table) == fitted.score(without)).all()
    assert (fitted.score(table) == MODEL.fit(Examples(table, labels)).score(without)).all()
    assert variant.variants() == ()
