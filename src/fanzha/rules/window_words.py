"""Says in words what a window looks at, in both languages."""

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.rules._formatting.phrases import duration_of, phrase
from fanzha.rules.tree import Key, Window
from fanzha.rules.words import UNITS

#: {those}: the facts of the key and filter; {value}: what is taken of them; {span}, {against}: how far back.
_LOOKS = {
    "count": Words("最近 {span} 内{those}次数", "number of {those} in the last {span}"),
    "distinct": Words(
        "最近 {span} 内{those}中 {value} 的不同值数", "different values of {value} among {those} in the last {span}"
    ),
    "sum": Words("最近 {span} 内{those}的 {value} 之和", "sum of {value} over {those} in the last {span}"),
    "mean": Words("最近 {span} 内{those}的 {value} 平均值", "mean of {value} over {those} in the last {span}"),
    "min": Words("最近 {span} 内{those}的 {value} 最小值", "smallest {value} of {those} in the last {span}"),
    "max": Words("最近 {span} 内{those}的 {value} 最大值", "largest {value} of {those} in the last {span}"),
    "share": Words("最近 {span} 内{those}中 {value} 的占比", "share with {value} among {those} in the last {span}"),
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


def window_words(window: Window) -> Words:
    """Return what a window looks at: the aggregate, of which facts, by which key, how far back."""
    span = span_words(window.span)
    before = Words("（不含当前事件）", ", the present one left out") if window.before else Words("", "")
    value = "" if window.value is None else phrase(window.value)
    those, against = _those(window), duration_of(window.against)
    looks = _LOOKS[window.what]
    return Words(
        looks.zh.format(span=span.zh, those=those.zh, value=value, against=against) + before.zh,
        looks.en.format(span=span.en, those=those.en, value=value, against=against) + before.en,
    )


def span_words(span: int) -> Words:
    """Return a span: exact, or calendar days in China time."""
    days = span // UNITS["day"]
    if days >= 2:
        return Words(f"{days} 个自然日", f"{days} calendar days")
    return Words(duration_of(span), duration_of(span))


def _those(window: Window) -> Words:
    """Return which facts are selected."""
    keys = [_key(key) for key in window.keys]
    where = "" if window.where is None else phrase(window.where)
    title = all_events()[window.source].title.zh
    return Words(
        "且".join(key.zh for key in keys) + f"、满足 {where} " * bool(where) + f"的{title}",
        f"{window.source} facts " + " and ".join(key.en for key in keys) + f" where {where}" * bool(where),
    )


def _key(key: Key) -> Words:
    selected, present = phrase(key.selected), phrase(key.present)
    if selected == present:
        return Words(f" {selected} 相同", f"with the same {selected}")
    return Words(f" {selected} 为当前 {present} ", f"whose {selected} is the present {present}")
