"""Tables, waits and clocks have different kind codes, whatever the hashes of their names."""

from fanzha.rules._engine.fact_codes import fact_code, number_points
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import DecisionPoint


def test_tables_have_different_codes() -> None:
    assert len({fact_code(table) for table in FACTS}) == len(FACTS)


def test_many_waits_and_clocks_have_different_codes_in_any_order() -> None:
    points = [DecisionPoint("call_answered", "talking", 1_000 * seconds) for seconds in range(1, 1_000)]
    points += [DecisionPoint("message", every=1_000 * seconds, keys=("sender",)) for seconds in range(1, 1_000)]
    codes = number_points(points)
    assert len(set(codes.values())) == len(points)
    assert all(0x4000 <= code <= 0x7FFF for code in codes.values())
    assert number_points(reversed(points)) == codes


def test_a_point_keeps_its_code_beside_others() -> None:
    wait, other = DecisionPoint("call_answered", "talking", 20_000), DecisionPoint("message", wait=1_000)
    assert number_points([wait, other])[wait] == number_points([wait])[wait]
