"""Each source is judged by a fit on the others, without the rows that the others nearly repeat."""

from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

from fanzha.analyze.across_sources import (
    SourceScores,
    measure_source,
    score_across_sources,
    sure_accuracy,
    sure_share,
    sure_threshold,
    thresholds,
)
from fanzha.analyze.labels import LabelledExamples
from fanzha.analyze.scoring import ModelScores
from fanzha.base.words import Words
from fanzha.models import Examples
from fanzha.models.message_type import MessageType

FRAUDS = {
    "prize": (
        "恭喜您中了一等奖，请交手续费领奖",
        "您的号码被抽中二等奖，奖金待领，先交税",
        "幸运观众获奖通知，领奖前交保证金",
    ),
    "fake_loan": (
        "无抵押贷款当天放款，先交工本费",
        "低息借钱秒批，解冻要先转认证金",
        "贷款额度三十万，验证还款能力先存款",
    ),
}


class SmallModel(MessageType):
    """Fits on any labels, quickly."""

    name: ClassVar[str] = "small"


def quiet(words: Words) -> None:
    assert words.zh and words.en


def examples() -> LabelledExamples:
    texts, labels, sources = [], [], []
    for source, tail in (("one/data", "，速回"), ("two/data", "，详询客服小李同志")):
        for label, rows in FRAUDS.items():
            for number, text in enumerate(rows * 3):
                texts.append(f"{tail * (number + 1)}{text[number:]}{tail}")
                labels.append(f"class {label}")
                sources.append(source)
    texts[0] = texts[-1] = "这一条两个来源里都有，一字不差，因此不能用来评判另一个来源训练出的模型"
    return LabelledExamples(
        Examples(pa.table({"text": texts}), np.array(labels, object), None, np.array(sources, object)), False, ()
    )


def test_rows_that_the_other_source_repeats_are_left_out() -> None:
    scored = list(score_across_sources(SmallModel(), examples(), seed=0, report=quiet))
    assert [len(scores.rows.labels) for scores in scored] == [17, 17]
    assert [scores.how.en for scores in scored] == ["one, learned without it", "two, learned without it"]
    assert set(measure_source(scored[0], yes_no=False)) == {"macro_f1", "accuracy", "auc"}


def scores_of(labels: list[object], scores: list[list[float]], classes: tuple[str, ...]) -> SourceScores:
    rows = Examples(pa.table({"text": [""] * len(labels)}), np.array(labels, object))
    values = np.array(scores, np.float64)
    return SourceScores(Words("", ""), rows, np.arange(len(labels)).astype(object), ModelScores(values, classes, 0, 0))


def test_answers_are_sure_from_the_share_at_which_they_are_right_often_enough() -> None:
    scored = scores_of(["a", "a", "b", "unknown"], [[0.9, 0.1], [0.8, 0.2], [0.45, 0.55], [0.4, 0.6]], ("a", "b"))
    assert sure_threshold([scored]) == 0.2  # three of four are right, two of three suffice
    assert sure_accuracy(scored, 0.7) == 1.0
    assert sure_share(scored, 0.7) == 0.5
    assert sure_accuracy(scored, 0.95) is None


def test_a_threshold_holds_for_each_source() -> None:
    innocents = np.linspace(0, 0.5, 100)
    one = scores_of([0] * 100, innocents.tolist(), ())
    two = scores_of([0] * 100, (innocents + 0.4).tolist(), ())
    found = thresholds([one, two], {"1pct": 0.01, "0.1pct": 0.001})
    assert set(found) == {"1pct"}
    assert found["1pct"] == pytest.approx(0.9, abs=0.02)
