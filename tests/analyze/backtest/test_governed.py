"""A backtest holds hits to the budget and the spared list as a stream would."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.analyze.backtest.history import START, calls, number, rule, together

from fanzha.analyze.backtest.governed import calls_by_trunk, govern
from fanzha.analyze.backtest.hits import Hit, replay
from fanzha.analyze.backtest.texts import Texts, texts
from fanzha.claims.budget import Budget
from fanzha.claims.governor import HOUR_MS
from fanzha.claims.spared import OriginKind, Spared, SparedNumber

TEXTS = texts([("a", rule(1)), ("b", rule(2))], {})
HISTORY = together(*(calls(number(n), 2, trunk="LL-07") for n in range(4)))


def hits(asked: Texts = TEXTS) -> list[Hit]:
    return replay(asked, iter([HISTORY])).hits


def test_each_version_has_a_budget_of_its_own_and_overruns_name_its_label() -> None:
    budgets = [Budget(2), Budget(3)]
    rulings, overruns = govern(hits(), TEXTS.versions, budgets, Spared(), {})
    acted = [[one.acts for hit, one in zip(hits(), rulings, strict=True) if hit.version == v] for v in (0, 1)]
    assert acted == [[True, True, False, False], [True, True, True, False]]
    assert [(over.rule, over.withheld) for over in overruns] == [("burst A", 2), ("burst B", 1)]
    assert all((one.why is None) == one.acts for one in rulings)


def test_a_spared_number_only_reports_and_says_whose_it_is() -> None:
    spared = Spared([SparedNumber(number(1), OriginKind.TRUNK, "LL-07", "a made-up hospital", "contract 7")])
    rulings, _ = govern(hits(), TEXTS.versions, [Budget(), Budget()], spared, {})
    told = {hit.subject.value: one for hit, one in zip(hits(), rulings, strict=True)}
    assert [told[number(n)].acts for n in range(4)] == [True, False, True, True]
    why = told[number(1)].why
    assert why is not None and "a made-up hospital" in why.en


def test_the_share_of_a_trunk_is_of_its_calls_in_that_hour() -> None:
    budgets = [Budget(None, 0.25), Budget()]
    rulings, overruns = govern(hits(), TEXTS.versions, budgets, Spared(), {("LL-07", START // HOUR_MS): 8})
    assert [one.acts for hit, one in zip(hits(), rulings, strict=True) if hit.version == 0] == [
        True,
        True,
        False,
        False,
    ]
    assert [(over.trunk, over.limit) for over in overruns] == [("LL-07", 2.0)]


def test_calls_are_counted_by_trunk_and_hour(tmp_path: Path) -> None:
    offered = pa.Table.from_batches([HISTORY["call_offered"]])
    pq.write_table(offered, tmp_path / "call_offered.parquet")
    assert calls_by_trunk({"call_offered": tmp_path / "call_offered.parquet"}) == {("LL-07", START // HOUR_MS): 8}
    assert calls_by_trunk({}) == {}
