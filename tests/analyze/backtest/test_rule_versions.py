"""Rule files become versions to run and to compare; files whose lists disagree never share an engine."""

import pytest
from tests.analyze.backtest.history import rule

from fanzha.analyze.backtest.rule_versions import load_rule_versions
from fanzha.base.errors import UsageError
from fanzha.rules import RuleError


def listed(values: str) -> bytes:
    return f"list friends = {values}\n".encode() + rule(3).replace(b"then", b"except caller in friends then")


def test_one_rule_keeps_its_name() -> None:
    (version,) = load_rule_versions([("a.rule", rule(3))], {}).versions
    assert (version.label, version.rule.name, version.file) == ("burst", "burst", "a.rule")


def test_versions_of_one_rule_get_letters_and_the_first_is_compared_with_every_other() -> None:
    versions = load_rule_versions([("a", rule(3)), ("x", rule(3, "other")), ("b", rule(4)), ("c", rule(5))], {})
    assert [version.label for version in versions.versions] == ["burst A", "other", "burst B", "burst C"]
    assert versions.pairs() == [(0, 2), (0, 3)]


def test_a_file_may_hold_several_rules() -> None:
    versions = load_rule_versions([("a", rule(3) + rule(4, "other"))], {})
    assert [version.label for version in versions.versions] == ["burst", "other"] and versions.pairs() == []


def test_files_whose_lists_agree_share_an_engine_and_others_do_not() -> None:
    one, other = listed('"95588"'), listed('"110"')
    assert [group.versions for group in load_rule_versions([("a", one), ("b", one), ("c", rule(2))], {}).groups] == [
        [0, 1, 2]
    ]
    groups = load_rule_versions([("a", one), ("b", other)], {}).groups
    assert [(group.versions, group.lists["friends"]) for group in groups] == [([0], ("95588",)), ([1], ("110",))]


def test_a_list_of_the_file_stands_before_the_operators_own_and_leaves_it_to_other_files() -> None:
    uses = rule(3).replace(b"then", b"except caller in friends then")
    groups = load_rule_versions([("a", listed('"110"')), ("b", uses)], {"friends": ("120",)}).groups
    assert [(group.versions, group.lists["friends"]) for group in groups] == [([0], ("110",)), ([1], ("120",))]


def test_the_span_is_the_longest_look_back_of_any_window() -> None:
    longer = rule(3).replace(b"then", b"and surge(call_ended by caller, 1h against 6h) > 1 then")
    assert [load_rule_versions([("a", one)], {}).versions[0].span for one in (rule(3), longer)] == [
        3_600_000,
        6 * 3_600_000,
    ]


def test_mistakes_and_unknown_lists_are_told_with_the_file() -> None:
    with pytest.raises(RuleError, match=r"a\.rule"):
        load_rule_versions([("a.rule", rule(3).replace(b"count", b"cuont"))], {})
    with pytest.raises(RuleError):
        load_rule_versions([("a.rule", rule(3).replace(b"then", b"except caller in friends then"))], {})


def test_more_versions_than_letters_are_refused() -> None:
    with pytest.raises(UsageError, match="at most 26"):
        load_rule_versions([(str(n), rule(n + 1)) for n in range(27)], {})
