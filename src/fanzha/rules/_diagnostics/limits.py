"""Limit errors: spans, waits, scores and the size of a rule text, which may be hostile: R5xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind
from fanzha.rules.words import MOST_PATTERN, MOST_TEXT


def _rule(when: str, *, on: str = "call_ended", score: str = "0.5", let: str = "") -> str:
    return f"rule r\n  on {on}\n{let}  when {when}\n  then find callee score {score}\n"


_DOUBLED = "".join(f"  let n{i + 1} = n{i} + n{i}\n" for i in range(13))
_MANY = " + ".join(f"count(call_ended by caller, {i} min)" for i in range(1, 66))

LONG_SPAN = DiagnosticKind(
    "R502",
    Words("跨度最长 {most} 天", "a span is at most {most} days"),
    Words("写 {most} days", "write {most} days"),
    _rule("count(call_ended by caller, 60 days) > 3"),
)
NO_TIME = DiagnosticKind(
    "R503",
    Words("时长须大于零", "the duration must be longer than nothing"),
    Words("写大于零的时长，如 1h", "write a longer one, say 1h"),
    _rule("count(call_ended by caller, 0 min) > 3"),
)
EXACT_ONLY = DiagnosticKind(
    "R504",
    Words("{what} 只能用不超过 24 小时的跨度", "{what} takes a span of at most 24 hours"),
    Words("写 24h 或更短", "write 24h or less"),
    _rule("count(call_ended by caller, 7 days before) > 3"),
)
SHORT_PAST = DiagnosticKind(
    "R505",
    Words("surge 的对照期须长于跨度", "the stretch that surge compares with must be longer than its span"),
    Words("写成 surge(… , 10 min against 6h)", "write surge(… , 10 min against 6h)"),
    _rule("surge(call_ended by caller, 1h against 1h) > 3"),
)
LONG_WAIT = DiagnosticKind(
    "R506",
    Words("等待最长 12 小时", "a wait is at most 12 hours"),
    Words("写 12h 或更短", "write 12h or less"),
    _rule("caller is known", on="call still talking 13h"),
)
MANY_KEYS = DiagnosticKind(
    "R507",
    Words("键最多 {most} 个部分", "a key has at most {most} parts"),
    Words("去掉不需要的部分，或写进 where", "take out what is not needed, or put it into where"),
    _rule("count(call_ended by caller, callee, trunk, cell, 1h) > 3"),
)
SCORE_RANGE = DiagnosticKind(
    "R508",
    Words("分值应在 0 到 1 之间，这里是 {number}", "a score lies between 0 and 1, and this is {number}"),
    Words("写 0.7 或 70%", "write 0.7 or 70%"),
    _rule("answered", score="70"),
)
MANY_WINDOWS = DiagnosticKind(
    "R509",
    Words("一条规则最多 {most} 个不同的窗口", "a rule has at most {most} different windows"),
    Words("拆成几条规则", "split it into several rules"),
    _rule(f"{_MANY} > 3"),
)
TOO_DEEP = DiagnosticKind(
    "R510",
    Words("表达式嵌套太深", "the expression is nested too deeply"),
    Words("用 let 分开写，或拆成几条规则", "take parts out with let, or split the rule"),
    _rule(f"{'(' * 40}answered{')' * 40}"),
)
TOO_LARGE = DiagnosticKind(
    "R511",
    Words("规则展开 let 之后超过 {most} 个部分", "with its lets written out the rule has more than {most} parts"),
    Words("少重复使用 let，或拆成几条规则", "use lets less often, or split the rule"),
    _rule("n13 > 3", let=f"  let n0 = release_cause\n{_DOUBLED}"),
)
LONG_TEXT = DiagnosticKind(
    "R512",
    Words("文件超过 {most} 个字符", "the text is longer than {most} characters"),
    Words("拆成几个文件；长名单放进名单", "split it into several files; long lists belong into the lists"),
    "#" * (MOST_TEXT + 1),
)
CONSTANT_CHARACTERS = DiagnosticKind(
    "R513",
    Words("{name} 的字符数应在 1 到 {most} 之间", "{name} takes from 1 to {most} characters"),
    Words("写 1 到 {most} 的整数", "write a whole number from 1 to {most}"),
    _rule('prefix(callee, 1000) = "1"'),
)
MANY_STEPS = DiagnosticKind(
    "R514",
    Words("after(…) 最多 {most} 步", "after(…) has at most {most} steps"),
    Words("只保留最说明问题的几步", "keep those that say most"),
    _rule(f"after({' then '.join(['call_offered by caller, 10 min'] * 6)})"),
)
QUANTILE_LEVEL = DiagnosticKind(
    "R515",
    Words("分位数应大于 0 且不超过 1，这里是 {number}", "a quantile lies above 0 and up to 1, and this is {number}"),
    Words("写 0.9 或 90%", "write 0.9 or 90%"),
    _rule("quantile(90, talk_ms of call_ended by caller, 1h) > 20 s"),
)
LONG_PATTERN = DiagnosticKind(
    "R521",
    Words("模式超过 {most} 个字符", "the pattern has more than {most} characters"),
    Words("拆成几个模式，或把字面文字放进名单用 contains", "split it, or put plain texts into a list and use contains"),
    _rule(f'caller matches "{"a" * (MOST_PATTERN + 1)}"'),
)
LONG_EXAMPLE = DiagnosticKind(
    "R522",
    Words("示例超过 {most} 个事件", "the example has more than {most} facts"),
    Words("减少事件数", "take fewer facts"),
    _rule("answered") + "  example finds nothing\n    20000 call_ended every 1 s with answered = false\n",
)
CLOCK_SPAN = DiagnosticKind(
    "R531",
    Words(
        "every 的间隔应在 1 min 到 24h 之间，且一天是它的整数倍",
        "the span of every is from 1 min to 24h, and a day is a whole multiple of it",
    ),
    Words("写 15 min、1h、6h 或 24h", "write 15 min, 1h, 6h or 24h"),
    _rule("count(call_ended by caller, 24h) > 3", on="call_ended every 7h by caller"),
)
CLOCK_WITHOUT_WINDOW = DiagnosticKind(
    "R532",
    Words("定时判断须有窗口", "a rule that decides by the clock needs a window"),
    Words(
        "写 count(call_ended by caller, 1h) > 3 之类的条件",
        "ask for facts, say count(call_ended by caller, 1h) > 3",
    ),
    _rule("answered", on="call_ended every 1h by caller"),
)
