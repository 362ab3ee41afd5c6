"""Mediation loses no record, and the last version of every record is correct."""

from collections import Counter

import pyarrow as pa
from tests.simulate.scenario_run import DAY_MS, MONDAY, Row

from fanzha.simulate import Settings, SimulatedDelivery, deliver_in_order, deliver_with_defects, simulate

SETTINGS = Settings(400, 3, 9, MONDAY, attackers=(0,), parameters={"gangs": 1, "simbox.cards": 4})
DELIVERED = list(deliver_with_defects(simulate(SETTINGS), SETTINGS))


def select_delivered_rows(table: str) -> list[tuple[int, Row]]:
    return [
        (delivery.day, row) for delivery in DELIVERED if delivery.table == table for row in delivery.records.to_pylist()
    ]


def collect_true_rows(table: str) -> dict[str, Row]:
    return {row["event_id"]: row for day in simulate(SETTINGS) for row in day[table].to_pylist()}


def test_every_record_arrives_and_its_last_version_is_true() -> None:
    for table in ("call_offered", "call_ended", "message", "sim_use"):
        last_versions: dict[str, Row] = {}
        for _, row in select_delivered_rows(table):
            last_versions[row["event_id"]] = row
        expected = collect_true_rows(table)
        assert last_versions.keys() == expected.keys()
        assert {name: row | {"observed_at": 0} for name, row in last_versions.items()} == {
            name: row | {"observed_at": 0} for name, row in expected.items()
        }


def test_most_come_promptly_and_some_a_day_late() -> None:
    late = [row["observed_at"] - row["occurred_at"] for _, row in select_delivered_rows("call_offered")]
    assert 0.85 < sum(delay < 15 * 60_000 for delay in late) / len(late) < 0.95
    assert DAY_MS < max(late) < 4 * DAY_MS
    assert min(late) >= 0


def test_records_arrive_on_the_day_they_are_observed() -> None:
    assert all(day == (row["observed_at"] - MONDAY) // DAY_MS for day, row in select_delivered_rows("call_ended"))
    assert [delivery.day for delivery in DELIVERED] == sorted(delivery.day for delivery in DELIVERED)


def test_a_second_version_comes_on_a_later_day_and_some_first_ones_are_partial_or_wrong() -> None:
    versions: dict[str, list[tuple[int, Row]]] = {}
    for day, row in select_delivered_rows("call_ended"):
        versions.setdefault(row["event_id"], []).append((day, row))
    repeated = [delivery for delivery in versions.values() if len(delivery) > 1]
    assert 0.003 * len(versions) < len(repeated) < 0.05 * len(versions)
    assert {first[0] < second[0] for first, second in repeated} == {True}
    change_counts = Counter(
        (first[1]["partial"], first[1]["talk_ms"] != second[1]["talk_ms"]) for first, second in repeated
    )
    assert change_counts[True, True] and change_counts[False, True] and change_counts[False, False]


def test_records_of_a_file_are_not_in_order() -> None:
    moments = DELIVERED[0].records["occurred_at"].to_numpy()
    assert (moments[1:] < moments[:-1]).any()


def test_the_same_seed_makes_the_same_mess() -> None:
    again = list(deliver_with_defects(simulate(SETTINGS), SETTINGS))
    assert [(delivery.day, delivery.table) for delivery in again] == [
        (delivery.day, delivery.table) for delivery in DELIVERED
    ]
    assert all(delivery.records.equals(first.records) for delivery, first in zip(again, DELIVERED, strict=True))


def test_tidy_records_come_once_on_their_day() -> None:
    deliveries: list[SimulatedDelivery] = list(deliver_in_order(simulate(SETTINGS)))
    whole = pa.Table.from_batches([delivery.records for delivery in deliveries if delivery.table == "call_offered"])
    assert whole.num_rows == len(collect_true_rows("call_offered"))
    assert [delivery.day for delivery in deliveries if delivery.table == "call_offered"] == [0, 1, 2]
