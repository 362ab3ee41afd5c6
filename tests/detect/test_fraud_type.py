"""A conversation is told once, as soon as it is sure, and a stop in the middle changes nothing."""

import msgspec
import pyarrow as pa

from fanzha.claims import Finding
from fanzha.detect import Session
from fanzha.detect.fraud_type import DETECTOR, MAX_TURNS, FraudTypeDetector
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


def test_a_finding_tells_the_score_after_each_turn_and_the_demands_so_far() -> None:
    (finding,) = feed(DETECTOR.open(), [("f", "\n".join(FRAUD))])
    evidence = msgspec.json.decode(finding.evidence)
    assert len(evidence["probability_by_turn"]) == len(FRAUD)
    assert evidence["probability_by_turn"][-1] == evidence["fraud_probability"]
    assert "pay" in evidence["demands"]
    assert "前 2 轮" in finding.reasons_zh[0] and "after 2 turns" in finding.reasons_en[0]
    assert any("到此为止的要求" in reason for reason in finding.reasons_zh)


def test_a_type_that_is_not_sure_is_not_named() -> None:
    detector = FraudTypeDetector()
    detector.sure_from = 1.1  # nothing is sure
    (finding,) = feed(detector.open(), [("f", "\n".join(FRAUD))])
    assert finding.fraud_type == "other"
    assert any("类型不确定，较像：虚假中奖" in reason for reason in finding.reasons_zh)


def test_turns_beyond_the_limit_are_scored_together() -> None:
    turns = DETECTOR.score_turns("\n".join(f"第{number}句" for number in range(MAX_TURNS + 40)))
    assert len(turns) == MAX_TURNS


def test_sms_are_left_to_their_own_detector() -> None:
    session = DETECTOR.open()
    row = {"event_id": "e", "occurred_at": 1, "observed_at": 1, "source": "t", "simulated": True, "text": FRAUD[0]}
    batch = pa.RecordBatch.from_pylist([{**row, "channel": "sms"}], schema=all_events()["message"].schema)
    assert list(session.feed("message", batch)) == []
