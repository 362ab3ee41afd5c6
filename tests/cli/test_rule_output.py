"""Tables of rules show what stands in them and nothing that steers a terminal."""

import io

import msgspec
from rich.console import Console

from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.cli._rule_output import diff_lines, history_table, rules_table, state_words
from fanzha.store.rule_texts import RuleHistoryEntry, RuleText

STEP = RuleStep(state=RuleState.SHARE, at=1_772_323_200_000, by="Lin\x1b[2J", why="[red]too many[/red]", share=0.125)


def printed(table: object) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_share_is_shown_with_its_per_cent_and_other_states_without() -> None:
    assert state_words(STEP) == ("部分流量 12.5%", "share of traffic 12.5%")
    assert state_words(RuleStep(state=RuleState.LIVE, at=1, by="a", why="b")).en == "live"


def test_what_people_wrote_is_shown_as_text() -> None:
    output = printed(rules_table([RuleText("burst", "ab" * 16, STEP, True)], {"burst"}))
    assert "[red]too many[/red]" in output and "\x1b[2J" not in output
    assert "burst *" in output and "2026-03-01T00:00:00Z" in output


def test_a_step_that_was_approved_on_the_site_names_both_persons() -> None:
    step = msgspec.structs.replace(STEP, by="Wang", asked_by="Zhao\x1b[2J")
    output = printed(
        history_table([RuleHistoryEntry(rule="b", what="promote", text="c" * 32, before="c" * 32, step=step)])
    )
    assert "Wang" in output and "申请 asked by Zhao" in output and "\x1b" not in output


def test_a_change_shows_both_texts() -> None:
    entry = RuleHistoryEntry(rule="burst", what="change", text="cd" * 16, before="ab" * 16, step=STEP)
    assert "abababab → cdcdcdcd" in printed(history_table([entry]))
    texts = {"ab" * 16: "one\ntwo\n", "cd" * 16: "one\nthree\n"}
    assert list(diff_lines([entry], texts.__getitem__))[-2:] == ["-two", "+three"]
