"""How many texts are judged in a second of one core, beside scikit-learn, a keyword scorer and rapidfuzz.

Usage: python -m benchmarks.texts [--rows 20000] [--seed 1]

The corpus is made of the bundled real messages (zh_msglog, MIT), drawn again and shuffled. CPU-seconds are of this
process, the best of three runs after a warm-up; the slow peers run once, on as many texts as are shown.
"""

import argparse
import random
import time
from collections.abc import Callable
from importlib.resources import files

import pyarrow as pa
import pyarrow.csv
from rapidfuzz import fuzz, process

from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.message import MODEL

WORDS = (
    "贷款 刷单 兼职 返利 佣金 验证码 安全账户 涉嫌 洗钱 冻结 中奖 领取 客服 退款 理赔 征信 注销 "
    "投资 稳赚 内幕 加微信 转账 汇款 保证金 解冻 公安局 检察院 法院 传票 激活 失效 过期 点击 登录 链接"
)


def corpus(rows: int, seed: int) -> list[str]:
    """Return so many real messages."""
    with files("fanzha.run").joinpath("samples/texts-real.csv").open("rb") as file:
        texts = pyarrow.csv.read_csv(file).column("短信内容").to_pylist()
    return random.Random(seed).choices([str(text) for text in texts], k=rows)


def rate(work: Callable[[list[str]], object], texts: list[str], runs: int) -> float:
    """Return texts per CPU-second, the best of the runs."""
    best = 0.0
    for _ in range(runs):
        began = time.process_time()
        work(texts)
        best = max(best, len(texts) / (time.process_time() - began))
    return best


def fanzha(texts: list[str]) -> object:
    """Fold and score with the shipped model."""
    return FITTED.score(pa.table({"text": texts}))


def scikit_learn() -> Callable[[list[str]], object]:
    """Return TF-IDF of character 1-4-grams with logistic regression, fitted on the made-up texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 4)), LogisticRegression())
    texts = training_texts()[::10]
    pipeline.fit([one.text for one in texts], [one.fraud for one in texts])
    judge: Callable[[list[str]], object] = pipeline.predict_proba
    return judge


def keywords(texts: list[str]) -> object:
    """Count words of a list in each text."""
    words = WORDS.split()
    return [sum(word in text for word in words) for text in texts]


def phrases(texts: list[str]) -> object:
    """Compare each text with the made-up frauds by rapidfuzz's partial ratio."""
    known = [one.text for one in training_texts()[::40] if one.fraud]
    return process.cdist(texts, known, scorer=fuzz.partial_ratio, workers=1)


FITTED = MODEL.load()


def main() -> None:
    """Measure all four on the same texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    texts = corpus(asked.rows, asked.seed)
    fanzha(texts[:100])
    print(f"{len(texts):,} texts of {sum(map(len, texts)) / len(texts):.0f} characters, per CPU-second of one core")
    few = texts[: max(200, asked.rows // 20)]
    for name, work, some, runs in (
        ("fanzha, fold and score", fanzha, texts, 3),
        ("scikit-learn, TF-IDF 1-4 + logistic regression", scikit_learn(), few, 1),
        (f"keyword scorer, {len(WORDS.split())} words", keywords, texts, 3),
        ("rapidfuzz, partial ratio against made-up frauds", phrases, few, 1),
    ):
        print(f"{name:<50}{rate(work, some, runs):>12,.0f}   on {len(some):,} texts")


if __name__ == "__main__":
    main()
