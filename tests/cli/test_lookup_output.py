"""What is shown of a value cannot steer the terminal, and says when nothing was found."""

import io
from typing import Any

import pytest
from rich.console import Console
from tests.findings import finding

from fanzha.analyze.lookup import LookupResult, look_up
from fanzha.base.words import Words
from fanzha.cli._lookup_output import print_lookup, visible
from fanzha.kinds import Fact, all_kinds


def shown(results: list[LookupResult]) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_lookup(console, results)
    file: Any = console.file
    return str(file.getvalue())


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "[red]x", "\u202eevil"])
def test_control_characters_are_dropped(text: str) -> None:
    assert visible(text).isprintable()
    results = LookupResult(all_kinds()["trunk"], text, 1.0, [Fact("x", Words("甲", "a"), text, Words(text, text))], [])
    assert "\x1b" not in shown([results])
    assert "[red]x" not in text or "[red]x" in shown([results])


def test_long_text_is_cut() -> None:
    assert len(visible("x" * 1_000)) == 120


def test_findings_stand_with_score_and_reasons_in_both_languages() -> None:
    text = shown([LookupResult(all_kinds()["trunk"], "T", 1.0, [], [finding(score=0.9, reasons_en=("a reason",))])])
    assert "0.90 made-up" in text and "理由" in text and "a reason" in text
    assert "没有发现问题" not in text


def test_likeness_is_told_when_the_kind_was_guessed() -> None:
    assert "likeness" in shown(look_up("95588"))
    assert "likeness" not in shown(look_up("95588", "short_code"))
