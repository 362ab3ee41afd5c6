"""Fraud texts are found in bulk by their words, and weighed by what stands beside them."""

import json

import pyarrow as pa

from fanzha.claims import Finding
from fanzha.detect.fraud_text import DETECTOR
from fanzha.events import all_events

LURE = "招聘网络兼职，在家手机刷单，日结300元，先垫付本金返佣金，名额有限，添加薇❤信 zq00000 咨询"
NOTICE = "【虚构银行】您尾号0000的账户3月1日10:15消费支出58.00元，余额1204.11元"


def found(*texts: str, sender: str | None = None, channel: str = "sms") -> list[Finding]:
    rows = [
        {
            "event_id": f"e{number}",
            "occurred_at": 1_772_323_200_000 + number,
            "observed_at": 1_772_323_200_000,
            "source": "test",
            "simulated": True,
            "text": text,
            "sender": sender,
            "channel": channel,
        }
        for number, text in enumerate(texts)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)
    return list(DETECTOR.open().feed("message", batch))


def test_the_same_words_are_told_once_with_how_often_they_came() -> None:
    (finding,) = found(LURE, NOTICE, LURE.replace("300", "500"), LURE)
    assert json.loads(finding.evidence)["copies"] == 3
    assert "3 times" in finding.reasons_en[-1]


def test_a_claimed_sender_is_evidence_and_never_the_subject() -> None:
    (finding,) = found(LURE, sender="10690000000000000001")
    assert finding.subject_kind == "message"
    assert finding.subject.startswith("msg:")
    evidence = json.loads(finding.evidence)
    assert evidence["claimed_sender"].startswith("106•")


def test_conversations_are_left_to_their_own_detector() -> None:
    assert found(LURE, channel="call_transcript") == []


def test_what_the_sender_is_told_carries_no_score() -> None:
    (finding,) = found(LURE)
    assert not any(sign.isdigit() for sign in finding.public_zh + finding.public_en)


def test_an_empty_batch_and_empty_texts_find_nothing() -> None:
    assert found() == []
    assert found("", "  ", "!!!") == []


def test_long_numbers_are_masked_in_reasons_and_evidence() -> None:
    (finding,) = found(LURE + "或致电19900001234")
    assert "19900001234" not in finding.evidence + "".join(finding.reasons_en)
    assert "199••••••34" in finding.evidence
