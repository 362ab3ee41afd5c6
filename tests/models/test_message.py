"""The shipped message model knows fraud from what looks like it, disguised or not, and fits the same twice."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.models import Examples
from fanzha.models.families.made_up_texts import TEST_WRITERS, training_texts
from fanzha.models.families.mixture import FittedMixture
from fanzha.models.message import MODEL

FITTED = MODEL.load()
THRESHOLDS = MODEL.card().thresholds


def score(*texts: str) -> list[float]:
    return [float(one) for one in FITTED.score(pa.table({"text": list(texts)}))]


@pytest.mark.parametrize(
    "text",
    [
        "我是检察院的，你的账户涉嫌洗钱，请把钱转到安全账户接受审查，不要告诉家人",
        "低息贷款秒到账，不看征信，先交保证金激活额度，加薇芯详谈",
        "Your bank account was locked. Verify your identity at http://secure-verify.example within 24 hours",
    ],
)
def test_frauds_pass_the_threshold_of_one_in_a_hundred(text: str) -> None:
    assert score(text)[0] >= THRESHOLDS["alarm"]


@pytest.mark.parametrize(
    "text",
    [
        "【虚构银行】您尾号0000的账户消费支出58.00元，余额1204.11元",
        "您的包裹已到驿站，取件码3-2-0000，请于22点前取走",
        "周末全场八折，会员再减十元，地址人民路店，回复TD退订",
        "妈，我晚上加班，不回来吃饭了",
        "Running ten minutes late, see you at the station",
    ],
)
def test_innocent_look_alikes_stay_below(text: str) -> None:
    assert score(text)[0] < THRESHOLDS["alarm"]


def test_a_disguise_changes_little() -> None:
    plain, disguised = score("兼职刷单日结佣金加微信", "兼\u200b职刷*单日结佣金加薇芯")
    assert abs(plain - disguised) < 0.05 and disguised > 0.95


def test_a_fit_is_the_same_twice_and_comes_back_from_its_file(tmp_path: Path) -> None:
    texts = [f"加微信刷单返利第{n}单" for n in range(20)] + [f"明天{n}点开会" for n in range(20)]
    rows = Examples(pa.table({"text": texts}), np.array([1] * 20 + [0] * 20, object))
    for name in ("one", "two"):
        MODEL.fit(rows).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    scores = MODEL.load(tmp_path / "one").score(pa.table({"text": texts}))
    assert scores[:20].min() > 0.5 > scores[20:].max()


def test_a_fit_of_other_files_learns_from_them_alone() -> None:
    innocent = next(text.text for text in training_texts() if not text.fraud)
    texts = [f"加微信刷单返利第{n}单" for n in range(20)] + [f"明天{n}点开会" for n in range(20)] + [innocent]
    fitted = MODEL.fit(
        Examples(pa.table({"text": texts}), np.array([1] * 20 + [0] * 21, object), np.arange(41).astype(object))
    )
    assert isinstance(fitted, FittedMixture) and len(fitted.linear.bias) == 1


def test_a_fit_with_the_corpus_has_a_classifier_of_its_own_for_it() -> None:
    corpus = training_texts()[::40]
    texts = [text.text for text in corpus] + [f"明天{n}点开会" for n in range(40)]
    labels = np.array([text.fraud for text in corpus] + [0] * 40, object)
    fitted = MODEL.fit(Examples(pa.table({"text": texts}), labels))
    assert isinstance(fitted, FittedMixture) and len(fitted.linear.bias) == 2


def test_labels_that_are_classes_are_learned_too() -> None:
    texts = [f"加微信刷单返利第{n}单" for n in range(10)] + [f"明天{n}点开会" for n in range(10)]
    fitted = MODEL.fit(Examples(pa.table({"text": texts}), np.array(["work"] * 10 + ["talk"] * 10, object)))
    assert fitted.classes == ("talk", "work")
    assert fitted.score(pa.table({"text": ["刷单返利", "明天开会"]})).argmax(axis=1).tolist() == [1, 0]


def test_the_test_part_is_not_learned_from() -> None:
    (source,) = (source for source in MODEL.sources if source.path.endswith("made_up_texts.tsv"))
    assert not TEST_WRITERS & set(source.where["writer"])


def test_the_alarm_threshold_limits_every_family_and_ordinary_texts() -> None:
    texts = [text for text in training_texts() if not text.fraud]
    innocent, ordinary = np.linspace(0, 0.9, len(texts)), np.linspace(0, 0.5, 4_000)
    table = pa.table({"text": [text.text for text in texts] + [f"平常{n}" for n in range(4_000)]})
    sources = np.array(["made_up_texts.tsv"] * len(texts) + ["zh_msglog/data.parquet"] * 4_000, object)
    rows = Examples(table, np.zeros(table.num_rows, object), None, sources)
    even = MODEL.thresholds(rows, np.r_[innocent, ordinary])
    assert even["0.1pct"] > even["1pct"] and even["alarm"] >= even["1pct"]
    family = np.array([text.kind == "courier" for text in texts])
    uneven = MODEL.thresholds(rows, np.r_[np.where(family, 0.99, innocent), ordinary])
    assert uneven["alarm"] > 0.99 > even["alarm"]
    rare = MODEL.thresholds(rows, np.r_[innocent, np.where(np.arange(4_000) < 8, 0.995, 0.1)])
    assert rare["alarm"] > 0.995


@pytest.mark.parametrize(
    "text",
    [
        "兼职刷单，足不出户日赚300",
        "刷单返利，日结，加微信 abc12345",
        "招聘刷单员，淘宝刷信誉，QQ 12345678",
        "淘宝商家诚招兼职刷单，佣金高，联系QQ123456",
    ],
)
def test_who_recruits_for_brushing_is_doubted_however_short(text: str) -> None:
    assert score(text)[0] > 0.95


@pytest.mark.parametrize("text", ["警方提示：刷单就是诈骗，请勿参与", "快递已签收，给个好评吧", "请刷卡进门"])
def test_who_warns_of_it_or_only_says_the_word_is_not(text: str) -> None:
    assert score(text)[0] < THRESHOLDS["alarm"]
