"""Score the text model: `python -m tests.field.texts.score --data ../shared/data [--held-out]`.

Writers and kinds are left out in turn, as on the model's card; the alarm threshold is that of the card. The test part
of the made-up texts is scored with the shipped weights only under `--held-out`, once a release. The real sets are split
once (seed 1), and a plain classifier (TF-IDF of 1-4 characters, logistic regression) is fitted on the same part.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.analyze.scoring import cross_validate, select_rows
from fanzha.analyze.train import FOLDS, SEED, read_sources
from fanzha.learn.fit_linear import macro_f1
from fanzha.learn.intervals import wilson_interval
from fanzha.learn.metrics import threshold_at
from fanzha.learn.split import folds, near_duplicates
from fanzha.models import Examples
from fanzha.models.families.made_up_texts import (
    TEST_KINDS,
    MadeUpText,
    list_test_texts,
    load_made_up_disguises,
    training_texts,
)
from fanzha.models.message import MODEL, ORDINARY_SOURCES, KindOut

Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]


def share(part: int, whole: int) -> str:
    """Return a share with its interval and n."""
    if not whole:
        return "–"
    low, high = wilson_interval(part / whole, whole)
    return f"{part / whole:.3f} ({low:.3f}–{high:.3f}), n = {whole:,}"


def over(scores: Scores, threshold: float) -> str:
    """Return the share of scores from a threshold on."""
    return share(int((scores >= threshold).sum()), len(scores))


def print_head(title: str, *columns: str, level: int = 2) -> None:
    """Print a heading and the head of a table."""
    rules = " | ".join("---" for _ in columns)
    print(f"\n{'#' * level} {title}\n\n| {' | '.join(columns)} |\n| {rules} |")


def print_recall(title: str, texts: Sequence[MadeUpText], scores: Scores, alarm: float) -> None:
    """Print recall at fixed shares of the innocent texts, and at the alarm threshold."""
    fraud = np.array([text.fraud for text in texts]) == 1
    print_head(title, "at", "recall", "innocent texts told")
    for rate in (0.001, 0.01, 0.03):
        if (~fraud).sum() * rate < 1:
            continue  # too few innocent texts
        threshold = threshold_at(scores[~fraud], rate)
        print(f"| {rate:.1%} of the innocent texts | {over(scores[fraud], threshold)} | |")
    print(f"| the alarm threshold ({alarm:.3f}) | {over(scores[fraud], alarm)} | {over(scores[~fraud], alarm)} |")


def print_writers(texts: Sequence[MadeUpText], scores: Scores) -> None:
    """Print for each writer the shares told at the threshold of 1 % of the innocent texts of all writers."""
    fraud, writers = np.array([text.fraud for text in texts]) == 1, np.array([text.writer for text in texts])
    threshold = threshold_at(scores[~fraud], 0.01)
    print_head(
        "By writer, at 1 % of the innocent texts of all", "writer", "frauds told", "innocent texts told", level=3
    )
    for writer in sorted(set(writers.tolist())):
        own = writers == writer
        print(f"| {writer} | {over(scores[own & fraud], threshold)} | {over(scores[own & ~fraud], threshold)} |")


def print_kinds(title: str, texts: Sequence[MadeUpText], scores: Scores, alarm: float) -> None:
    """Print the share told of each kind of fraud and each innocent family."""
    kinds = np.array([text.kind for text in texts])
    for fraud, name in ((1, "kind of fraud"), (0, "innocent family")):
        print_head(f"{title}: told at the alarm threshold, by {name}", name, "told", level=3)
        for kind in sorted({text.kind for text in texts if text.fraud == fraud}):
            print(f"| {kind} | {over(scores[kinds == kind], alarm)} |")


def left_out(data: Path, alarm: float) -> None:
    """Print the figures of texts whose writer, then whose kind, the fit has not seen, and of ordinary texts."""
    rows = read_sources(MODEL, data, lambda _: None).examples
    by_text = {text.text: text for text in training_texts()}
    texts = [by_text.get(text or "") for text in rows.table["text"].to_pylist()]
    made_up = np.array([text is not None for text in texts])
    chosen = [text for text in texts if text is not None]
    for title, model in (("writers left out", MODEL), ("kinds left out", KindOut())):
        scores = cross_validate(model, rows, yes_no=True, count=FOLDS, seed=SEED, report=lambda _: None).scores
        print_recall(title, chosen, scores[made_up], alarm)
        print_kinds(title, chosen, scores[made_up], alarm)
        if model is MODEL:
            print_writers(chosen, scores[made_up])
            assert rows.sources is not None
            ordinary = np.array([any(name in str(path) for name in ORDINARY_SOURCES) for path in rows.sources])
            print(f"\nordinary texts told at the alarm threshold: {over(scores[ordinary & (rows.labels == 0)], alarm)}")


def disguised(writers: frozenset[str], alarm: float) -> None:
    """Print the share told of disguised texts and of the same texts plain, with the shipped weights."""
    rows = [row for row in load_made_up_disguises() if row.writer in writers]
    fitted = MODEL.load()
    plain = fitted.score(pa.table({"text": [row.plain for row in rows]}))
    hidden = fitted.score(pa.table({"text": [row.disguised for row in rows]}))
    print_head(f"disguised texts of writers {', '.join(sorted(writers))}", "trick", "plain", "disguised")
    tricks = np.array([row.trick for row in rows])
    for trick in ["all", *sorted(set(tricks.tolist()))]:
        mask = (tricks == trick) | (trick == "all")
        if mask.sum() >= 5:
            print(f"| {trick} | {over(plain[mask], alarm)} | {over(hidden[mask], alarm)} |")


def fraud_r1(data: Path) -> None:
    """Print the recall on Chinese Fraud-R1 against the ordinary texts of zh_spam, by two fits without half of them.

    Every ordinary text is scored by the fit that did not learn from it, every fraud by both (their mean counts).
    """
    rows = read_sources(MODEL, data, lambda _: None).examples
    assert rows.sources is not None
    texts = rows.table["text"].to_pylist()
    spam = np.array(["zh_spam_11k" in str(path) for path in rows.sources])
    part = folds(rows.labels, near_duplicates(texts).astype(object), 2, seed=1)
    found = pq.read_table(data / "fraud_r1_base/data.parquet")["text"].to_pylist()
    fraud = pa.table({"text": [text for text in found if text and is_chinese(text)]})
    innocent, scores = [], []
    for number in range(2):
        held = spam & (part == number)
        fitted = MODEL.fit(select_rows(rows, ~held), seed=0)
        innocent.append(fitted.score(pa.table({"text": [t for t, out in zip(texts, held, strict=True) if out]})))
        scores.append(fitted.score(fraud))
    for number, (own, of_frauds) in enumerate(zip(innocent, scores, strict=True), 1):
        print_recalls(f"Chinese Fraud-R1 against half {number} of zh_spam ({len(own):,} texts)", of_frauds, own)
    pooled = np.concatenate(innocent)
    print_recalls(f"Chinese Fraud-R1 against both halves ({len(pooled):,} texts)", np.mean(scores, axis=0), pooled)


def print_recalls(title: str, frauds: Scores, innocents: Scores) -> None:
    """Print the recall at 1 % and 0.1 % of the innocent texts."""
    print_head(title, "at", "recall")
    for rate in (0.01, 0.001):
        print(f"| {rate:.1%} | {over(frauds, threshold_at(innocents, rate))} |")


def is_chinese(text: str) -> bool:
    """Return whether at least a tenth of the characters are Chinese."""
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text) * 10 >= len(text)


def real_sets(data: Path) -> None:
    """Print F1 of the model and of the plain classifier on the same quarter of each real set."""
    print_head("real sets, a random quarter held out", "set", "figure", "model", "plain classifier")
    for name, label, positive, measure in (
        ("fbs_sms", "fraud", "1", "F1"),
        ("zh_spam_11k", "label", "1", "macro-F1"),
        ("zh_msglog", "label", "1", "macro-F1"),
    ):
        table = pq.read_table(data / name / "data.parquet")
        texts = [text or "" for text in table["text"].to_pylist()]
        labels = np.array([int(str(value) == positive) for value in table[label].to_pylist()], object)
        held = folds(labels, None, 4, seed=1) == 0
        examples = Examples(pa.table({"text": pa.array(texts, pa.string())}), labels)
        fitted = MODEL.fit(select_rows(examples, ~held), seed=0)
        scores = fitted.score(examples.table.filter(pa.array(held)))
        truth = labels[held].astype(np.int64)
        known = [text for text, out in zip(texts, held, strict=True) if not out]
        plain = plain_classifier(known, labels[~held].astype(np.int64))
        guesses = plain([text for text, out in zip(texts, held, strict=True) if out])
        ours, theirs = _f1(scores >= 0.5, truth, measure), _f1(guesses == 1, truth, measure)
        print(f"| {name} | {measure} | {ours:.4f} | {theirs:.4f} |")


def _f1(predicted: Mask, truth: NDArray[np.int64], measure: str) -> float:
    if measure == "macro-F1":
        return macro_f1(predicted.astype(np.int64), truth)
    hits = int((predicted & (truth == 1)).sum())
    return 2 * hits / (int(predicted.sum()) + int((truth == 1).sum()))


def plain_classifier(texts: Sequence[str], labels: NDArray[np.int64]):  # type: ignore[no-untyped-def]
    """Return the predictions of TF-IDF of 1-4 characters with logistic regression, fitted on these texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=500),
    )
    pipeline.fit(texts, labels)
    return lambda asked: np.asarray(pipeline.predict(asked), np.int64)


def held_out(alarm: float) -> None:
    """Print the figures of the test part with the shipped weights: all of it, its new kinds, its known kinds."""
    texts = list_test_texts()
    scores = MODEL.load().score(pa.table({"text": [text.text for text in texts]}))
    for title, mask in _parts(texts):
        print_recall(title, [text for text, in_part in zip(texts, mask, strict=True) if in_part], scores[mask], alarm)
    print_kinds("test part", texts, scores, alarm)


def _parts(texts: Sequence[MadeUpText]) -> Iterator[tuple[str, Mask]]:
    innocent = np.array([text.fraud == 0 for text in texts])
    new = np.array([text.kind in TEST_KINDS for text in texts])
    demands = np.array([bool(set(text.demands) - set("-P")) for text in texts])
    yield "test part, all", np.ones(len(texts), np.bool_)
    yield "test part, kinds that the training has", innocent | ~new
    yield "test part, kinds that it has not", innocent | new
    yield "test part, frauds that demand something", innocent | demands


def main() -> None:
    """Print what was asked for as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--held-out", action="store_true", help="score the test part of the made-up texts")
    parser.add_argument("--only", choices=("left-out", "disguised", "fraud-r1", "real-sets"))
    asked = parser.parse_args()
    alarm = MODEL.card().thresholds["alarm"]
    writers = frozenset(text.writer for text in training_texts())
    for name, work in (
        ("left-out", partial(left_out, asked.data, alarm)),
        ("disguised", partial(disguised, writers, alarm)),
        ("fraud-r1", partial(fraud_r1, asked.data)),
        ("real-sets", partial(real_sets, asked.data)),
    ):
        if asked.only in (None, name):
            work()
    if asked.held_out:
        held_out(alarm)
        disguised(frozenset(text.writer for text in list_test_texts()), alarm)


if __name__ == "__main__":
    main()
