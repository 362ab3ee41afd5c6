"""Lexical errors: signs, words, numbers and texts: R1xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind

_RULE = "rule r\n  on call_ended\n  when {}\n  then find callee score 0.5\n"


def _when(condition: str) -> str:
    return _RULE.format(condition)


WIDE_SIGN = DiagnosticKind(
    "R101",
    Words("全角或中文符号 {sign}", "full-width or Chinese sign {sign}"),
    Words("改用半角符号 {ascii}", "write {ascii}"),
    _when("count（call_ended by caller，1h） >= 3"),
)
UNKNOWN_SIGN = DiagnosticKind(
    "R102",
    Words("规则中没有符号 {sign}", "the sign {sign} has no meaning in a rule"),
    Words("删去它；文字放在双引号内，注释以 # 开头", "leave it out; texts are in double quotes, comments begin with #"),
    _when("answered ;"),
)
WRONG_SIGN = DiagnosticKind(
    "R103",
    Words("不是 {sign}", "{sign} is written otherwise here"),
    Words("改写为 {right}", "write {right}"),
    _when('ingress == "mobile"'),
)
OPEN_TEXT = DiagnosticKind(
    "R104",
    Words("文字没有结束的双引号", "the text has no closing quote"),
    Words('在同一行内以 " 结束', 'close it with " on the same line'),
    _when('ingress = "mobile'),
)
ESCAPE = DiagnosticKind(
    "R105",
    Words("未知的转义 {sign}", "unknown escape {sign}"),
    Words('只有 \\" 与 \\\\', 'there are only \\" and \\\\'),
    _when('caller = "a\\n"'),
)
HIDDEN_SIGN = DiagnosticKind(
    "R106",
    Words("文字中有看不见的控制字符 {sign}", "the text holds a control character, {sign}"),
    Words("删去它", "take it out"),
    _when('caller = "1\u202e2"'),
)
UPPER_CASE = DiagnosticKind(
    "R107",
    Words("名称与关键字用小写：{word}", "names and words are lower case: {word}"),
    Words("改写为 {lower}", "write {lower}"),
    _when("answered AND talk_ms < 20 s"),
)
FOREIGN_NAME = DiagnosticKind(
    "R108",
    Words("名称只能用小写字母、数字和 _：{word}", "names are made of a-z, 0-9 and _: {word}"),
    Words(
        "写英文的字段或窗口，如 count(call_ended by caller, 1h) > 30；中文写在标题和句子里",
        "write the English field or window, say count(call_ended by caller, 1h) > 30; Chinese belongs into title and "
        "sentence",
    ),
    _when("涉诈分值 < 20"),
)
LONG_NAME = DiagnosticKind(
    "R109",
    Words("名称超过 {most} 个字符", "the name has more than {most} characters"),
    Words("改短", "shorten it"),
    f"rule {'very_' * 13}long\n  on call_ended\n  when answered\n  then find callee score 0.5\n",
)
UNKNOWN_UNIT = DiagnosticKind(
    "R110",
    Words("未知的单位 {unit}", "unknown unit {unit}"),
    Words(
        "改写为 {number} {right}（单位：ms s min h day days %）",
        "write {number} {right} (units: ms s min h day days %)",
    ),
    _when("talk_ms < 20 sec"),
)
NUMBER_FORM = DiagnosticKind(
    "R111",
    Words("数字 {number} 的写法不对", "the number {number} is not written so"),
    Words("改写为 {right}", "write {right}"),
    "rule r\n  on call_ended\n  when answered\n  then find callee score .5\n",
)
LONG_NUMBER = DiagnosticKind(
    "R112",
    Words("数字太大或太长", "the number is too large or too long"),
    Words("小数点两边各最多 {most} 位", "it may have {most} digits on either side of the point"),
    _when("release_cause = 12345678901234567890"),
)
PART_OF_MS = DiagnosticKind(
    "R113",
    Words("时长不是整毫秒：{number}", "the duration is not a whole number of milliseconds: {number}"),
    Words("写整毫秒", "write whole milliseconds"),
    _when("talk_ms > 0.5 ms"),
)
NOT_UTF8 = DiagnosticKind(
    "R114",
    Words("文件不是 UTF-8 编码", "the file is not UTF-8"),
    Words("以 UTF-8 编码另存该文件", "save the file as UTF-8"),
    "rule r \udcff\n",
)
CHINESE_WORD = DiagnosticKind(
    "R115",
    Words("规则里不写 {word}", "{word} is written otherwise in a rule"),
    Words("改写为 {right}", "write {right}"),
    _when('answered 且 被叫 = "10086"'),
)
