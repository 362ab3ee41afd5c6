"""Rows that read windows and number classes: their relation and its added columns."""

from dataclasses import dataclass, field

from fanzha.rules._duckdb_sql.expression import translate_expression
from fanzha.rules._duckdb_sql.facts import JOINED_TABLES, moment_field
from fanzha.rules._duckdb_sql.relations import Relations
from fanzha.rules._duckdb_sql.windows import Selection, lifetimes_body, window_value
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    NumberLiteral,
    Rank,
    TextLiteral,
    Unary,
    WindowExpression,
    walk,
)

#: Aggregates whose values may be fractions, even of whole numbers.
_FRACTIONAL = ("mean", "stddev", "share", "surge", "top_share")
_VALUE_AGGREGATES = ("distinct", "sum", "mean", "stddev", "min", "max", "last", "most_frequent", "top_share")


@dataclass
class RuleRelation:
    """Facts or moments with window and number columns; equal columns are added once."""

    relations: Relations
    table: str
    relation: str
    windows: dict[WindowExpression, str] = field(default_factory=dict)  # window -> column
    _values: list[str] = field(default_factory=list)  # of the windows, in their order
    _ranks: dict[Rank, str] = field(default_factory=dict)  # rank -> SQL
    _numbers: dict[str, int] = field(default_factory=dict)  # a phone number as SQL -> which look-up

    def row(self, alias: str) -> "SqlRow":
        """Return the row for the translation of expressions."""
        return SqlRow(self, alias)

    def add_window(self, window: WindowExpression) -> str:
        """Add a window; return its column."""
        if window not in self.windows:
            self._values.append(self._value(window))
            self.windows[window] = f"window_{len(self._values)}"
        return self.windows[window]

    def add_number_fact(self, fact: str, number: Expression) -> str:
        """Add the class or country of a number; return its column."""
        index = self._numbers.setdefault(translate_expression(number, self.row("f")), len(self._numbers) + 1)
        return f"{fact}_{index}"

    def add_rank(self, rank: Rank) -> str:
        """Add the rank among the rows of the same moment and fields; return its column."""
        if rank not in self._ranks:
            row = self.row("f")
            value, fields = (
                translate_expression(rank.value, row),
                [translate_expression(field, row) for field in rank.within],
            )
            known = " AND ".join(f"({part}) IS NOT NULL" for part in (value, *fields))
            over = f"PARTITION BY {', '.join(['f.moment', *fields])} ORDER BY {value} DESC NULLS LAST"
            self._ranks[rank] = f"CASE WHEN {known} THEN CAST(rank() OVER ({over}) AS DOUBLE) END"
        return f"rank_{list(self._ranks).index(rank) + 1}"

    def close(self) -> str:
        """Return the name of the relation with all added columns."""
        relation = self.relation
        if self._numbers:
            relation = self.relations.add(f"{self.table}_with_numbers", self._select_number_facts(relation))
        if self._values:
            relation = self.relations.add(f"{self.table}_with_windows", self._select_windows(relation))
        if self._ranks:
            ranks = ", ".join(f"{text} AS rank_{at}" for at, text in enumerate(self._ranks.values(), 1))
            relation = self.relations.add(f"{self.table}_with_ranks", f"  SELECT f.*, {ranks}\n  FROM {relation} AS f")
        return relation

    def _select_number_facts(self, relation: str) -> str:
        columns = ", ".join(
            f"n{at}.class AS class_{at}, n{at}.country AS country_{at}" for at in self._numbers.values()
        )
        joins = "".join(f"\n  LEFT JOIN number_facts AS n{at} ON n{at}.number = {n}" for n, at in self._numbers.items())
        return f"  SELECT f.*, {columns}\n  FROM {relation} AS f{joins}"

    def _select_windows(self, relation: str) -> str:
        columns = (
            f"\n  -- {' '.join(format_expression(window).splitlines())}\n  {text} AS {name}"
            for (window, name), text in zip(self.windows.items(), self._values, strict=True)
        )
        return f"  SELECT f.*,{','.join(columns)}\n  FROM {relation} AS f"

    def _value(self, window: WindowExpression) -> str:
        selection = self._selection(window)
        lifetimes = ""
        if window.what == "age":
            lifetimes = self.relations.add(f"{window.source}_lifetimes", lifetimes_body(window, selection))
        return window_value(window, selection, lifetimes)

    def _selection(self, window: WindowExpression) -> Selection:
        present = [_translate_key(key.present, self.row("f")) for key in window.keys]
        selected = RuleRelation(self.relations, window.source, self.relations.facts(window.source).name)
        row = selected.row("s")
        keys = [_translate_key(key.selected, row) for key in window.keys]
        where = translate_expression(window.where, row) if window.where else ""
        measured = translate_expression(window.value, row) if window.value else ""
        if window.value and window.what in _VALUE_AGGREGATES and not _is_integral(window.value):
            measured = f"round_even({measured}, 0)"
        result = translate_expression(window.result, row) if window.result else ""
        return Selection(selected.close(), keys, present, where, measured, window.before, result)


@dataclass(frozen=True)
class SqlRow:
    """One row of a `RuleRelation` under an alias."""

    relation: RuleRelation
    alias: str

    def field(self, name: str) -> str:
        """Return a field as SQL. Raise KeyError if the facts have no such field."""
        self.relation.relations.require_field(self.relation.table, name)
        return f"{self.alias}.{name}"

    def window(self, window: WindowExpression) -> str:
        """Return a window's value as SQL."""
        return f"{self.alias}.{self.relation.add_window(window)}"

    def rank(self, rank: Rank) -> str:
        """Return the rank of a key as SQL."""
        return f"{self.alias}.{self.relation.add_rank(rank)}"

    def read_at(self, name: str) -> str:
        """Return the moment of the fact that a field is read from as SQL."""
        facts = self.relation.relations.facts(self.relation.table)
        joined = JOINED_TABLES.get(facts.table, {}).get(facts.sources[name].alias if name else "")
        return self.field(moment_field(joined or facts.table))

    def number_fact(self, fact: str, number: Expression) -> str:
        """Return the class or country of a phone number as SQL."""
        return f"{self.alias}.{self.relation.add_number_fact(fact, number)}"


def _translate_key(part: Expression, row: SqlRow) -> str:
    if any(isinstance(node, WindowExpression) for node in walk(part)):
        raise ValueError("a window's key cannot hold a window")
    return translate_expression(part, row)


def _is_integral(node: Expression) -> bool:
    """Return whether all values of an expression are integers or texts. A window rounds other values before use."""
    match node:
        case NumberLiteral():
            return node.value.is_integer()
        case WindowExpression():
            return node.what not in _FRACTIONAL
        case Unary():
            return _is_integral(node.operand)
        case Binary():
            return node.operator != "/" and _is_integral(node.left) and _is_integral(node.right)
    return isinstance(node, FieldReference | TextLiteral | FunctionCall)
