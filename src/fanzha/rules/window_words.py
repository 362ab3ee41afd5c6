"""Describe windows in words in both languages, using the titles of facts and fields."""

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.rules._formatting.expressions import format_duration, format_expression, format_members, membership
from fanzha.rules.catalog import FACTS, PROFILE_FIELDS
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Type,
    Unary,
    WindowExpression,
    WindowKey,
)
from fanzha.rules.words import UNITS

#: {those}: the facts of the key and filter; {value}: what is taken of them; {span}, {against}: how far back.
_LOOKS = {
    "count": Words("最近 {span} 内{those}次数", "number of {those} in the last {span}"),
    "distinct": Words(
        "最近 {span} 内{those}中不同{value}数", "different values of {value} among {those} in the last {span}"
    ),
    "sum": Words("最近 {span} 内{those}的{value}之和", "sum of {value} over {those} in the last {span}"),
    "mean": Words("最近 {span} 内{those}的{value}平均值", "mean {value} over {those} in the last {span}"),
    "min": Words("最近 {span} 内{those}的最小{value}", "smallest {value} of {those} in the last {span}"),
    "max": Words("最近 {span} 内{those}的最大{value}", "largest {value} of {those} in the last {span}"),
    "stddev": Words(
        "最近 {span} 内{those}的{value}标准差", "standard deviation of {value} over {those} in the last {span}"
    ),
    "last": Words("{those}的上一个{value}（{span} 内）", "last {value} of {those} before, within {span}"),
    "most_frequent": Words(
        "最近 {span} 内{those}中最常见的{value}", "most frequent {value} of {those} in the last {span}"
    ),
    "top_share": Words(
        "最近 {span} 内{those}中最常见的{value}所占比例",
        "share of the most frequent {value} among {those} in the last {span}",
    ),
    "median": Words("最近 {span} 内{those}的{value}中位数", "median {value} of {those} in the last {span}"),
    "quantile": Words(
        "最近 {span} 内{those}的{value}的 {level} 分位数", "{level} quantile of {value} of {those} in the last {span}"
    ),
    "share": Words("最近 {span} 内{those}中{value}的占比", "share with {value} among {those} in the last {span}"),
    "active_days": Words("最近 {span} 内有{those}的天数", "days with {those} in the last {span}"),
    "gap": Words("距上一次{those}的时间（{span} 内）", "time since the last of {those}, within {span}"),
    "age": Words(
        "自首次{those}以来的时间（静默满 {span} 后重新算起）",
        "time since the first of {those}, where a silence of {span} begins anew",
    ),
    "surge": Words(
        "最近 {span} 内{those}次数与此前（共 {against}）平常之比",
        "number of {those} in the last {span} against what was usual before (in all {against})",
    ),
}

_FUNCTIONS = {
    "block": Words("{of}去掉末 {count} 位", "{of} without its last {count} digits"),
    "prefix": Words("{of}前 {count} 位", "first {count} digits of {of}"),
    "length": Words("{of}长度", "length of {of}"),
    "hour": Words("{of}的钟点", "hour of {of}"),
    "weekday": Words("{of}是星期几（1–7）", "day of the week (1–7) of {of}"),
    "class": Words("{of}类别", "class of {of}"),
    "country": Words("{of}所属国家或地区", "country of {of}"),
    "date": Words("{of}所写日期的零时", "start of the day {of}"),
    "profile": Words("{of}所登记的{field_zh}", "{field_en} registered of {of}"),
    "attribute": Words("{of}在名单 {list} 中的 {column}", "{column} of {of} in the list {list}"),
}
_MEMBERSHIPS = {
    "in": Words("属于", "in"),
    "contains": Words("含", "containing"),
    "matches": Words("匹配", "matching"),
}
_SIGNS = {
    "and": Words("{left}且{right}", "{left} and {right}"),
    "or": Words("（{left}或{right}）", "({left} or {right})"),
    "else": Words("{left}（无则{right}）", "{left} (else {right})"),
}


def window_words(window: WindowExpression) -> Words:
    """Describe a window: aggregate, facts, key and span."""
    if window.result is not None:
        return expression_words(membership(window), window.source)
    span = span_words(window.span)
    before = Words("（不含当前事件）", ", the present one left out") if window.before else Words("", "")
    value = Words("", "") if window.value is None else expression_words(window.value, window.source)
    those, against = _those(window), format_duration(window.against)
    looks, level = _LOOKS[window.what], "" if window.level is None else format_expression(window.level)
    return Words(
        looks.zh.format(span=span.zh, those=those.zh, value=value.zh, against=against, level=level) + before.zh,
        looks.en.format(span=span.en, those=those.en, value=value.en, against=against, level=level) + before.en,
    )


def span_words(span: int) -> Words:
    """Describe a span: exact, or calendar days in China time."""
    days = span // UNITS["day"]
    if days >= 2:
        return Words(f"{days} 个自然日", f"{days} calendar days")
    return Words(format_duration(span), format_duration(span))


def _those(window: WindowExpression) -> Words:
    """Describe the selected facts."""
    keys = [_key(key, window.source) for key in window.keys]
    where = Words("", "")
    if window.where is not None:
        only = expression_words(window.where, window.source)
        where = Words(f"、限{only.zh}", f" where {only.en}")
    title = all_events()[window.source].title
    return Words(
        "且".join(key.zh for key in keys) + f"{where.zh}的{title.zh}",
        f"“{title.en}” events " + " and ".join(key.en for key in keys) + where.en,
    )


def _key(key: WindowKey, source: str) -> Words:
    selected, present = expression_words(key.selected, source), expression_words(key.present, source)
    if key.selected == key.present:
        return Words(f"同一{selected.zh}", f"with the same {selected.en}")
    return Words(f"{selected.zh}为当前{present.zh}", f"whose {selected.en} is the present {present.en}")


def expression_words(node: Expression, fact: str) -> Words:
    """Describe an expression over one fact; parts without words remain rule text."""
    match node:
        case FieldReference(name=name):
            return _field(name, fact)
        case WindowExpression():
            words = window_words(node)
            return Words(f"（{words.zh}）", f"({words.en})")
        case FunctionCall(function=function, argument=argument):
            of, words = expression_words(argument, fact), _FUNCTIONS[function]
            parts = {"count": node.count, "list": node.list, "column": node.column}
            if function == "profile":
                title = PROFILE_FIELDS[node.column].title
                parts |= {"field_zh": title.zh, "field_en": title.en}
            return Words(words.zh.format(of=of.zh, **parts), words.en.format(of=of.en, **parts))
        case Unary(operator="not", operand=operand):
            words = expression_words(operand, fact)
            return Words(f"非{words.zh}", f"not {words.en}")
        case IsKnown(operand=operand, negated=negated):
            words = expression_words(operand, fact)
            return Words(f"{words.zh}{'未' if negated else '已'}知", f"{words.en} is {'not ' * negated}known")
        case Member(operand=operand, negated=negated):
            words, values = expression_words(operand, fact), format_members(node)
            operator = _MEMBERSHIPS[node.operator]
            return Words(
                f"{words.zh}{'不' * negated}{operator.zh} {values}",
                f"{words.en} {'not ' * negated}{operator.en} {values}",
            )
        case Binary(operator=operator):
            left, right = expression_words(node.left, fact), expression_words(node.right, fact)
            sign = _SIGNS.get(operator, Words(f"{{left}} {operator} {{right}}", f"{{left}} {operator} {{right}}"))
            return Words(sign.zh.format(left=left.zh, right=right.zh), sign.en.format(left=left.en, right=right.en))
    return Words(format_expression(node), format_expression(node))


def _field(name: str, fact: str) -> Words:
    """Return the title of a field of the fact, else of the first fact with a field of this name."""
    field = next(fields[name] for fields in (FACTS[fact], *FACTS.values()) if name in fields)
    zh = field.title.zh.removeprefix("是否") if field.type is Type.TRUTH else field.title.zh
    return Words(zh, field.title.en)
