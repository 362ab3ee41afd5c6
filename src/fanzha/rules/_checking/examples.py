"""Check the examples of a rule: their facts, fields and values."""

from fanzha.rules._checking.types import TYPE_WORDS
from fanzha.rules._diagnostics import grammar, limits, names, types
from fanzha.rules.catalog import FACTS, FieldFact
from fanzha.rules.diagnostics import DiagnosticCollector, nearest
from fanzha.rules.tree import BooleanLiteral, ExampleFacts, Expression, NumberLiteral, Rule, TextLiteral, Type
from fanzha.rules.words import MOST_EXAMPLE_FACTS

_FIXED = frozenset({"event_id", "occurred_at", "source", "simulated"})  # columns that an example cannot set


def check_examples(rule: Rule, mistakes: DiagnosticCollector) -> None:
    """Add the diagnostics of a rule's examples."""
    for example in rule.examples:
        if example.says is not None and rule.sentence is None:
            mistakes.add(grammar.SAYS_WITHOUT_SENTENCE, example.location)
        for facts in example.facts:
            _check_facts(facts, mistakes)
        if sum(facts.count for facts in example.facts) > MOST_EXAMPLE_FACTS:
            mistakes.add(limits.LONG_EXAMPLE, example.location, most=MOST_EXAMPLE_FACTS)


def settable_fields(fact: str) -> dict[str, FieldFact]:
    """Return the fields of a fact that an example may set."""
    return {name: field for name, field in FACTS[fact].items() if field.column and name not in _FIXED}


def _check_facts(facts: ExampleFacts, mistakes: DiagnosticCollector) -> None:
    tables = set(FACTS) - {"finding"}  # rules make findings themselves
    if facts.table not in tables:
        near = nearest(facts.table, tables)
        message_values = {"name": facts.table, "nearest_zh": near.zh, "nearest_en": near.en}
        mistakes.add(names.UNKNOWN_FACT, facts.location, **message_values)
        return
    fields = settable_fields(facts.table)
    for name, value in facts.fields:
        if name not in fields:
            near = nearest(name, fields)
            message_values = {"name": name, "fact": facts.table, "nearest_zh": near.zh, "nearest_en": near.en}
            mistakes.add(names.UNKNOWN_FIELD, value.location, **message_values)
        elif _type(value) is not fields[name].type:
            wanted = TYPE_WORDS[fields[name].type]
            mistakes.add(types.EXAMPLE_VALUE, value.location, name=name, wanted_zh=wanted.zh, wanted_en=wanted.en)
        elif isinstance(value, TextLiteral) and fields[name].values and value.value not in fields[name].values:
            near = nearest(value.value, fields[name].values)
            message_values = {"what": name, "name": value.value[:40], "nearest_zh": near.zh, "nearest_en": near.en}
            mistakes.add(names.NOT_A_VALUE, value.location, **message_values)


def _type(value: Expression) -> Type:
    if isinstance(value, NumberLiteral):
        return value.type
    return Type.TRUTH if isinstance(value, BooleanLiteral) else Type.TEXT
