"""Grammar errors: R2xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind


def _rule(*lines: str) -> str:
    return "\n  ".join(["rule r", *lines]) + "\n"


_ON, _WHEN, _THEN = "on call_ended", "when answered", "then find callee score 0.5"
_SAYS = 'example finds {finds} says "有通话" "a call"'
_LIST_OF_BANKS = "list banks with bank, province = {entries}\n" + _rule(_ON, "when callee in banks", _THEN)

NO_RULE = DiagnosticKind(
    "R201",
    Words("这里应是 rule 或 list，而不是 {found}", "here a rule or a list begins, not {found}"),
    Words("以 rule 名称 或 list 名称 开头", "begin with rule NAME or list NAME"),
    "when answered\n",
)
EMPTY = DiagnosticKind(
    "R202",
    Words("文件中没有规则", "there is no rule in the text"),
    Words("写一条规则：rule 名称 … on … when … then find …", "write one: rule NAME … on … when … then find …"),
    "# nothing yet\n",
)
EXPECTED = DiagnosticKind(
    "R203",
    Words("这里应是 {expected}，而不是 {found}", "here stands {found}, where {expected} is expected"),
    Words("写上 {expected}", "write {expected}"),
    _rule("on call_ended", "when answered", "then callee score 0.5"),
)
EXPECTED_VALUE = DiagnosticKind(
    "R204",
    Words("这里应有一个值，而不是 {found}", "here stands {found}, where a value is expected"),
    Words(
        "写字段、数字、文字、窗口或函数；括号要成对",
        "write a field, a number, a text, a window or a function; brackets come in pairs",
    ),
    _rule(_ON, "when answered and", _THEN),
)
RESERVED_NAME = DiagnosticKind(
    "R205",
    Words("{name} 是语言的关键字，不能作名称", "{name} is a word of the language and cannot be a name"),
    Words("换一个名称，如 {name}_1", "choose another, say {name}_1"),
    _rule(_ON, "let count = 3", _WHEN, _THEN),
)
MISSING_CLAUSE = DiagnosticKind(
    "R206",
    Words("规则缺少 {clause} 子句", "the rule has no `{clause}`"),
    Words("加上 {line}", "add: {line}"),
    _rule(_WHEN, _THEN),
)
CLAUSE_TWICE = DiagnosticKind(
    "R207",
    Words("{clause} 子句出现两次", "`{clause}` stands twice in the rule"),
    Words("只留一个；条件用 and / or 连接", "keep one; join conditions with and / or"),
    _rule(_ON, _WHEN, "when talk_ms < 20 s", _THEN),
)
CLAUSE_ORDER = DiagnosticKind(
    "R208",
    Words("{clause} 应在 {after} 之前", "`{clause}` belongs before `{after}`"),
    Words("顺序：{order}", "the order is: {order}"),
    _rule(_WHEN, _ON, _THEN),
)
ONE_TITLE = DiagnosticKind(
    "R209",
    Words("标题须有中文和英文两个", "a title is two texts, Chinese and English"),
    Words('写成 rule 名称 "中文" "English"', 'write rule NAME "中文" "English"'),
    'rule r "只有中文"\n  on call_ended\n  when answered\n  then find callee score 0.5\n',
)
LET_TWICE = DiagnosticKind(
    "R210",
    Words("{name} 已经赋过值", "{name} has been assigned already"),
    Words("每个名称只赋值一次，换一个名称", "a name is assigned once: choose another"),
    _rule(_ON, "let short = talk_ms < 20 s", "let short = talk_ms < 10 s", "when short", _THEN),
)
NAME_TWICE = DiagnosticKind(
    "R211",
    Words("文件中已有 {sort} {name}", "the file has a {sort} {name} already"),
    Words("换一个名称", "choose another name"),
    'list banks = "95588"\nlist banks = "95533"\n' + _rule(_ON, "when callee in banks", _THEN),
)
CHAINED = DiagnosticKind(
    "R212",
    Words("比较不能连写", "comparisons do not chain"),
    Words("用 and 连接两个比较：a < b and b < c", "join two of them with and: a < b and b < c"),
    _rule(_ON, "when 5 s < talk_ms < 20 s", _THEN),
)
ELSE_CHAIN = DiagnosticKind(
    "R213",
    Words("else 不能连写", "else does not chain"),
    Words("加括号：a else (b else c)", "use brackets: a else (b else c)"),
    _rule(_ON, 'when caller else trunk else "" != ""', _THEN),
)
UNKNOWN_FUNCTION = DiagnosticKind(
    "R214",
    Words("没有函数或窗口 {name}", "there is no function or window {name}"),
    Words("{nearest_zh}", "{nearest_en}"),
    _rule(_ON, "when counts(call_ended by caller, 1h) > 3", _THEN),
)
COUNT_ARGUMENT = DiagnosticKind(
    "R215",
    Words("{name} 需要第二个参数：整数", "{name} takes a whole number as well"),
    Words("写成 {name}(x, 4)", "write {name}(x, 4)"),
    _rule(_ON, 'when prefix(callee) = "170"', _THEN),
)
NO_ARGUMENT = DiagnosticKind(
    "R216",
    Words("{name} 只有一个参数", "{name} takes one value only"),
    Words("写成 {name}(x)", "write {name}(x)"),
    _rule(_ON, "when length(callee, 4) > 3", _THEN),
)
NO_KEY = DiagnosticKind(
    "R217",
    Words("窗口没有写按什么分组", "the window does not say by what it goes"),
    Words("写成 {source} by 字段，如 {source} by caller", "write {source} by FIELD, say {source} by caller"),
    _rule(_ON, "when count(call_ended, 1h) > 3", _THEN),
)
NO_SPAN = DiagnosticKind(
    "R218",
    Words("窗口没有写看多久", "the window does not say how far back it looks"),
    Words(
        "在括号结束前写上跨度，如 , 1h)；键的各部分用逗号分隔",
        "write a span before the bracket closes, say , 1h); parts of a key are joined by commas",
    ),
    _rule(_ON, "when count(call_ended by caller) > 3", _THEN),
)
NO_VALUE = DiagnosticKind(
    "R219",
    Words("{name} 需要一个值：{name}(值 of …)", "{name} takes a value: {name}(VALUE of …)"),
    Words("写成 {name}(字段 of 事件 by 字段, 1h)", "write {name}(FIELD of FACT by FIELD, 1h)"),
    _rule(_ON, "when distinct(call_ended by caller, 1h) > 3", _THEN),
)
VALUE_TOO_MUCH = DiagnosticKind(
    "R220",
    Words("{name} 只数事件，不取值", "{name} looks at facts, not at a value of them"),
    Words(
        "写成 {name}(事件 by 字段, 1h)；不同值用 distinct",
        "write {name}(FACT by FIELD, 1h); for different values use distinct",
    ),
    _rule(_ON, "when count(callee of call_ended by caller, 1h) > 3", _THEN),
)
NO_AGAINST = DiagnosticKind(
    "R221",
    Words("surge 需要对照期", "surge needs the longer stretch to compare with"),
    Words("写成 surge(事件 by 字段, 10 min against 6h)", "write surge(FACT by FIELD, 10 min against 6h)"),
    _rule(_ON, "when surge(call_ended by caller, 10 min) > 3", _THEN),
)
NEEDS_UNIT = DiagnosticKind(
    "R222",
    Words("{number} 是时长，须写单位", "{number} is a duration and needs a unit"),
    Words(
        "写成 {number} s、{number} min、{number}h 或 {number} days",
        "write {number} s, {number} min, {number}h or {number} days",
    ),
    _rule(_ON, "when count(call_ended by caller, 60) > 3", _THEN),
)
NOT_WHOLE = DiagnosticKind(
    "R223",
    Words("这里应是不小于 1 的整数，而不是 {found}", "here a whole number from 1 on is expected, not {found}"),
    Words("写整数，不带单位", "write a whole number without a unit"),
    _rule("version 0", _ON, _WHEN, _THEN),
)
NOT_A_MEMBER = DiagnosticKind(
    "R224",
    Words(
        "{operator} 后面应是名单名或括号内的值，而不是 {found}",
        "after `{operator}` stands a list's name or values in brackets, not {found}",
    ),
    Words('写成 {operator} 名单名 或 {operator} ("a", "b")', 'write {operator} LIST or {operator} ("a", "b")'),
    _rule(_ON, 'when ingress in "mobile"', _THEN),
)
OTHER_WORD = DiagnosticKind(
    "R225",
    Words("这里不写 {word}", "{word} is said otherwise here"),
    Words("写成 {right}", "write {right}"),
    _rule(_ON, "when avg(talk_ms of call_ended by caller, 1h) < 20 s", _THEN),
)
CLOSED_TOO_OFTEN = DiagnosticKind(
    "R226",
    Words("这个右括号没有对应的左括号", "this bracket closes nothing"),
    Words("删去它，或在前面补上左括号", "take it out, or open one before"),
    _rule(_ON, "when count(call_ended by caller, 1h)) > 3", _THEN),
)
ENTRY_COLUMNS = DiagnosticKind(
    "R231",
    Words(
        "该项有 {count} 个取值，而名单的列为 {columns}",
        "the number of texts is {count}, and the columns of the list are {columns}",
    ),
    Words('按列各写一个，没有的写 ""', 'write one for each column, "" where there is none'),
    _LIST_OF_BANKS.format(entries='"95588" ("a bank")'),
)
ENTRY_TWICE = DiagnosticKind(
    "R232",
    Words('"{text}" 在名单中出现两次', '"{text}" stands in the list twice'),
    Words("只保留一项", "keep one of them"),
    _LIST_OF_BANKS.format(entries='"95588" ("a", "b"), "95588" ("a", "c")'),
)
ONE_SENTENCE = DiagnosticKind(
    "R236",
    Words("句子须有中文和英文两句", "a sentence is given twice, in Chinese and in English"),
    Words('写成 sentence "中文" "English"', 'write sentence "中文" "English"'),
    _rule(_ON, _WHEN, _THEN, 'sentence "通话已接通"'),
)
SENTENCE_FORM = DiagnosticKind(
    "R237",
    Words("句子的写法有误：{why_zh}", "the sentence is not written so: {why_en}"),
    Words(
        "取值写成 {{名称}}、{{名称:%}} 或 {{名称|call|calls}}；可省去的部分放在 [ ] 内",
        "write values as {{name}}, {{name:%}} or {{name|call|calls}}, and what may be left out in [ ]",
    ),
    _rule(_ON, _WHEN, _THEN, 'sentence "通话 {talk ms}" "talked for {talk ms}"'),
)
SAYS_OF_NOBODY = DiagnosticKind(
    "R238",
    Words("示例什么也不找，却写了 says", "the example finds nothing, and `says` tells what is said of those found"),
    Words("删去 says，或写出应找到的对象", "leave `says` out, or name the subjects that the rule must find"),
    _rule(_ON, _WHEN, _THEN, 'sentence "有通话" "a call"', _SAYS.format(finds="nothing"), "  call_ended"),
)
SAYS_WITHOUT_SENTENCE = DiagnosticKind(
    "R239",
    Words("示例写了 says，规则却没有 sentence", "the example has `says`, and the rule has no sentence"),
    Words('在示例之前写 sentence "中文" "English"', 'write sentence "中文" "English" before the examples'),
    _rule(_ON, _WHEN, _THEN, _SAYS.format(finds='"10086"'), "  call_ended"),
)
