"""The list of OWASP ASVS 5.0 answers every requirement of level 1 and 2 once, and what it names as proof is there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "reference" / "asvs.md"

#: How many requirements each section of ASVS 5.0.0 has at level 1 and 2 (those of level 3 stand at the end of each).
SECTIONS = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
    **{"9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3},
    **{"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4},
    **{"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7},
    **{"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2},
}
ANSWERS = ("met", "not applicable", "open")


class Answered(NamedTuple):
    """One line of the list."""

    number: str
    level: str
    asks: str
    answer: str
    by: str

    @property
    def named(self) -> list[str]:
        """Files and tests that it names."""
        return [one for one in re.findall(r"`([^`]+)`", self.by) if "/" in one or one == "requirements"]


def answered() -> list[Answered]:
    lines = [line.strip("| \n").split(" | ") for line in PAGE.read_text("utf-8").splitlines()]
    return [Answered(*line) for line in lines if re.fullmatch(r"[\d.]+", line[0])]


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def test_every_requirement_is_answered_once_and_in_order() -> None:
    wanted = [f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)]
    assert len(wanted) == 253
    assert [one.number for one in answered()] == wanted


def test_seventy_are_of_level_1() -> None:
    assert {one.level for one in answered()} == {"1", "2"}
    assert sum(one.level == "1" for one in answered()) == 70


def test_the_page_counts_its_answers() -> None:
    counts = [sum(one.answer == answer for one in answered()) for answer in ANSWERS]
    assert sum(counts) == 253
    text = PAGE.read_text("utf-8")
    assert "{} met, {} not applicable, {} open.".format(*counts) in text
    assert "满足 {} 项，不适用 {} 项，未满足 {} 项".format(*counts) in text


@pytest.mark.parametrize("line", answered(), ids=lambda line: line.number)
def test_what_is_named_is_there_and_what_is_not_met_says_why(line: Answered) -> None:
    for named in line.named:
        path, _colons, test = named.partition("::")
        assert (TOP / path).exists(), named
        assert not test or test in names_in(TOP / path), named
    if line.answer == "met":
        assert line.named
    else:
        assert re.sub(r"`[^`]*`", "", line.by).strip(" ,")
