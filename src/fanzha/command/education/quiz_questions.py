"""Questions of quizzes: a message, what one may do, and why. Two sets teach the same with other examples.

    [A] fraud
    【某快递】您的快件丢失，请加客服微信领取双倍赔款。
    ! 不加，打快递公司官方电话核实
    - 加微信领取赔款
    = 快递公司不会加您的私人微信理赔。

`A` or `B` is the set, `fraud` or `genuine` what the message is. Options with `!` treat it as a fraud, those with `-` as
genuine; `=` explains. Each set has frauds and genuine messages, so that suspicion of everything is no skill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from fanzha.base.words import Words

SETS = ("A", "B")
#: Frauds and genuine messages that each set must have at least.
LEAST_OF_KIND = 2
MOST_QUESTIONS = 20
_START = re.compile(r"\[\w\]")
_HEAD = re.compile(r"\[([AB])\]\s*(fraud|genuine)\s*")


@dataclass(frozen=True)
class Option:
    """What somebody may do with a message; `is_alarm`: it treats the message as a fraud."""

    text: str
    is_alarm: bool


@dataclass(frozen=True)
class QuizQuestion:
    """A message of a set, whether it is a fraud, the options, and the explanation."""

    set: str
    is_fraud: bool
    message: str
    options: tuple[Option, ...]
    explanation: str

    def is_right(self, option: int) -> bool:
        """Return whether an option (its place) is right."""
        return self.options[option].is_alarm == self.is_fraud


class SetScore(NamedTuple):
    """How one set was answered: frauds and how many were found, genuine messages and how many were accused."""

    frauds: int
    hits: int
    genuine: int
    alarms: int

    @property
    def right(self) -> int:
        """Return the number of right answers."""
        return self.hits + self.genuine - self.alarms


class UnreadableQuiz(ValueError):
    """Raised for a text that is no quiz; `words` say where and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@lru_cache(maxsize=64)
def parse_quiz(text: str) -> tuple[QuizQuestion, ...]:
    """Return the questions of a quiz. Raise UnreadableQuiz."""
    questions: list[QuizQuestion] = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    starts = [place for place, (_number, line) in enumerate(lines) if _START.match(line)]
    if not starts or starts[0] != 0:
        number = lines[0][0] if lines else 1
        raise UnreadableQuiz(
            _at(number, "题目应以“[A] fraud”或“[A] genuine”开头", "begin a question with [A] fraud or [A] genuine")
        )
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        questions.append(_parse_question(lines[start:stop]))
    _check_sets(questions)
    return tuple(questions)


def check_languages(chinese: str, english: str) -> None:
    """Raise UnreadableQuiz if the questions of the two languages are not the same ones in the same order."""
    shapes = [
        [(question.set, question.is_fraud, [option.is_alarm for option in question.options]) for question in questions]
        for questions in (parse_quiz(chinese), parse_quiz(english))
    ]
    if shapes[0] != shapes[1]:
        raise UnreadableQuiz(
            Words(
                "中英文题目的分组、真假或选项顺序不一致",
                "the questions of the two languages differ in set, in what is a fraud, or in the order of options",
            )
        )


def of_set(questions: Iterable[QuizQuestion], name: str) -> list[QuizQuestion]:
    """Return the questions of a set."""
    return [question for question in questions if question.set == name]


def score_set(questions: Iterable[QuizQuestion], answers: Mapping[int, int]) -> SetScore:
    """Return how the questions of one set were answered: the option by the place of the question."""
    frauds = hits = genuine = alarms = 0
    for place, question in enumerate(questions):
        is_alarm = question.options[answers[place]].is_alarm
        frauds += question.is_fraud
        hits += question.is_fraud and is_alarm
        genuine += not question.is_fraud
        alarms += not question.is_fraud and is_alarm
    return SetScore(frauds, hits, genuine, alarms)


def _parse_question(lines: list[tuple[int, str]]) -> QuizQuestion:
    number, first = lines[0]
    head = _HEAD.fullmatch(first)
    if head is None:
        raise UnreadableQuiz(
            _at(number, "题目应以“[A] fraud”或“[A] genuine”开头", "begin a question with [A] fraud or [A] genuine")
        )
    message, options, explanation = list[str](), list[Option](), ""
    for _number, line in lines[1:]:
        if line[:2] in ("! ", "- "):
            options.append(Option(line[2:].strip(), line[0] == "!"))
        elif line.startswith("= "):
            explanation = line[2:].strip()
        else:
            message.append(line)
    if not message or not explanation or {option.is_alarm for option in options} != {True, False}:
        raise UnreadableQuiz(
            _at(
                number,
                "题目须有信息原文、至少各一个以“! ”和“- ”开头的选项，以及以“= ”开头的解析",
                "a question needs a message, at least one option with '! ' and one with '- ', and a reason with '= '",
            )
        )
    return QuizQuestion(head[1], head[2] == "fraud", "\n".join(message), tuple(options), explanation)


def _check_sets(questions: list[QuizQuestion]) -> None:
    for name in SETS:
        kinds = [question.is_fraud for question in of_set(questions, name)]
        if min(kinds.count(True), kinds.count(False)) < LEAST_OF_KIND:
            raise UnreadableQuiz(
                Words(
                    f"{name}组至少要有{LEAST_OF_KIND}条诈骗信息和{LEAST_OF_KIND}条正常信息",
                    f"set {name} needs at least {LEAST_OF_KIND} frauds and {LEAST_OF_KIND} genuine messages",
                )
            )
    if len(questions) > MOST_QUESTIONS:
        raise UnreadableQuiz(Words(f"最多{MOST_QUESTIONS}题", f"at most {MOST_QUESTIONS} questions"))


def _at(number: int, chinese: str, english: str) -> Words:
    return Words(f"第{number}行：{chinese}", f"line {number}: {english}")
