"""Fraud texts, classified by their words alone (handbook §6.4)."""

import csv
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.learn.fit_linear import fit
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.text import VIEWS, FittedText, build_views, class_names, load_text, views_for

KNOWLEDGE_WEIGHT = 3.0
#: Recruitment for brushing, which fbs_sms labels as advertising though it is among the costliest frauds (handbook §7).
BRUSHING = r"刷\s*(单|信誉|钻|客|手|好评)"
#: The floor on the length of a text limits the weight of very short texts such as greetings.
MESSAGE_VIEWS = (replace(VIEWS[0], floor=100.0), replace(VIEWS[1], floor=100.0), VIEWS[2])


class WrittenExample(NamedTuple):
    """A written example of a kind of fraud, or of a legitimate look-alike."""

    kind: str
    fraud: int
    text: str


@cache
def knowledge() -> tuple[WrittenExample, ...]:
    """Return the written examples of the handbook's kinds of fraud (§7), some of them not in the data sets."""
    lines = files("fanzha.models").joinpath("data/knowledge.tsv").read_text("utf-8").splitlines()
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(WrittenExample(kind, int(fraud), text) for kind, fraud, text in rows)


class MessageModel(Model):
    """A linear model over character n-grams; binary fits also learn from the written examples."""

    name: ClassVar[str] = "message"
    title: ClassVar[Words] = Words("诈骗短信", "fraud text")
    reads: ClassVar[str] = "text"
    sources: ClassVar[tuple[Source, ...]] = (
        Source("fbs_sms/data.parquet", label="fraud", without=BRUSHING, licence="no licence file (training only)"),
        Source(
            "telecom_fraud_texts_5/data.parquet",
            label="label",
            positive=("1", "2", "3", "4"),
            licence="GPL-3.0, research (training only)",
        ),
        Source(
            "zh_spam_11k/data.parquet", label="label", where={"label": ("0",)}, licence="no licence (training only)"
        ),
        Source("zh_msglog/data.parquet", label="label", where={"label": ("0",)}, licence="MIT"),
        Source("mendeley_smishing/data.parquet", label="label", positive=("smishing",), licence="CC BY 4.0"),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "广告不算诈骗；训练中没有见过的诈骗类型会漏报。另用 100 余条按手册编写的虚构文本补充缺少的类型。"
            "fbs_sms 将刷单招募算作广告，此类文本不参与训练。",
            "Advertising is not fraud. A kind of fraud that the training lacks is missed; some hundred made-up texts "
            "written from the handbook stand in for kinds that the data sets lack. Texts that recruit for brushing, "
            "which fbs_sms calls advertising, are not learned from.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedText:
        """Fit the model: binary for labels 0 and 1, else one class for each label."""
        classes = class_names(examples.labels)
        texts, labels = examples.table["text"], examples.labels
        weights, groups = np.ones(len(labels)), examples.groups
        if not classes:
            written_examples = knowledge()
            texts = pa.chunked_array(
                [*texts.cast(pa.string()).chunks, pa.array([example.text for example in written_examples])]
            )
            labels = np.concatenate([labels.astype(np.int64), [example.fraud for example in written_examples]])
            weights = np.concatenate([weights, np.full(len(written_examples), KNOWLEDGE_WEIGHT)])
            groups = (
                None
                if groups is None
                else np.concatenate([groups, [f"known {n}" for n in range(len(written_examples))]])
            )
        linear = fit(
            views_for(examples, MESSAGE_VIEWS),
            build_views(texts),
            labels,
            classes=classes,
            row_weights=weights,
            groups=groups,
            parts=1,
            seed=seed,
        )
        return FittedText(linear)

    def load(self, path: Path | None = None) -> FittedText:
        """Load the shipped weights, or those of another file."""
        return load_text(path or self.weights, MESSAGE_VIEWS)


MODEL = MessageModel()
