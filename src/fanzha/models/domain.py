"""Scam domains, classified by their name alone (task 3)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.brands.match import Matcher, Matches, buffers
from fanzha.kinds.website import registrable
from fanzha.models._model import Examples, Fitted, Model, Source

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

POPULAR = ("tranco10k", "majestic_million", "cloudflare-top50k", "cisco_top20k", "alexa")
_MIN_MATCH = 0.5  # strength from which a brand match is a feature
_STRENGTH = 2.0  # inverse of the L2 penalty


@dataclass(frozen=True)
class FittedDomain(Fitted):
    """Weights of the hashed features of a host and its brand match."""

    values: NDArray[np.float32]
    bias: float

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return the probability that each `text` (a host or URL) is a scam site; the prior is that of the training."""
        return self.score_matches(_matcher().match(hosts_of(table["text"])))

    def score_matches(self, matches: Matches) -> NDArray[np.float64]:
        """Return the probabilities of hosts that are already matched against the brands."""
        from fanzha.models.families import host_features

        odds = host_features.log_odds(*_kernel_arguments(matches), self.values, self.bias)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return chances

    def save(self, path: Path) -> None:
        """Write the weights as one compressed file; half precision preserves the order of scores."""
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, values=self.values.astype(np.float16), bias=self.bias)


class DomainModel(Model):
    """Logistic regression on character n-grams, suffix, shape and brand match of a name.

    Trained on scam domains of one source and tested on phishing domains of another, it did better than boosted trees on
    the same features (docs/reference/brands.md).
    """

    name: ClassVar[str] = "domain"
    title: ClassVar[Words] = Words("涉诈域名（仅看名称）", "scam domain from its name alone")
    reads: ClassVar[str] = "text"
    text_from: ClassVar[tuple[str, str]] = ("site_seen", "host")
    answers: ClassVar[str] = "yes_no"
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            "scam_domains_jarelllama/data.parquet",
            label="domain",
            positive=("*",),
            text="domain",
            licence="GPL-3.0 (list; used for training only)",
        ),
        Source(
            "url_phishtank_iscx/data.parquet",
            label="label",
            positive=("1",),
            text="url",
            where={"label": ("1",)},
            licence="PhishTank terms (training only)",
        ),
        Source(
            "benign_lists/benign_domains.parquet",
            label="list",
            positive=("scam",),
            text="domain",
            where={"list": (*POPULAR, "dnsmasq_china")},
            innocent=True,
            licence="CC0-1.0, WTFPL",
        ),
    )
    limits: ClassVar[tuple[Words, ...]] = (
        Words(
            "只看名称：被入侵的正常网站、起名普通的诈骗网站看不出来。",
            "It sees names alone: hacked innocent sites and scam sites with ordinary names pass.",
        ),
        Words(
            "跨来源成绩低得多：由一个来源学习、在另一来源上测试，AUC 0.84–0.87，误报率 1% 时查全率 0.18–0.30；"
            "单凭本分数不得处置任何网站。",
            "It does much worse across sources: learned from one and judged on the other, AUC 0.84-0.87 and recall "
            "0.18-0.30 at 1 % false alarms; the score alone is no ground to act on any site.",
        ),
        Words(
            "托管平台的租户在良性名单中少见，其分数偏高。",
            "Tenants of hosting services are rare in lists of innocent sites, so their scores are high.",
        ),
    )

    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Fit the weights; each registered name counts once, as a negative if it has both labels."""
        from fanzha.models.families import host_features

        matches = _matcher().match(hosts_of(examples.table["text"]))
        chosen, labels = _unique_names(matches, examples.labels.astype(np.int64))
        text, starts, firsts, brands = _kernel_arguments(matches)
        codes, ends = host_features.host_feature_codes(text, starts, firsts, brands)
        logistic, sparse = _learners()
        counts = np.maximum(np.diff(ends), 1)
        data = np.repeat(1 / np.sqrt(counts), np.diff(ends))
        rows = sparse.csr_matrix((data, codes, ends), shape=(len(starts) - 1, 1 << host_features.BITS))[chosen]
        fitted = logistic(C=_STRENGTH, solver="liblinear", random_state=seed).fit(rows, labels[chosen])
        values = fitted.coef_[0].astype(np.float16).astype(np.float32)
        return FittedDomain(values, float(fitted.intercept_[0]))

    def load(self, path: Path | None = None) -> Fitted:
        """Load the shipped weights, or those of another file."""
        with np.load(path or self.weights, allow_pickle=False) as stored:
            return FittedDomain(stored["values"].astype(np.float32), float(stored["bias"]))

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return the registrable domain of each row."""
        hosts = [str(host) for host in hosts_of(table["text"]).to_pylist()]
        return np.array([registrable(host) if "." in host else host for host in hosts], dtype=np.object_)


MODEL = DomainModel()


def hosts_of(texts: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    """Return the host of each value of a column of hosts or URLs, "" for null."""
    column = pc.fill_null(texts.cast(pa.string()), "")
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*", "")
    plain = pc.replace_substring_regex(plain, r"[/\\?#].*$", "")
    plain = pc.replace_substring_regex(plain, r"^.*@", "")
    hosts: pa.Array[Any] = pc.utf8_lower(pc.replace_substring_regex(plain, r"\.?(?::[0-9]*)?$", ""))
    return hosts


@cache
def _matcher() -> Matcher:
    return Matcher()


def _kernel_arguments(
    matches: Matches,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Return the arguments of the kernel: hosts as bytes, their offsets, registered names' offsets, brand matches."""
    text, starts = buffers(matches.hosts)
    answers = matches.answers
    has_match = (answers.brand >= 0) & (answers.score >= _MIN_MATCH)
    brands = np.stack([np.where(has_match, answers.group + 1, 0), answers.companions, answers.owner >= 0], axis=1)
    return text, starts, np.maximum(answers.registrable, 0).astype(np.int64), brands.astype(np.uint8)


def _unique_names(matches: Matches, labels: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return one row of each registered name, and the labels, 0 for every name with a negative label."""
    first: dict[str, int] = {}
    labels = labels.copy()
    for row, (host, at) in enumerate(zip(matches.hosts.to_pylist(), matches.answers.registrable, strict=True)):
        if at >= 0:
            first_row = first.setdefault(str(host)[at:], row)
            labels[first_row] = min(labels[first_row], labels[row])
    return np.fromiter(first.values(), dtype=np.intp, count=len(first)), labels


def _learners() -> tuple[Any, Any]:
    try:
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise UsageError("training needs scikit-learn", fix="pip install 'fanzha[train]'") from None
    return LogisticRegression, sparse
