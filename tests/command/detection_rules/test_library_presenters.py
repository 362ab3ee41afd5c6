"""Rows, examples and changes of the library, as people read them."""

from tests.command.detection_rules.factories import RULE

from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.command.detection_rules.library import RuleFigures
from fanzha.command.detection_rules.library_presenters import (
    LibraryRow,
    budget_words,
    example_table,
    matching_rows,
    share_cell,
    sort_library,
    text_changes,
)
from fanzha.command.reviews.selectors import MarkedShare
from fanzha.command.web.components import Badge, ListRow
from fanzha.store.rule_texts import RuleHistoryEntry

EXAMPLE = """
  example "四十次呼叫" "forty calls" finds "+8617000000011"
    40 call_ended every 1 min with caller = "+8617000000011", proven_caller = "+8617000000011"
"""


def library_row(title: str, wrongful: MarkedShare, *, row: ListRow | None = None) -> LibraryRow:
    cell, key = share_cell(wrongful), (-(wrongful.value or -1.0), -wrongful.counted, -wrongful.marked)
    return LibraryRow(row or ListRow(title, ""), cell, cell, "", "", "", "", {"wrongful": key, "name": ()})


def test_a_share_of_too_few_is_a_dash_with_what_is_known() -> None:
    assert share_cell(MarkedShare(12, 2)) == ("– (2/12)", "2 of 12; a share is stated from 30 on")
    assert share_cell(MarkedShare(0, 0)).words == "–"
    assert share_cell(MarkedShare(100, 10, 0.1, 0.05, 0.17)) == ("10% (5%–17%) n = 100", "")


def test_budgets_are_said_with_what_is_used() -> None:
    figures = RuleFigures(3, 1200, 0, 4, None, MarkedShare(12, 2))
    assert budget_words(figures) == "acted on 4 this hour, without a budget"
    assert budget_words(figures._replace(budget=20)) == "budget: 4 of 20 this hour"


def test_what_is_most_often_wrong_is_first_then_what_has_the_most_wrong_of_few() -> None:
    rows = [
        library_row("b none", MarkedShare(0, 0)),
        library_row("a none", MarkedShare(0, 0)),
        library_row("few", MarkedShare(12, 2)),
        library_row("low", MarkedShare(100, 1, 0.01, 0.0, 0.05)),
        library_row("high", MarkedShare(100, 9, 0.09, 0.05, 0.17)),
    ]
    assert [one.row.title for one in sort_library(rows, "wrongful")] == ["high", "low", "few", "a none", "b none"]
    assert [one.row.title for one in sort_library(rows, "name")][0] == "a none"


def test_words_are_looked_for_in_title_sentence_and_state() -> None:
    row = ListRow("Outgoing burst", "", "Calls 20 people", badges=(Badge("shadow"),), meta=("Lin",))
    found = library_row("", MarkedShare(0, 0), row=row)
    assert matching_rows([found], "people SHADOW lin") == [found] and matching_rows([found], "people live") == []


def test_examples_say_what_each_must_find() -> None:
    table = example_table(RULE.rstrip() + EXAMPLE)
    assert table is not None and table.rows == (("forty calls", 40, "+8617000000011"),)
    assert example_table(RULE) is None


def test_changes_show_added_and_removed_lines_the_latest_first() -> None:
    step = RuleStep(state=RuleState.DRAFT, at=0, by="Lin", why="first")
    added = RuleHistoryEntry(rule="burst", what="add", text="a", before=None, step=step)
    changed = RuleHistoryEntry(rule="burst", what="change", text="b", before="a", step=step)
    latest, first = text_changes([added, changed], {"a": "one\ntwo\n", "b": "one\nthree\n"})
    assert [(line.text, line.sign) for line in latest.lines][-2:] == [("two", "removed"), ("three", "added")]
    assert latest.text == "b" and all(line.sign != "removed" for line in first.lines)
