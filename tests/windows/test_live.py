"""Windows fed fact by fact hold what windows fed by stretches hold, and stay up when their memory is used up."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.windows.reference import HOUR, cut, some_facts, some_windows

from fanzha.windows._families import family
from fanzha.windows.facts import DAY_MS, FactBatch
from fanzha.windows.live import LiveWindows
from fanzha.windows.spec import Aggregate, WindowSpec
from fanzha.windows.windows import Windows, WindowsFull

ALL = frozenset({1})


@pytest.fixture(autouse=True)
def tiny_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with tables of two places, so that they grow all the time."""
    monkeypatch.setattr(family, "SMALLEST", 2)


def told(windows: LiveWindows, facts: FactBatch) -> dict[str, list[int]]:
    """Feed facts one by one."""
    out, found = np.zeros(len(windows.names), np.int64), []
    for row in range(len(facts)):
        columns = [facts.columns[name][row] for name in windows.columns]
        windows.take(np.array([facts.kinds[row], facts.moments[row], *columns], np.int64), facts.first + row, out)
        found.append(out.tolist())
    return {name: [values[nth] for values in found] for nth, name in enumerate(windows.names)}


@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 100, 3 * HOUR, 3 * DAY_MS]))
def test_single_facts_give_what_a_stretch_gives(seed: int, longest: int) -> None:
    chance = np.random.default_rng(seed)
    asked, facts = some_windows(chance, 12, longest, modes=False), some_facts(chance, 60, longest)
    whole, single = Windows(asked, seed=1), LiveWindows(asked, seed=2)
    assert told(single, facts) == {name: values.tolist() for name, values in whole.feed(facts).items()}
    assert [single.since(spec) for spec, _ in asked] == [whole.since(spec) for spec, _ in asked]
    assert single.save() == whole.save()


def test_full_windows_free_the_oldest_facts_and_say_since_when_they_are_known() -> None:
    spec = WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR)
    windows = LiveWindows([(spec, ALL)], most_bytes=20_000)
    out = np.zeros(1, np.int64)
    for place in range(2_000):
        windows.take(np.array([1, place, 7], np.int64), place, out)
        kept = place + 1 - windows.freed
        assert out.tolist() == [kept]
        assert windows.since(spec) == windows.freed
    assert 0 < windows.freed < 2_000
    assert windows.usage().bytes <= 20_000
    windows.take(np.array([1, HOUR + 1_998, 7], np.int64), 2_000, out)
    assert out.tolist() == [2]


@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 100, 3 * HOUR, 3 * DAY_MS]), st.integers(1, 59))
def test_after_facts_are_freed_windows_hold_what_later_facts_give(seed: int, longest: int, freed: int) -> None:
    chance = np.random.default_rng(seed)
    specs, facts = some_windows(chance, 12, longest, modes=False), some_facts(chance, 60, longest)
    # First and last moments (AGE, GAP) and last values outlive the facts that set them while the key has others.
    asked = [(spec, kinds) for spec, kinds in specs if spec.what not in (Aggregate.AGE, Aggregate.GAP, Aggregate.LAST)]
    early, late = cut(facts, [freed])
    windows, fresh = LiveWindows(asked, seed=1), LiveWindows(asked, seed=2)
    told(windows, early)
    for one in windows._families:
        while one.free_oldest(7):
            pass
        assert one.free_oldest(7) == 0
    assert windows.usage().entries == windows.usage().keys == windows.usage().pairs == 0
    assert told(windows, late) == told(fresh, late)


@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 100, 3 * HOUR, 3 * DAY_MS]), st.integers(1, 20))
def test_windows_from_which_some_facts_are_freed_equal_those_that_never_had_them(
    seed: int, longest: int, count: int
) -> None:
    chance = np.random.default_rng(seed)
    asked = [
        (spec, kinds)
        for spec, kinds in some_windows(chance, 12, longest, modes=False)
        if spec.what not in (Aggregate.AGE, Aggregate.GAP, Aggregate.LAST)
    ]
    facts = some_facts(chance, 60, longest)
    first, second = cut(facts, [40])
    windows = LiveWindows(asked, seed=1)
    told(windows, first)
    for one in windows._families:
        one.free_oldest(count)
    saved = windows.save()  # the entries that are left, as facts
    again = LiveWindows.restore(saved, asked, seed=3)
    assert told(windows, second) == told(again, second)


@given(
    st.integers(0, 2**32 - 1), st.sampled_from([5, 100, 3 * HOUR, 3 * DAY_MS]), st.integers(1, 40), st.integers(1, 20)
)
def test_after_facts_are_freed_a_silence_is_right_once_it_is_seen_whole(
    seed: int, longest: int, first: int, count: int
) -> None:
    chance = np.random.default_rng(seed)
    asked = [
        (spec, kinds)
        for spec, kinds in some_windows(chance, 24, longest, modes=False)
        if spec.what in (Aggregate.AGE, Aggregate.GAP)
    ]
    facts = some_facts(chance, 80, longest)
    early, late = cut(facts, [first])
    whole, freed = LiveWindows(asked, seed=1), LiveWindows(asked, seed=2)
    told(whole, early)
    told(freed, early)
    for one in freed._families:
        one.free_oldest(count)
    known, left = told(whole, late), told(freed, late)
    for spec, _ in asked:
        since, spans = freed.since(spec), 2 if spec.what == Aggregate.AGE else 1
        assert since is not None
        for moment, right, value in zip(late.moments.tolist(), known[spec.name], left[spec.name], strict=True):
            assert value <= right  # never longer than it was; unknown is less than any
            if since + spans * spec.span <= moment:  # within a span; beyond it an age may still be too short
                assert min(value, spec.span) == min(right, spec.span)


def test_a_busy_key_does_not_keep_others_from_being_counted_when_memory_is_used_up() -> None:
    specs = [WindowSpec(Aggregate.DISTINCT, 1, ("caller",), DAY_MS, value="callee")]
    windows, out = LiveWindows([(spec, ALL) for spec in specs], most_bytes=60_000), np.zeros(1, np.int64)
    columns = list(windows.columns)
    for place in range(20_000):
        fact = {"caller": place % 3, "callee": place}
        windows.take(np.array([1, place, *[fact[name] for name in columns]], np.int64), place, out)
        assert out[0] > 0
    assert windows.usage().bytes <= 60_000
    assert windows.usage().entries > 300


def test_a_small_family_keeps_most_of_its_facts_when_others_have_used_up_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(family, "SMALLEST", 64)
    busy, rare = (WindowSpec(Aggregate.COUNT, kind, (key,), HOUR) for kind, key in ((1, "caller"), (2, "callee")))
    windows, out = LiveWindows([(busy, frozenset({1})), (rare, frozenset({2}))]), np.zeros(2, np.int64)
    for place in range(1_000):
        windows.take(np.array([1, place, 7, 7], np.int64), place, out)
    limit = windows.usage().bytes
    limited = LiveWindows.restore(windows.save(), [(busy, frozenset({1})), (rare, frozenset({2}))], most_bytes=limit)
    counts = []
    for place in range(1_000, 1_500):
        limited.take(np.array([2, place, 7, 7], np.int64), place, out)
        counts.append(int(out.max()))
    assert limited.freed > 0
    assert min(counts[64:]) > 48


def test_a_state_larger_than_the_memory_allowed_is_restored_without_its_oldest_facts() -> None:
    spec = WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR)
    windows, out = LiveWindows([(spec, ALL)]), np.zeros(1, np.int64)
    for place in range(5_000):
        windows.take(np.array([1, place, 7], np.int64), place, out)
    restored = LiveWindows.restore(windows.save(), [(spec, ALL)], most_bytes=60_000)
    assert restored.usage().bytes <= 60_000
    assert restored.since(spec) == restored.freed > 0
    restored.take(np.array([1, 5_000, 7], np.int64), 5_000, out)
    assert out.tolist() == [5_001 - restored.freed]


def test_what_is_reserved_is_there_when_facts_come() -> None:
    asked = [(WindowSpec(Aggregate.DISTINCT, 1, ("caller",), HOUR, value="callee"), ALL)]
    windows, out = LiveWindows(asked), np.zeros(1, np.int64)
    windows.take(np.array([1, 0, 0, 0], np.int64), 0, out)
    windows.reserve(1_000)
    reserved = windows.usage().bytes
    for place in range(1, 1_000):
        windows.take(np.array([1, place, place, place], np.int64), place, out)
    assert windows.usage().bytes == reserved
    assert windows.usage().keys == 1_000
    windows.take(np.array([1, 1_000, 0, 7], np.int64), 1_000, out)
    assert out.tolist() == [2]


def test_no_more_can_be_reserved_than_is_allowed() -> None:
    windows = LiveWindows([(WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR), ALL)], most_bytes=20_000)
    with pytest.raises(WindowsFull):
        windows.reserve(10_000)


def test_a_fact_that_no_window_reads_begins_the_time_that_is_seen() -> None:
    spec = WindowSpec(Aggregate.COUNT, 1, ("caller",), HOUR)
    windows = LiveWindows([(spec, ALL)])
    windows.see(5)
    windows.see(9)
    assert windows.since(spec) == 5


FIRST_WINDOWS = """
from fanzha.base.kernels import entry_point
from fanzha.windows._kernel.entry_points import free_oldest
from fanzha.windows.live import LiveWindows
from fanzha.windows.spec import Aggregate, WindowSpec

assert not entry_point(free_oldest).signatures
LiveWindows([(WindowSpec(Aggregate.COUNT, 1, ("caller",), 1000), frozenset({1}))], most_bytes=20_000)
assert entry_point(free_oldest).signatures
"""


def test_what_frees_facts_is_compiled_before_the_first_fact_comes() -> None:
    subprocess.run([sys.executable, "-c", FIRST_WINDOWS], check=True)
