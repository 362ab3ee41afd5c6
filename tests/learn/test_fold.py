"""The folding sees through disguises, treats written and masked alike, and never fails on any text."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.codes import code_points
from fanzha.learn.fold import PLACEHOLDER_TEXTS, fold, fold_width
from fanzha.learn.obfuscate import full_width, insert_sign, invisible, traditional


def folded(text: str) -> str:
    codes = fold(code_points(pa.array([text])))
    return "".join(PLACEHOLDER_TEXTS.get(ord(sign), sign) for sign in codes.text(0))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＡＢＣ贷款", "abc贷款"),
        ("貸款秒批", "贷款秒批"),
        ("加薇芯", "加微信"),
        ("加微*信", "加微信"),
        ("加V信聊", "加微信聊"),
        ("扣扣", "qq"),
        ("Аpple", "apple"),
        ("您 的 手机", "您的手机"),
        ("贷\u200b款", "贷款"),
        ("刷❤单", "刷单"),
        ("𝐀𝐁c", "abc"),
        ("ᴠip", "vip"),
        ("АРР РΙΝ ІD", "app pin id"),
        ("加Q.Q", "加qq"),
        ("+v", "加v"),
        ("🅰️🅿️🅿️", "app"),
        ("➕🛰️", "加微信"),
        ("收📱💰", "收手机钱"),
        ("🧧🧧🧧领", "领"),
        ("加微❤", "加微信"),
        ("亻言用卡", "信用卡"),
        ("车专贝长到扌旨定贝长户", "转账到指定账户"),
        ("禾 厶 聊 兼 耳 只", "私聊兼职"),
        ("莪徣銭", "我借钱"),
        ("躶聊", "裸聊"),
        ("⼀張⾝份⻔", "一张身份门"),
        ("跑 fēn", "跑fen"),
    ],
)
def test_a_disguise_folds_to_the_plain_text(text: str, same: str) -> None:
    assert folded(text) == folded(same) == same


@pytest.mark.parametrize(
    ("written_out", "masked"),
    [
        ("拨13800138000", "拨138****8000"),
        ("拨13800138000", "拨一三八零零一三八零零零"),
        ("拨010-88881234", "拨 PHONE"),
        ("消费 58.00 元", "消费DIGIT元"),
        ("消费58元", "消费xx元"),
        ("登录http://a.example/x?y=1 领取", "登录URL领取"),
        ("登录abc.cn/x领取", "登录 URLab 领取"),
        ("登录①②③", "登录123"),
        ("押金500元", "押金伍佰元"),
        ("加QQ 4000001", "加扣扣四零零零零零壹"),
    ],
)
def test_written_out_and_masked_fold_alike(written_out: str, masked: str) -> None:
    assert folded(written_out) == folded(masked)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4S店保养", "4s店保养"),
        ("see you at five", "see you at five"),
        ("U.S. market, e.g. this", "u s market e g this"),
        ("二十三岁", "二十三岁"),
        ("my phone is new", "my phone is new"),
        ("女子车专家王见面", "女子车专家王见面"),
        ("古月小姐的木又", "古月小姐的木又"),
        ("我喺屋企瞓咗覺", "我喺屋企瞓咗觉"),
        ("駅のホームで待つ", "驿のホームで待つ"),
        ("서울역", "서울역"),
        ("猫と犬は込む", "猫と犬は込む"),
    ],
)
def test_ordinary_words_stay(text: str, kept: str) -> None:
    assert folded(text) == kept


def test_numbers_are_told_apart_by_their_length_and_head() -> None:
    assert folded("95588") == folded("4008123123") == "〔电话〕"
    assert folded("19900001234") == "〔手机〕"
    assert folded("2026-03-01 10:30") == "〔电话〕〔数〕"
    assert folded("a@b.com") == "〔邮箱〕"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_folds_and_folding_twice_changes_no_length_upwards(text: str) -> None:
    once = fold(code_points(pa.array([text])))
    assert len(once.text(0)) <= 4 * len(text)
    fold_width(code_points(pa.array([text])))


@pytest.mark.parametrize(
    "text",
    [
        "禾 厶 聊 兼 耳 只",
        "奸值唰丹+薇",
        "车专贝长 500元",
        "D E L I V E R Y  F A I L E D",
        "收📱💰 微❤",
        "Ⓥ信 ＡＢ",
        "加 . 微 . 信",
    ],
)
def test_the_written_view_of_a_written_view_is_the_same(text: str) -> None:
    once = fold_width(code_points(pa.array([text]))).text(0)
    assert fold_width(code_points(pa.array([once]))).text(0) == once


@given(st.lists(st.text(max_size=30), max_size=8))
def test_a_text_folds_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = fold(code_points(pa.array(texts, pa.string())))
    assert [together.text(row) for row in range(len(texts))] == [
        fold(code_points(pa.array([text]))).text(0) for text in texts
    ]


@pytest.mark.parametrize("trick", [full_width, traditional, insert_sign, invisible])
def test_a_whole_text_under_one_trick_folds_back(trick: object) -> None:
    assert callable(trick)
    import random

    plain = "兼职刷单日结佣金添加客服微信贷款免抵押当天放款"
    disguised = "".join(trick(sign, random.Random(1)) for sign in plain)
    assert disguised != plain or trick is full_width
    assert folded(disguised) == plain


def test_the_written_view_keeps_signs_and_numbers() -> None:
    assert fold_width(code_points(pa.array(["ＡＢ，１２ 貸"]))).text(0) == "ab,12 贷"


@pytest.mark.parametrize("text", ["*" * 120_000 + "a", "a+" * 60_000, "某" * 120_000 + "a", "a." * 60_000])
def test_a_hostile_text_is_folded_in_one_walk(text: str) -> None:
    assert 0 < fold(code_points(pa.array([text]))).codes.size <= len(text)
