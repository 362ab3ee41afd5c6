"""Every line of the grammar is read as the reference says, and what is not of the grammar is told where it stands."""

import pytest
from tests.rules.rule_texts import codes, rule, text, when

from fanzha.rules import RuleError, check, parse
from fanzha.rules._reading.extent import Extent, extent
from fanzha.rules._reading.tokenizer import TokenKind, scan
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    DecisionPoint,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Name,
    NumberLiteral,
    Points,
    Rank,
    SourceLocation,
    TextLiteral,
    Type,
    Unary,
    WindowExpression,
    WindowKey,
)

HERE = SourceLocation()


def field(name: str) -> FieldReference:
    return FieldReference(HERE, name)


def number(value: float, kind: Type = Type.NUMBER) -> NumberLiteral:
    return NumberLiteral(HERE, value, kind)


def two(operator: str, left: Expression, right: Expression) -> Binary:
    return Binary(HERE, operator, left, right)


A, B, C = field("a"), field("b"), field("c")


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("a", A),
        ("true", BooleanLiteral(HERE, True)),
        ("false", BooleanLiteral(HERE, False)),
        ('"a \\"b\\" \\\\"', TextLiteral(HERE, 'a "b" \\')),
        ("a or b and c", two("or", A, two("and", B, C))),
        ("a and b or c", two("or", two("and", A, B), C)),
        ("(a or b) and c", two("and", two("or", A, B), C)),
        ("a or b or c", two("or", two("or", A, B), C)),
        ("not a and b", two("and", Unary(HERE, "not", A), B)),
        ("not not a", Unary(HERE, "not", Unary(HERE, "not", A))),
        ("not a = b", Unary(HERE, "not", two("=", A, B))),
        ("a - b - c", two("-", two("-", A, B), C)),
        ("a + b * c", two("+", A, two("*", B, C))),
        ("a / b * c", two("*", two("/", A, B), C)),
        ("a * b else c", two("*", A, two("else", B, C))),
        ("-a else b", two("else", Unary(HERE, "-", A), B)),
        ("--a", Unary(HERE, "-", Unary(HERE, "-", A))),
        ("a + b >= c", two(">=", two("+", A, B), C)),
        ("a is known", IsKnown(HERE, A)),
        ("a is not known", IsKnown(HERE, A, negated=True)),
        ("a in names", Member(HERE, A, "names")),
        ("a not in names", Member(HERE, A, "names", negated=True)),
        ('a contains "x"', Member(HERE, A, "", (TextLiteral(HERE, "x"),), operator="contains")),
        ("a not contains names", Member(HERE, A, "names", (), True, "contains")),
        (r'a matches "\d+ \" \\"', Member(HERE, A, "", (TextLiteral(HERE, r'\d+ " \\'),), operator="matches")),
        ("weekday(a)", FunctionCall(HERE, "weekday", A)),
        ("weekday", field("weekday")),
        ('a in ("x", 2)', Member(HERE, A, "", (TextLiteral(HERE, "x"), number(2)))),
        ("block(a, 2)", FunctionCall(HERE, "block", A, 2)),
        ("prefix(a, 3)", FunctionCall(HERE, "prefix", A, 3)),
        ("rank(a within b, c)", Rank(HERE, A, (FieldReference(HERE, "b"), FieldReference(HERE, "c")))),
        ("rank(a)", Rank(HERE, A, ())),
        ("date(a)", FunctionCall(HERE, "date", A)),
        ("attribute(a in b, c)", FunctionCall(HERE, "attribute", A, None, "b", "c")),
        ("profile(a, b)", FunctionCall(HERE, "profile", A, column="b")),
        ("length(a)", FunctionCall(HERE, "length", A)),
        ("hour(a)", FunctionCall(HERE, "hour", A)),
        ("class(a)", FunctionCall(HERE, "class", A)),
        ("country(a)", FunctionCall(HERE, "country", A)),
        ("points(0.4 when a, 30% when b)", Points(HERE, ((number(0.4), A), (number(0.3), B)))),
        ("version", field("version")),
    ],
)
def test_expressions_are_read_as_the_grammar_says(written: str, tree: Expression) -> None:
    assert when(written) == tree


@pytest.mark.parametrize("sign", [">=", "<=", ">", "<", "=", "!="])
def test_every_comparison_is_read(sign: str) -> None:
    assert when(f"a {sign} b") == two(sign, A, B)


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("7", 7, Type.NUMBER),
        ("0.25", 0.25, Type.NUMBER),
        ("30%", 0.3, Type.NUMBER),
        ("0.1 %", 0.001, Type.NUMBER),
        ("500 ms", 500, Type.DURATION),
        ("20s", 20_000, Type.DURATION),
        ("1.5 min", 90_000, Type.DURATION),
        ("1h", 3_600_000, Type.DURATION),
        ("1 day", 86_400_000, Type.DURATION),
        ("7 days", 604_800_000, Type.DURATION),
    ],
)
def test_numbers_are_read_with_their_units(written: str, value: float, kind: Type) -> None:
    assert when(f"a > {written}") == two(">", A, number(value, kind))


KEY = WindowKey(A, A)


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("count(f by a, 1h)", WindowExpression(HERE, "count", "f", (KEY,), 3_600_000)),
        ("gap(f by a, 1 ms)", WindowExpression(HERE, "gap", "f", (KEY,), 1)),
        ("age(f by a, 2 days)", WindowExpression(HERE, "age", "f", (KEY,), 172_800_000)),
        ("count(f by a, 1h before)", WindowExpression(HERE, "count", "f", (KEY,), 3_600_000, before=True)),
        ("count(f by a, b = c, 1 s)", WindowExpression(HERE, "count", "f", (KEY, WindowKey(B, C)), 1_000)),
        ("count(f by a = (1), 1 s)", WindowExpression(HERE, "count", "f", (WindowKey(A, number(1)),), 1_000)),
        ("count(f by a where b or c, 1 s)", WindowExpression(HERE, "count", "f", (KEY,), 1_000, where=two("or", B, C))),
        *(
            (f"{what}(b + c of f by a, 1 s)", WindowExpression(HERE, what, "f", (KEY,), 1_000, two("+", B, C)))
            for what in ("distinct", "sum", "mean", "min", "max", "share")
        ),
        ("surge(f by a, 1 s against 1h)", WindowExpression(HERE, "surge", "f", (KEY,), 1_000, against=3_600_000)),
        (
            "count(f by a where gap(g by b = c, 1 s) < 1 ms, 1 s)",
            WindowExpression(
                HERE,
                "count",
                "f",
                (KEY,),
                1_000,
                where=two("<", WindowExpression(HERE, "gap", "g", (WindowKey(B, C),), 1_000), number(1, Type.DURATION)),
            ),
        ),
    ],
)
def test_windows_are_read_with_value_key_filter_and_span(written: str, window: WindowExpression) -> None:
    assert when(written) == window


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("message", DecisionPoint("message")),
        ("message every 1h by sender", DecisionPoint("message", every=3_600_000, keys=("sender",))),
        ("call still talking 20 min", DecisionPoint("call_answered", "talking", 1_200_000)),
        ("call still ringing 45 s", DecisionPoint("call_offered", "ringing", 45_000)),
    ],
)
def test_points_of_decision_are_read(written: str, point: DecisionPoint) -> None:
    assert rule(on=written).on == point


def test_a_rule_is_read_with_all_its_clauses() -> None:
    (found,) = parse(
        """rule r "标题" "title" version 3 law "ATF" on call_ended let a = 1 let b = a + a
           when b > 1 except a = 2 then find call as other score 50% again after 2 days"""
    ).rules
    assert (found.name, found.title, found.version, found.law) == ("r", ("标题", "title"), 3, "ATF")
    assert [name for name, _ in found.lets] == ["a", "b"]
    assert found.lets[1][1] == two("+", Name(HERE, "a"), Name(HERE, "a"))
    assert (found.find, found.fraud_type, found.again_after) == ("call", "other", 172_800_000)
    assert found.unless == two("=", Name(HERE, "a"), number(2))


def test_what_a_rule_leaves_out_has_its_default() -> None:
    found = rule()
    assert (found.title, found.version, found.law, found.lets) == (("r", "r"), 1, "", ())
    assert (found.unless, found.fraud_type, found.again_after) == (None, "other", 86_400_000)


def test_lists_and_rules_may_stand_in_any_order() -> None:
    file = parse(text() + 'list a = "1", "2"\n' + text().replace("rule r", "rule other") + 'list b = "3"\n')
    assert [one.name for one in file.rules] == ["r", "other"]
    assert file.lists == {"a": ("1", "2"), "b": ("3",)}


def test_a_list_has_its_columns_beside_it() -> None:
    file = parse('list a with b, c = "1" ("x", ""), "2*" ("y", "z")\n' + text())
    assert file.lists == {
        "a": ("1", "2*"),
        "a.b": ("1\x1fx", "2*\x1fy"),
        "a.c": ("1\x1f", "2*\x1fz"),
    }


def test_comments_and_line_ends_change_nothing() -> None:
    assert parse(text().replace("\n", " # because\r\n")).rules == parse(text()).rules


def test_every_node_knows_its_place() -> None:
    found = rule("a and\n  b = 20 s")
    assert found.when.location == SourceLocation(3, 10)
    assert isinstance(found.when, Binary) and isinstance(found.when.right, Binary)
    assert found.when.right.right.location == SourceLocation(4, 7)
    assert (found.location, found.location_of("find"), found.location_of("on")) == (
        SourceLocation(1, 1),
        SourceLocation(5, 13),
        SourceLocation(2, 6),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("count（call_ended by caller，1h） ≥ 3", "count(call_ended by caller, 1h) >= 3"),
        ("ingress ＝ “mobile”", 'ingress = "mobile"'),
        ("ingress == 'mobile' && answered", 'ingress = "mobile" and answered'),
        ("answered OR talk_ms < 20 秒", "answered or talk_ms < 20 s"),
        ("！answered", "not answered"),
    ],
)
def test_signs_of_another_keyboard_are_the_only_mistake_told(written: str, meant: str) -> None:
    assert codes(text(meant)) == []
    assert {code[:2] for code in codes(text(written))} == {"R1"}


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("avg(talk_ms of call_ended by caller, 1h) < 20 s", "mean(…)"),
        ("unique(callee of call_ended by caller, 1h) > 3", "distinct(…)"),
        ("count(call_ended by caller in last 1h) > 3", ", 1h"),
        ("count(call_ended by caller, last 1h) > 3", ", 1h"),
        ("count(call_ended by caller within 1h) > 3", ", 1h"),
        ("count(call_ended by caller, 1h, where answered) > 3", "FACT by KEY where CONDITION, 1h"),
        ("count(call_ended where answered by caller, 1h) > 3", "FACT by KEY where CONDITION, 1h"),
        ("count(call_ended by caller, 1h30min) > 3", "90 min"),
        ("talk_ms < 1 min 30 s", "90 s"),
        ("release_cause > 1,000", "1000"),
        ("caller is null", "x is not known"),
        ("caller = null", "x is not known"),
        ("talk_ms between 1 s and 2 s", "x >= a and x <= b"),
        ('caller like "%138%"', 'x contains "…"'),
        ('caller regexp "^138"', 'x matches "…"'),
        ('caller startswith "138"', 'prefix(x, 3) = "138"'),
        ("caller in known_list else true", "(…) else …"),
    ],
)
def test_another_languages_way_of_saying_it_is_told_with_ours(written: str, right: str) -> None:
    with pytest.raises(RuleError) as raised:
        check(parse(text(written)), lists=("known_list",))
    (mistake,) = raised.value.mistakes
    assert mistake.code in ("R225", "R111")
    assert mistake.fix.en == f"write {right}"


@pytest.mark.parametrize(
    ("line", "other", "right"),
    [
        ("on call_ended", "on call ended", "call_ended"),
        ("then find", "find", "then find"),
        ("rule r", "rule my-rule", "my_rule"),
        ("when answered", "if answered", "when"),
    ],
)
def test_a_clause_of_another_language_is_told_with_ours(line: str, other: str, right: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse(text().replace(line, other))
    assert f"write {right}" in [mistake.fix.en for mistake in raised.value.mistakes]


def test_tokens_keep_comments_and_say_which_begin_a_line() -> None:
    tokens = scan("a # x\n  b c", DiagnosticCollector("", ""))
    assert [(token.sort, token.begins_line) for token in tokens] == [
        (TokenKind.WORD, True),
        (TokenKind.COMMENT, False),
        (TokenKind.WORD, True),
        (TokenKind.WORD, False),
        (TokenKind.END, True),
    ]


def test_a_let_counts_as_large_as_what_it_stands_for() -> None:
    found = rule("a + a", lets="  let a = b + c\n")
    assert extent(found.lets[0][1], {}) == Extent(3, 2)
    assert extent(found.when, {"a": Extent(3, 2)}) == Extent(7, 3)


@pytest.mark.parametrize("missing", ["on call_ended", "when answered", "then find callee score 0.5"])
def test_a_missing_clause_is_named(missing: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse(text().replace(missing, ""))
    assert raised.value.mistakes[0].what.en == f"the rule has no `{missing.split()[0]}`"
