"""The format of quizzes, what is refused, and the score of a set."""

import pytest
from tests.command.education.items_made import QUESTION, QUIZ

from fanzha.command.education.quiz_questions import (
    SetScore,
    UnreadableQuiz,
    check_languages,
    of_set,
    parse_quiz,
    score_set,
)


def test_a_quiz_has_two_sets_of_questions() -> None:
    questions = parse_quiz(QUIZ)
    assert [question.is_fraud for question in of_set(questions, "B")] == [True, False, True, False]
    first = questions[0]
    assert first.message == "A made-up message A0." and first.explanation == "Because of A0."
    assert first.is_right(0) and not first.is_right(1)


def test_a_message_may_begin_with_a_bracket() -> None:
    assert (
        parse_quiz(QUIZ.replace("A made-up message A0.", "[A courier] Fetch it."))[0].message == "[A courier] Fetch it."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begin a question"),
        ("Hello", "begin a question"),
        ("[C] fraud\nx", "begin a question"),
        ("[A] fraud\nA message.\n! Doubt\n= Why", "at least one option"),
        (QUESTION.format(set="A", kind="fraud", number=1), "set A needs"),
    ],
)
def test_what_is_no_quiz_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(UnreadableQuiz, match=said):
        parse_quiz(text)


def test_both_languages_have_the_same_questions() -> None:
    check_languages(QUIZ, QUIZ.replace("Doubt it", "Ask first"))
    with pytest.raises(UnreadableQuiz, match="differ"):
        check_languages(QUIZ, QUIZ.replace("fraud", "swap").replace("genuine", "fraud").replace("swap", "genuine"))


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ((0, 1, 0, 1), SetScore(2, 2, 2, 0)),
        ((0, 0, 0, 0), SetScore(2, 2, 2, 2)),
        ((1, 1, 1, 1), SetScore(2, 0, 2, 0)),
        ((1, 0, 0, 1), SetScore(2, 1, 2, 1)),
    ],
)
def test_hits_and_false_alarms_are_counted_apart(answers: tuple[int, ...], score: SetScore) -> None:
    found = score_set(of_set(parse_quiz(QUIZ), "A"), dict(enumerate(answers)))
    assert found == score and found.right == score.hits + 2 - score.alarms
