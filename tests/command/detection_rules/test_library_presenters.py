"""Rows, examples and changes of the library, as people read them."""

from tests.command.detection_rules.factories import RULE

from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.command.detection_rules.library import RuleFigures
from fanzha.command.detection_rules.library_presenters import (
    budget_words,
    describe_rules,
    example_table,
    figure_words,
    matching_rows,
    text_changes,
)
from fanzha.command.reviews.selectors import MarkedShare
from fanzha.command.web.components import Badge, ListRow
from fanzha.store.rule_texts import RuleHistoryEntry

EXAMPLE = """
  example "四十次呼叫" "forty calls" finds "+8617000000011"
    40 call_ended every 1 min with caller = "+8617000000011", proven_caller = "+8617000000011"
"""


def test_figures_say_n_where_a_share_cannot_be_stated() -> None:
    figures = RuleFigures(3, 1200, 0, 4, None, MarkedShare(12, 2))
    assert figure_words(figures)[0] == "hits: 3 in a day, 1,200 in a week"
    assert figure_words(figures)[-1] == "likely false: not enough decisions (n = 12)"
    assert budget_words(figures) == "acted on 4 this hour, without a budget"
    assert budget_words(figures._replace(budget=20)) == "budget: 4 of 20 this hour"


def test_words_are_looked_for_in_title_sentence_state_and_figures() -> None:
    row = ListRow("Outgoing burst", "", "Calls 20 people", badges=(Badge("shadow"),), meta=("Lin",))
    assert matching_rows([row], "people SHADOW lin") == [row] and matching_rows([row], "people live") == []


def test_a_text_with_mistakes_is_not_described() -> None:
    (rule,) = describe_rules(RULE)
    assert rule.title == "outgoing burst" and rule.decides == "when a call has ended" and rule.windows
    assert describe_rules("rule") == [] and describe_rules("") == []


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
