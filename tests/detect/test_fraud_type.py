"""A conversation is told once, as soon as it is sure, and a stop in the middle changes nothing."""

import pyarrow as pa

from fanzha.claims import Finding
from fanzha.detect import Session
from fanzha.detect.fraud_type import DETECTOR
from fanzha.events import all_events

FRAUD = (
    "left: 您好，恭喜您中了我们公司彩票活动的一等奖，奖金五十万元",
    "right: 真的吗，怎么领奖",
    "left: 领奖前需要先缴纳手续费和个人所得税到指定账户，请提供您的银行卡号",
)
PLAIN = ("left: 你好，我想预订今晚六点的位子，四个人", "right: 好的，请问您贵姓，我帮您登记")


def feed(session: Session, turns: list[tuple[str, str]], start: int = 0) -> list[Finding]:
    rows = [
        {
            "event_id": f"e{number}",
            "occurred_at": 1_772_323_200_000 + number,
            "observed_at": 1_772_323_200_000,
            "source": "test",
            "simulated": True,
            "text": text,
            "channel": "call_transcript",
            "conversation": name,
        }
        for number, (name, text) in enumerate(turns, start=start)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)
    return list(session.feed("message", batch))


def test_a_fraud_is_told_once_and_an_ordinary_call_never() -> None:
    turns = [("f", text) for text in FRAUD] + [("p", text) for text in PLAIN]
    (finding,) = feed(DETECTOR.open(), turns)
    assert (finding.subject, finding.subject_kind, finding.fraud_type) == ("test/f", "call", "prize")


def test_turn_by_turn_with_a_stop_between_tells_the_same_as_all_at_once() -> None:
    turns = [("f", text) for text in FRAUD]
    whole = feed(DETECTOR.open(), turns)
    saved, parts = b"", []
    for number, turn in enumerate(turns):
        session = DETECTOR.open(saved)
        parts += feed(session, [turn], start=number)
        saved = session.save()
    assert parts == whole


def test_sms_are_left_to_their_own_detector() -> None:
    session = DETECTOR.open()
    row = {"event_id": "e", "occurred_at": 1, "observed_at": 1, "source": "t", "simulated": True, "text": FRAUD[0]}
    batch = pa.RecordBatch.from_pylist([{**row, "channel": "sms"}], schema=all_events()["message"].schema)
    assert list(session.feed("message", batch)) == []
