"""A day's calls are counted the same however they are cut into batches, and no flood of subjects comes out."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detect.gateway.calls import CALL, DAY, batch_of

from fanzha.detect.gateway import tally
from fanzha.detect.gateway.assessment import assess_batch
from fanzha.detect.gateway.tally import Tallies


def counted(calls: Sequence[Mapping[str, object]], cuts: tuple[int, ...] = ()) -> Tallies:
    whole, tallies = batch_of(calls), Tallies()
    for start, end in zip((0, *cuts), (*cuts, len(calls)), strict=True):
        part = whole.slice(start, end - start)
        tallies.add(part, assess_batch(part))
        tallies = msgspec.json.decode(msgspec.json.encode(tallies), type=Tallies)
    return tallies


@given(st.lists(CALL, min_size=1, max_size=25), st.data())
def test_batches_do_not_matter_to_the_count(calls: list[dict[str, object]], data: st.DataObject) -> None:
    cuts = tuple(sorted(data.draw(st.sets(st.integers(1, max(1, len(calls) - 1)), max_size=3)))) if calls[1:] else ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "MAX_NUMBERS", 3)
        patch.setattr(tally, "MAX_EVENTS", 3)
        patch.setitem(tally.MAX_SUBJECTS, "call", 2)
        assert counted(calls, cuts) == counted(calls)


@given(st.lists(CALL, min_size=1, max_size=25))
def test_every_call_with_a_reason_is_counted_once(calls: list[dict[str, object]]) -> None:
    batch = batch_of(calls)
    tallies = counted(calls)
    hits = int((assess_batch(batch).reasons > 0).sum())
    closed = list(tallies.close())
    assert sum(item.count for item in closed) == hits
    assert all(item.count == sum(item.numbers.values()) + item.other_calls for item in closed)
    assert tallies == Tallies()


def test_calls_without_a_trunk_do_not_flood() -> None:
    calls = [{"caller": "95588", "ingress": "international_gateway"}] * 50
    tallies = counted(calls)
    assert len(tallies.open_tallies) == tally.MAX_SUBJECTS["call"]
    assert {tallies.unlisted_calls_of(item) for item in tallies.open_tallies.values()} == {
        50 - tally.MAX_SUBJECTS["call"]
    }


def test_a_day_ends_at_midnight_in_beijing() -> None:
    late = {"caller": "95588", "ingress": "international_gateway", "trunk": "T1", "gap": 16 * 3_600_000 - 1}
    tallies = counted([late, {**late, "gap": 1}])
    assert [item.count for item in tallies.close()] == [1, 1]


def test_closing_takes_out_the_days_before_and_keeps_the_rest() -> None:
    call = {"caller": "95588", "ingress": "international_gateway", "trunk": "T1"}
    tallies = counted([call, {**call, "gap": DAY}])
    days = sorted(item.day for item in tallies.open_tallies.values())
    assert [item.day for item in tallies.close(days[1])] == [days[0]]
    assert [tallies.calls_of(item) for item in tallies.open_tallies.values()] == [1]


def test_the_share_of_a_trunk_counts_its_good_calls_too() -> None:
    bad = {"caller": "95588", "ingress": "international_gateway", "trunk": "T1"}
    tallies = counted([bad, {**bad, "caller": "+852 9123 4567"}, {**bad, "trunk": "T2", "caller": "anonymous"}])
    assert [tallies.calls_of(item) for item in tallies.open_tallies.values()] == [2]


def test_many_claimed_numbers_are_counted_but_not_all_remembered() -> None:
    calls = [
        {"caller": f"+86100{number:07}", "ingress": "international_gateway", "trunk": "T1"}
        for number in range(tally.MAX_NUMBERS + 5)
    ]
    (item,) = counted(calls).open_tallies.values()
    assert (len(item.numbers), item.other_calls, item.count) == (tally.MAX_NUMBERS, 5, tally.MAX_NUMBERS + 5)
    assert len(item.event_ids) == tally.MAX_EVENTS + 1 and item.event_ids[-1] == item.last_event
