"""A range is read however its open digits are written, and is never so small that it names somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.number_range import KIND


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("1700000xxxx", "+861700000xxxx"),
        ("+86 170 0000 ****", "+861700000xxxx"),
        ("００８６１７０００００？？？？", "+861700000xxxx"),
        ("170-0xxx-xxxx", "+861700xxxxxxx"),
        ("010 8888 xxxx", "+86108888xxxx"),
        ("+65 8000 xxxx", "+658000xxxx"),
        ("+861700000xxxx", "+861700000xxxx"),
    ],
)
def test_ranges_are_read(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "17000000011",
        "17000000xxx",
        "170000000xx",
        "170xxxx",
        "xxxxxxxx",
        "+0700000xxxx",
        "170x0000xxx",
        "+86170000000xxxx",
    ],
)
def test_numbers_and_small_ranges_are_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)
    assert KIND.resembles(raw) == 0


@given(st.integers(min_value=1_300_000, max_value=1_999_999))
def test_every_range_of_mobile_numbers_has_ten_thousand(beginning: int) -> None:
    value = KIND.normalise(f"{beginning}xxxx")
    assert value == f"+86{beginning}xxxx" and KIND.normalise(value) == value
    assert KIND.describe(value)[0].value == 10_000 and KIND.mask(value) == value and KIND.resembles(value) > 0.5
