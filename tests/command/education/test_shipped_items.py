"""The shipped set: columns, cases, quizzes and sheets in both languages, without a fault, easy to read."""

from collections import Counter

import pytest

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.quiz_questions import parse_quiz
from fanzha.command.education.services import _shipped_draft
from fanzha.command.education.shipped_items import ShippedItem, shipped_items
from fanzha.command.education.text_checks import find_faults, find_warnings, measure_version
from fanzha.command.education.topics import AUDIENCES, SITUATIONS

ITEMS = shipped_items()


def test_the_set_is_complete() -> None:
    kinds = Counter(item.kind for item in ITEMS.values())
    assert kinds["column"] >= 12 and kinds["case"] >= 6 and kinds["quiz"] == 2
    assert kinds["sheet"] >= 1 and kinds["poster"] >= 1
    assert len({item.fraud_type for item in ITEMS.values() if item.kind == "column"}) >= 12
    assert {item.situation for item in ITEMS.values()} == set(SITUATIONS)


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_an_item_can_be_submitted_and_suits_its_readers(item: ShippedItem) -> None:
    assert item.audience in AUDIENCES and item.fraud_type in {"", *FRAUD_TYPES}
    assert not item.teaches or ITEMS[item.teaches].kind == "column"
    owner = EducationItem(kind=item.kind, audience=item.audience, teaches=item.teaches)
    version = EducationVersion(item=owner, number=1, **_shipped_draft(item).texts)
    assert find_faults(owner, version) == []
    warnings = [words.en for words in find_warnings(owner, measure_version(owner, version))]
    assert warnings == []


def test_each_quiz_has_eight_questions_and_half_of_them_are_genuine() -> None:
    for item in ITEMS.values():
        if item.kind == "quiz":
            questions = parse_quiz(item.en.body)
            assert len(questions) == 8 and sum(question.is_fraud for question in questions) == 4
