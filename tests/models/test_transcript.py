"""Conversations are judged without their speakers' marks, whole or by their first turns."""

import pyarrow as pa
import pytest

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.models.transcript import FRAUD_TYPE_OF, MODEL, strip_speakers

FITTED = MODEL.load()


def test_speakers_marks_are_taken_away() -> None:
    assert strip_speakers("left: 您好\r\nright: 你好") == "您好\n你好"
    assert strip_speakers("L:您好\nR:你好\nL:再见", 2) == "您好\n你好"
    assert strip_speakers(None) == ""


def test_every_class_is_a_code_of_the_list_or_innocent() -> None:
    assert set(FRAUD_TYPE_OF.values()) <= set(FRAUD_TYPES)
    assert set(FITTED.classes) - set(FRAUD_TYPE_OF) == {"normal"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("left: 您好，恭喜您中了我们公司彩票活动的一等奖，奖金五十万元，领奖前需要先缴纳手续费", "彩票诈骗"),
        ("left: 你好，我想预订今晚六点的位子，四个人\nright: 好的，请问您贵姓", "normal"),
    ],
)
def test_first_turns_are_enough_for_the_plainest(text: str, kind: str) -> None:
    shares = FITTED.score(pa.table({"text": [text]}))[0]
    assert FITTED.classes[int(shares.argmax())] == kind
