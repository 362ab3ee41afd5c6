"""Numbers and links in a text, also where a number is broken by the end of a line."""

import pytest

from fanzha.command.reports.text_values import find_values


def values(text: str) -> list[str]:
    return [found.value for found in find_values(text)]


@pytest.mark.parametrize(
    "text",
    [
        "请联系17000000021办理",
        "请联系 170 0000 0021 办理",
        "请联系170-0000-0021",
        "请联系170-0\n000-0021，当天到账",
        "+86 17000000021",
    ],
)
def test_a_number_is_found_as_it_is_written(text: str) -> None:
    assert values(text) == ["+8617000000021"]


def test_what_is_no_number_or_link_is_not_found() -> None:
    assert values("订单号 1700000002199，金额 500 元，时间 12:30") == []


def test_the_host_of_a_link_is_found_once() -> None:
    assert values("打开 https://pay.example.com/a 或 pay.example.com/b") == ["pay.example.com"]
