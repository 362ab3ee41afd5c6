"""Links, addresses, numbers and mask words are recognised where they begin, and nowhere inside a word."""

import numpy as np
import pytest

from fanzha.learn._fold_scan import link_or_mail, mask_word, number
from fanzha.learn.fold import LINK, MAIL, MOBILE, NAME, NUMBER, TELEPHONE


def codes(text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.array([ord(sign) for sign in text], np.uint32)


@pytest.mark.parametrize(
    ("text", "becomes", "length"),
    [
        ("http://a.cn/x 领取", LINK, 13),
        ("www.x.example", LINK, 13),
        ("abc.com/路", LINK, 8),
        ("a-b.co.uk，", LINK, 9),
        ("me@mail.org ", MAIL, 11),
        ("hello", 0, 0),
        ("3.5", 0, 0),
        ("e.g. this", 0, 0),
    ],
)
def test_links_and_mail_addresses(text: str, becomes: int, length: int) -> None:
    assert link_or_mail(codes(text), 0, len(text)) == (becomes, length)


def test_no_link_begins_inside_a_word() -> None:
    assert link_or_mail(codes("xabc.com"), 1, 8) == (0, 0)


@pytest.mark.parametrize(
    ("text", "becomes", "length"),
    [
        ("13800138000", MOBILE, 11),
        ("138****8000", MOBILE, 11),
        ("4008123123", TELEPHONE, 10),
        ("95588转", TELEPHONE, 5),
        ("58.00元", NUMBER, 5),
        ("xx元", NUMBER, 2),
        ("一三八零零", NUMBER, 5),
        ("二十三岁", 0, 0),
        ("三千五百元", 0, 0),
        ("两万块", 0, 0),
        ("十万元", 0, 0),
        ("壹仟贰佰元", NUMBER, 4),
        ("拾贰箱", NUMBER, 2),
        ("壹捌捌元", NUMBER, 3),
        ("3佰元", NUMBER, 2),
        ("叁万五", NUMBER, 3),
        ("一仟元", NUMBER, 2),
        ("一千零一夜", 0, 0),
        ("幺七零零零零零零零零零", MOBILE, 11),
        ("壹柒洞洞拐勾叉叉叉叉星", MOBILE, 11),
        ("三天", 0, 0),
        ("两个", 0, 0),
        ("十分", 0, 0),
        ("百万保障", 0, 0),
        ("万一", 0, 0),
        ("拾一个贝壳", 0, 0),
        ("陆军", 0, 0),
        ("一星期", 0, 0),
        ("4s店", 0, 0),
        ("x光", 0, 0),
    ],
)
def test_numbers_written_and_masked(text: str, becomes: int, length: int) -> None:
    assert number(codes(text), 0, len(text)) == (becomes, length)


@pytest.mark.parametrize(
    ("text", "becomes", "length"),
    [
        ("PHONE", TELEPHONE, 5),
        ("DIGIT元", NUMBER, 5),
        ("NAME您", NAME, 4),
        ("URLab", LINK, 5),
        ("PHONEs", 0, 0),
        ("phone", 0, 0),
    ],
)
def test_mask_words_stand_alone_in_capitals(text: str, becomes: int, length: int) -> None:
    assert mask_word(codes(text), 0, 0, len(text)) == (becomes, length)


def test_no_mask_word_begins_inside_a_word() -> None:
    assert mask_word(codes("iPHONE"), 1, 0, 6) == (0, 0)
