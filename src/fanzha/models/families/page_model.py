"""Base of the page models: trees on page facts, URL features, and a linear score of the URL's n-grams."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.learn.lightgbm_trainer import train_trees
from fanzha.learn.trees import Trees, average_trees
from fanzha.models._model import Examples, Model, Source
from fanzha.models.families.boosted_trees import Boosted, Feature, Floats, medians
from fanzha.models.families.page_features import read_features
from fanzha.models.families.url_features import FEATURES as URL_FEATURES
from fanzha.models.families.url_features import UrlParts, split_urls, url_features
from fanzha.models.families.url_ngrams import UrlNgrams, fit, out_of_fold_log_odds

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_SETTINGS = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
}
_ROUNDS, _SEEDS = 400, 2

_LETTERS = Feature(
    "url_letters", Words("网址字母组合评分（对数几率）", "score of the URL's letters (log-odds)"), "log-odds"
)


@dataclass(frozen=True)
class FittedPage(Boosted):
    """Trees with the n-gram model whose score is one of their features."""

    grams: UrlNgrams

    def save(self, path: Path) -> None:
        """Write the weights as one compressed file of arrays; the bytes are reproducible."""
        self.save_arrays(path, gram_weights=self.grams.weights, gram_bias=np.array(self.grams.bias))


class PageModel(Model):
    """Boosted trees on page facts and URL; rows of one registrable domain form a group."""

    reads: ClassVar[str] = "site_seen"
    answers: ClassVar[str] = "yes_no"
    page_features: ClassVar[tuple[Feature, ...]]  # page facts that the model reads
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            "webpage_phishing_11430/data.parquet",
            label="status",
            positive=("phishing",),
            licence="CC BY 4.0 (Mendeley Data; not verified)",
        ),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "训练数据为 2020 年的英文为主网页，钓鱼占一半；对中文政企仿冒页未经验证，占比不同须重新校准阈值。",
            "Learned from mostly English pages of 2020, half of them phishing: unproven on imitations of Chinese "
            "authorities and firms; with another share of phishing the thresholds must be set anew.",
        ),
        Words(
            "训练中的正常网页很少是登录页，正规登录页是常见误报；没有信誉数据时尤甚。",
            "Hardly an innocent page of the training is a log-in page, so real ones are the usual false alarms, above "
            "all without reputation.",
        ),
        Words(
            "托管平台上的页面只能按网址处置，不得封整个域名。",
            "A page on a hosting service may be acted on by its URL alone, never by the domain.",
        ),
    )

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the trees, in order."""
        return (*self.page_features, *URL_FEATURES, _LETTERS)

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedPage:
        """Fit the n-gram model first, with out-of-fold scores by domain, then the trees on all features."""
        parts, labels = split_urls(_urls(examples.table)), examples.labels.astype(np.int64)
        texts = _ngram_texts(parts)
        values = self._values(
            examples.table, parts, out_of_fold_log_odds(texts, labels, _registrable_domains(parts), seed=seed)
        )
        ensembles = [train_trees(values, labels, _SETTINGS, rounds=_ROUNDS, seed=seed * 100 + n) for n in range(_SEEDS)]
        return self._fitted(average_trees(ensembles), medians(values[labels == 0]), fit(texts, labels, seed=seed))

    def load(self, path: Path | None = None) -> FittedPage:
        """Load the shipped weights, or those of another file."""
        with np.load(path or self.weights, allow_pickle=False) as stored:
            if stored["names"].tolist() != [feature.name for feature in self.features]:
                raise UsageError(
                    f"{(path or self.weights).name} was trained for other features", fix="run fanzha train"
                )
            trees = Trees.from_arrays({name: stored[name] for name in stored.files})
            return self._fitted(trees, stored["usual"], UrlNgrams(stored["gram_weights"], float(stored["gram_bias"])))

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return the registrable domain of each row."""
        return _registrable_domains(split_urls(_urls(table)))

    def _fitted(self, trees: Trees, usual: Floats, grams: UrlNgrams) -> FittedPage:
        def extract(table: pa.Table) -> Floats:
            parts = split_urls(_urls(table))
            return self._values(table, parts, grams.log_odds(_ngram_texts(parts)))

        return FittedPage(trees, self.features, extract, usual, grams)

    def _values(self, table: pa.Table, parts: UrlParts, letters: Floats) -> Floats:
        return np.column_stack([read_features(table, self.page_features), url_features(parts), letters])


def _urls(table: pa.Table) -> "pa.ChunkedArray[Any]":
    if "url" not in table.column_names:
        raise UsageError("the table has no column 'url'", fix="pages are judged with their URL")
    return table["url"]


def _ngram_texts(parts: UrlParts) -> Any:
    return pc.binary_join_element_wise("^", pc.utf8_lower(pc.replace_substring_regex(parts.bare, r"^www\.", "")), "")


def _registrable_domains(parts: UrlParts) -> NDArray[np.object_]:
    return np.array(parts.registered.to_pylist(), dtype=np.object_)
