"""Chinese names of brands are found in international names, traditional or simplified."""

import pytest

from fanzha.brands import _arrays as tables
from fanzha.brands.chinese import ChineseNames
from fanzha.brands.table import Brand
from fanzha.kinds.web.unicode_names import ascii_host

NAMES = ChineseNames(
    (Brand("bank.example", zh="示例工商银行", aliases=("工商银行",), other_domains=(ascii_host("工行.中国"),)),)
)


@pytest.mark.parametrize("label", ["工商银行客服", "工商銀行官網", "我的工商银行"])
def test_name_is_found_in_a_label(label: str) -> None:
    assert NAMES.find(label) == ("工商银行", 0)


def test_longest_name_is_found() -> None:
    assert NAMES.find("示例工商银行登录") == ("示例工商银行", 0)
    assert NAMES.find("别的银行") is None


@pytest.mark.parametrize(
    ("shown", "least", "most", "bait"),
    [("工商银行官网.com", 0.9, 1.0, True), ("工商银行.com", 0.5, 0.7, False), ("山工商银行山.com", 0.6, 0.8, False)],
)
def test_bait_word_beside_the_name_tells_most(shown: str, least: float, most: float, bait: bool) -> None:
    answers = tables.answers(1)
    NAMES.answer(0, ascii_host(shown), shown, answers)
    assert least <= answers.score[0] <= most
    assert bool(answers.companions[0]) == bait


def test_own_chinese_domain_is_no_imitation() -> None:
    answers = tables.answers(1)
    NAMES.answer(0, ascii_host("工行.中国"), "工行.中国", answers)
    assert (int(answers.owner[0]), int(answers.brand[0])) == (0, -1)
