"""Rules are seen by the organisation that operates them, with what they lack."""

from pathlib import Path

import pytest
from tests.command.detection_rules.factories import RULE, in_shadow, rule_state
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.selectors import list_rule_texts, operates_rules, parse_heading
from fanzha.command.organizations.models import Organization
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_without_a_setting_only_the_sole_organisation_operates_the_rules(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert not operates_rules(viewer)
    Organization.objects.exclude(pk=world["carrier"].pk).update(is_active=False)
    assert operates_rules(viewer) and not operates_rules(world.viewer("mvno", Role.ANALYST))


def test_the_named_organisation_sees_the_rules_and_no_other_one(world: World) -> None:
    text = in_shadow(world)
    state = rule_state(world, text)
    assert (state.item.rule, state.heading.title.en, state.missing) == ("burst", "outgoing burst", [])
    assert state.shadow_since == state.item.step.at and len(state.backtests) == 1 and not state.is_edited
    other = world.viewer("other_carrier", Role.ANALYST)
    with scoped_to(other):
        assert list_rule_texts(other) == []


def test_what_a_text_lacks_is_listed(world: World) -> None:
    state = rule_state(world, in_shadow(world, days=2, tested=False))
    assert [words.en.partition(",")[0] for words in state.missing] == [
        "it needs a stored backtest (fanzha backtest --store) over 7 days",
        "it needs 7 days in shadow",
    ]


def test_an_edited_file_is_pointed_out(world: World, home: Path) -> None:
    text = in_shadow(world)
    (home / "rules" / "burst.rule").write_text("something else")
    assert rule_state(world, text).is_edited


def test_a_damaged_history_names_its_line(world: World, home: Path) -> None:
    in_shadow(world)
    (home / "rules" / "history.jsonl").write_text("{\n")
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer), pytest.raises(UsageError, match="line 1"):
        list_rule_texts(viewer)


def test_a_text_of_another_grammar_is_called_by_its_rule() -> None:
    assert parse_heading("burst", RULE).version == 1
    assert parse_heading("burst", "nothing that parses").title.zh == "burst"
