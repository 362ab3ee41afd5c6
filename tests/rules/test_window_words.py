"""What a window looks at is said in both languages, with its key, filter and span."""

import pytest

from fanzha.base.words import Words
from fanzha.rules import parse, window_words
from fanzha.rules.tree import Window, walk
from fanzha.rules.words import WINDOWS


def words(window: str) -> Words:
    (rule,) = parse(f"rule r on call_ended when {window} is known then find callee score 0.5").rules
    return window_words(next(node for node in walk(rule.when) if isinstance(node, Window)))


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        (
            "count(call_ended by caller, 1h)",
            "最近 1h 内 caller 相同的呼叫结束次数",
            "number of call_ended facts with the same caller in the last 1h",
        ),
        (
            "mean(talk_ms of call_ended by caller, callee where answered, 7 days)",
            "最近 7 个自然日 内 caller 相同且 callee 相同、满足 answered 的呼叫结束的 talk_ms 平均值",
            "mean of talk_ms over call_ended facts with the same caller and with the same callee where answered "
            "in the last 7 calendar days",
        ),
        (
            "gap(message by recipient = callee, 30 min)",
            "距上一次 recipient 为当前 callee 的短信与文本的时间（30 min 内）",
            "time since the last of message facts whose recipient is the present callee, within 30 min",
        ),
        (
            "surge(call_ended by trunk, 10 min against 6h)",
            "最近 10 min 内 trunk 相同的呼叫结束次数与此前（共 6h）平常之比",
            "number of call_ended facts with the same trunk in the last 10 min against what was usual before "
            "(in all 6h)",
        ),
        (
            "count(call_ended by caller, 500 ms before)",
            "最近 500 ms 内 caller 相同的呼叫结束次数（不含当前事件）",
            "number of call_ended facts with the same caller in the last 500 ms, the present one left out",
        ),
    ],
)
def test_a_window_is_said_in_words(window: str, zh: str, en: str) -> None:
    assert words(window) == Words(zh, en)


@pytest.mark.parametrize("what", WINDOWS)
def test_every_window_is_said_differently(what: str) -> None:
    value = {"share": "answered of "}.get(what, "talk_ms of ") if what not in ("count", "gap", "age", "surge") else ""
    past = " against 6h" if what == "surge" else ""
    others = [words("count(call_ended by caller, 1h)")] if what != "count" else []
    assert words(f"{what}({value}call_ended by caller, 1h{past})") not in others
