"""A number that was let again has another holder: another subject."""

import numpy as np
import pyarrow as pa

from fanzha.kinds._holder import HOLDER_SCHEMA, HolderPeriod, Holders

FIRST = HolderPeriod("+8619100000001", 100, 200)
SECOND = HolderPeriod("+8619100000001", 250, None)
HOLDERS = Holders(pa.Table.from_pylist([SECOND._asdict(), FIRST._asdict()], schema=HOLDER_SCHEMA))


def test_the_holder_is_the_one_of_the_moment() -> None:
    assert HOLDERS.at("+8619100000001", 150) == FIRST
    assert HOLDERS.at("+8619100000001", 250) == SECOND


def test_between_two_holders_and_before_the_first_nobody_is_known() -> None:
    assert [HOLDERS.at("+8619100000001", at) for at in (99, 200, 249)] == [None] * 3
    assert HOLDERS.at("+8619100000002", 150) is None


def test_a_holder_period_says_whether_it_holds() -> None:
    assert [FIRST.holds(at) for at in (99, 100, 199, 200)] == [False, True, True, False]
    assert SECOND.holds(10**15)


def test_columns_give_the_beginning_of_the_holder_period() -> None:
    numbers = pa.array(["+8619100000001", "+8619100000001", "+8619100000002", None])
    assert HOLDERS.holder_from(numbers, np.array([150, 220, 150, 150])).to_pylist() == [100, None, None, None]
