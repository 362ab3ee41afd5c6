"""Random trees of the grammar, of any type and sense: what the formatter writes must be read back as the same tree."""

from dataclasses import replace

from hypothesis import strategies as st

from fanzha.base.list_columns import column_list, column_member
from fanzha.base.words import Words
from fanzha.rules.tree import (
    After,
    Binary,
    BooleanLiteral,
    DecisionPoint,
    ExampleFacts,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Name,
    NumberLiteral,
    Points,
    Rank,
    Rule,
    RuleExample,
    RuleFile,
    RuleSentence,
    SourceLocation,
    TextLiteral,
    Type,
    Unary,
    WindowExpression,
    WindowKey,
)
from fanzha.rules.words import (
    DAYS_OF_UNIT,
    FUNCTIONS,
    MOST_STEPS,
    RESERVED,
    UNIT_MEANT,
    UNITS,
    VALUED,
    WINDOWS,
)

HERE = SourceLocation()
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in RESERVED and name != "held"
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=8)
spans = st.builds(lambda n, unit: n * UNITS[unit], st.integers(1, 90), st.sampled_from(("ms", "s", "min", "h", "days")))
numbers = st.one_of(
    st.integers(0, 10**12).map(lambda n: NumberLiteral(HERE, float(n))),
    st.integers(0, 10**7).map(lambda n: NumberLiteral(HERE, float(f"{n / 1000:.3f}"))),
    spans.map(lambda ms: NumberLiteral(HERE, float(ms), Type.DURATION)),
)
memberships = st.sampled_from(("in", "contains"))
literals = st.one_of(numbers, texts.map(lambda value: TextLiteral(HERE, value)))
leaves = st.one_of(
    literals,
    st.booleans().map(lambda value: BooleanLiteral(HERE, value)),
    names.map(lambda name: FieldReference(HERE, name)),
    st.just(Name(HERE, "held")),
)


def _call(function: str, argument: Expression, count: int) -> Expression:
    if function == "profile":
        return FunctionCall(HERE, function, argument, column="plan")
    if function == "attribute":
        return FunctionCall(HERE, function, argument, None, "banks", "province")
    return FunctionCall(HERE, function, argument, count if FUNCTIONS[function] else None)


def _member(operand: Expression, name: str, values: list[Expression], negated: bool, operator: str) -> Expression:
    return Member(HERE, operand, "" if values else name, tuple(values), negated, operator)


def _matches(operand: Expression, pattern: str, negated: bool) -> Expression:
    return Member(HERE, operand, "", (TextLiteral(HERE, pattern.replace("\\", "\\\\")),), negated, "matches")


def _window(
    what: str, source: str, keys: list[WindowKey], span: int, value: Expression, where: Expression | None, before: bool
) -> Expression:
    held = value if what in VALUED else None
    past = span * 2 if what == "surge" else 0
    level = NumberLiteral(HERE, 0.25) if what == "quantile" else None
    return WindowExpression(HERE, what, source, tuple(keys), span, held, where, before and not past, past, level)


def _step(source: str, keys: list[WindowKey], span: int, where: Expression | None) -> WindowExpression:
    return WindowExpression(HERE, "count", source, tuple(keys), span, None, where, before=True)


def _timer(fact: str, source: str, keys: list[str], span: int, where: str) -> DecisionPoint:
    fields = [FieldReference(HERE, name) for name in keys]
    selection = tuple(WindowKey(field, field) for field in fields)
    absent = WindowExpression(HERE, "count", source, selection, span, None, FieldReference(HERE, where))
    return DecisionPoint(fact, "", span, "", absent)


def _rank(value: Expression, within: list[str]) -> Expression:
    return Rank(HERE, value, tuple(FieldReference(HERE, name) for name in within))


def _clock(fact: str, span: int, keys: list[str]) -> DecisionPoint:
    return DecisionPoint(fact, every=span, keys=tuple(keys))


def _larger(inside: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    signs = st.sampled_from((">=", "<=", ">", "<", "=", "!=", "+", "-", "*", "/", "and", "or", "else"))
    keys = st.lists(
        st.one_of(inside.map(lambda node: WindowKey(node, node)), st.builds(WindowKey, inside, inside)), min_size=1
    )
    return st.one_of(
        st.builds(Binary, st.just(HERE), signs, inside, inside),
        st.builds(Unary, st.just(HERE), st.sampled_from(("-", "not")), inside),
        st.builds(IsKnown, st.just(HERE), inside, st.booleans()),
        st.builds(_member, inside, names, st.lists(literals, max_size=3), st.booleans(), memberships),
        st.builds(_matches, inside, texts, st.booleans()),
        st.builds(_call, st.sampled_from(tuple(FUNCTIONS)), inside, st.integers(1, 20)),
        st.lists(st.tuples(inside, inside), min_size=1, max_size=3).map(lambda terms: Points(HERE, tuple(terms))),
        st.builds(_rank, inside, st.lists(names, max_size=2)),
        st.lists(st.builds(_step, names, keys, spans, st.none() | inside), min_size=1, max_size=MOST_STEPS).map(
            lambda steps: After(HERE, tuple(steps))
        ),
        st.builds(_window, st.sampled_from(WINDOWS), names, keys, spans, inside, st.none() | inside, st.booleans()),
    )


nodes = st.recursive(leaves, _larger, max_leaves=12)
points = st.one_of(
    names.map(DecisionPoint),
    st.builds(_clock, names, spans, st.lists(names, min_size=1, max_size=3)),
    spans.map(lambda ms: DecisionPoint("call_answered", "talking", ms)),
    spans.map(lambda ms: DecisionPoint("call_offered", "ringing", ms)),
    st.builds(
        _timer, names, names, st.lists(names, min_size=1, max_size=3), spans, names.filter(lambda n: n != "within")
    ),
)


given_facts = st.builds(
    ExampleFacts,
    names.filter(lambda name: name not in UNIT_MEANT and name not in DAYS_OF_UNIT),  # after a number they are units
    st.integers(1, 99),
    st.just(0) | spans,
    st.just(1_000),
    st.lists(st.tuples(names, literals | st.booleans().map(lambda value: BooleanLiteral(HERE, value))), max_size=2).map(
        tuple
    ),
    st.just(HERE),
)


def _said(example: RuleExample) -> st.SearchStrategy[RuleExample]:
    """Return the example, also with what is said of those found."""
    return st.builds(replace, st.just(example), says=st.none() | st.builds(Words, texts, texts))


examples = st.builds(
    RuleExample,
    st.builds(Words, texts, texts),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(given_facts, min_size=1, max_size=2).map(tuple),
    st.just(HERE),
).flatmap(lambda example: _said(example) if example.finds else st.just(example))

SENTENCE = RuleSentence(
    Words(
        '通话{talk_ms}[，已接通{answered}] "',
        "{held} and {talk_ms}[, {answered}answered] \\" + " so long that it is broken" * 5,
    ),
    (
        ("talk_ms", FieldReference(HERE, "talk_ms")),
        ("answered", FieldReference(HERE, "answered")),
        ("held", Name(HERE, "held")),
    ),
)


@st.composite
def rules(draw: st.DrawFn, name: str = "drawn") -> Rule:
    """Draw one rule."""
    given = draw(st.lists(examples, max_size=2))
    held = draw(leaves.filter(lambda node: not isinstance(node, Name)))
    return Rule(
        name=name,
        title=Words(draw(texts), draw(texts)),
        version=draw(st.integers(1, 99)),
        law=draw(texts),
        on=draw(points),
        lets=(("held", held),),
        when=draw(nodes),
        unless=draw(st.none() | nodes),
        find=draw(names | st.just("call")),
        fraud_type=draw(names),
        score=draw(nodes),
        again_after=draw(spans),
        location=HERE,
        sentence=draw(st.none() | st.just(SENTENCE)),
        examples=tuple(given),
    )


def _file(first: Rule, second: Rule, lists: dict[str, list[str]], columns: list[str]) -> RuleFile:
    plain = {name: tuple(values) for name, values in lists.items()}
    last, values = next(reversed(plain.items()), ("", ()))
    if columns and len(set(values)) == len(values) > 0:
        members = tuple(column_member(value, value[::-1]) for value in values)
        plain |= {column_list(last, column): members for column in columns}
    return RuleFile((first, second), plain)


files = st.builds(
    _file,
    rules("first"),
    rules("second"),
    st.dictionaries(names, st.lists(texts, min_size=1, max_size=30), max_size=2),
    st.lists(names, max_size=2, unique=True),
)
