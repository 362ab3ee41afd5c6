"""The kernel equals a plain search, however the sequence is cut, stopped or crowded; the bugs others had are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.windows.reference import (
    HOUR,
    KINDS,
    Asked,
    cut,
    lies_within,
    listed,
    selected,
    some_facts,
    some_windows,
    values_of,
)

from fanzha.windows._families import family, most_frequent
from fanzha.windows.facts import DAY_MS, UNKNOWN, FactBatch
from fanzha.windows.spec import MODES, Aggregate, WindowSpec
from fanzha.windows.windows import Windows, WindowsFull, role_word

seeds = st.integers(0, 2**32 - 1)
longest_spans = st.sampled_from([5, 100, 3 * HOUR, 3 * DAY_MS])
SECOND = 1_000
EVERY = frozenset(KINDS)


@pytest.fixture(autouse=True)
def tiny_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with tables of two places, so that they collide, wrap around and grow all the time."""
    monkeypatch.setattr(family, "SMALLEST", 2)


def fed(windows: Windows, stretches: list[FactBatch]) -> dict[str, list[int]]:
    """Feed stretches; return the values of all of them together."""
    parts = [windows.feed(stretch) for stretch in stretches]
    return {name: [int(value) for part in parts for value in part[name]] for name in parts[0]}


def calls(*rows: tuple[int, int, int], kind: int = 1) -> FactBatch:
    """Return facts of (moment, caller, callee)."""
    table = np.array(rows, np.int64).reshape(-1, 3)
    kinds = np.full(len(table), kind, np.int16)
    return FactBatch(kinds, table[:, 0].copy(), {"caller": table[:, 1].copy(), "callee": table[:, 2].copy()})


def by_caller(what: Aggregate, span: int, value: str = "", before: bool = False) -> WindowSpec:
    return WindowSpec(what, 1, ("caller",), span, value=value, before=before)


def asked_by_all(*specs: WindowSpec) -> Asked:
    return [(spec, EVERY) for spec in specs]


@given(seeds, longest_spans, st.lists(st.integers(1, 59), max_size=8))
def test_every_window_equals_a_plain_search_whatever_the_stretches(seed: int, longest: int, places: list[int]) -> None:
    chance = np.random.default_rng(seed)
    asked, facts = some_windows(chance, 12, longest), some_facts(chance, 60, longest)
    assert fed(Windows(asked, seed=seed), cut(facts, places)) == values_of(asked, facts)


@given(seeds, longest_spans, st.lists(st.integers(1, 59), max_size=8))
def test_most_frequent_values_are_the_same_where_keys_are_looked_up_one_by_one(
    seed: int, longest: int, places: list[int]
) -> None:
    chance = np.random.default_rng(seed)
    asked = [(spec, kinds) for spec, kinds in some_windows(chance, 30, longest) if spec.what in MODES]
    facts = some_facts(chance, 60, longest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(most_frequent, "SCANNED_PER_KEY", 0)
        looked_up = fed(Windows(asked, seed=seed), cut(facts, places)) if asked else {}
    assert looked_up == values_of(asked, facts)


@pytest.mark.parametrize("before", [False, True])
def test_while_no_fact_comes_that_a_window_counts_it_tells_nothing_of_known_keys_alone(before: bool) -> None:
    whats = (
        [Aggregate.COUNT, Aggregate.SUM, Aggregate.MIN, Aggregate.AGE]
        if not before
        else [Aggregate.COUNT, Aggregate.DISTINCT, Aggregate.GAP]
    )
    specs = [
        by_caller(what, 10, "" if what in (Aggregate.COUNT, Aggregate.AGE, Aggregate.GAP) else "callee", before)
        for what in whats
    ]
    windows = Windows([(spec, frozenset({2})) for spec in specs])
    ask = [calls((1, 7, 1), (2, UNKNOWN, 1), kind=2), calls((3, 7, 1), kind=3)]
    ask_again = [calls((101, 7, 1), (102, UNKNOWN, 1), kind=2), calls((103, 7, 1), kind=3)]
    first, _, then = fed(windows, ask), fed(windows, [calls((50, 7, 1))]), fed(windows, ask_again)
    for spec in specs:
        nothing = 0 if spec.what in (Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT) else UNKNOWN
        assert first[spec.name] == then[spec.name] == [nothing, UNKNOWN, UNKNOWN]


@given(seeds, longest_spans, st.integers(1, 59))
def test_a_restart_at_any_place_changes_nothing(seed: int, longest: int, place: int) -> None:
    chance = np.random.default_rng(seed)
    asked, facts = some_windows(chance, 12, longest), some_facts(chance, 60, longest)
    head, tail = cut(facts, [place])
    windows = Windows(asked, seed=seed)
    windows.feed(head)
    restored = Windows.restore(windows.save(), asked, seed=seed + 1)
    rest = restored.feed(tail)
    assert {name: list(values) for name, values in rest.items()} == {
        name: values[place:] for name, values in values_of(asked, facts).items()
    }
    assert restored.save() == after(windows, tail).save()


def after(windows: Windows, facts: FactBatch) -> Windows:
    windows.feed(facts)
    return windows


@given(seeds, longest_spans, st.integers(1, 59))
def test_windows_go_on_when_the_set_changes_and_others_say_since_when(seed: int, longest: int, place: int) -> None:
    chance = np.random.default_rng(seed)
    old, new = some_windows(chance, 12, longest), some_windows(chance, 6, longest)
    kept = [old[nth] for nth in chance.permutation(len(old))[:6]]
    asked = list({spec.name: (spec, kinds) for spec, kinds in [*new, *kept]}.values())
    facts = some_facts(chance, 60, longest)
    head, tail = cut(facts, [place])
    restored = Windows.restore(after(Windows(old, seed=seed), head).save(), asked)
    rest, right = restored.feed(tail), values_of(asked, facts)
    for spec, _ in asked:
        since = restored.since(spec)
        assert since is not None
        if any(spec == before for before, _ in kept):
            assert since == facts.moments[0]
        warm = [
            nth
            for nth in range(place, len(facts))
            if spec.what != Aggregate.AGE and not lies_within(spec, since - 1, int(facts.moments[nth]))
        ]
        if since == facts.moments[0]:
            warm = list(range(place, len(facts)))
        assert [rest[spec.name][nth - place] for nth in warm] == [right[spec.name][nth] for nth in warm]


@given(seeds, longest_spans, st.integers(0, 58))
def test_entries_are_the_facts_that_a_window_holds(seed: int, longest: int, place: int) -> None:
    chance = np.random.default_rng(seed)
    asked, facts = some_windows(chance, 8, longest), some_facts(chance, 60, longest)
    windows = Windows(asked, seed=seed)
    head, tail = cut(facts, [place])[-2:] if place else (None, facts)
    for stretch in (head, tail):
        if stretch:
            windows.feed(stretch)
    sequence = listed(facts)
    for spec, kinds in asked:
        for present in sequence[place:]:
            held = selected(spec, sequence, present)
            if present.kind not in kinds or held is None or spec.span > DAY_MS:
                continue
            wanted = [fact for fact in held if lies_within(spec, fact.moment, present.moment)]
            if spec.what in (Aggregate.GAP, Aggregate.LAST):
                wanted = [fact for fact in wanted if fact.place < present.place]
            if spec.value:
                wanted = [fact for fact in wanted if spec.value in fact.fields]
            key = tuple(present.fields[column] for column in spec.asking)
            found = windows.entries(spec, key, present.moment, present.place)
            assert list(found.positions) == [fact.place for fact in wanted]
            assert list(found.moments) == [fact.moment for fact in wanted]
            if spec.value:
                assert list(found.values) == [fact.fields[spec.value] for fact in wanted]


def test_entries_of_days_are_the_facts_of_one_key_and_day() -> None:
    count, callees = by_caller(Aggregate.COUNT, 2 * DAY_MS), by_caller(Aggregate.DISTINCT, 2 * DAY_MS, "callee")
    windows = Windows(asked_by_all(count, callees))
    midnight = 20_000 * DAY_MS - 8 * HOUR
    windows.feed(calls((midnight, 5, 1), (midnight + 1, 5, 1), (midnight + 2, 5, 2), (midnight + DAY_MS, 5, 1)))
    days = windows.entries(count, (5,), midnight + DAY_MS, 3)
    assert (list(days.positions), list(days.moments)) == ([0, 3], [midnight, midnight + DAY_MS])
    assert list(days.values) == [3, 1]
    assert list(windows.entries(callees, (5,), midnight + DAY_MS, 3).values) == [1, 2, 1]


def test_facts_of_one_millisecond_count_in_their_order() -> None:
    count = by_caller(Aggregate.COUNT, 1)
    assert fed(Windows(asked_by_all(count)), [calls((7, 1, 1), (7, 1, 1), (7, 1, 1))])[count.name] == [1, 2, 3]


def generations(many: int, per: int) -> list[FactBatch]:
    """Return stretches in which all keys and items are new each time, two hours apart."""
    return [
        calls(*((nth * 2 * HOUR + one, nth * per + one, nth * per + one) for one in range(per))) for nth in range(many)
    ]


def windows_of_all_sorts() -> Windows:
    sorts = [by_caller(what, HOUR, "" if what in ("count", "gap", "age") else "callee") for what in Aggregate]
    return Windows(asked_by_all(*sorts, by_caller(Aggregate.DISTINCT, SECOND, "callee")))


def test_state_that_no_window_sees_is_freed() -> None:
    """OpenSIPS bug 1: state of a caller was never freed."""
    windows = windows_of_all_sorts()
    held = [windows.usage() for stretch in generations(20, 300) if windows.feed(stretch) is not None]
    assert len({one.bytes for one in held[1:]}) == 1
    assert {(one.keys, one.entries, one.pairs) for one in held} == {(300, 300, 300)}
    windows.sweep(40 * HOUR)
    assert (windows.usage().keys, windows.usage().entries, windows.usage().pairs) == (0, 0, 0)


@given(seeds)
def test_no_counter_falls_below_zero(seed: int) -> None:
    """OpenSIPS bug 2: a counter was lowered for a call it had never counted."""
    chance = np.random.default_rng(seed)
    sums = (Aggregate.COUNT, Aggregate.DISTINCT)
    asked = [(spec, kinds) for spec, kinds in some_windows(chance, 30, 100) if spec.what in sums]
    windows = Windows(asked, seed=seed)
    for stretch in cut(some_facts(chance, 300, 100), range(0, 300, 7)):
        if chance.random() < 0.2:
            windows.forget((int(chance.integers(0, 3)),), ("caller",))
        for values in windows.feed(stretch).values():
            assert (values[values != UNKNOWN] >= 0).all()


def test_two_keys_never_share_state() -> None:
    """OpenSIPS bug 3: users whose hashes were equal shared one counter. Here tables of two slots hold them all."""
    count, callees = by_caller(Aggregate.COUNT, HOUR), by_caller(Aggregate.DISTINCT, HOUR, "callee")
    rows = [(nth, nth % 997, nth % 7) for nth in range(5_000)]
    for seed in range(3):
        values = fed(Windows(asked_by_all(count, callees), seed=seed), [calls(*rows)])
        assert values[count.name] == [1 + nth // 997 for nth in range(5_000)]
        assert values[callees.name] == [min(1 + nth // 997, 7) for nth in range(5_000)]


def test_a_window_slides_by_the_millisecond() -> None:
    """OpenSIPS bug 4: counters began anew with every second of the clock, so that a burst across it was cut in two."""
    count = by_caller(Aggregate.COUNT, SECOND)
    values = fed(Windows(asked_by_all(count)), [calls((999, 1, 1), (1_000, 1, 1), (1_998, 1, 1), (1_999, 1, 1))])
    assert values[count.name] == [1, 2, 3, 3]


def test_reset_of_one_key_leaves_the_others() -> None:
    """OpenSIPS bug 5: resetting one user's counters reset those of all."""
    windows = windows_of_all_sorts()
    windows.feed(calls((1, 10, 7), (2, 20, 7), (3, 10, 8)))
    windows.forget((10,), ("caller",))
    values = fed(windows, [calls((4, 10, 7), (5, 20, 7))])
    valued = "distinct sum min max last"
    names = {what: by_caller(what, HOUR, "callee" if what in valued else "").name for what in Aggregate}
    assert values[names[Aggregate.COUNT]] == [1, 2]
    assert values[names[Aggregate.DISTINCT]] == [1, 1]
    assert values[names[Aggregate.SUM]] == [7, 14]
    assert values[names[Aggregate.GAP]] == [UNKNOWN, 3]
    assert values[names[Aggregate.LAST]] == [UNKNOWN, 7]
    assert values[names[Aggregate.AGE]] == [0, 3]
    assert windows.usage().keys == 2
    windows.sweep(2 * HOUR)
    assert (windows.usage().keys, windows.usage().entries, windows.usage().pairs) == (0, 0, 0)


def test_a_forgotten_key_stays_forgotten_after_a_restart() -> None:
    windows = windows_of_all_sorts()
    windows.feed(calls((1, 10, 7), (2, 20, 7)))
    windows.forget((10,), ("caller",))
    restored = Windows.restore(windows.save(), asked_by_all(by_caller(Aggregate.COUNT, HOUR)))
    assert fed(restored, [calls((3, 10, 7), (3, 20, 7))])[by_caller(Aggregate.COUNT, HOUR).name] == [1, 2]


def test_facts_out_of_order_are_refused_and_change_nothing() -> None:
    count = by_caller(Aggregate.COUNT, HOUR)
    windows = Windows(asked_by_all(count))
    windows.feed(calls((10, 1, 1)))
    for wrong in (calls((9, 1, 1)), calls((11, 1, 1), (10, 1, 1))):
        with pytest.raises(ValueError, match="must not fall"):
            windows.feed(wrong)
    assert fed(windows, [calls((10, 1, 1))])[count.name] == [2]


def test_memory_has_a_limit_that_says_so() -> None:
    windows = Windows(asked_by_all(by_caller(Aggregate.COUNT, HOUR)), most_bytes=200_000)
    with pytest.raises(WindowsFull, match="more than the 200,000 allowed"):
        windows.feed(calls(*((nth, nth, nth) for nth in range(5_000))))
    with pytest.raises(WindowsFull):
        windows.feed(calls((6_000, 1, 1)))


def test_columns_of_another_length_are_refused() -> None:
    windows = Windows(asked_by_all(by_caller(Aggregate.COUNT, HOUR)))
    facts = calls((1, 1, 1), (2, 1, 1))
    with pytest.raises(ValueError, match="one whole number for each fact"):
        windows.feed(FactBatch(facts.kinds, facts.moments, {"caller": facts.moments[:1]}))


def test_an_empty_stretch_has_empty_values() -> None:
    count = by_caller(Aggregate.COUNT, HOUR)
    values: NDArray[np.int64] = Windows(asked_by_all(count)).feed(calls())[count.name]
    assert values.shape == (0,)


@given(seeds, longest_spans, st.integers(1, 5))
def test_restricted_roles_change_nothing_at_the_facts_and_keys_that_stay(seed: int, longest: int, every: int) -> None:
    chance = np.random.default_rng(seed)
    asked, facts = some_windows(chance, 6, longest), some_facts(chance, 60, longest)
    free, bound = Windows(asked), Windows(asked)
    values = free.feed(facts)
    asks = np.arange(len(facts)) % every == 0
    roles = np.zeros((bound.role_words, len(facts)), np.int64)
    for number in range(bound.family_count):
        word, selects = role_word(number, selects=True, asks=False)
        _, both = role_word(number, selects=True, asks=True)
        roles[word] |= np.where(asks, both, selects)
    restricted = bound.feed(facts, roles=roles)
    for name, column in values.items():
        assert np.array_equal(restricted[name][asks], column[asks])
        assert np.all(restricted[name][~asks] == UNKNOWN)
    assert bound.usage().entries == free.usage().entries


def test_a_family_keeps_only_the_facts_that_it_may_select() -> None:
    spec = by_caller(Aggregate.COUNT, 100)
    windows = Windows(asked_by_all(spec))
    facts = calls((1, 7, 1), (2, 8, 1), (3, 7, 1), (4, 8, 1))
    word, both = role_word(0, selects=True, asks=True)
    roles = np.zeros((windows.role_words, 4), np.int64)
    roles[word, [0, 2]] = both
    assert windows.feed(facts, roles=roles)[spec.name].tolist() == [1, UNKNOWN, 2, UNKNOWN]
    assert windows.usage().entries == 2


def test_roles_of_another_shape_are_refused() -> None:
    windows = Windows(asked_by_all(by_caller(Aggregate.COUNT, 100)))
    with pytest.raises(ValueError, match="one word of roles for each fact"):
        windows.feed(calls((1, 7, 1)), roles=np.zeros((1, 2), np.int64))
