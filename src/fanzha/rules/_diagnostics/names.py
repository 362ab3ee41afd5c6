"""Name errors: facts, fields, lets, lists, subjects: R3xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind


def _rule(when: str, *, on: str = "call_ended", find: str = "callee", let: str = "") -> str:
    lets = f"  let {let}\n" if let else ""
    return f"rule r\n  on {on}\n{lets}  when {when}\n  then find {find} score 0.5\n"


UNKNOWN_FACT = DiagnosticKind(
    "R301",
    Words("没有事件 {name}", "there is no fact {name}"),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule("answered", on="call_end"),
)
UNKNOWN_FIELD = DiagnosticKind(
    "R302",
    Words("{fact} 没有字段 {name}", "{fact} has no field {name}"),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule("talk_time < 20 s"),
)
NOT_YET_KNOWN = DiagnosticKind(
    "R303",
    Words("在 {fact} 时字段 {name} 尚不可知", "{name} is not known yet on {fact}"),
    Words(
        "改在 on {later} 时判断，或在窗口中读取以前的事件",
        "decide on {later}, or read it from earlier facts in a window",
    ),
    _rule("talk_ms < 20 s", on="call_offered"),
)
OF_THE_PRESENT = DiagnosticKind(
    "R304",
    Words(
        "{name} 是当前事件的字段；窗口内读的是被选中的 {fact}",
        "{name} is a field of the present fact; inside the window the selected {fact} is read",
    ),
    Words("写进键：by 选中的字段 = {name}", "put it into the key: by SELECTED_FIELD = {name}"),
    _rule("count(message by recipient = callee where sender = caller, 1h) > 0"),
)
LATER_LET = DiagnosticKind(
    "R305",
    Words("{name} 在赋值之前使用", "{name} is used before it is assigned"),
    Words("把 let {name} 移到前面", "move let {name} further up"),
    _rule("a", let="a = b\n  let b = answered"),
)
LET_HIDES_FIELD = DiagnosticKind(
    "R306",
    Words("let {name} 与 {fact} 的字段同名", "let {name} has the name of a field of {fact}"),
    Words("换一个名称", "choose another name"),
    _rule("answered", let='caller = "1"'),
)
LET_IN_WINDOW = DiagnosticKind(
    "R307",
    Words(
        "{name} 说的是当前事件，不能用于窗口内",
        "{name} is about the present fact and cannot stand inside a window",
    ),
    Words(
        "在窗口内把条件写全；只有常数可用 let",
        "write the condition out inside the window; only constants may be lets there",
    ),
    _rule("count(call_ended by caller where short, 1h) > 3", let="short = talk_ms < 20 s"),
)
UNKNOWN_LIST = DiagnosticKind(
    "R308",
    Words("没有名单 {name}", "there is no list {name}"),
    Words(
        '在文件中写 list {name} = "…"，或加载该名单；{nearest_zh}',
        'write list {name} = "…" in the file, or load that list; {nearest_en}',
    ),
    _rule("callee in bank_numbers"),
)
ACCUSES_CLAIMED = DiagnosticKind(
    "R309",
    Words("caller 只是声称的号码，不能指控", "caller is only a claimed number and cannot be accused"),
    Words("写 find caller_or_trunk", "write find caller_or_trunk"),
    _rule("answered", find="caller"),
)
UNKNOWN_SUBJECT = DiagnosticKind(
    "R310",
    Words("在 {fact} 上不能以 {name} 为对象", "{name} cannot be found on {fact}"),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule("answered", find="cell"),
)
SENDER_OF_PORT = DiagnosticKind(
    "R311",
    Words("只有端口短信的发送方是确定的", "only the sender of a port-number text is certain"),
    Words('在 when 中加上 and channel = "port_sms"', 'add to when: and channel = "port_sms"'),
    _rule("has_link", on="message", find="sender"),
)
UNKNOWN_FRAUD_TYPE = DiagnosticKind(
    "R312",
    Words("没有诈骗类型 {name}", "there is no fraud type {name}"),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule("answered", find="callee as wangri"),
)
NOT_A_VALUE = DiagnosticKind(
    "R313",
    Words('{what} 没有取值 "{name}"', '{what} is never "{name}"'),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule('ingress = "moblie"'),
)
CALLER_OF_PROBE = DiagnosticKind(
    "R314",
    Words("只有由本网手机到达的测试呼叫，其主叫才是确定的", "only of a test call out of a phone the caller is certain"),
    Words('在 when 中加上 and received_ingress = "mobile"', 'add to when: and received_ingress = "mobile"'),
    _rule("arrived", on="test_call", find="received_caller"),
)
UNKNOWN_COLUMN = DiagnosticKind(
    "R315",
    Words("名单 {list} 没有列 {name}", "the list {list} has no column {name}"),
    Words(
        '{nearest_zh}；列写在名单中：list {list} with {name} = "…" ("…")，或名单文件的 # columns: 行',
        '{nearest_en}; columns stand in the list: list {list} with {name} = "…" ("…"), or in its file after # columns:',
    ),
    'list banks with bank, province = "95588" ("a bank", "x")\n' + _rule('attribute(callee in banks, city) = "x"'),
)
UNKNOWN_PROFILE = DiagnosticKind(
    "R316",
    Words("用户登记没有字段 {name}", "a registration has no field {name}"),
    Words("{nearest_zh}；可用：{fields}", "{nearest_en}; there are: {fields}"),
    _rule('profile(caller, tariff) = "basic"'),
)
NOT_ASKED = DiagnosticKind(
    "R321",
    Words("句中的 {name} 不在规则的条件或分值中", "the sentence says {name}, which the rule does not ask for"),
    Words(
        "在 when、except 或 score 中用到 {name}，或改用其中已有的值",
        "use {name} in when, except or score, or say a value that stands there",
    ),
    _rule("answered", let="calls = count(call_ended by caller, 1h)")
    + '  sentence "呼叫 {calls} 次" "{calls|call|calls}"\n',
)
#: What is wrong with finding a field that is certain only where something is asked for.
ONLY_WHERE = {"sender": SENDER_OF_PORT, "received_caller": CALLER_OF_PROBE}
