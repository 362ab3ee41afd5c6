"""Conversations are judged without their speakers' marks, whole, by their first turns, and after each turn."""

import pyarrow as pa
import pytest

from fanzha.demands import DemandKind
from fanzha.models.transcript import FIRST_TURNS, MODEL, split_turns, strip_speakers

FITTED = MODEL.load()
FRAUD = (
    "left: 您好，恭喜您中了我们公司彩票活动的一等奖，奖金五十万元",
    "right: 真的吗，怎么领奖",
    "left: 领奖前需要先缴纳手续费和个人所得税，请把钱转到指定账户",
    "right: 好的，我这就去转",
)


def test_speakers_marks_are_taken_away() -> None:
    assert strip_speakers("left: 您好\r\nright: 你好") == "您好\n你好"
    assert strip_speakers("L:您好\nR:你好\nL:再见", 2) == "您好\n你好"
    assert strip_speakers(None) == ""


def test_empty_lines_are_no_turns() -> None:
    assert split_turns("A: 您好\n\n B: 你好\n") == ["您好", "你好"]


def test_a_plain_fraud_scores_higher_than_an_order() -> None:
    order = "left: 你好，我想预订今晚六点的位子，四个人\nright: 好的，请问您贵姓"
    fraud, plain = FITTED.score(pa.table({"text": ["\n".join(FRAUD), order]})).tolist()
    assert plain < 0.5 < 0.9 < fraud


def test_scores_after_each_turn_are_those_of_the_conversation_so_far() -> None:
    turns = FITTED.score_turns(FRAUD)
    assert [turn.turn for turn in turns] == [1, 2, 3, 4]
    first = FITTED.score(pa.table({"text": ["\n".join(FRAUD[:FIRST_TURNS])]}))
    assert turns[FIRST_TURNS - 1].probability == pytest.approx(float(first[0]))


def test_demands_accumulate_from_the_turn_that_makes_them() -> None:
    kinds = [{demand.kind for demand in turn.demands} for turn in FITTED.score_turns(FRAUD)]
    assert DemandKind.PAY not in kinds[1] and DemandKind.PAY in kinds[2] and kinds[2] <= kinds[3]


def test_no_turns_have_no_scores() -> None:
    assert FITTED.score_turns([]) == []


def test_near_duplicates_are_one_group_whatever_their_speaker_labels() -> None:
    talk = "您好，这里是快递公司的理赔中心，您的包裹在运输中丢失了，我们需要给您办理三倍赔付"
    table = pa.table({"text": [f"left: {talk}\nright: 好的", f"L:{talk}\nR:好的", "A: 今晚几点吃饭\nB: 七点"]})
    groups = MODEL.groups(table)
    assert groups[0] == groups[1] != groups[2]
