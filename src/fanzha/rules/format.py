"""Format a rule file canonically; meaning and comments are preserved."""

from collections.abc import Iterable, Iterator, Mapping

from fanzha.base.list_columns import column_list, is_column, list_columns, split_members
from fanzha.base.words import Words
from fanzha.rules._formatting.comments import END, Anchor, collect_comments
from fanzha.rules._formatting.expressions import (
    AND,
    OR,
    SUM,
    format_absent,
    format_duration,
    format_expression,
    format_operands,
    format_points_term,
    precedence,
    quote_text,
)
from fanzha.rules._formatting.sentences import format_sentence
from fanzha.rules.tree import Binary, DecisionPoint, Expression, Points, Rule, RuleExample, RuleFile
from fanzha.rules.words import DEFAULT_FRAUD_TYPE

_WIDTH = 100


def format_rule_file(file: RuleFile) -> str:
    """Return the canonical text of a parsed file: lists, then rules. Parsing it gives the same file."""
    comments = collect_comments(file.text) if file.text else {}
    names = [name for name in file.lists if not is_column(name)]
    lists = ["\n".join(_format_list(name, file.lists, comments)) for name in names]
    parts = ["\n".join(lists)] if lists else []
    parts += ["\n".join(_format_rule(rule, comments)) for rule in file.rules]
    if END in comments:
        parts.append("\n".join(comments[END]))
    return "\n\n".join(parts) + "\n"


def _format_list(
    name: str, lists: Mapping[str, tuple[str, ...]], comments: Mapping[Anchor, list[str]]
) -> Iterator[str]:
    yield from comments.get(("list", name), [])
    values, columns = lists[name], list_columns(name, lists)
    attributes = [dict(split_members(lists[column_list(name, column)])) for column in columns]
    line = f"list {name}" + (f" with {', '.join(columns)} =" if columns else " =")
    for index, value in enumerate(values):
        is_last = index == len(values) - 1
        texts = f" ({', '.join(quote_text(column[value]) for column in attributes)})" if columns else ""
        word = quote_text(value) + texts + ("" if is_last else ",")
        if len(line) + len(word) >= _WIDTH and index:
            yield line
            line = " "
        line += f" {word}"
    yield line


def _format_rule(rule: Rule, comments: dict[Anchor, list[str]]) -> Iterator[str]:
    yield from comments.get(("rule", rule.name), [])
    yield f"rule {rule.name}{_format_title(rule)}"
    for anchor, lines in _format_clauses(rule):
        yield from (f"  {comment}" for comment in comments.get((rule.name, *anchor), []))
        yield from (f"  {line}" for line in lines)


def _format_title(rule: Rule) -> str:
    plain = Words(rule.name, rule.name)
    return "" if rule.title == plain else f" {quote_text(rule.title.zh)} {quote_text(rule.title.en)}"


def _format_clauses(rule: Rule) -> Iterator[tuple[Anchor, Iterable[str]]]:
    """Yield the clauses in order, each as a list of lines."""
    yield ("version",), [f"version {rule.version}"]
    if rule.law:
        yield ("law",), [f"law {quote_text(rule.law)}"]
    yield ("on",), [f"on {_format_decision_point(rule.on)}"]
    for name, node in rule.lets:
        yield ("let", name), _wrap_clause(f"let {name} = ", node)
    yield ("when",), _wrap_clause("when ", rule.when)
    if rule.unless is not None:
        yield ("except",), _wrap_clause("except ", rule.unless)
    kind = "" if rule.fraud_type == DEFAULT_FRAUD_TYPE else f" as {rule.fraud_type}"
    yield ("then",), _wrap_clause(f"then {'note' if rule.notes else 'find'} {rule.find}{kind} score ", rule.score)
    yield ("again",), [f"again after {format_duration(rule.again_after)}"]
    if rule.sentence is not None:
        yield ("sentence",), format_sentence("sentence", rule.sentence.words, _WIDTH)
    for number, example in enumerate(rule.examples):
        yield ("example", str(number)), _format_example(example, rule)


def _format_example(example: RuleExample, rule: Rule) -> Iterator[str]:
    is_named = example.title != Words(rule.name, rule.name)
    title = f" {quote_text(example.title.zh)} {quote_text(example.title.en)}" if is_named else ""
    yield f"example{title} finds {', '.join(map(quote_text, example.finds)) or 'nothing'}"
    if example.says is not None:
        yield from (f"  {line}" for line in format_sentence("says", example.says, _WIDTH - 2))
    for facts in example.facts:
        count = f"{facts.count} " if facts.count > 1 else ""
        at = f" at {format_duration(facts.at)}" if facts.at else ""
        every = f" every {format_duration(facts.every)}" if facts.count > 1 else ""
        fields = ", ".join(f"{name} = {format_expression(value)}" for name, value in facts.fields)
        yield f"  {count}{facts.table}{at}{every}{f' with {fields}' if fields else ''}"


def _format_decision_point(point: DecisionPoint) -> str:
    if point.absent is not None:
        return f"{point.fact} not followed by {format_absent(point.absent)}"
    if point.every:
        return f"{point.fact} every {point.written or format_duration(point.every)} by {', '.join(point.keys)}"
    return f"call still {point.still} {point.written or format_duration(point.wait)}" if point.still else point.fact


def _wrap_clause(head: str, node: Expression) -> list[str]:
    """Return a clause on one line if it fits, else broken before its outermost operators or at its points."""
    whole = f"{head}{format_expression(node)}"
    if len(whole) <= _WIDTH:
        return [whole]
    if isinstance(node, Points):
        terms = [f"  {format_points_term(*term)}," for term in node.terms]
        return [f"{head}points(", *terms[:-1], terms[-1].removesuffix(",") + ")"]
    first, *operands = _split_operands(node)
    return [head + first, *(f" {line}" for line in operands)]


def _split_operands(node: Expression) -> list[str]:
    """Return the operands of a chain of operators of the same precedence, each after its operator."""
    level = precedence(node)
    if level not in (OR, AND, SUM):
        return [format_expression(node)]
    parts: list[str] = []
    while isinstance(node, Binary) and precedence(node) == level:
        parts.append(f"{node.operator} {format_operands(node)[1]}")
        node = node.left
    return [format_expression(node, level), *reversed(parts)]
