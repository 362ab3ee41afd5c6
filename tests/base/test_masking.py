"""Long numbers never stand in full, however they are written; short ones stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.masking import mask_case, mask_digits_of, mask_numbers


@pytest.mark.parametrize("written", ["19900001234", "199 0000 1234", "199-0000-1234", "199.0000.1234"])
def test_a_telephone_number_is_hidden_however_it_is_written(written: str) -> None:
    assert mask_numbers(f"拨{written}吧") == "拨199••••••34吧"


def test_a_number_inside_a_link_is_hidden_too() -> None:
    assert mask_numbers("http://a.example/?p=19900001234") == "http://a.example/?p=199••••••34"


def test_short_numbers_and_dates_apart_stay() -> None:
    assert mask_numbers("95588 消费58.00元") == "95588 消费58.00元"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("01M8NS4APT1700000123SFENYF", "01M8NS4APT1700000123SFENYF"),
        ("case 19900001234", "case 199••••••34"),
        ("01199000012341990000123412", "011" + "•" * 21 + "12"),
        ("01M8NS4APT1700000123SFENYF 19900001234", "01M8NS4APT170•••••23SFENYF 199••••••34"),
    ],
)
def test_a_reference_is_no_number_whatever_its_digits(name: str, shown: str) -> None:
    assert mask_case(name) == shown


@pytest.mark.parametrize(
    ("fragment", "shown"),
    [
        ("电1990", "电••••"),
        ("拨95588", "拨95588"),
        ("0012", "••••"),
        ("1 笔", "1 笔"),
        ("138", "•••"),
        ("50元", "50元"),
    ],
)
def test_a_fragment_shows_no_digits_of_a_long_number(fragment: str, shown: str) -> None:
    assert mask_digits_of("拨95588 或回电１９９0000１２３４，共50元", fragment) == shown


@given(st.text(alphabet="0123456789 -a中", max_size=60))
def test_no_seven_digits_in_a_row_are_left(text: str) -> None:
    masked = mask_numbers(text)
    assert not any(masked[at : at + 7].isdecimal() for at in range(len(masked) - 6))
