"""Every column has its place and its words."""

from fanzha.demands.layout import (
    CLASS_NAMES,
    CLASS_PAIR,
    CONCEPT,
    COUNT,
    DEMAND,
    DEMAND_CONTEXT,
    FEATURES,
    KINDS,
    PATTERNS,
    STATES,
    context_concepts,
    demand_title,
    feature_name,
    load_grammar,
)
from fanzha.demands.lexicon import MAX_CONTEXTS, load_concepts


def test_there_are_at_most_two_thousand_columns() -> None:
    assert FEATURES <= 2000


def test_every_used_column_has_different_words_in_both_languages() -> None:
    names = [feature_name(column) for column in range(FEATURES)]
    used = [name for name in names if name.zh]
    assert len({name.zh for name in used}) == len(used)
    assert all(name.en for name in used)


def test_columns_are_named_by_their_place() -> None:
    assert feature_name(CONCEPT) == ("提到：银行", "mentions: a bank")
    assert feature_name(DEMAND + len(STATES)).en == "asks for a code, password or card data"
    assert feature_name(DEMAND_CONTEXT + MAX_CONTEXTS).zh == "索要验证码、密码或卡号 × 银行"
    reader, pay = CLASS_NAMES.index("reader"), CLASS_NAMES.index("pay")
    assert feature_name(CLASS_PAIR + reader * len(CLASS_NAMES) + pay).zh == "收信人 → 付款"
    assert feature_name(COUNT).en == "clauses: step 0"


def test_every_demand_has_words_in_each_state() -> None:
    titles = {demand_title(kind, state).zh for kind in KINDS for state in STATES}
    assert len(titles) == len(KINDS) * len(STATES)


def test_patterns_name_concepts_of_the_lexicon_and_hold_in_both_orders() -> None:
    names = {concept.name for concept in load_concepts()}
    assert {name for pairs in PATTERNS.values() for pair in pairs for name in pair} <= names
    patterns = load_grammar().patterns
    assert (patterns == patterns.T).all()


def test_only_context_concepts_have_a_context() -> None:
    contexts = load_grammar().contexts
    assert [number for number in range(contexts.size) if contexts[number] >= 0] == list(context_concepts())
