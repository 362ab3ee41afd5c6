"""Windows share a log wherever they can, and what was saved serves whatever windows over the same facts come after."""

import msgspec
import numpy as np
import pytest

from fanzha.base.errors import UsageError
from fanzha.windows._families.plan import FamilyPlan, merge_requests, plan_families
from fanzha.windows._families.state_format import VERSION, Saved, decode_state, encode_state
from fanzha.windows._kernel import layout as at
from fanzha.windows.facts import DAY_MS, FactBatch
from fanzha.windows.spec import Aggregate, WindowSpec
from fanzha.windows.windows import Windows

HOUR = DAY_MS // 24
COUNT = WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR)
CALLEES = WindowSpec(Aggregate.DISTINCT, 1, ("caller",), HOUR, value="callee")


def plans(*specs: WindowSpec) -> list[FamilyPlan]:
    return plan_families(merge_requests((spec, frozenset({1})) for spec in specs))


def test_windows_of_one_source_by_the_same_key_share_a_log_whatever_they_compute() -> None:
    more = [
        WindowSpec(Aggregate.COUNT, 1, ("caller",), 60_000, gate="answered"),
        WindowSpec(Aggregate.SUM, 1, ("caller",), HOUR, value="talk_ms", gate="answered"),
        WindowSpec(Aggregate.DISTINCT, 1, ("caller",), 60_000, value="cell"),
        WindowSpec(Aggregate.MAX, 1, ("caller",), HOUR, value="talk_ms", gate="answered"),
        WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR, asking_keys=("callee",)),
    ]
    (plan,) = plans(COUNT, CALLEES, *more)
    assert plan.spans == [60_000, HOUR]
    assert plan.views == [("caller",), ("callee",)]
    assert [slot.value for slot in plan.slots] == ["callee", "talk_ms", "cell"]  # sum and max read the same word


def test_other_sources_other_keys_and_calendar_days_have_logs_of_their_own() -> None:
    other_source = WindowSpec(Aggregate.COUNT, 2, ("caller",), HOUR)
    other_key = WindowSpec(Aggregate.COUNT, 1, ("callee",), HOUR)
    week = WindowSpec(Aggregate.COUNT, 1, ("caller",), 7 * DAY_MS)
    assert len(plans(COUNT, other_source, other_key, week)) == 4


def test_days_have_one_log_for_each_item_and_one_for_all_else() -> None:
    days = 7 * DAY_MS
    specs = [
        WindowSpec(Aggregate.COUNT, 1, ("caller",), days),
        WindowSpec(Aggregate.DISTINCT, 1, ("caller",), days, value="callee"),
        WindowSpec(Aggregate.DISTINCT, 1, ("caller",), 3 * DAY_MS, value="callee"),
        WindowSpec(Aggregate.DISTINCT, 1, ("caller",), days, value="cell"),
        WindowSpec(Aggregate.MIN, 1, ("caller",), days, value="talk_ms"),
    ]
    assert [len(plan.outputs) for plan in plans(*specs)] == [2, 2, 1]


def test_more_gates_than_a_word_holds_go_to_another_log() -> None:
    specs = [WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR, gate=f"gate_{nth}") for nth in range(at.MOST_GATES + 1)]
    assert [len(plan.gates) for plan in plans(*specs)] == [at.MOST_GATES, 1]


def test_more_items_than_a_word_holds_go_to_another_log() -> None:
    specs = [
        WindowSpec(Aggregate.DISTINCT, 1, ("caller",), HOUR, value=f"item_{nth}") for nth in range(at.MOST_ITEMS + 1)
    ]
    assert [len(plan.items) for plan in plans(*specs)] == [at.MOST_ITEMS, 1]


def test_a_window_asked_twice_is_kept_once_for_all_who_ask() -> None:
    (one,) = merge_requests([(COUNT, frozenset({1})), (COUNT, frozenset({2}))])
    assert one.kinds == {1, 2}


@pytest.mark.parametrize(
    "spec",
    [
        WindowSpec(Aggregate.COUNT, 1, ("caller",), 0),
        WindowSpec(Aggregate.COUNT, 1, ("caller",), 30 * HOUR),
        WindowSpec(Aggregate.COUNT, 1, ("caller",), 31 * DAY_MS),
        WindowSpec(Aggregate.GAP, 1, ("caller",), 2 * DAY_MS),
        WindowSpec(Aggregate.COUNT, 1, ("caller",), 2 * DAY_MS, before=True),
        WindowSpec(Aggregate.COUNT, 1, (), HOUR),
        WindowSpec(Aggregate.COUNT, 1, ("a", "b", "c", "d"), HOUR),
        WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR, asking_keys=("callee", "trunk")),
        WindowSpec(Aggregate.SUM, 1, ("caller",), HOUR),
    ],
)
def test_windows_without_a_meaning_are_refused(spec: WindowSpec) -> None:
    with pytest.raises(ValueError):
        plans(spec)


def fed(*specs: WindowSpec) -> Windows:
    windows = Windows([(spec, frozenset({1})) for spec in specs])
    column = np.array([5, 5, 6], np.int64)
    windows.feed(FactBatch(np.ones(3, np.int16), np.array([1, 2, 3]), {"caller": column, "callee": column}))
    return windows


def test_what_is_saved_is_the_facts() -> None:
    (family,) = decode_state(fed(COUNT, CALLEES).save()).families
    assert (family.source, family.keys, family.daily) == (1, ("caller",), False)
    assert family.table().tolist() == [[1, 0, 1, 5, 5], [2, 1, 1, 5, 5], [3, 2, 1, 6, 6]]


def test_the_same_facts_are_the_same_bytes_whatever_the_seed() -> None:
    age = WindowSpec(Aggregate.AGE, 1, ("caller",), HOUR)
    data = fed(COUNT, age).save()
    assert Windows.restore(data, [(COUNT, frozenset({1})), (age, frozenset({1}))], seed=9).save() == data


def test_bytes_that_are_no_state_are_refused() -> None:
    with pytest.raises(UsageError, match="no saved state"):
        decode_state(b"\x93abc")


def test_a_state_of_another_version_is_refused() -> None:
    later = msgspec.msgpack.encode(Saved(VERSION + 1, 0, []))
    with pytest.raises(UsageError, match=f"version {VERSION + 1}"):
        decode_state(later)
    assert decode_state(encode_state([], 7)).latest == 7
