"""Out of the door comes the one sequence, however facts arrive; what cannot be placed is handed back and counted."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import WrongCall
from fanzha.windows import door as door_module
from fanzha.windows.door import Counts, Door, Opened

Arrival = tuple[int, int]  # moment, id; its payload is its place in the list of arrivals
arrivals_of = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 25)), max_size=60)
LATENESS, LONGEST = 10, 30


@pytest.fixture(autouse=True)
def tiny_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with room for two facts, so that everything grows all the time."""
    monkeypatch.setattr(door_module, "SMALLEST", 2)


def ids_of(numbers: Iterable[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return 128-bit ids in the order of the numbers, with both halves and their highest bits in use."""
    halves = [((1 << 63) + (number // 5 - 3) * (1 << 46), (number % 5) << 61) for number in numbers]
    return np.array(halves, np.uint64).reshape(-1, 2)


def arrive(door: Door, arrivals: list[Arrival], first: int = 0, not_after: int | None = None) -> Opened:
    moments = np.array([moment for moment, _ in arrivals], np.int64)
    payloads = np.arange(first, first + len(arrivals))
    return door.take(moments, ids_of(number for _, number in arrivals), payloads, not_after=not_after)


class PlainDoor:
    """The same in plain lists, one arrival at a time."""

    def __init__(self) -> None:
        self.horizon = -(2**62)
        self.waiting: list[tuple[int, int, int]] = []
        self.released: list[tuple[int, int]] = []
        self.out: list[int] = []
        self.late: list[int] = []
        self.gone: list[int] = []

    def take(self, moment: int, number: int, payload: int) -> None:
        if any(number == other and when > self.horizon - LONGEST for when, other in self.released):
            self.gone.append(payload)
        elif moment <= self.horizon:
            self.late.append(payload)
        else:
            for held in [held for held in self.waiting if held[1] == number]:
                self.waiting.remove(held)
                self.gone.append(held[2])
            self.waiting.append((moment, number, payload))
            self.horizon = max(self.horizon, moment - LATENESS)
            self.let_out(self.horizon)

    def let_out(self, horizon: int) -> None:
        for moment, number, payload in sorted(held for held in self.waiting if held[0] <= horizon):
            self.waiting.remove((moment, number, payload))
            self.released.append((moment, number))
            self.out.append(payload)


@given(arrivals_of, st.lists(st.integers(0, 60), max_size=10), st.integers(0, 2**64 - 1))
def test_the_door_does_what_plain_lists_do_however_the_stream_is_cut(
    arrivals: list[Arrival], cuts: list[int], seed: int
) -> None:
    plain = PlainDoor()
    for payload, (moment, number) in enumerate(arrivals):
        plain.take(moment, number, payload)
    door = Door(LATENESS, LONGEST, seed=seed)
    edges = sorted({0, len(arrivals), *(cut for cut in cuts if cut < len(arrivals))})
    opened = [arrive(door, arrivals[one:other], one) for one, other in zip(edges, edges[1:], strict=False)]
    assert [n for one in opened for n in one.payloads] == plain.out
    assert [n for one in opened for n in one.late] == plain.late
    assert sorted(n for one in opened for n in one.gone) == sorted(plain.gone)
    counts = door.counts()
    assert (counts.late, counts.repeated + counts.replaced) == (len(plain.late), len(plain.gone))
    assert counts.waiting == len(plain.waiting)
    plain.let_out(10**6)
    assert list(door.close()) == plain.out[len(plain.out) - counts.waiting :]


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=60, unique=True), st.randoms())
def test_whatever_the_order_within_the_lateness_one_sequence_comes_out(moments: list[int], chance: object) -> None:
    arrivals = [(moment // 3, number) for number, moment in enumerate(sorted(moments))]
    delayed = sorted(arrivals, key=lambda one: one[0] + chance.random() * LATENESS)  # type: ignore[attr-defined]
    twice = [one for one in delayed for _ in range(2)]
    door = Door(LATENESS, LONGEST)
    out = [*arrive(door, twice).payloads, *door.close()]
    assert [twice[payload] for payload in out] == sorted(arrivals)
    assert door.counts().late == 0


@given(arrivals_of, st.integers(0, 60))
def test_a_restart_changes_nothing(arrivals: list[Arrival], place: int) -> None:
    door = Door(LATENESS, LONGEST)
    arrive(door, arrivals[:place])
    restored = Door.restore(door.save(), LATENESS, LONGEST, seed=3)
    assert restored.counts() == door.counts()
    one, other = (arrive(each, arrivals[place:], place) for each in (door, restored))
    assert [list(part) for part in vars(one).values()] == [list(part) for part in vars(other).values()]
    assert door.save() == restored.save()


def test_facts_leave_in_order_of_moment_and_id() -> None:
    door = Door(LATENESS, LONGEST)
    assert list(arrive(door, [(5, 20), (5, 3), (4, 9), (15, 1)]).payloads) == [2, 1, 0]


def test_a_correction_that_comes_in_time_takes_the_place_of_the_first() -> None:
    door = Door(LATENESS, LONGEST)
    opened = arrive(door, [(5, 1), (7, 1), (6, 2), (30, 3)])
    assert (list(opened.payloads), list(opened.gone)) == ([2, 1], [0])
    assert door.counts() == Counts(late=0, early=0, repeated=0, replaced=1, waiting=1, remembered=2)


def test_an_id_is_remembered_as_long_as_the_longest_window() -> None:
    door = Door(LATENESS, LONGEST)
    assert list(arrive(door, [(5, 1), (44, 2), (44, 1)]).gone) == [2]
    opened = arrive(door, [(45, 3), (46, 1)], 3)  # 35 is the horizon then, 30 ms after the first
    assert (list(opened.gone), door.counts().waiting) == ([], 3)


def test_what_comes_too_late_is_handed_back_and_counted() -> None:
    door = Door(LATENESS, LONGEST)
    assert list(arrive(door, [(20, 1), (10, 2), (11, 3)]).late) == [1]
    assert door.counts().late == 1


def test_a_wrong_clock_does_not_make_the_others_late() -> None:
    door = Door(LATENESS, LONGEST)
    opened = arrive(door, [(20, 1), (10**9, 2), (12, 3)], not_after=25)
    assert (list(opened.early), list(opened.late)) == ([1], [])
    assert door.counts().early == 1


def test_time_passes_the_door_when_nothing_comes() -> None:
    door = Door(LATENESS, LONGEST)
    assert list(arrive(door, [(20, 1)]).payloads) == []
    assert list(door.pass_time(30)) == [0]
    assert list(arrive(door, [(20, 2)], 1).late) == [1]


def test_memory_is_flat_while_ids_come_and_go() -> None:
    door = Door(LATENESS, LONGEST)
    held = []
    for moment in range(0, 4_000, 100):
        arrive(door, [(moment + nth % 7, moment * 100 + nth) for nth in range(200)])
        held.append(door.memory())
    assert len(set(held[4:])) == 1


def test_bytes_that_are_no_door_are_refused() -> None:
    with pytest.raises(WrongCall, match="no saved state"):
        Door.restore(b"\x01", LATENESS, LONGEST)
