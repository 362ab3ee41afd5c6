"""The call register says the same as a plain search through all facts before, however the stretches are cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.windows.calls import ANSWERED, ENDED, OFFERED, CallRegister, Wait
from fanzha.windows.facts import UNKNOWN

HOUR = 3_600_000
WAITS = (Wait(ANSWERED, ENDED, 5), Wait(OFFERED, ANSWERED, 3), Wait(OFFERED, ANSWERED, 7))
FACTS = st.lists(
    st.tuples(
        st.sampled_from([OFFERED, ANSWERED, ENDED]), st.integers(0, 3), st.sampled_from([0, 0, 1, 2, 4, 24 * HOUR])
    ),
    max_size=40,
)


def searched(facts: list[tuple[int, int, int]]) -> list[list[int]]:
    """Join by searching back from each fact; columns: two of the offer, one of the answer."""
    joined = []
    for at, (role, call, now) in enumerate(facts):
        before = [(n, *fact) for n, fact in enumerate(facts[:at]) if fact[1] == call]
        offers = [(n, moment) for n, r, _, moment in before if r == OFFERED]
        ends = [n for n, r, _, _ in before if r == ENDED]
        row = [UNKNOWN] * 3
        if role == OFFERED:
            row[:2] = [at * 10, at * 10 + 1]
        elif offers and not any(end > offers[-1][0] for end in ends) and now - offers[-1][1] < 24 * HOUR:
            offer = offers[-1][0]
            row[:2] = [offer * 10, offer * 10 + 1]
            answers = [n for n, r, _, moment in before if r == ANSWERED and n > offer]
            if role == ENDED and answers:
                row[2] = answers[-1] * 10 + 2
        if role == ANSWERED:
            row[2] = at * 10 + 2
        joined.append(row)
    return joined


def awaited(facts: list[tuple[int, int, int]], wait: Wait, until: int) -> list[tuple[int, int]]:
    """Return (due, place of the fact) of the waits that nothing ended."""
    reached = []
    for at, (role, call, now) in enumerate(facts):
        due = now + wait.wait_ms
        ended = any(c == call and r >= wait.ends and moment <= due for r, c, moment in facts[at + 1 :])
        if role == wait.starts and due < until and not ended:
            reached.append((due, at * 10 + (2 if role == ANSWERED else 0)))
    return reached


@given(FACTS, st.lists(st.integers(0, 40), max_size=4), st.booleans(), st.integers(0, 2**63))
@settings(max_examples=300, deadline=None)
def test_the_register_finds_what_a_search_finds(
    steps: list[tuple[int, int, int]], cuts: list[int], restarted: bool, seed: int
) -> None:
    moments = np.cumsum([step[2] for step in steps]).astype(np.int64)
    facts = [(role, call, int(moment)) for (role, call, _), moment in zip(steps, moments, strict=True)]
    calls = CallRegister(("a", "b"), ("c",), WAITS, seed=seed)
    columns = np.full((len(facts), 3), UNKNOWN, np.int64)
    reached: list[list[tuple[int, int]]] = [[] for _ in WAITS]
    bounds = sorted({0, len(facts), *(cut for cut in cuts if cut < len(facts) and moments[cut] > moments[cut - 1])})
    for start, stop in zip(bounds, bounds[1:], strict=False):
        part = slice(start, stop)
        for at in range(start, stop):
            columns[at, :2] = [at * 10, at * 10 + 1] if facts[at][0] == OFFERED else [UNKNOWN] * 2
            columns[at, 2] = at * 10 + 2 if facts[at][0] == ANSWERED else UNKNOWN
        roles = np.array([fact[0] for fact in facts[part]], np.int8)
        codes = np.array([fact[1] for fact in facts[part]], np.int64)
        until = int(moments[stop]) if stop < len(facts) else int(moments[-1]) + 1
        for n, found in enumerate(calls.feed(roles, codes, moments[part], columns[part], until)):
            values = found.columns[:, 2] if WAITS[n].starts == ANSWERED else found.columns[:, 0]
            reached[n] += list(zip(found.due.tolist(), values.tolist(), strict=True))
        if restarted:
            calls, saved = CallRegister(("a", "b"), ("c",), WAITS, seed=seed + 1), calls.save()
            calls.restore(saved)
    assert columns.tolist() == searched(facts)
    last = int(moments[-1]) + 1 if facts else 0
    assert reached == [awaited(facts, wait, last) for wait in WAITS]


def test_calls_that_never_end_are_forgotten_and_memory_stays_flat() -> None:
    calls = CallRegister(("a",), (), (Wait(OFFERED, ANSWERED, HOUR),))
    sizes = []
    for day in range(12):
        codes = np.arange(5000, dtype=np.int64) + 5000 * day
        moments = np.full(5000, 24 * HOUR * day, np.int64)
        roles = np.zeros(5000, np.int8)
        calls.feed(roles, codes, moments, codes.reshape(-1, 1).copy(), 24 * HOUR * (day + 1))
        sizes.append(calls.bytes_held)
    assert calls.open_call_count <= 10_000
    assert max(sizes[4:]) == min(sizes[4:])


def test_a_register_goes_on_with_what_it_knows_of_another_set_of_columns() -> None:
    one, two = np.array([0, 1], np.int8), np.array([7, 7], np.int64)
    before = CallRegister(("a", "b"), ("c",), WAITS)
    before.feed(one, two, np.array([0, 1]), np.array([[10, 11, UNKNOWN], [UNKNOWN, UNKNOWN, 12]]), 2)
    after = CallRegister(("b", "new"), ("c", "a"), (WAITS[0], Wait(OFFERED, ANSWERED, 99)))
    after.restore(before.save())
    columns = np.full((1, 4), UNKNOWN, np.int64)
    reached = after.feed(np.array([ENDED], np.int8), two[:1], np.array([9]), columns, 10)
    assert columns.tolist() == [[11, UNKNOWN, 12, UNKNOWN]]
    assert [one.due.tolist() for one in reached] == [[6], []]


def test_a_register_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 9"):
        CallRegister(("a",), ()).restore(b"\x96\x09\x90\x90\xc4\x00\xc4\x00\x90")
