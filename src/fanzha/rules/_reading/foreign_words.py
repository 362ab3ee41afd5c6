"""Corrections for syntax of other languages."""

from fanzha.rules._formatting.expressions import format_duration
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules.tree import Type

#: Words for a missing value in other languages.
NOTHING = frozenset({"null", "none", "nil", "unknown", "missing", "empty"})

_SPAN = ", 1h"
_SELECTION = "FACT by KEY where CONDITION, 1h"
_WORDS = {
    **dict.fromkeys(NOTHING, "x is not known"),
    **dict.fromkeys(("isnull", "isblank", "isempty", "isna", "ismissing"), "x is not known"),
    **dict.fromkeys(("ifnull", "iferror", "ifna", "nvl", "coalesce"), "x else y"),
    **dict.fromkeys(("countif", "countifs", "count_if"), f"count({_SELECTION})"),
    **dict.fromkeys(("sumif", "sumifs", "sum_if"), f"sum(FIELD of {_SELECTION})"),
    **dict.fromkeys(("averageif", "averageifs", "avgif"), f"mean(FIELD of {_SELECTION})"),
    **dict.fromkeys(("maxif", "maxifs"), f"max(FIELD of {_SELECTION})"),
    **dict.fromkeys(("minif", "minifs"), f"min(FIELD of {_SELECTION})"),
    **dict.fromkeys(("now", "today", "getdate", "sysdate", "current_timestamp"), "occurred_at"),
    **dict.fromkeys(("avg", "average"), "mean(…)"),
    **dict.fromkeys(("unique", "nunique", "count_distinct", "different"), "distinct(…)"),
    **dict.fromkeys(("ratio", "rate", "percent", "fraction"), "share(…)"),
    **dict.fromkeys(("total", "add"), "sum(…)"),
    **dict.fromkeys(("minimum", "least"), "min(…)"),
    **dict.fromkeys(("maximum", "most"), "max(…)"),
    **dict.fromkeys(("len", "size"), "length(x)"),
    **dict.fromkeys(("left", "substr", "substring", "mid"), "prefix(x, 3)"),
    **dict.fromkeys(("right", "ends", "endswith", "ends_with", "suffix"), 'x matches "9999$"'),
    **dict.fromkeys(("concat", "concatenate", "textjoin"), "by caller, callee"),
    **dict.fromkeys(("starts", "startswith", "starts_with"), 'prefix(x, 3) = "138"'),
    **dict.fromkeys(("like", "ilike", "includes", "include", "contain", "has", "instr"), 'x contains "…"'),
    **dict.fromkeys(("regexp", "rlike", "regex", "match", "similar", "glob"), 'x matches "…"'),
    **dict.fromkeys(("dayofweek", "day_of_week", "isodow", "dow", "weekend"), "weekday(occurred_at) in (6, 7)"),
    **dict.fromkeys(("first_seen", "since_first"), "age(…)"),
    **dict.fromkeys(("last_seen", "since_last"), "gap(…)"),
    **dict.fromkeys(("percentile", "quantile_disc", "percentile_disc"), "quantile(90%, …)"),
    **dict.fromkeys(("distinct_days", "days_active", "active_day"), "active_days(…)"),
    **dict.fromkeys(("stdev", "std", "stddev_pop", "deviation", "variance"), "stddev(…)"),
    **dict.fromkeys(("previous", "prev", "lag", "latest", "last_value"), "last(…)"),
    **dict.fromkeys(("within", "last", "during"), _SPAN),
    "contains": 'x contains "…"',
    "matches": 'x matches "…"',
    **dict.fromkeys(("exists", "any"), "count(…) > 0"),
    **dict.fromkeys(("lower", "upper", "lcase", "ucase"), 'x matches "(?i)…"'),
    **dict.fromkeys(("greater", "more", "above", "exceeds", "over"), ">"),
    **dict.fromkeys(("less", "fewer", "below", "under"), "<"),
    "group": "FACT by KEY",
    "select": "in LIST",
    "between": "x >= a and x <= b",
    "equals": "=",
    "if": "when",
    "unless": "except",
    "find": "then find",
    **dict.fromkeys(("where", "having"), _SELECTION),
    "else": "(…) else …",
}


#: Names of other systems for what a fact of a rule is.
FACT_MEANT = {
    **dict.fromkeys(("calls", "cdr", "cdrs", "xdr"), "call_ended"),
    **dict.fromkeys(("messages", "sms", "text", "texts"), "message"),
}

#: Names that look like fields and are functions of them.
WORDS_AS_FIELDS = {
    **dict.fromkeys(("is_weekend", "weekend"), "weekday(occurred_at) in (6, 7)"),
    **dict.fromkeys(("weekday", "dow", "dayofweek", "day_of_week"), "weekday(occurred_at)"),
    **dict.fromkeys(("talk_time", "talk_seconds", "talk_s", "call_duration"), "talk_ms"),
    **dict.fromkeys(("ring_time", "ring_seconds"), "ring_ms"),
    "now": "occurred_at",
}
_TWO_WORDS = {
    ("at", "least"): ">=",
    ("at", "most"): "<=",
    ("less", "than"): "<",
    ("not", "like"): 'x not contains "…"',
    ("not", "known"): "is not known",
    ("not", "null"): "is not known",
    ("not", "between"): "x < a or x > b",
}


def meant(before: Token, token: Token, after: Token) -> str:
    """Return the likely correction of an unexpected token, "" if there is none."""
    if token.sort is TokenKind.NUMBER and before.text in ("last", "within", "past"):
        return _SPAN
    if token.sort is TokenKind.NUMBER and before.sort is TokenKind.NUMBER:
        return _together(before, token)
    if token.text == "," and token.sort is TokenKind.SIGN:
        return _after_comma(before, after)
    if token.text == "over" and after.sort is TokenKind.NUMBER and after.type is Type.DURATION:
        return _SPAN
    if token.text == "distinct" and before.text == "count":
        return "distinct(FIELD of FACT by KEY, 1h)"
    if token.text in ("and", "or", "not") and after.text == "(":
        return "not a" if token.text == "not" else f"a {token.text} b"
    if token.text == "if" and after.text == "(" and not token.begins_line:
        return "points(0.5 when CONDITION)"
    if before.text == "at" and token.text in ("least", "most"):
        return _TWO_WORDS["at", token.text]
    if before.text == "is" and token.text in ("true", "false"):
        return "x" if token.text == "true" else "not x"
    if token.text in ("*", "distinct") and before.text == "(":
        return "count(FACT by KEY, 1h)" if token.text == "*" else "distinct(FIELD of FACT by KEY, 1h)"
    if before.text in ("hour", "weekday") and token.text != "(":
        return f"{before.text}(occurred_at)"
    if before.text == "is" and token.text not in ("known", "not") and token.text not in _WORDS:
        return "="
    if token.text == "-" and before.sort is after.sort is TokenKind.WORD:
        return f"{before.text}_{after.text}"
    if token.sort is not TokenKind.WORD:
        return ""
    if token.text == "call" and before.text == "(":
        return "call_ended"
    if (token.text, after.text) in _TWO_WORDS:
        return _TWO_WORDS[token.text, after.text]
    if before.text == "call" and token.text in ("offered", "answered", "ended"):
        return f"call_{token.text}"
    if token.text == "in" and after.text in ("the", "last", "past"):
        return _SPAN
    if token.text in _WORDS:
        return _WORDS[token.text]
    is_counted = before.sort is TokenKind.NUMBER and before.type is Type.NUMBER and not token.begins_line
    return before.text if is_counted else ""  # 30 times


def _together(before: Token, token: Token) -> str:
    """Return two adjacent durations (1h 30 min) as one."""
    both = before.type is token.type is Type.DURATION
    return format_duration(int(before.number + token.number)) if both else ""


def _after_comma(before: Token, after: Token) -> str:
    """Return a number without its comma (1,000), or the place of a filter."""
    if after.text == "where":
        return _SELECTION
    if before.sort is after.sort is TokenKind.NUMBER and len(after.text) == 3:
        return f"{before.text}{after.text}"
    return _SPAN if after.text in ("last", "within", "in") else ""
