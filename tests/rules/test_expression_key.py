"""Canonical texts are equal just where meanings are."""

import pytest
from tests.rules.random_rule import LISTS
from tests.rules.rule_texts import drawn

from fanzha.rules import check, parse
from fanzha.rules.expression_key import expression_key
from fanzha.rules.format import format_rule_file
from fanzha.rules.tree import Name, SourceLocation


@pytest.mark.parametrize("seed", range(40))
def test_the_looks_of_a_rule_do_not_matter(seed: int) -> None:
    file = parse(drawn(seed))
    one, other = (check(each, lists=LISTS).rules[0] for each in (file, parse(format_rule_file(file))))
    assert expression_key(one.when) == expression_key(other.when)
    assert expression_key(one.score) == expression_key(other.score)


def test_another_limit_unit_or_filter_is_another_meaning() -> None:
    texts = ["talk_ms < 20 s", "talk_ms < 21 s", "ring_ms < 20 s", "talk_ms <= 20 s", "not talk_ms < 20 s"]
    windows = [f"count(call_ended by caller where {text}, 1h) > 1" for text in texts]
    rules = [
        check(parse(f'rule r "" ""\non call_ended\nwhen {text}\nthen find call score 1')).rules[0].when
        for text in [*texts, *windows]
    ]
    assert len({expression_key(rule) for rule in rules}) == 10


def test_a_name_must_be_expanded_first() -> None:
    with pytest.raises(TypeError, match="expand"):
        expression_key(Name(SourceLocation(), "held"))
