"""Characters that are set apart are joined in both views; ordinary spaces, lists, numbers and dates stay."""

import pyarrow as pa
import pytest

from fanzha.learn.codes import code_points
from fanzha.learn.fold import fold_width


def written(text: str) -> str:
    return fold_width(code_points(pa.array([text]))).text(0)


@pytest.mark.parametrize(
    ("spaced", "joined"),
    [
        ("兼 职 点 赞，日 结 一 百", "兼职点赞,日结一百"),
        ("您 的 社 保 卡 异 常 ， 今 天 不 认 证 就 停 用", "您的社保卡异常,今天不认证就停用"),
        ("提.现.失.败", "提现失败"),
        ("刷★单★日★结", "刷单日结"),
        ("收U_S_D_T 的", "收usdt 的"),
        ("打开 N F C 贴卡", "打开 nfc 贴卡"),
        ("每 月 扣 费 5 0 0 元", "每月扣费500元"),
        ("打开 s b k . r z - c n . t o p", "打开 sbk.rz-cn.top"),
        ("D E L I V E R Y  F A I L E D", "delivery failed"),
        ("大 学 生 贷 款 操作 简 单 加 我", "大学生贷款操作简单加我"),
    ],
)
def test_spaced_characters_are_joined(spaced: str, joined: str) -> None:
    assert written(spaced) == joined


@pytest.mark.parametrize(
    "text",
    [
        "see you at 5 p.m. in the u.s. office",
        "我的 快递 到了吗",
        "3,5,7栋停水",
        "房号 1-2-3",
        "1 2 3",
        "版本 1.2.3 更新",
        "a b 两座都有票",
        "农/工/建优先",
        "今天 到 家",
        "시간 이 없 어요",
    ],
)
def test_ordinary_gaps_stay(text: str) -> None:
    assert written(text) == text


@pytest.mark.parametrize("text", ["我 " * 60_000, "我  *  " * 30_000, "a.b" * 40_000, " " * 120_000])
def test_a_hostile_text_is_joined_in_one_walk(text: str) -> None:
    assert len(written(text)) <= len(text)
