"""Windows as SQL: scalar subqueries over the facts of a key up to the place of the evaluating fact."""

from collections.abc import Sequence
from dataclasses import dataclass

from fanzha.rules._duckdb_sql.expression import number_literal
from fanzha.rules.tree import WindowExpression

_LONGEST_EXACT_SPAN = 86_400_000  # ms; longer spans are whole calendar days


@dataclass(frozen=True)
class Selection:
    """A window's parts as SQL: `s` is the row of a selected fact, `f` the row of the evaluating fact."""

    relation: str
    selected: Sequence[str]  # the key's parts on `s`
    present: Sequence[str]  # and on `f`
    where: str  # on `s`, or ""
    value: str  # on `s`, or ""; whole numbers or texts
    before: bool
    result: str = ""  # on `s`, the result for the most frequent value; "": the value

    @property
    def key(self) -> str:
        """The condition that the key of the selected fact equals that of the evaluating fact."""
        return " AND ".join(f"{s} = {f}" for s, f in zip(self.selected, self.present, strict=True))

    def rows(self, span: int, *, before: bool = False) -> str:
        """Return FROM and WHERE of the selected facts within a span (ms) that ends at the evaluating fact."""
        order = "<" if before or self.before else "<="
        condition = f" AND ({self.where})" if self.where else ""
        at = f"s.place {order} f.place AND {within_span(span)}"
        return f"FROM {self.relation} AS s\n      WHERE {self.key} AND {at}{condition}"


def within_span(span: int, then: str = "s.moment", now: str = "f.moment") -> str:
    """Return the condition that `then` is in a span (ms) that ends at `now`: exact, or in calendar days of China."""
    if span <= _LONGEST_EXACT_SPAN:
        return f"{then} > {now} - {span}"
    return f"{_day(then)} > {_day(now)} - {span // _LONGEST_EXACT_SPAN}"


def _day(moment: str) -> str:
    return f"({moment} + 28800000) // 86400000"  # UTC+8


def window_value(window: WindowExpression, selection: Selection, lifetimes: str) -> str:
    """Return a window's value on `f` as SQL; `lifetimes` is the relation of the key's lifetimes, for `age`."""
    condition = " AND ".join(f"{part} IS NOT NULL" for part in selection.present)
    return f"CASE WHEN {condition} THEN\n    {_translate_aggregate(window, selection, lifetimes)} END"


def _translate_aggregate(window: WindowExpression, selection: Selection, lifetimes: str) -> str:
    rows = selection.rows(window.span)
    x = selection.value
    match window.what:
        case "count":
            return f"(SELECT CAST(count(*) AS DOUBLE) {rows})"
        case "distinct":
            return f"(SELECT CAST(count(DISTINCT {x}) AS DOUBLE) {rows})"
        case "active_days":
            return f"(SELECT CAST(count(DISTINCT {_day('s.moment')}) AS DOUBLE) {rows})"
        case "sum":
            return f"(SELECT coalesce(sum({x}), 0e0) {rows})"
        case "mean":
            return f"(SELECT sum({x}) / count({x}) {rows})"
        case "stddev":
            return _translate_stddev(x, rows)
        case "last":
            rows = selection.rows(window.span, before=True)
            return f"(SELECT {x} {rows} AND {x} IS NOT NULL ORDER BY s.place DESC LIMIT 1)"
        case "most_frequent":
            told = f"any_value({selection.result})" if selection.result else x
            values = f"SELECT {told} AS told, count(*) AS facts, max(s.place) AS latest {_group(x, rows)}"
            return f"(SELECT m.told FROM ({values}) AS m ORDER BY m.facts DESC, m.latest DESC LIMIT 1)"
        case "top_share":
            return f"(SELECT max(m.facts) / sum(m.facts) FROM (SELECT count(*) AS facts {_group(x, rows)}) AS m)"
        case "min" | "max":
            return f"(SELECT {window.what}({x}) {rows})"
        case "share":
            return f"(SELECT count(*) FILTER ({x}) / nullif(count({x}), 0) {rows})"
        case "gap":
            rows = selection.rows(window.span, before=True)
            return f"CAST(f.moment - (SELECT max(s.moment) {rows}) AS DOUBLE)"
        case "age":
            return _translate_age(window, selection, lifetimes)
        case "surge":
            return _translate_surge(window, selection)
    raise ValueError(f"no SQL for the window {window.what}")


def _group(x: str, rows: str) -> str:
    return f"{rows} AND {x} IS NOT NULL GROUP BY {x}"


def _translate_stddev(x: str, rows: str) -> str:
    taken = f"{rows} AND {x} * {x} <= 2305843009213693952e0"
    squares = f"CAST((SELECT sum(CAST({x} * {x} AS HUGEINT)) {taken}) AS DOUBLE)"
    total = f"CAST((SELECT sum(CAST({x} AS HUGEINT)) {taken}) AS DOUBLE)"
    n = f"CAST((SELECT count(*) {taken}) AS DOUBLE)"
    variance = f"({n} * {squares} - {total} * {total}) / ({n} * {n})"
    return f"CASE WHEN {n} > 0 THEN sqrt(greatest({variance}, 0e0)) END"


def _translate_surge(window: WindowExpression, selection: Selection) -> str:
    now = f"(SELECT count(*) {selection.rows(window.span)})"
    total = f"(SELECT count(*) {selection.rows(window.against)})"
    part = f"{number_literal(window.span)} / ({number_literal(window.against)} - {number_literal(window.span)})"
    return f"{now} / nullif(({total} - {now}) * ({part}), 0)"


def _translate_age(window: WindowExpression, selection: Selection, lifetimes: str) -> str:
    key = " AND ".join(f"s.key_{at} = {f}" for at, f in enumerate(selection.present, 1))
    order = "<" if selection.before else "<="
    last = f"FROM {lifetimes} AS s\n      WHERE {key} AND s.place {order} f.place ORDER BY s.place DESC LIMIT 1"
    return (
        f"(SELECT CASE WHEN {within_span(window.span)}\n      THEN CAST(f.moment - s.life_began AS DOUBLE) END {last})"
    )


def lifetimes_body(window: WindowExpression, selection: Selection) -> str:
    """Return the body of the selected facts with the start of each lifetime, which a silence of the span ends."""
    keys = [f"key_{at}" for at in range(1, len(selection.selected) + 1)]
    named = ", ".join(f"{s} AS {key}" for s, key in zip(selection.selected, keys, strict=True))
    condition = f" WHERE {selection.where}" if selection.where else ""
    by = ", ".join(keys)
    goes_on = within_span(window.span, "earlier", "moment")
    return f"""\
  SELECT {by}, place, moment, min(moment) OVER (PARTITION BY {by}, life) AS life_began
  FROM (
    SELECT *, count(*) FILTER (NOT ({goes_on}))
      OVER (PARTITION BY {by} ORDER BY place) AS life
    FROM (
      SELECT *, lag(moment) OVER (PARTITION BY {by} ORDER BY place) AS earlier
      FROM (SELECT {named}, s.place, s.moment FROM {selection.relation} AS s{condition})))"""
