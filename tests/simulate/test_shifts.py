"""No hour holds more calls than the rate allows, and identities rotate."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.simulate._random import create_generator
from fanzha.simulate._shifts import schedule_calls

HOUR_MS = 3_600_000


@given(st.integers(1, 400), st.integers(1, 4), st.integers(0, 50))
def test_a_seat_never_calls_more_often_in_any_hour_and_as_often_in_most(per_hour: int, seats: int, seed: int) -> None:
    calls = schedule_calls(create_generator(seed), 0, 0, (9, 10, 11, 15), seats, per_hour)
    for seat in range(seats):
        moments = np.sort(calls.at[calls.seat == seat])
        window = np.arange(moments.size) - np.searchsorted(moments, moments - HOUR_MS, side="right") + 1
        assert per_hour - 1 <= window.max() <= per_hour


def test_with_turns_another_identity_of_the_seat_works_each_hour() -> None:
    calls = schedule_calls(create_generator(1), 0, 1, (9, 10), 2, 5)
    identity_index = calls.assign_identity(2, 4)
    assert set(identity_index[(calls.hour == 33) & (calls.seat == 1)]) == {1 + 2 * ((33 + 1) % 4)}
    assert not set(identity_index[calls.hour == 33]) & set(identity_index[calls.hour == 34])
    assert set(calls.assign_identity(2, 1)) == {0, 1}


def test_those_who_work_few_hours_a_day_all_come_round() -> None:
    used_identities = {
        int(turn)
        for day in range(4)
        for turn in schedule_calls(create_generator(1), 0, day, (2, 3, 4), 1, 5).rotate_identity(4)
    }
    assert used_identities == {0, 1, 2, 3}
