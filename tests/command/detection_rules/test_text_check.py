"""A text is checked as on the command line: every mistake with its place and fix, and what should be looked at."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.command.detection_rules.factories import RULE

from fanzha.command.detection_rules.text_check import (
    STARTER_TEXT,
    check_text,
    completions,
    plain_text,
    with_version,
)


@pytest.fixture(autouse=True)
def no_lists(home: Path) -> None:
    """Use an empty state folder."""


def test_every_mistake_has_its_line_column_and_fix() -> None:
    checked = check_text(RULE.replace(">= 30", ">= thirty"))
    (problem,) = checked.problems
    assert checked.has_mistakes and (problem.line, problem.is_warning) == (5, False)
    assert problem.column > 40 and problem.code.startswith("R") and problem.fix.zh and problem.fix.en


def test_a_sentence_is_asked_for_and_its_lack_is_no_mistake() -> None:
    checked = check_text(RULE)
    assert checked.rule is not None
    assert [(one.code, one.is_warning) for one in checked.problems] == [("W309", True)]
    assert check_text(STARTER_TEXT).problems == ()


def test_a_text_holds_one_rule() -> None:
    checked = check_text(STARTER_TEXT + STARTER_TEXT.replace("my_rule", "other_rule"))
    assert checked.has_mistakes and checked.problems[-1].line == STARTER_TEXT.count("\n") + 1
    assert check_text("").has_mistakes


def test_lists_of_the_state_folder_are_known(home: Path) -> None:
    text = STARTER_TEXT.replace("callees >= 30", "callees >= 30 and callee in banks")
    assert check_text(text).has_mistakes
    (home / "lists").mkdir(exist_ok=True)
    (home / "lists" / "banks.txt").write_text("95588\n")
    assert not check_text(text).has_mistakes
    assert "banks" in completions()["words"]  # type: ignore[operator]


def test_line_ends_of_browsers_are_those_of_files() -> None:
    assert plain_text("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("text", [RULE, RULE.replace("  law", "  version 2\n  law"), STARTER_TEXT])
def test_the_next_version_is_written_into_a_text(text: str) -> None:
    changed = check_text(with_version(text, 7)).rule
    assert changed is not None and changed.version == 7
    assert with_version("no rule", 7) == "no rule"


def test_checking_needs_no_kernel() -> None:
    code = (
        "import sys; from fanzha.command.detection_rules.text_check import check_text;"
        "from fanzha.rules import check, parse; print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
