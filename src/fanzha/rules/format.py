"""Format a rule file canonically; meaning and comments are preserved."""

from collections.abc import Iterable, Iterator

from fanzha.base.words import Words
from fanzha.rules._formatting.comments import END, Anchor, comments
from fanzha.rules._formatting.phrases import AND, OR, SUM, binding, format_duration, phrase, quote_text, sides, weighted
from fanzha.rules.tree import Binary, DecisionPoint, Expression, Points, Rule, RuleFile
from fanzha.rules.words import DEFAULT_FRAUD_TYPE

_WIDTH = 100


def format(file: RuleFile) -> str:
    """Return the canonical text of a parsed file: lists, then rules. Parsing it gives the same file."""
    comments_ = comments(file.text) if file.text else {}
    ending = comments_.get(END, [])
    lists = ["\n".join(_list(name, values, comments_)) for name, values in file.lists.items()]
    rules = ["\n".join(_rule(rule, comments_)) for rule in file.rules]
    parts = ["\n".join(lists)] * bool(lists) + rules + ["\n".join(ending)] * bool(ending)
    return "\n\n".join(parts) + "\n"


def _list(name: str, values: tuple[str, ...], comments_: dict[Anchor, list[str]]) -> Iterator[str]:
    yield from comments_.get(("list", name), [])
    line = f"list {name} ="
    for at, value in enumerate(values):
        word = quote_text(value) + "," * (at < len(values) - 1)
        if len(line) + len(word) >= _WIDTH and at:
            yield line
            line = " "
        line += f" {word}"
    yield line


def _rule(rule: Rule, comments_: dict[Anchor, list[str]]) -> Iterator[str]:
    yield from comments_.get(("rule", rule.name), [])
    yield f"rule {rule.name}{_title(rule)}"
    for anchor, lines in _clauses(rule):
        yield from (f"  {comment}" for comment in comments_.get((rule.name, *anchor), []))
        yield from (f"  {line}" for line in lines)


def _title(rule: Rule) -> str:
    plain = Words(rule.name, rule.name)
    return "" if rule.title == plain else f" {quote_text(rule.title.zh)} {quote_text(rule.title.en)}"


def _clauses(rule: Rule) -> Iterator[tuple[Anchor, Iterable[str]]]:
    """Yield the clauses in order, each as a list of lines."""
    yield ("version",), [f"version {rule.version}"]
    if rule.law:
        yield ("law",), [f"law {quote_text(rule.law)}"]
    yield ("on",), [f"on {_point(rule.on)}"]
    for name, node in rule.lets:
        yield ("let", name), _broken(f"let {name} = ", node)
    yield ("when",), _broken("when ", rule.when)
    if rule.unless is not None:
        yield ("except",), _broken("except ", rule.unless)
    kind = "" if rule.fraud_type == DEFAULT_FRAUD_TYPE else f" as {rule.fraud_type}"
    yield ("then",), _broken(f"then find {rule.find}{kind} score ", rule.score)
    yield ("again",), [f"again after {format_duration(rule.again_after)}"]


def _point(point: DecisionPoint) -> str:
    return f"call still {point.still} {point.written or format_duration(point.wait)}" if point.still else point.fact


def _broken(head: str, node: Expression) -> list[str]:
    """Return a clause on one line if it fits, else broken before its outermost operators or at its points."""
    whole = f"{head}{phrase(node)}"
    if len(whole) <= _WIDTH:
        return [whole]
    if isinstance(node, Points):
        terms = [f"  {weighted(*term)}," for term in node.terms]
        return [f"{head}points(", *terms[:-1], terms[-1].removesuffix(",") + ")"]
    first, *operands = _chain(node)
    return [head + first, *(f" {line}" for line in operands)]


def _chain(node: Expression) -> list[str]:
    """Return the operands of a chain of operators of the same precedence, each after its operator."""
    level = binding(node)
    if level not in (OR, AND, SUM):
        return [phrase(node)]
    parts: list[str] = []
    while isinstance(node, Binary) and binding(node) == level:
        parts.append(f"{node.operator} {sides(node)[1]}")
        node = node.left
    return [phrase(node, level), *reversed(parts)]
