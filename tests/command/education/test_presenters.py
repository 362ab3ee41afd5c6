"""What the desk shows: level beside what suits, changes between versions, and results only from thirty quizzes on."""

import pytest
from django.utils import timezone
from tests.command.education.items_made import draft, fresh, published, quiz_draft, runs, written
from tests.command.people import World

from fanzha.command.education.presenters import (
    compare_versions,
    level_facts,
    present_result,
    present_texts,
    too_few_words,
)
from fanzha.command.education.services import save_version, start_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_level_stands_beside_what_suits(world: World) -> None:
    long = "这是一个没有任何停顿而且一直写下去直到读者完全忘记开头说了什么内容为止的句子。"
    version = written(world, draft(audience="old", summary_zh=long, body_zh=long, body_en="Text."))
    facts = {fact.key: fact.value for fact in level_facts(version.item, version)}
    assert "at most 20 suits" in str(facts["Chinese: characters a sentence"])
    assert "20 or fewer suit" in str(facts["Hard to read"])


def test_changes_are_shown_by_language(world: World) -> None:
    first = published(world)
    second = save_version(start_version(first.item, timezone.now()), draft(title_en="A new title"))
    diffs = compare_versions(first, second)
    assert [diff.language for diff in diffs] == ["en"]
    signs = {(line.sign, line.text) for line in diffs[0].lines}
    assert {("-", "A job that costs money is a scam"), ("+", "A new title")} <= signs


def test_a_quiz_is_shown_as_its_source(world: World) -> None:
    version = written(world, quiz_draft())
    assert present_texts(version.item, version)[0].source.startswith("[A] fraud")


def test_a_result_is_shown_from_thirty_quizzes_on(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    runs(quiz, lesson, 29)
    assert present_result(fresh(lesson)) is None and "29 of 30" in too_few_words(29)
    runs(quiz, lesson, 3)
    table = present_result(fresh(lesson))
    assert table is not None and "n = 64" in str(table.rows[0][1]) and "32 quizzes" in table.caption
