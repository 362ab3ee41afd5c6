"""Translate a rule to one SQL statement: relations for facts and moments, then the firings."""

from collections.abc import Collection, Mapping

from fanzha.events import EventTable
from fanzha.rules._oracle.expression import expression
from fanzha.rules._oracle.fact_rows import RuleRelation
from fanzha.rules._oracle.relations import Relations
from fanzha.rules._oracle.sequence import still
from fanzha.rules.tree import DecisionPoint, Expression, Member, Rule, walk


def sql(rule: Rule, catalog: Mapping[str, EventTable], lists: Collection[str]) -> str:
    """Return the rule, its lets expanded, as one SQL text over tables named as the event tables.

    It gives rule, event_id, occurred_at (ms; of a timer its own moment), score and window_1, window_2, … (doubles,
    durations in ms; the windows in order of appearance) of each firing, in order; how long a rule is quiet after one is
    left to the caller. It also reads `list_NAME(value)` for lists, `number_facts(number, class, country)` for `class`
    and `country`, and `message_facts(event_id, link_host, has_link)` for the links of texts.
    Raise KeyError for a missing table, field or list.
    """
    relations = Relations(catalog)
    asking = RuleRelation(relations, rule.on.fact, _moments(rule.on, relations))
    when, unless, score = (_expression(node, asking, lists) for node in (rule.when, rule.unless, rule.score))
    decision_query = asking.close()
    windows = "".join(f", f.{name}" for name in asking.windows.values())
    spared = f"\n  AND ({unless}) IS NOT TRUE" if unless else ""
    return (
        f"WITH -- all facts in order, each once\n{relations.text()}\n"
        f"SELECT '{rule.name}' AS rule, f.event_id, f.moment AS occurred_at, {score} AS score{windows}\n"
        f"FROM {decision_query} AS f\nWHERE ({when}){spared}\nORDER BY f.moment, f.place, f.event_id"
    )


def _expression(node: Expression | None, asking: RuleRelation, lists: Collection[str]) -> str:
    if node is None:
        return ""
    for member in walk(node):
        if isinstance(member, Member) and member.list and member.list not in lists:
            raise KeyError(member.list)
    return expression(node, asking.row("f"))


def _moments(on: DecisionPoint, relations: Relations) -> str:
    """Return the relation of the moments at which the rule decides."""
    facts = relations.facts(on.fact)
    if not on.still:
        return facts.name
    relations.ask(on.fact, "call_id")
    return relations.add(f"still_{on.still}", still(on.still, on.wait, facts.name))
