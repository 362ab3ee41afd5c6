"""Describe a rule in words: fields, conditions, findings and stored data, for approvers who do not read its text."""

from collections.abc import Iterator
from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS
from fanzha.rules._formatting.expressions import format_duration, format_expression
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    Member,
    NumberLiteral,
    Points,
    Rule,
    TextLiteral,
    WindowExpression,
    children,
    walk,
)
from fanzha.rules.window_words import span_words, window_words
from fanzha.rules.words import COMPARISONS

_POINTS = {
    "call_offered": Words("呼叫发起时", "when a call is offered"),
    "call_answered": Words("呼叫应答时", "when a call is answered"),
    "call_ended": Words("呼叫结束时", "when a call has ended"),
}
_STILL = {
    "talking": Words("应答后 {wait} 仍在通话时", "when a call is still talking {wait} after it was answered"),
    "ringing": Words("发起后 {wait} 仍在振铃时", "when a call is still ringing {wait} after it was offered"),
}
_AFTER = Words("{fact} 事件之后 {wait}", "{wait} after a {fact} fact")
_EVERY = Words(
    "每隔 {every}（北京时间整点起算），对窗口内有 {fact} 事件的每个 {keys}",
    "every {every} by the clock in China, for each {keys} with a {fact} fact in the windows",
)
_SUBJECTS = {
    "caller_or_trunk": Words(
        "已证实的主叫，否则中继，否则该次呼叫", "the proven caller, else the trunk, else the call itself"
    ),
    "call": Words("该次呼叫", "the call itself"),
}


@dataclass(frozen=True)
class Description:
    """A rule in words; each line is self-contained."""

    decides: Words
    fields: tuple[Words, ...]  # of the present fact
    windows: tuple[tuple[str, Words], ...]  # as written, and in words
    limits: tuple[tuple[str, str], ...]  # a comparison, and its weight in `points`
    unless: str
    finds: Words
    keeps: tuple[Words, ...]


def describe(rule: Rule) -> Description:
    """Describe a checked rule with expanded lets."""
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    windows = tuple(dict.fromkeys(part for root in roots for part in walk(root) if isinstance(part, WindowExpression)))
    return Description(
        decides=_decides(rule),
        fields=tuple(dict.fromkeys(line for root in roots for line in _fields(root, rule.on.fact))),
        windows=tuple((format_expression(window), window_words(window)) for window in windows),
        limits=tuple(dict.fromkeys(limit for root in roots for limit in _limits(root, ""))),
        unless="" if rule.unless is None else format_expression(rule.unless),
        finds=_finds(rule),
        keeps=tuple(_keeps(rule, windows)),
    )


def _decides(rule: Rule) -> Words:
    on = rule.on
    if on.every:
        every = on.written or format_duration(on.every)
        return _EVERY.format(every=every, fact=on.fact, keys=", ".join(on.keys))
    if on.wait and not on.still:
        return _AFTER.format(wait=on.written or format_duration(on.wait), fact=on.fact)
    if on.still:
        return _STILL[on.still].format(wait=on.written or format_duration(on.wait))
    return _POINTS.get(on.fact, Words(f"出现 {on.fact} 事件时", f"at every {on.fact} fact"))


def _fields(node: Expression, fact: str) -> Iterator[Words]:
    """Yield the fields read from the present fact, including keys of windows."""
    if isinstance(node, FieldReference):
        title = FACTS[fact][node.name].title
        yield Words(f"{node.name}（{title.zh}）", f"{node.name} ({title.en})")
    elif isinstance(node, WindowExpression):
        for key in node.keys:
            yield from _fields(key.present, fact)
    else:
        for child in children(node):
            yield from _fields(child, fact)


def _limits(node: Expression, weight: str) -> Iterator[tuple[str, str]]:
    """Yield the comparisons with constants outside windows."""
    if isinstance(node, Points):
        for points, condition in node.terms:
            yield from _limits(condition, format_expression(points))
    elif isinstance(node, Member):
        yield format_expression(node), weight
    elif isinstance(node, Binary) and node.operator in COMPARISONS:
        if any(isinstance(side, NumberLiteral | TextLiteral | BooleanLiteral) for side in (node.left, node.right)):
            yield format_expression(node), weight
    elif not isinstance(node, WindowExpression):
        for child in children(node):
            yield from _limits(child, weight)


def subject_words(rule: Rule) -> Words:
    """Return the title of the subjects that a rule finds."""
    plain = Words(rule.find, rule.find)
    if rule.find not in _SUBJECTS:
        title = FACTS[rule.on.fact][rule.find].title
        plain = Words(f"{title.zh}（{rule.find}）", f"{title.en} ({rule.find})")
    return _SUBJECTS.get(rule.find, plain)


def _finds(rule: Rule) -> Words:
    subject, again = subject_words(rule), format_duration(rule.again_after)
    score = format_expression(rule.score)
    return Words(
        f"{subject.zh}，诈骗类型 {rule.fraud_type}，分值 {score}；同一对象 {again} 内不再提示",
        f"{subject.en}, as {rule.fraud_type}, score {score}; quiet about the same subject for {again}",
    )


def _keeps(rule: Rule, windows: tuple[WindowExpression, ...]) -> Iterator[Words]:
    """Yield the state that the rule needs: for each source and key the facts of the longest span."""
    longest: dict[tuple[str, str], int] = {}
    for window in windows:
        key = window.source, ", ".join(format_expression(key.selected) for key in window.keys)
        longest[key] = max(longest.get(key, 0), window.span, window.against)
    for (source, keys), span in longest.items():
        stretch = span_words(span)
        yield Words(f"{source} 事件，按 {keys}，{stretch.zh}", f"{source} facts by {keys}, {stretch.en}")
    calls = {rule.on.fact, *(window.source for window in windows)} & set(CALL_FACTS[1:])
    if calls:
        yield Words("进行中呼叫的发起与应答，至多 24h", "offers and answers of calls that have not ended, at most 24h")
    if rule.on.still:
        wait = rule.on.written or format_duration(rule.on.wait)
        yield Words(f"等待中的呼叫 {wait}", f"calls that are waited for, {wait}")
    elif rule.on.every:
        keys = ", ".join(rule.on.keys)
        yield Words(f"每个 {keys} 最近一次 {rule.on.fact} 事件", f"the latest {rule.on.fact} fact of each {keys}")
    elif rule.on.wait:
        wait = rule.on.written or format_duration(rule.on.wait)
        yield Words(f"等待中的 {rule.on.fact} 事件 {wait}", f"{rule.on.fact} facts that are waited for, {wait}")
    again = format_duration(rule.again_after)
    yield Words(f"已提示过的对象 {again}", f"the subjects it has fired for, {again}")
