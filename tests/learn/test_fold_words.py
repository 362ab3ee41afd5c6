"""Homophones of words that fraudsters disguise become the words; what ordinary texts write stays."""

import numpy as np
import pytest

from fanzha.learn._fold_words import homophone_table, restore_words


def restored(text: str) -> str:
    codes = np.array([ord(sign) for sign in text], np.uint32)
    restore_words(codes, len(text), homophone_table())
    return "".join(chr(code) for code in codes)


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("奸值唰丹", "兼职刷单"),
        ("收银杏咔", "收银行卡"),
        ("百万宝彰", "百万保障"),
        ("宴证马", "验证码"),
        ("伽薇芯", "加微信"),
        ("花贝", "花呗"),
        ("一淀话咔", "一电话卡"),
    ],
)
def test_homophones_become_the_word(disguised: str, plain: str) -> None:
    assert restored(disguised) == plain
    assert restored(plain) == plain


@pytest.mark.parametrize(
    "text",
    [
        "公案",
        "攻安全",
        "会上报征信",
        "电话 :",
        "微信",
        "我喺屋企",
        "佣人",
        "收集到了",
        "银杏树",
        "古老的票",
        "話",
        "",
        "a",
    ],
)
def test_ordinary_characters_stay(text: str) -> None:
    assert restored(text) == text
