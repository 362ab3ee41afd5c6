"""Type errors: comparisons, aggregates and arithmetic on unsuitable types: R4xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind


def _rule(when: str, *, score: str = "0.5", let: str = "") -> str:
    lets = f"  let {let}\n" if let else ""
    return f"rule r\n  on call_ended\n{lets}  when {when}\n  then find callee score {score}\n"


NOT_A_CONDITION = DiagnosticKind(
    "R401",
    Words("{where} 需要条件，这里是{type_zh}", "{where} takes a condition, and this is a {type_en}"),
    Words("与某值比较，如 … >= 3，或 … is known", "compare it, say … >= 3, or ask … is known"),
    _rule("count(call_ended by caller, 1h)"),
)
DURATION_NEEDS_UNIT = DiagnosticKind(
    "R402",
    Words("时长与没有单位的数 {number} 相比", "a duration is compared or combined with {number}, which has no unit"),
    Words("写单位，如 {number} s 或 {number} min", "write a unit, say {number} s or {number} min"),
    _rule("talk_ms < 20"),
)
NUMBER_HAS_UNIT = DiagnosticKind(
    "R403",
    Words("数与带单位的 {number} 相比", "a number is compared or combined with {number}, which is a duration"),
    Words("去掉单位", "leave the unit out"),
    _rule("count(call_ended by caller, 1h) > 30 s"),
)
UNLIKE = DiagnosticKind(
    "R404",
    Words("{left_zh}与{right_zh}不能用 {operator}", "a {left_en} and a {right_en} do not go with {operator}"),
    Words("两边用同一类型的值", "use values of one type on both sides"),
    _rule("hour(occurred_at) = caller"),
)
NO_ORDER = DiagnosticKind(
    "R405",
    Words("{type_zh}没有大小之分", "a {type_en} is neither larger nor smaller"),
    Words("用 =、!= 或 in", "use =, != or in"),
    _rule('caller > "100"'),
)
NO_ARITHMETIC = DiagnosticKind(
    "R406",
    Words("{left_zh} {operator} {right_zh} 无法计算", "{left_en} {operator} {right_en} cannot be worked out"),
    Words(
        "可计算：数与数；时长 ± 时长，时长 × ÷ 数，时长 ÷ 时长；时刻 − 时刻",
        "what can: numbers; duration ± duration, duration × ÷ number, duration ÷ duration; moment − moment",
    ),
    _rule("talk_ms * talk_ms > 20 s"),
)
WRONG_ARGUMENT = DiagnosticKind(
    "R407",
    Words("{name} 取{wanted_zh}，这里是{type_zh}", "{name} takes a {wanted_en}, and this is a {type_en}"),
    Words("换一个{wanted_zh}字段", "give it a {wanted_en}"),
    _rule("hour(caller) < 6"),
)
WRONG_VALUE = DiagnosticKind(
    "R408",
    Words("{name} 不能用于{type_zh}", "{name} cannot be taken of a {type_en}"),
    Words("{name} 可用于：{wanted_zh}", "{name} takes a {wanted_en}"),
    _rule("sum(caller of call_ended by trunk, 1h) > 3"),
)
KEYS_UNLIKE = DiagnosticKind(
    "R409",
    Words("键的两边类型不同：{left_zh}与{right_zh}", "the two sides of the key differ: a {left_en} and a {right_en}"),
    Words("两边用同一类型的字段", "use fields of one type"),
    _rule("count(message by recipient = talk_ms, 1h) > 0"),
)
KEY_FORM = DiagnosticKind(
    "R410",
    Words("键只能由字段、函数和常数组成", "a key is made of fields, functions and constants only"),
    Words("去掉键中的计算、比较或 points", "take arithmetic, comparisons and points out of the key"),
    _rule("count(call_ended by (talk_ms / 2), 1h) > 3"),
)
WINDOW_IN_KEY = DiagnosticKind(
    "R411",
    Words("窗口不能写在键里", "a window cannot stand inside a key"),
    Words("写进 where 或 when", "write it into where or when"),
    _rule("count(call_ended by count(call_ended by caller, 1h), 1h) > 3"),
)
NOT_A_NUMBER = DiagnosticKind(
    "R412",
    Words("{where} 需要数，这里是{type_zh}", "{where} takes a number, and this is a {type_en}"),
    Words("写 0 到 1 之间的数、百分数或 points(…)", "write a number from 0 to 1, a percentage, or points(…)"),
    _rule("answered", score="talk_ms"),
)
LIST_OF_TEXTS = DiagnosticKind(
    "R413",
    Words("名单里是文字，这里是{type_zh}", "a list holds texts, and this is a {type_en}"),
    Words("用文字字段，或写 in (1, 2)", "use a text field, or write in (1, 2)"),
    'list codes = "16", "17"\n' + _rule("release_cause in codes"),
)
NO_MEMBER = DiagnosticKind(
    "R414",
    Words("in 不能用于{type_zh}", "in cannot be asked of a {type_en}"),
    Words("用比较或 is known", "compare it, or ask is known"),
    _rule('answered in ("yes", "no")'),
)
QUANTILE_COMPARED = DiagnosticKind(
    "R415",
    Words("{name} 只能与常数比较", "{name} is compared with a constant, and nothing else is done with it"),
    Words("写成 {name}(…) < 20 s；平均值可用 mean", "write {name}(…) < 20 s; to reckon with a value use mean"),
    _rule("median(talk_ms of call_ended by caller, 1h) < talk_ms"),
)
LAST_COMPARED = DiagnosticKind(
    "R416",
    Words(
        "{name} 取得的文字只能用 = 或 != 比较（most_frequent 还可用 in、contains、matches）",
        "a text of {name} is compared by = or != (that of most_frequent also by in, contains, matches)",
    ),
    Words("写成 {name}(…) != 字段", "write {name}(…) != FIELD"),
    _rule('prefix(last(callee of call_ended by caller, 1h), 3) = "170"'),
)
WHOLE_VALUES = DiagnosticKind(
    "R417",
    Words("{name} 的值须为整数", "{name} takes whole values"),
    Words("去掉除法与平均值", "take divisions and means out of it"),
    _rule("stddev(talk_ms / 2 of call_ended by caller, 1h) < 3 s"),
)
PART_FORM = DiagnosticKind(
    "R421",
    Words("contains 后面须是文字", "contains takes texts"),
    Words(
        '写成 contains "退款" 或 contains ("退款", "理赔")', 'write contains "refund" or contains ("refund", "claim")'
    ),
    _rule("caller contains (170, 171)"),
)
EMPTY_PART = DiagnosticKind(
    "R422",
    Words("每段文字都含空文字：恒成立", "every text contains the empty text: this is always true"),
    Words("写出要找的文字；判断是否已知用 is known", "write what to look for; for a known text ask is known"),
    _rule('caller contains ""'),
)
PATTERN = DiagnosticKind(
    "R423",
    Words("模式有误：{reason}", "the pattern is not valid: {reason}"),
    Words(
        "按 RE2 语法书写（无反向引用与环视）；要找字面文字用 contains",
        "write it in RE2's syntax, which has no back-references and no look-around; for a plain text use contains",
    ),
    _rule('caller matches "(17[0"'),
)
TRUTH_COMPARED = DiagnosticKind(
    "R424",
    Words(
        "{truth} 只有真假，不与数或文字比较", "{truth} is true or false, and is not compared with a number or a text"
    ),
    Words("写 {truth} 或 not {truth}", "write {truth}, or not {truth}"),
    _rule("answered = 1"),
)
EXAMPLE_VALUE = DiagnosticKind(
    "R425",
    Words("字段 {name} 的示例值须是{wanted_zh}", "the value of {name} in an example is a {wanted_en}"),
    Words("改写该值；时长须写单位", "write such a value; a duration has a unit"),
    _rule("answered") + "  example finds nothing\n    call_ended with talk_ms = 20\n",
)
TRUTH_IN_SENTENCE = DiagnosticKind(
    "R430",
    Words("{name} 只有真假，句中无法写出", "{name} is true or false, which a sentence cannot show as a value"),
    Words(
        "与说明它的文字一起放进方括号：[{{{name}}}，已接通]，为假时整段省去",
        "put it into brackets with the words that say it: [{{{name}}}, answered]; they are left out when it is false",
    ),
    _rule("answered") + '  sentence "通话{answered}" "call {answered}"\n',
)
RANK_BY_CLOCK = DiagnosticKind(
    "R431",
    Words(
        "rank(…) 用于按时钟判断的规则，不在窗口内，且须对窗口排名",
        "rank(…) is for rules that decide by the clock, outside windows, and ranks a window",
    ),
    Words(
        "写 on call_ended every 1h by caller … rank(count(call_ended by caller, 1h) within trunk) <= 10",
        "write on call_ended every 1h by caller … rank(count(call_ended by caller, 1h) within trunk) <= 10",
    ),
    _rule("rank(count(call_ended by caller, 1h) within trunk) <= 10"),
)
SLOT_OF_NUMBER = DiagnosticKind(
    "R432",
    Words("{name} 不是数，不能写成百分数或带单复数", "{name} is no number, so it has no percentage and no plural"),
    Words("写成 {{{name}}}；时长自带单位", "write {{{name}}}; a duration brings its unit"),
    _rule("talk_ms < 20 s") + '  sentence "通话 {talk_ms}" "talked for {talk_ms|second|seconds}"\n',
)
QUANTILE_IN_SENTENCE = DiagnosticKind(
    "R433",
    Words(
        "{name} 是分位数，只用于比较，命中时没有数值",
        "{name} is a quantile, which is compared and has no value to show",
    ),
    Words("写出所比较的界限，或改用 mean", "write the limit that it is compared with, or use mean"),
    _rule("m < 20 s", let="m = median(talk_ms of call_ended by caller, 1h)") + '  sentence "中位数 {m}" "median {m}"\n',
)
NEEDS_QUOTES = DiagnosticKind(
    "R434",
    Words("文字与没有引号的 {number} 比较", "a text is compared with {number}, which has no quotes"),
    Words('写成 "{number}"', 'write "{number}"'),
    _rule("caller = 10086"),
)
NO_QUOTES = DiagnosticKind(
    "R435",
    Words('数与带引号的 "{text}" 比较', 'a number is compared with the text "{text}"'),
    Words("数不带引号；星期一至星期日为 1 至 7", "numbers have no quotes; the days of the week are 1, Monday, to 7"),
    _rule('count(call_ended by caller, 1h) > "30"'),
)
BARE_VALUE = DiagnosticKind(
    "R436",
    Words("{where} 后面只有一个值 {value}，不是条件", "{where} joins conditions, and {value} is only a value"),
    Words(
        "把比较写全，如 x < 3 s or x > 1h；几个值写 x in ({value}, …)",
        "repeat the comparison, say x < 3 s or x > 1h; for several values write x in ({value}, …)",
    ),
    _rule('caller = "10086" or "10010"'),
)
MOMENT_AND_TEXT = DiagnosticKind(
    "R437",
    Words("时刻不与文字比较", "a moment is not compared with a text"),
    Words(
        "问钟点 hour(x)、星期 weekday(x)，或用 age、gap 问过了多久",
        "ask hour(x) or weekday(x), or how long ago by age(…) and gap(…)",
    ),
    _rule('occurred_at > "2026-03-01"'),
)
