"""Mediation loses nothing: the last version of every record is the true one, whatever came before it."""

from collections import Counter

import pyarrow as pa
from tests.simulate.told import DAY_MS, MONDAY, Row

from fanzha.simulate import Delivery, Settings, messy, simulate, tidy

SETTINGS = Settings(400, 3, 9, MONDAY, attackers=(0,), strengths={"gangs": 1, "simbox.cards": 4})
DELIVERED = list(messy(simulate(SETTINGS), SETTINGS))


def rows(table: str) -> list[tuple[int, Row]]:
    return [(one.day, row) for one in DELIVERED if one.table == table for row in one.records.to_pylist()]


def truly(table: str) -> dict[str, Row]:
    return {row["event_id"]: row for day in simulate(SETTINGS) for row in day[table].to_pylist()}


def test_every_record_arrives_and_its_last_version_is_true() -> None:
    for table in ("call_offered", "call_ended", "message", "sim_use"):
        last: dict[str, Row] = {}
        for _, row in rows(table):
            last[row["event_id"]] = row
        expected = truly(table)
        assert last.keys() == expected.keys()
        assert {name: row | {"observed_at": 0} for name, row in last.items()} == {
            name: row | {"observed_at": 0} for name, row in expected.items()
        }


def test_most_come_promptly_and_some_a_day_late() -> None:
    late = [row["observed_at"] - row["occurred_at"] for _, row in rows("call_offered")]
    assert 0.85 < sum(delay < 15 * 60_000 for delay in late) / len(late) < 0.95
    assert DAY_MS < max(late) < 4 * DAY_MS
    assert min(late) >= 0


def test_records_arrive_on_the_day_they_are_observed() -> None:
    assert all(day == (row["observed_at"] - MONDAY) // DAY_MS for day, row in rows("call_ended"))
    assert [one.day for one in DELIVERED] == sorted(one.day for one in DELIVERED)


def test_a_second_version_comes_on_a_later_day_and_some_first_ones_are_partial_or_wrong() -> None:
    versions: dict[str, list[tuple[int, Row]]] = {}
    for day, row in rows("call_ended"):
        versions.setdefault(row["event_id"], []).append((day, row))
    twice = [one for one in versions.values() if len(one) > 1]
    assert 0.003 * len(versions) < len(twice) < 0.05 * len(versions)
    assert {first[0] < second[0] for first, second in twice} == {True}
    sorts = Counter((first[1]["partial"], first[1]["talk_ms"] != second[1]["talk_ms"]) for first, second in twice)
    assert sorts[True, True] and sorts[False, True] and sorts[False, False]


def test_records_of_a_file_are_not_in_order() -> None:
    moments = DELIVERED[0].records["occurred_at"].to_numpy()
    assert (moments[1:] < moments[:-1]).any()


def test_the_same_seed_makes_the_same_mess() -> None:
    again = list(messy(simulate(SETTINGS), SETTINGS))
    assert [(one.day, one.table) for one in again] == [(one.day, one.table) for one in DELIVERED]
    assert all(one.records.equals(other.records) for one, other in zip(again, DELIVERED, strict=True))


def test_tidy_records_come_once_on_their_day() -> None:
    made: list[Delivery] = list(tidy(simulate(SETTINGS)))
    whole = pa.Table.from_batches([one.records for one in made if one.table == "call_offered"])
    assert whole.num_rows == len(truly("call_offered"))
    assert [one.day for one in made if one.table == "call_offered"] == [0, 1, 2]
