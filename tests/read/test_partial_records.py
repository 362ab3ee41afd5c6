"""Partial records are chained by reference or by parties and touching times; what is left over stays and is counted."""

import duckdb
import pyarrow as pa

from fanzha.read import PartialChains, find_chains

HALF_HOUR = 1_800_000


def chains(*records: tuple[str, str, str, int, int, bool]) -> PartialChains | None:
    """Return the chains of records: (record, call id, device, begin in ms, talk time in ms, partial)."""
    offered = [
        {"event_id": f"{record}-1", "call_id": call, "caller": "a", "callee": "b", "device": device}
        for record, call, device, *_ in records
    ]
    ended = [
        {"event_id": f"{record}-3", "call_id": call, "occurred_at": begin + talk, "talk_ms": talk, "partial": partial}
        for record, call, _, begin, talk, partial in records
    ]
    nothing = pa.nulls(len(offered), pa.string())
    with duckdb.connect() as database:
        offers = pa.Table.from_pylist(offered).append_column("sim_card", nothing).append_column("trunk", nothing)
        database.register("offered", offers)
        database.register("ended", pa.Table.from_pylist(ended))
        return find_chains(database)


def test_records_that_touch_are_one_call_with_the_sum_of_the_talk_times() -> None:
    found = chains(("r1", "r1", "x", 0, HALF_HOUR, True), ("r2", "r2", "x", HALF_HOUR + 1_500, 300_000, False))
    assert found is not None
    assert sorted(found.dropped.to_pylist()) == ["r1-3", "r2-1", "r2-2"]
    assert found.ends.to_pylist() == [{"event_id": "r2-3", "call_id": "r1", "talk_ms": 2_100_000, "partial": False}]
    assert found.counts.words.en.startswith("partial records: 2 became 1 calls")


def test_another_device_or_a_gap_is_another_call() -> None:
    for device, begin in (("y", HALF_HOUR), ("x", HALF_HOUR + 2_001)):
        found = chains(("r1", "r1", "x", 0, HALF_HOUR, True), ("r2", "r2", device, begin, 300_000, False))
        assert found is not None and not found.dropped.to_pylist()
        assert (found.counts.calls, found.counts.incomplete) == (0, 1)


def test_a_shared_reference_bridges_a_gap_and_the_call_lacks_a_record() -> None:
    found = chains(("r1", "c", "x", 0, HALF_HOUR, True), ("r2", "c", "", 2 * HALF_HOUR, 300_000, False))
    assert found is not None
    assert found.ends.to_pylist() == [{"event_id": "r2-3", "call_id": "c", "talk_ms": 2_100_000, "partial": True}]
    assert (found.counts.records, found.counts.calls, found.counts.incomplete) == (2, 1, 1)


def test_equal_records_count_once() -> None:
    first, last = ("x", 0, HALF_HOUR, True), ("x", HALF_HOUR, 60_000, False)
    found = chains(("r1", "r1", *first), ("r2", "r2", *first), ("r3", "r3", *last), ("r4", "r4", *last))
    assert found is not None
    assert [row["talk_ms"] for row in found.ends.to_pylist()] == [HALF_HOUR + 60_000]
    kept = {f"r{number}-{fact}" for number in range(1, 5) for fact in (1, 3)} - set(found.dropped.to_pylist())
    assert kept == {"r1-1", "r3-3"}


def test_without_partial_records_there_is_nothing_to_do() -> None:
    assert chains(("r1", "r1", "x", 0, 60_000, False)) is None
