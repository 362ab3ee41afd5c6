"""Translate a rule to one DuckDB statement: relations for facts and decision points, then the firings.

The translation shares only the tree with the rule engine, so that tests compare the two.
"""

from collections.abc import Collection, Mapping

from fanzha.base.list_columns import column_list
from fanzha.events import EventTable
from fanzha.rules._duckdb_sql.expression import translate_expression
from fanzha.rules._duckdb_sql.fact_rows import RuleRelation
from fanzha.rules._duckdb_sql.relations import Relations
from fanzha.rules._duckdb_sql.sequence import clock_body, timers_body, waits_body
from fanzha.rules._duckdb_sql.windows import within_span
from fanzha.rules.tree import DecisionPoint, Expression, FunctionCall, Member, Rule, walk


def to_duckdb_sql(rule: Rule, catalog: Mapping[str, EventTable], lists: Collection[str]) -> str:
    """Return a rule as one DuckDB statement over tables named as the event tables.

    The rule must be checked (`fanzha.rules.check`), which expands its lets. Each row of the result is a firing: rule,
    event_id, occurred_at (ms; of a timer its end, of a clock the tick), score and window_1, window_2, … (doubles,
    durations in ms; the windows in order of appearance), in order of time. `again after` is not applied: the caller
    drops repeated firings.

    The statement also reads `list_NAME(value, COLUMN, …)` for lists and their columns, `number_facts(number, class,
    country)` for the functions `class` and `country`, and `message_facts(event_id, link_host, has_link)` for the links
    of texts. Raise KeyError for a missing table, field, list or column.
    """
    relations = Relations(catalog)
    relation = RuleRelation(relations, rule.on.fact, _decision_points(rule.on, relations))
    when, unless, score = (
        _translate_with_lists(node, relation, lists) for node in (rule.when, rule.unless, rule.score)
    )
    decision_query = relation.close()
    windows = "".join(f", f.{name}" for name in relation.windows.values())
    exception_clause = f"\n  AND ({unless}) IS NOT TRUE" if unless else ""
    last = "f.origin" if rule.on.every else "f.event_id"
    return (
        f"WITH -- all facts in order, each once\n{relations.text()}\n"
        f"SELECT '{rule.name}' AS rule, f.event_id, f.moment AS occurred_at, {score} AS score{windows}\n"
        f"FROM {decision_query} AS f\nWHERE ({when}){exception_clause}\nORDER BY f.moment, f.place, {last}"
    )


def _translate_with_lists(node: Expression | None, relation: RuleRelation, lists: Collection[str]) -> str:
    if node is None:
        return ""
    for member in walk(node):
        if isinstance(member, Member) and member.list and member.list not in lists:
            raise KeyError(member.list)
        if isinstance(member, FunctionCall) and member.list and column_list(member.list, member.column) not in lists:
            raise KeyError(column_list(member.list, member.column))
    return translate_expression(node, relation.row("f"))


def _decision_points(on: DecisionPoint, relations: Relations) -> str:
    """Return the relation of the facts, of the ends of timers or of the ticks, at which the rule decides."""
    facts = relations.facts(on.fact)
    if on.every:
        for key in on.keys:
            relations.require_field(on.fact, key)
        within = within_span(on.within, "f.moment", "t.tick")
        return relations.add(f"{on.fact}_ticks", clock_body(on.every, on.keys, within, facts.name))
    if not on.wait:
        return facts.name
    if not on.still:
        return relations.add(f"{on.fact}_timers", timers_body(on.wait, facts.name))
    relations.require_field(on.fact, "call_id")
    return relations.add(f"still_{on.still}", waits_body(on.still, on.wait, facts.name))
