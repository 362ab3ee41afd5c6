"""List the rules that cannot fire on a source, each with the columns it needs and the source lacks."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.detect import RuleDetector, all_detectors
from fanzha.events import all_events
from fanzha.rules.catalog import FACTS, PROFILE_FIELDS, PROFILE_TABLE
from fanzha.rules.check import expand_lets, expand_names
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    NumberLiteral,
    Points,
    Rule,
    Unary,
    WindowExpression,
    children,
)

_COMPARISONS = (">=", ">", "<=", "<", "=", "!=")
#: Kinds of subject that need no column: if the number is unknown, the finding names the call.
_ALWAYS_FOUND = ("call", "caller_or_trunk")
_MOST_TOGETHER = 2  # columns that are tried together
_MOST_ALTERNATIVES = 3  # sets of columns that are named
_MOST_NAMED = 8  # rules of a group

FilledColumns = Mapping[str, frozenset[str]]  # event table -> columns that hold a value in some row


class SilentRule(NamedTuple):
    """A rule that cannot fire, and the columns (`table.column`) without which it cannot."""

    name: str
    title: Words
    missing: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()  # other columns that would do, each set as small


class SilentGroup(NamedTuple):
    """Rules that cannot fire for lack of the same columns; each set of `missing` columns would do."""

    missing: tuple[tuple[str, ...], ...]
    rules: tuple[SilentRule, ...]

    @property
    def words(self) -> Words:
        """One line for the operator: without which columns which rules stay silent."""
        zh = " 或 ".join("＋".join(map(_describe_column, columns)) for columns in self.missing)
        en = " or ".join(" + ".join(map(_name_column, columns)) for columns in self.missing)
        names = ", ".join(rule.name for rule in self.rules[:_MOST_NAMED])
        titles = "、".join(rule.title.zh for rule in self.rules[:_MOST_NAMED])
        rest = len(self.rules) - _MOST_NAMED
        count = len(self.rules)
        return Words(
            f"缺少{zh}，{count} 条规则不会报告：{titles}{f'等 {count} 条' if rest > 0 else ''}",
            f"without {en} {count} {'rules stay' if count > 1 else 'rule stays'} silent: {names}"
            f"{f' and {rest} more' if rest > 0 else ''}",
        )


def group_silent_rules(rules: Iterable[SilentRule]) -> list[SilentGroup]:
    """Return the rules grouped by the columns that they lack, the largest group first."""
    groups: dict[tuple[tuple[str, ...], ...], list[SilentRule]] = {}
    for rule in rules:
        missing = dict.fromkeys(tuple(map(_name_column, columns)) for columns in (rule.missing, *rule.alternatives))
        groups.setdefault(tuple(sorted(missing)), []).append(rule)
    found = [SilentGroup(tuple(_first_of(members, key)), tuple(members)) for key, members in groups.items()]
    return sorted(found, key=lambda group: -len(group.rules))


def _first_of(rules: list[SilentRule], names: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    """Yield the columns (`table.column`) of a rule by which a group got its names."""
    sets = {tuple(map(_name_column, columns)): columns for columns in (rules[0].missing, *rules[0].alternatives)}
    return (sets[columns] for columns in names)


def _name_column(column: str) -> str:
    return column.partition(".")[2]


def _describe_column(column: str) -> str:
    table, _, name = column.partition(".")
    title = next((known.title.zh for known in all_events()[table].columns if known.name == name), "")
    return f"{title} {name} " if title else f" {name} "


def list_silent_rules(filled: FilledColumns) -> list[SilentRule]:
    """Return the built-in rules on events that the source holds which cannot fire for lack of columns.

    With the missing columns, and with none of them left out, the rule could fire. A rule that would need another
    event table is left out.
    """
    found = []
    for detector in all_detectors().values():
        for rule in detector.rules if isinstance(detector, RuleDetector) else ():
            if rule.on.fact in filled and (missing := _find_missing(_expand(rule), filled)):
                found.append(SilentRule(rule.name, rule.title, missing[0], missing[1:]))
    return found


class _Conditions(NamedTuple):
    fact: str
    find: str
    when: Expression


def _expand(rule: Rule) -> _Conditions:
    return _Conditions(rule.on.fact, rule.find, expand_names(rule.when, expand_lets(rule)))


def _find_missing(rule: _Conditions, filled: FilledColumns) -> tuple[tuple[str, ...], ...]:
    """Return the smallest sets of columns with which the rule could fire, one if there are too many.

    Return none if it can fire, or if no columns help.
    """
    if _can_fire(rule, filled):
        return ()
    absent = set(_list_columns(rule)) - {(table, name) for table in filled for name in filled[table]}
    candidates = sorted((table, name) for table, name in absent if table in filled)
    for count in range(1, _MOST_TOGETHER + 1):
        enough = [
            _format_columns(columns)
            for columns in combinations(candidates, count)
            if _can_fire(rule, _add_columns(filled, columns))
        ]
        if enough:
            return tuple(enough[: _MOST_ALTERNATIVES if len(enough) <= _MOST_ALTERNATIVES else 1])
    if not _can_fire(rule, _add_columns(filled, candidates)):
        return ()
    needed = candidates
    for column in candidates:
        rest = [other for other in needed if other != column]
        if _can_fire(rule, _add_columns(filled, rest)):
            needed = rest
    return (_format_columns(needed),)


def _add_columns(filled: FilledColumns, columns: Iterable[tuple[str, str]]) -> FilledColumns:
    added = list(columns)
    return {table: names | {name for of, name in added if of == table} for table, names in filled.items()}


def _format_columns(columns: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for table, name in columns)


def _list_columns(rule: _Conditions) -> Iterator[tuple[str, str]]:
    """Yield (table, column) of every field that the rule reads."""
    if rule.find not in _ALWAYS_FOUND:
        yield _column(rule.fact, rule.find)
    yield from _list_fields(rule.when, rule.fact)


def _list_fields(node: Expression, fact: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, WindowExpression):
        for key in node.keys:
            yield from _list_fields(key.present, fact)
        inside = [*(key.selected for key in node.keys), *(part for part in (node.value, node.where) if part)]
        for part in inside:
            yield from _list_fields(part, node.source)
        return
    if isinstance(node, FieldReference):
        yield _column(fact, node.name)
    for child in children(node):
        yield from _list_fields(child, fact)


def _column(fact: str, field: str) -> tuple[str, str]:
    """Return table and column of a field of a fact; ("", "") of a computed one."""
    found = FACTS[fact].get(field)
    return (found.table, found.column) if found is not None and found.column else ("", "")


def _can_fire(rule: _Conditions, filled: FilledColumns) -> bool:
    if rule.find not in _ALWAYS_FOUND and not _is_filled(rule.fact, rule.find, filled):
        return False
    return _can_hold(rule.when, rule.fact, filled)


def _is_filled(fact: str, field: str, filled: FilledColumns) -> bool:
    table, column = _column(fact, field)
    return not table or column in filled.get(table, frozenset())


def _can_hold(node: Expression, fact: str, filled: FilledColumns) -> bool:
    """Return False only if the condition cannot be true with these columns: an unknown value makes none true."""
    match node:
        case Binary(operator="and", left=left, right=right):
            return _can_hold(left, fact, filled) and _can_hold(right, fact, filled)
        case Binary(operator="or", left=left, right=right):
            return _can_hold(left, fact, filled) or _can_hold(right, fact, filled)
        case Binary(operator=operator, left=left, right=right) if operator in _COMPARISONS:
            return _can_compare(operator, left, right, fact, filled)
        case IsKnown(operand=operand, negated=False) | Member(operand=operand):
            return _can_be_known(operand, fact, filled)
        case FieldReference(name=name):
            return _is_filled(fact, name, filled)
    return True


def _can_compare(operator: str, left: Expression, right: Expression, fact: str, filled: FilledColumns) -> bool:
    if not (_can_be_known(left, fact, filled) and _can_be_known(right, fact, filled)):
        return False
    if operator not in (">=", ">") or not isinstance(right, NumberLiteral) or right.value <= 0:
        return True
    most = _bound(left, fact, filled)
    return most >= right.value if operator == ">=" else most > right.value


def _bound(node: Expression, fact: str, filled: FilledColumns) -> float:
    """Return the most that points or a count can be; infinity if it is not bounded by missing columns."""
    if isinstance(node, Points):
        return round(sum(_weight(weight) for weight, condition in node.terms if _can_hold(condition, fact, filled)), 9)
    if isinstance(node, WindowExpression):
        value_missing = node.value is not None and not _can_be_known(node.value, node.source, filled)
        where_fails = node.where is not None and not _can_hold(node.where, node.source, filled)
        return 0.0 if value_missing or where_fails or node.source not in filled else float("inf")
    return float("inf")


def _weight(weight: Expression) -> float:
    return weight.value if isinstance(weight, NumberLiteral) else float("inf")


def _can_be_known(node: Expression, fact: str, filled: FilledColumns) -> bool:
    match node:
        case FieldReference(name=name):
            return _is_filled(fact, name, filled)
        case Binary(operator="else", left=left, right=right):
            return _can_be_known(left, fact, filled) or _can_be_known(right, fact, filled)
        case Binary(left=left, right=right):
            return _can_be_known(left, fact, filled) and _can_be_known(right, fact, filled)
        case FunctionCall(function="profile", argument=operand, column=column):
            registered = PROFILE_FIELDS[column].column in filled.get(PROFILE_TABLE, frozenset())
            return registered and _can_be_known(operand, fact, filled)
        case FunctionCall(argument=operand) | Unary(operand=operand):
            return _can_be_known(operand, fact, filled)
        case WindowExpression(keys=keys, source=source):
            return all(
                _can_be_known(key.present, fact, filled) and _can_be_known(key.selected, source, filled) for key in keys
            )
    return True
