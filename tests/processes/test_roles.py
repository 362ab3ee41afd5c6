"""The table of kinds and roles: complete, in both languages, and readable as words."""

import pytest

from fanzha.processes import all_processes
from fanzha.processes.roles import actor_spec_words, role_table


def test_roles_of_kinds_and_kinds_of_groups_are_in_the_table() -> None:
    table = role_table()
    assert {role for kind in table.kinds.values() for role in kind.roles} == set(table.roles)
    assert {kind for group in table.groups.values() for kind in group.kinds} <= set(table.kinds)
    assert not set(table.groups) & set(table.kinds)


def test_a_name_is_a_kind_a_group_or_nothing() -> None:
    table = role_table()
    assert table.kinds_of("bank") == ("bank",)
    assert "mvno" in table.kinds_of("operator")
    assert table.kinds_of("astronomer") == ()
    assert table.title_of("operator").en and table.title_of("bank").zh


@pytest.mark.parametrize("name", sorted(all_processes()))
def test_everybody_who_may_do_something_has_words(name: str) -> None:
    process = all_processes()[name]
    for machine in (process, *([process.legs] if process.legs else [])):
        for event in machine.events.values():
            for actor_spec in event.who:
                words = actor_spec_words(actor_spec)
                assert words.zh and words.en and "." not in words.en and "_" not in words.en
