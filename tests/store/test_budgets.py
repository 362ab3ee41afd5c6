"""Budgets come from the settings; without any there is one all the same, and a mistake is named by file and key."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.claims.budget import Budget
from fanzha.store.budgets import (
    DEFAULT,
    BudgetChange,
    change_budget,
    is_budget_in_settings,
    list_budget_changes,
    load_budgets,
)


def write(folder: Path, text: str) -> None:
    (folder / "fanzha.toml").write_text(text, "utf-8")


def test_without_settings_every_rule_is_limited(tmp_path: Path) -> None:
    assert load_budgets(tmp_path) == ({}, DEFAULT)
    assert DEFAULT.subjects_an_hour


def test_a_rule_takes_from_the_general_budget_what_its_own_leaves_out(tmp_path: Path) -> None:
    write(tmp_path, "[budget]\nsubjects_an_hour = 20\n[budget.burst]\nshare_of_trunk = 0.05\n[other]\nx = 1\n")
    assert load_budgets(tmp_path) == ({"burst": Budget(20, 0.05)}, Budget(20, None))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[budget]\nsubjects = 3\n", "unknown key 'subjects'"),
        ("[budget]\nsubjects_an_hour = -1\n", "subjects_an_hour is -1"),
        ("[budget]\nsubjects_an_hour = true\n", "subjects_an_hour is True"),
        ("[budget.burst]\nshare_of_trunk = 5\n", r"\[budget.burst\]: share_of_trunk is 5"),
        ("[budget.burst]\nshare_of_trunk = '5%'\n", "write subjects_an_hour"),
        ("budget = 3\n", "budget must be a table"),
        ("[budget", "fanzha.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, why: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match=why):
        load_budgets(tmp_path)


def test_what_people_set_counts_for_rules_without_a_table(tmp_path: Path) -> None:
    write(tmp_path, "[budget]\nsubjects_an_hour = 20\nshare_of_trunk = 0.1\n[budget.burst]\nsubjects_an_hour = 3\n")
    for rule, subjects in (("burst", 50), ("other-rule", 7), ("other-rule", 9), ("third", 5), ("third", None)):
        change_budget(BudgetChange(rule, subjects, "Lin", "a test", 0), tmp_path)
    rules, default = load_budgets(tmp_path)
    assert rules == {"burst": Budget(3, 0.1), "other-rule": Budget(9, 0.1)} and default == Budget(20, 0.1)
    assert is_budget_in_settings("burst", tmp_path) and not is_budget_in_settings("other_rule", tmp_path)
    assert [change.subjects_an_hour for change in list_budget_changes(tmp_path)] == [50, 7, 9, 5, None]


def test_a_damaged_line_of_changes_is_named(tmp_path: Path) -> None:
    change_budget(BudgetChange("burst", 5, "Lin", "a test", 0), tmp_path)
    with (tmp_path / "rules" / "budgets.jsonl").open("a") as file:
        file.write("{\n")
    with pytest.raises(UsageError, match="line 2"):
        load_budgets(tmp_path)
