"""A tree can be walked, and is equal to another whatever the places and spellings."""

from tests.rules.rule_texts import rule, when

from fanzha.rules.tree import (
    BooleanLiteral,
    FieldReference,
    NumberLiteral,
    Points,
    SourceLocation,
    WindowExpression,
    children,
    walk,
)


def test_walking_visits_every_node_in_the_order_of_the_text() -> None:
    node = when("points(0.5 when a and count(f by b = c where d, 1h) > 2) > 1")
    names = [one.name for one in walk(node) if isinstance(one, FieldReference)]
    assert names == ["a", "b", "c", "d"]
    assert [one.value for one in walk(node) if isinstance(one, NumberLiteral)] == [0.5, 2, 1]


def test_children_are_those_directly_below() -> None:
    window = WindowExpression(SourceLocation(), "count", "f", (), 1, where=BooleanLiteral(SourceLocation(), True))
    assert list(children(window)) == [BooleanLiteral(SourceLocation(), True)]
    assert list(children(Points(SourceLocation(), ((window, window),)))) == [window, window]


def test_place_and_spelling_make_no_difference() -> None:
    assert when("a<60 s") == when("  a  <  1 min")
    assert hash(when("count(f by a, 60 min) > 1")) == hash(when("count( f by a , 1h ) > 1"))
    assert when("a < 60 s") != when("a < 60")


def test_a_part_without_a_location_has_the_location_of_its_rule() -> None:
    found = rule()
    assert found.location_of("nothing") == found.location
