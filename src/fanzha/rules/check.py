"""Check a parsed file: facts, names, types and limits. A checked file can be compiled and translated to SQL."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from fanzha.rules._checking.answer_fields import find_answered_only_fields
from fanzha.rules._checking.clock import add_longest_window, check_clock
from fanzha.rules._checking.constant_conditions import find_constant_conditions
from fanzha.rules._checking.examples import check_examples
from fanzha.rules._checking.expression_checker import ExpressionChecker
from fanzha.rules._checking.most_frequent import expand_membership
from fanzha.rules._checking.quantiles import expand_quantile, is_quantile
from fanzha.rules._checking.scope import LetBinding, RuleScope, has_window, is_constant
from fanzha.rules._checking.sentences import check_sentence, check_slot_windows
from fanzha.rules._checking.sequences import expand_absent, expand_after
from fanzha.rules._checking.windows import is_plain, uncompared_texts
from fanzha.rules._diagnostics import limits, names, types, warnings
from fanzha.rules._reading.extent import Extent, extent
from fanzha.rules.catalog import CERTAIN_WHERE, FACTS, subjects
from fanzha.rules.diagnostics import Diagnostic, DiagnosticCollector, DiagnosticKind, nearest
from fanzha.rules.tree import (
    After,
    Binary,
    Expression,
    FieldReference,
    Member,
    Name,
    NumberLiteral,
    Rule,
    RuleFile,
    TextLiteral,
    WindowExpression,
    WindowKey,
    walk,
)
from fanzha.rules.words import MOST_DEPTH, MOST_NODES, MOST_WAIT_MS, MOST_WINDOWS, UNITS


@dataclass(frozen=True)
class CheckedFile:
    """A checked file: its rules with expanded lets, its lists, and the parsed file."""

    rules: tuple[Rule, ...]
    lists: dict[str, tuple[str, ...]]
    file: RuleFile
    warnings: tuple[Diagnostic, ...] = ()  # what is valid, and should be looked at


def check(file: RuleFile, *, lists: Collection[str] = (), fraud_types: Collection[str] | None = None) -> CheckedFile:
    """Return the checked file. Raise RuleError with all errors of its rules.

    `lists` are names of lists outside the file; `fraud_types`, if not None, are the valid fraud types.
    """
    mistakes = DiagnosticCollector(file.text, file.name)
    senses = ExpressionChecker(mistakes, file.lists, lists)
    rules = []
    for rule in file.rules:
        before = len(mistakes)
        _RuleChecker(rule, senses).all(fraud_types)
        if len(mistakes) == before:
            rules.append(_checked_windows(_without_lets(rule), rule, mistakes))
    mistakes.settle()
    return CheckedFile(tuple(rules), dict(file.lists), file, _warn(file, rules))


def _warn(file: RuleFile, rules: Collection[Rule]) -> tuple[Diagnostic, ...]:
    """Return the warnings of checked rules."""
    collector = DiagnosticCollector(file.text, file.name)
    for rule in file.rules:
        for window in _rounded_windows(rule):
            days = _whole_days(window.span) // UNITS["day"]
            collector.add(warnings.WHOLE_DAYS, window.location, span=window.written[0], days=days, past=days - 1)
        if rule.sentence is None and not rule.notes:  # no person sees what a rule notes
            collector.add(warnings.NO_SENTENCE, rule.location)
    for rule in rules:
        for node in find_answered_only_fields(rule):
            collector.add(warnings.ANSWERED_ONLY, node.location, name=node.name)
        for constant in find_constant_conditions(rule):
            collector.add(constant.kind, constant.location, **constant.values)
    return collector.sorted()


def _rounded_windows(rule: Rule) -> Iterator[WindowExpression]:
    """Yield the windows of a rule whose spans are rounded up to calendar days."""
    roots = [*(node for _, node in rule.lets), rule.when, *([rule.unless] if rule.unless else []), rule.score]
    for node in (node for root in roots for node in walk(root)):
        if isinstance(node, WindowExpression) and node.span != _whole_days(node.span):
            yield node


def _whole_days(span: int) -> int:
    """Return a span (ms) as it is computed: beyond 24 hours it is rounded up to whole days."""
    return span if span <= UNITS["day"] else -(-span // UNITS["day"]) * UNITS["day"]


class _RuleChecker:
    """Checker of one rule."""

    def __init__(self, rule: Rule, senses: ExpressionChecker) -> None:
        self._rule = rule
        self._senses = senses
        self._mistakes = senses.mistakes
        self._lets: dict[str, LetBinding] = {}
        self._extents: dict[str, Extent] = {}

    def all(self, fraud_types: Collection[str] | None) -> None:
        """Check every clause; if the fact is unknown, only the clause `on`."""
        rule = self._rule
        if rule.on.fact not in FACTS:
            self._near(names.UNKNOWN_FACT, "on", rule.on.fact, FACTS)
            return
        self._point()
        for at, (name, node) in enumerate(rule.lets):
            self._check_let(name, node, frozenset(later for later, _ in rule.lets[at:]))
        scope = RuleScope(rule.on.fact, self._lets, ranks=bool(rule.on.every))
        if rule.on.absent is not None:
            self._senses.condition(expand_absent(rule.on.absent), RuleScope(rule.on.fact, {}), "on")
        self._senses.condition(rule.when, scope, "when")
        if rule.unless is not None:
            self._senses.condition(rule.unless, scope, "except")
        self._senses.number(rule.score, scope, "score")
        self._score(rule.score)
        self._subject(rule)
        if fraud_types is not None and rule.fraud_type not in fraud_types:
            self._near(names.UNKNOWN_FRAUD_TYPE, "as", rule.fraud_type, fraud_types)
        if rule.sentence is not None:
            check_sentence(rule.sentence, scope, self._senses)
        check_examples(rule, self._mistakes)
        self._size()

    def _point(self) -> None:
        on, location = self._rule.on, self._rule.location_of("on")
        if on.still and on.wait <= 0:
            self._mistakes.add(limits.NO_TIME, location)  # of other waits the span of `absent` says so
        elif on.wait > MOST_WAIT_MS:
            self._mistakes.add(limits.LONG_WAIT, location)
        if on.every:
            check_clock(self._rule, self._mistakes)

    def _check_let(self, name: str, node: Expression, later: frozenset[str]) -> None:
        hidden = [fact for fact, fields in FACTS.items() if name in fields]
        if hidden:
            self._mistakes.add(names.LET_HIDES_FIELD, self._rule.location_of(name), name=name, fact=hidden[0])
        scope = RuleScope(self._rule.on.fact, self._lets, later, ranks=bool(self._rule.on.every))
        sense = self._senses.infer_type(node, scope)
        self._extents[name] = extent(node, self._extents)
        self._lets[name] = LetBinding(
            sense,
            constant=is_constant(node, self._lets),
            windowed=has_window(node, self._lets),
            plain=is_plain(node, self._lets),
        )

    def _score(self, score: Expression) -> None:
        if isinstance(score, NumberLiteral) and not 0 <= score.value <= 1:
            self._mistakes.add(limits.SCORE_RANGE, score.location, number=score.written or score.value)

    def _subject(self, rule: Rule) -> None:
        if rule.find in subjects(rule.on.fact):
            required = CERTAIN_WHERE.get(rule.find)
            if required and not _requires_value(rule.when, *required):
                self._mistakes.add(names.ONLY_WHERE[rule.find], rule.location_of("find"))
        elif rule.find == "caller":
            self._mistakes.add(names.ACCUSES_CLAIMED, rule.location_of("find"))
        else:
            allowed = subjects(rule.on.fact)
            self._near(names.UNKNOWN_SUBJECT, "find", rule.find, allowed, fact=rule.on.fact)

    def _size(self) -> None:
        rule = self._rule
        sizes = [extent(node, self._extents) for node in (rule.when, rule.unless, rule.score, rule.on.absent) if node]
        if max(size.depth for size in (*sizes, *self._extents.values())) > MOST_DEPTH:
            self._mistakes.add(limits.TOO_DEEP, rule.location)
        elif sum(size.nodes for size in sizes) > MOST_NODES:
            self._mistakes.add(limits.TOO_LARGE, rule.location, most=MOST_NODES)

    def _near(self, form: DiagnosticKind, part: str, name: str, known_names: Collection[str], **values: object) -> None:
        near = nearest(name, known_names)
        self._mistakes.add(
            form, self._rule.location_of(part), name=name, nearest_zh=near.zh, nearest_en=near.en, **values
        )


def _checked_windows(rule: Rule, written: Rule, mistakes: DiagnosticCollector) -> Rule:
    """Add a diagnostic for too many different windows after expansion of lets, and for quantiles not compared.

    A sentence says only what the rule asks for, so that no window is kept for it alone.
    """
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    windows = {node for root in roots for node in walk(root) if isinstance(node, WindowExpression)}
    for window in filter(is_quantile, windows):
        mistakes.add(types.QUANTILE_COMPARED, window.location, name=window.what)
    for window in (node for root in roots for node in uncompared_texts(root)):
        mistakes.add(types.LAST_COMPARED, window.location, name=window.what)
    check_slot_windows(rule, written, windows, mistakes)
    if len(windows) > MOST_WINDOWS:
        mistakes.add(limits.MANY_WINDOWS, rule.location, most=MOST_WINDOWS)
    return rule


def _requires_value(when: Expression, field: str, value: str) -> bool:
    """Return whether a condition requires this value of a field, by a comparison joined with `and`."""
    match when:
        case Binary(operator="and"):
            return _requires_value(when.left, field, value) or _requires_value(when.right, field, value)
        case Binary(operator="=", left=FieldReference(name=name), right=TextLiteral(value=other)):
            return (name, other) == (field, value)
    return False


def expand_lets(rule: Rule) -> dict[str, Expression]:
    """Return the lets of a checked rule by name, with the names in them replaced and spans rounded."""
    lets: dict[str, Expression] = {}
    for name, node in rule.lets:
        lets[name] = expand_names(node, lets)
    return lets


def expand_names(node: Expression, lets: Mapping[str, Expression]) -> Expression:
    """Return an expression with every name replaced by its let; `lets` are expanded themselves."""
    expanded: Expression = _replace_names(node, lets)
    return expanded


def _without_lets(rule: Rule) -> Rule:
    """Return the rule without lets: every name is replaced by its let, and what must not follow is a condition."""
    lets = expand_lets(rule)
    when = _replace_names(rule.when, lets)
    if rule.on.absent is not None:
        absent = expand_absent(_replace_names(rule.on.absent, {}))
        when = Binary(absent.location, "and", when, absent)
    return add_longest_window(
        replace(
            rule,
            lets=(),
            when=when,
            unless=None if rule.unless is None else _replace_names(rule.unless, lets),
            score=_replace_names(rule.score, lets),
            sentence=rule.sentence and replace(rule.sentence, values=_replace_names(rule.sentence.values, lets)),
        )
    )


def _replace_names(piece: Any, lets: Mapping[str, Expression]) -> Any:
    """Return a node, key or tuple with names replaced, its short forms expanded, spans rounded; or itself."""
    if isinstance(piece, Name):
        return lets[piece.name]
    if isinstance(piece, After):
        return _replace_names(expand_after(piece), lets)
    if isinstance(piece, tuple):
        parts = tuple(_replace_names(part, lets) for part in piece)
        return parts if any(a is not b for a, b in zip(parts, piece, strict=True)) else piece
    if isinstance(piece, Expression | WindowKey):
        values = {field.name: getattr(piece, field.name) for field in fields(piece)}
        written = {name: _replace_names(part, lets) for name, part in values.items()}
        if isinstance(piece, WindowExpression) and piece.span != _whole_days(piece.span):
            written["span"] = _whole_days(piece.span)
        if any(written[name] is not part for name, part in values.items()):
            piece = replace(piece, **written)
        if isinstance(piece, Member):
            return expand_membership(piece)
        return expand_quantile(piece) if isinstance(piece, Binary) else piece
    return piece
