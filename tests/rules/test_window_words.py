"""What a window looks at is said in both languages, with its key, filter and span."""

import pytest

from fanzha.base.words import Words
from fanzha.rules import parse, window_words
from fanzha.rules.tree import WindowExpression, walk
from fanzha.rules.words import VALUED, WINDOWS


def words(window: str) -> Words:
    (rule,) = parse(f"rule r on call_ended when {window} is known then find callee score 0.5").rules
    return window_words(next(node for node in walk(rule.when) if isinstance(node, WindowExpression)))


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        (
            "count(call_ended by caller, 1h)",
            "最近 1h 内同一主叫声称号码的呼叫结束次数",
            "number of “call ended” events with the same claimed caller in the last 1h",
        ),
        (
            "mean(talk_ms of call_ended by caller, callee where answered, 7 days)",
            "最近 7 个自然日 内同一主叫声称号码且同一被叫、限应答的呼叫结束的通话时长平均值",
            "mean talk time over “call ended” events with the same claimed caller and with the same callee "
            "where answered in the last 7 calendar days",
        ),
        (
            'count(message by recipient where text not contains ("a", "b") or weekday(occurred_at) > 5, 1h)',
            '最近 1h 内同一接收方、限（内容不含 ("a", "b")或发生时间是星期几（1–7） > 5）的短信与文本次数',
            'number of “message” events with the same recipient where (text not containing ("a", "b") or '
            "day of the week (1–7) of occurred at > 5) in the last 1h",
        ),
        (
            'count(call_ended by callee where profile(caller, plan) = "x", 1h)',
            '最近 1h 内同一被叫、限主叫声称号码所登记的套餐 = "x"的呼叫结束次数',
            "number of “call ended” events with the same callee where plan registered of claimed caller = "
            '"x" in the last 1h',
        ),
        (
            "gap(message by recipient = callee, 30 min)",
            "距上一次接收方为当前被叫的短信与文本的时间（30 min 内）",
            "time since the last of “message” events whose recipient is the present callee, within 30 min",
        ),
        (
            "surge(call_ended by trunk, 10 min against 6h)",
            "最近 10 min 内同一中继的呼叫结束次数与此前（共 6h）平常之比",
            "number of “call ended” events with the same trunk in the last 10 min against what was usual before "
            "(in all 6h)",
        ),
        (
            "count(call_ended by caller, 500 ms before)",
            "最近 500 ms 内同一主叫声称号码的呼叫结束次数（不含当前事件）",
            "number of “call ended” events with the same claimed caller in the last 500 ms, the present one left out",
        ),
        (
            "distinct(callee of call_ended by block(caller, 3), trunk else ingress where release_cause != 1, 1h)",
            "最近 1h 内同一主叫声称号码去掉末 3 位且同一中继（无则入口）、限释放原因 != 1的呼叫结束中不同被叫数",
            "different values of callee among “call ended” events with the same claimed caller without its last "
            "3 digits and with the same trunk (else ingress) where release cause (ITU-T Q.850) != 1 in the last 1h",
        ),
        (
            'share(not answered or released_by in ("caller") of call_ended by caller, 1h)',
            '最近 1h 内同一主叫声称号码的呼叫结束中（非应答或释放方属于 ("caller")）的占比',
            'share with (not answered or released by in ("caller")) among “call ended” events with the same claimed '
            "caller in the last 1h",
        ),
        (
            "count(call_ended by caller where cell is not known and hour(occurred_at) < 8, 1h)",
            "最近 1h 内同一主叫声称号码、限小区未知且发生时间的钟点 < 8的呼叫结束次数",
            "number of “call ended” events with the same claimed caller where cell is not known and hour of occurred "
            "at < 8 in the last 1h",
        ),
        (
            "count(call_ended by caller where count(message by recipient = callee, 2h) >= 1, 1h)",
            "最近 1h 内同一主叫声称号码、限（最近 2h 内接收方为当前被叫的短信与文本次数） >= 1的呼叫结束次数",
            "number of “call ended” events with the same claimed caller where (number of “message” events whose "
            "recipient is the present callee in the last 2h) >= 1 in the last 1h",
        ),
    ],
)
def test_a_window_is_said_in_words(window: str, zh: str, en: str) -> None:
    assert words(window) == Words(zh, en)


@pytest.mark.parametrize("what", WINDOWS)
def test_every_window_is_said_differently(what: str) -> None:
    value = {"share": "answered of "}.get(what, "talk_ms of ") if what in VALUED else ""
    value = f"90%, {value}" if what == "quantile" else value
    past = " against 6h" if what == "surge" else ""
    others = [words("count(call_ended by caller, 1h)")] if what != "count" else []
    assert words(f"{what}({value}call_ended by caller, 1h{past})") not in others
