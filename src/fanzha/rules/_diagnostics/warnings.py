"""Warnings: a rule that is valid but has a condition or span that says something else than it seems to: W3xx."""

from fanzha.base.words import Words
from fanzha.rules.diagnostics import DiagnosticKind

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
    "rule r\n  on call_ended\n  when not answered and ring_ms < 3 s\n  then find callee score 0.5\n",
)
WHOLE_DAYS = DiagnosticKind(
    "W302",
    Words(
        "超过 24 小时的跨度按自然日计：{span} 进位为 {days} 个自然日（今天与此前 {past} 天）",
        "a span beyond 24 hours is calendar days: {span} is rounded up to {days}, today and the {past} before",
    ),
    Words("写 {days} days，或不超过 24h", "write {days} days, or at most 24h"),
    "rule r\n  on call_ended\n  when count(call_ended by caller, 36h) > 3\n  then find callee score 0.5\n",
)
