"""Fraud texts are found in bulk by their words, and weighed by what stands beside them."""

import json
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims import Finding
from fanzha.detect._text.repeats import TextRepeatCounter
from fanzha.detect.fraud_text import DETECTOR, FraudTextSession
from fanzha.events import all_events

LURE = "招聘网络兼职，在家手机刷单，日结300元，先垫付本金返佣金，名额有限，添加薇❤信 zq00000 咨询"
NOTICE = "【虚构银行】您尾号0000的账户3月1日10:15消费支出58.00元，余额1204.11元"


TEXTS = (
    LURE,
    LURE.replace("300", "500"),
    NOTICE,
    "无抵押贷款，凭身份证最高可贷30万，当天放款不查征信，先交工本费，加V信 dk00000",
    "这里是市公安局，你名下的银行卡涉嫌洗钱案件，请立即将资金转入安全账户配合调查，不得告诉任何人",
)


def batch_of(*texts: str, **more: object) -> pa.RecordBatch:
    rows = [
        {
            "event_id": f"e{number}",
            "occurred_at": 1_772_323_200_000 + number,
            "observed_at": 1_772_323_200_000,
            "source": "test",
            "simulated": True,
            "text": text,
            "channel": "sms",
            **more,
        }
        for number, text in enumerate(texts)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)


def found(*texts: str, **more: object) -> list[Finding]:
    session = DETECTOR.open()
    return [*session.feed("message", batch_of(*texts, **more)), *session.finish()]


@given(
    st.lists(st.tuples(st.sampled_from(TEXTS), st.booleans(), st.sampled_from(["", "contract"])), max_size=12),
    st.sets(st.integers(1, 11), max_size=4),
    st.booleans(),
    st.sampled_from([1, 2, 50]),
)
def test_neither_batches_nor_a_stop_change_what_is_found(
    rows: list[tuple[str, bool, str]], cuts: set[int], stop: bool, most: int
) -> None:
    """`most` makes the memory so small that texts are forgotten and come again."""
    whole = batch_of(*(text for text, _, _ in rows))
    for name, place in (("simulated", 1), ("basis", 2)):
        column = pa.array([row[place] for row in rows], whole.schema.field(name).type)
        whole = whole.set_column(whole.schema.get_field_index(name), whole.schema.field(name), column)
    at_once = FraudTextSession(DETECTOR, TextRepeatCounter(capacity=most))
    expected = [*at_once.feed("message", whole), *at_once.finish()]

    session = FraudTextSession(DETECTOR, TextRepeatCounter(capacity=most))
    parts: list[Finding] = []
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    for start, end in pairwise(edges):
        parts += session.feed("message", whole.slice(start, end - start))
        if stop:
            session = FraudTextSession(DETECTOR, TextRepeatCounter.load(session.save(), most))
    assert [*parts, *session.finish()] == expected


def test_nothing_is_told_before_the_run_ends_and_a_saved_session_goes_on_counting() -> None:
    session = DETECTOR.open()
    assert list(session.feed("message", batch_of(LURE, LURE))) == []
    session = DETECTOR.open(session.save())
    assert list(session.feed("message", batch_of(LURE))) == []
    (finding,) = session.finish()
    assert json.loads(finding.evidence)["copies"] == 3


def test_continuous_detection_gets_a_text_at_its_first_copy_and_only_once() -> None:
    session = DETECTOR.open()
    list(session.feed("message", batch_of(LURE, LURE)))
    (reported,) = session.report()
    assert reported.finding_id == found(LURE, LURE)[0].finding_id
    resumed = DETECTOR.open(session.save())
    assert not list(resumed.feed("message", batch_of(LURE)))
    assert not [*resumed.report(), *resumed.finish()]


def test_what_the_source_says_of_basis_and_simulation_is_carried_along() -> None:
    (finding,) = found(LURE, simulated=False, basis="contract")
    assert not finding.simulated and finding.basis == "ATF Art. 25; ATF Art. 34; contract"


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("【虚构快递】您的快件正在派送，请查看 http://taobao-kefu.com", True),
        ("请点击 www.boc-cn.vip 查看", True),
        ("您的包裹到了 https://www.taobao.com/", False),
        ("妈，这家店不错 http://example.org/菜单", False),
    ],
)
def test_a_forged_link_is_told_however_mild_the_words(text: str, expected: bool) -> None:
    told = found(text)
    assert bool(told) is expected
    assert all("仿冒" in "".join(finding.reasons_zh) for finding in told)
