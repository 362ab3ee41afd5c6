"""Warnings: a valid rule that says something else than it seems to, or does not say what it has seen: W3xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind


def _rule(when: str, sentence: str = '  sentence "通话结束。" "A call has ended."\n') -> str:
    return f"rule r\n  on call_ended\n  when {when}\n  then find callee score 0.5\n{sentence}"


ANSWERED_ONLY = DiagnosticKind(
    "W301",
    Words(
        "只有已接通的呼叫才有 {name}，此条件却要求未接通：永不成立",
        "only answered calls have {name}, and this condition requires unanswered ones: it is never true",
    ),
    Words(
        "量从发起到结束的时间：gap(call_offered by call_id, 1h) > 0 s and gap(call_offered by call_id, 1h) < 3 s",
        "measure from offer to end: gap(call_offered by call_id, 1h) > 0 s and gap(call_offered by call_id, 1h) < 3 s",
    ),
    _rule("not answered and ring_ms < 3 s"),
)
WHOLE_DAYS = DiagnosticKind(
    "W302",
    Words(
        "超过 24 小时的跨度按自然日计：{span} 进位为 {days} 个自然日（今天与此前 {past} 天）",
        "a span beyond 24 hours is calendar days: {span} is rounded up to {days}, today and the {past} before",
    ),
    Words("写 {days} days，或不超过 24h", "write {days} days, or at most 24h"),
    _rule("count(call_ended by caller, 36h) > 3"),
)
ALWAYS_TRUE = DiagnosticKind(
    "W303",
    Words("{condition} 恒成立：{why_zh}", "{condition} is always true: {why_en}"),
    Words("改界限，或删去此条件", "change the limit, or leave the condition out"),
    _rule("count(call_ended by caller, 1h) >= 0"),
)
NEVER_TRUE = DiagnosticKind(
    "W304",
    Words("{condition} 永不成立：{why_zh}", "{condition} is never true: {why_en}"),
    Words("改界限；占比写 0 到 1 或百分数", "change the limit; a share is written from 0 to 1, or as a percentage"),
    _rule("share(answered of call_ended by caller, 1h) > 10"),
)
EXCLUSIVE = DiagnosticKind(
    "W305",
    Words("{first} 与 {second} 不能同时成立", "{first} and {second} are never both true"),
    Words("用 or 连接，或改其中一个界限", "join them with or, or change one of the limits"),
    _rule("hour(occurred_at) >= 22 and hour(occurred_at) < 6"),
)
EXHAUSTIVE = DiagnosticKind(
    "W306",
    Words("{first} 与 {second} 总有一个成立", "one of {first} and {second} always holds"),
    Words("用 and 连接；排除几个值写 not in (…)", "join them with and; several values are left out by not in (…)"),
    _rule('ingress != "mobile" or ingress != "voip"'),
)
STAR = DiagnosticKind(
    "W307",
    Words(
        '括号内的 "{value}" 按整个文字比较，* 不是通配符',
        'values in brackets are compared whole: the * of "{value}" is a star',
    ),
    Words(
        '号段写进名单：list 名称 = "{value}"，再写 in 名称；或用 prefix(x, n)',
        'put prefixes into a list, list NAME = "{value}" and in NAME, or use prefix(x, n)',
    ),
    _rule('callee in ("955*", "10086")'),
)
SAME_SIDES = DiagnosticKind(
    "W308",
    Words("{condition} 两边相同，{result_zh}", "{condition} compares a value with itself: it is {result_en}"),
    Words("与另一字段比较；问是否已知用 is known", "compare it with another field, or ask is known"),
    _rule("caller != caller"),
)
NO_SENTENCE = DiagnosticKind(
    "W309",
    Words(
        "规则没有句子：线索只能以规则名称和数值说明所见",
        "the rule has no sentence: its findings say what was seen only by the name of the rule and by values",
    ),
    Words(
        '加上 sentence "中文" "English"，如 sentence "一小时内呼叫 {{callees}} 人。" '
        '"Called {{callees|person|people}} within an hour."',
        'add sentence "中文" "English", say sentence "一小时内呼叫 {{callees}} 人。" '
        '"Called {{callees|person|people}} within an hour."',
    ),
    _rule("count(call_ended by caller, 1h) >= 30", sentence=""),
)
