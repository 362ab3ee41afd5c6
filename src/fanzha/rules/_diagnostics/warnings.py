"""Warnings: a rule that is valid but has a condition that is never true: W3xx."""

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
