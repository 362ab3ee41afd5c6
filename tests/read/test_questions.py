"""What is not sure is asked in words of the field; columns that are told apart by comparison are one question."""

from pathlib import Path

import pytest

from fanzha.base.errors import QuestionsOpen
from fanzha.base.words import Words
from fanzha.read import Question, ReadContext, find_sources, inspect_source, settle_maps
from fanzha.read._questions import group_questions

CONTEXT = ReadContext(observed_at=1_772_323_815_000)
ROWS = [f"1990000{n:04},1700000{n:04},2026-03-01 08:00:{n:02},12" for n in range(10)]


def test_moments_and_sides_are_one_question_each_with_the_lowest_confidence() -> None:
    names = ("caller", "occurred_at", "callee", "trunk", "ended_at")
    grouped = group_questions([Question(name, name, 0.6 - index / 100) for index, name in enumerate(names)])
    assert [question.names for question in grouped] == [["caller", "callee"], ["occurred_at", "ended_at"], ["trunk"]]
    assert [question.sure for question in grouped] == pytest.approx([0.58, 0.56, 0.57])


def test_a_single_question_names_the_column_and_samples() -> None:
    question = Question("trunk", "入局", 0.5, Words("中继", "trunk"), ["A1"])
    assert question.words.zh == "“入局”是“中继”（trunk，如 A1）吗？（把握 50%）"
    assert question.words.en == "does '入局' hold “trunk” (trunk, such as A1)? (50% sure)"


@pytest.mark.parametrize(
    ("header", "is_asked"),
    [
        ("from,to,date,status", True),
        ("主叫号码,被叫号码,开始时间,短信状态", True),
        ("caller,callee,start_time,status", False),
        ("from,to,date,duration", False),
    ],
)
def test_rows_that_may_be_texts_are_asked_about(header: str, is_asked: bool, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join([header, *ROWS]) + "\n", "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    questions = inspect_source(source, CONTEXT).questions
    assert ("table" in [question.ours for question in questions]) == is_asked
    if is_asked:
        assert "--table message" in questions[0].words.en and "短信" in questions[0].words.zh


def test_unsure_maps_are_refused_or_reduced_to_what_is_sure(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join(["主叫号码,被叫号码,开始时间,通话时长", *ROWS]) + "\n", "utf-8")
    (tmp_path / "b.csv").write_text("\n".join(ROWS) + "\n", "utf-8")
    sources = find_sources([tmp_path])
    with pytest.raises(QuestionsOpen, match=r"b\.csv: .*column_1"):
        settle_maps(sources, accept=False)
    sure, unsure = settle_maps(sources, accept=True)
    assert (sure.map, sure.problem) == (None, None)
    assert unsure.problem is not None and "do not suffice" in unsure.problem.en


def test_a_header_that_stands_twice_over_different_cells_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join(["号码,号码,时间,时长", *ROWS]) + "\n", "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    assert "callee" in [name for question in inspect_source(source, CONTEXT).questions for name in question.names]
