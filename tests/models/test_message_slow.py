"""The slow tier asks only about what the fast one leaves in doubt, and knows what such texts mean."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.learn import embedding
from fanzha.models import Examples, message_slow
from fanzha.models.message import MODEL as FAST
from fanzha.models.message import knowledge
from fanzha.models.message_slow import MODEL, normalize_texts

FITTED = MODEL.load()
DOUBTFUL_FRAUD = "诚邀您加入我们的投资交流群，老师每日分享行情"
CLEAR = ["妈，我晚上加班，不回来吃饭了", "我是检察院的，你的账户涉嫌洗钱，请把钱转到安全账户接受审查，不要告诉家人"]


def table(*texts: str) -> pa.Table:
    return pa.table({"text": pa.array(texts, pa.string())})


def test_the_head_stands_on_the_fast_model_that_ships_and_on_its_thresholds() -> None:
    with np.load(MODEL.weights) as data:
        assert str(data["fast"]) == FAST.card().weights_sha256, "run fanzha train message-slow"
    thresholds = FAST.card().thresholds
    assert (FITTED.low, FITTED.high) == pytest.approx((thresholds["1pct"], thresholds["0.1pct"]), abs=1e-9)


def test_clear_texts_keep_their_fast_score_and_are_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(embedding, "_vector", never)
    assert (FITTED.score(table(*CLEAR)) == FAST.load().score(table(*CLEAR))).all()


def test_in_doubt_the_odds_of_words_and_meaning_multiply() -> None:
    words = float(FAST.load().score(table(DOUBTFUL_FRAUD))[0])
    meaning = float(FITTED.score_meaning([DOUBTFUL_FRAUD])[0])
    assert FITTED.low <= words < FITTED.high
    odds = words / (1 - words) * meaning / (1 - meaning)
    assert FITTED.score(table(DOUBTFUL_FRAUD))[0] == pytest.approx(odds / (1 + odds))


def test_a_fraud_means_more_of_a_fraud_than_what_looks_like_it() -> None:
    lure, notice = FITTED.score_meaning(
        ["在家刷单赚佣金，先垫付本金，日结返利", "【虚构银行】您的信用卡账单已出，最后还款日3月9日"]
    )
    assert lure > 0.5 > notice


def test_texts_that_differ_in_digits_and_disguise_of_width_are_asked_about_once() -> None:
    assert len(set(normalize_texts(["验证码123456", "验证码９８７６５４", "验证码000000"]))) == 1
    assert len(normalize_texts(["长" * 3_000])[0]) == 200


def test_no_texts_have_no_scores() -> None:
    assert FITTED.score(table()).shape == (0,)


def test_a_fit_is_the_same_twice_and_its_head_comes_back_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_slow, "knowledge", lambda: knowledge()[::10])  # a text costs 50 ms
    chance = np.random.default_rng(0)
    ordinary = [f"明天{n}点在{chance.integers(900)}号楼开会，请带{chance.integers(9_999)}号资料" for n in range(1_050)]
    doubtful = [f"投资理财{n}期，老师{chance.integers(9_999)}带你" for n in range(12)]
    texts = [*ordinary, *doubtful, *(one.replace("投资", "资料") for one in doubtful)]
    labels = np.array([0] * 1_050 + [1] * 12 + [0] * 12, object)
    campaigns = np.array([number if number >= 1_050 else number // 50 for number in range(len(texts))], object)
    rows = Examples(table(*texts), labels, groups=campaigns)
    for name in ("one", "two"):
        MODEL.fit(rows).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = MODEL.load(tmp_path / "one")
    assert again.low <= again.high and again.head.weights.shape == (384,)
