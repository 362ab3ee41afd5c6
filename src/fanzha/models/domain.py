"""Does this domain name look like a scam site's? From the name alone, before anybody has opened it (task 3)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.brands.match import Matcher, Matches, buffers
from fanzha.kinds.website import registrable
from fanzha.models._model import Examples, Fitted, Model, Source

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

POPULAR = ("tranco10k", "majestic_million", "cloudflare-top50k", "cisco_top20k", "alexa")
_LEAST = 0.5  # strength from which a brand match is a feature
_STRENGTH = 2.0  # inverse of the L2 penalty


@dataclass(frozen=True)
class Domain(Fitted):
    """Weights of hashed features; a host is judged with what it imitates."""

    values: NDArray[np.float32]
    bias: float

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return the chance that each `text` (a host or URL) is a scam site's, the training's mix taken as prior."""
        return self.score_matches(_matcher().match(hosts_of(table["text"])))

    def score_matches(self, matches: Matches) -> NDArray[np.float64]:
        """Return the same for hosts that have been matched against the brands already."""
        from fanzha.models import _host_codes

        odds = _host_codes.log_odds(*_places(matches), self.values, self.bias)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return chances

    def save(self, path: Path) -> None:
        """Write the weights as one compressed file; half precision keeps the order of scores."""
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, values=self.values.astype(np.float16), bias=self.bias)


class DomainModel(Model):
    """Logistic regression on letter n-grams, suffix, shape and brand match of a name.

    A linear model because it carries over: on scam domains of one source and phishing domains of another, boosted trees
    on the same features did worse (docs/reference/brands.md).
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
        """Learn weights; registered names that stand with both labels count as innocent, each name counts once."""
        from fanzha.models import _host_codes

        matches = _matcher().match(hosts_of(examples.table["text"]))
        kept, labels = _once(matches, examples.labels.astype(np.int64))
        text, starts, firsts, brands = _places(matches)
        codes, ends = _host_codes.collect(text, starts, firsts, brands)
        logistic, sparse = _learners()
        counts = np.maximum(np.diff(ends), 1)
        data = np.repeat(1 / np.sqrt(counts), np.diff(ends))
        rows = sparse.csr_matrix((data, codes, ends), shape=(len(starts) - 1, 1 << _host_codes.BITS))[kept]
        fitted = logistic(C=_STRENGTH, solver="liblinear", random_state=seed).fit(rows, labels[kept])
        values = fitted.coef_[0].astype(np.float16).astype(np.float32)
        return Domain(values, float(fitted.intercept_[0]))

    def load(self, path: Path | None = None) -> Fitted:
        """Return the shipped weights, or those of another file."""
        with np.load(path or self.weights, allow_pickle=False) as stored:
            return Domain(stored["values"].astype(np.float32), float(stored["bias"]))

    def groups(self, table: pa.Table) -> NDArray[np.object_]:
        """Return the registrable domain of each row: one name never stands on both sides."""
        hosts = [str(host) for host in hosts_of(table["text"]).to_pylist()]
        return np.array([registrable(host) if "." in host else host for host in hosts], dtype=np.object_)


MODEL = DomainModel()


def hosts_of(texts: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    """Return the hosts of a column of hosts or URLs, without Python touching a row; "" for null."""
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


def _places(
    matches: Matches,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Return the hosts as bytes, where each registered name begins, and what is known of the brand match."""
    text, starts = buffers(matches.hosts)
    told = matches.answers
    found = (told.brand >= 0) & (told.score >= _LEAST)
    brands = np.stack([np.where(found, told.group + 1, 0), told.companions, told.owner >= 0], axis=1)
    return text, starts, np.maximum(told.registrable, 0).astype(np.int64), brands.astype(np.uint8)


def _once(matches: Matches, labels: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return one row of each registered name, and all labels; a name that any list calls innocent is innocent."""
    first: dict[str, int] = {}
    labels = labels.copy()
    for row, (host, at) in enumerate(zip(matches.hosts.to_pylist(), matches.answers.registrable, strict=True)):
        if at >= 0:
            kept = first.setdefault(str(host)[at:], row)
            labels[kept] = min(labels[kept], labels[row])
    return np.fromiter(first.values(), dtype=np.intp, count=len(first)), labels


def _learners() -> tuple[Any, Any]:
    try:
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise WrongCall("training needs scikit-learn", fix="pip install 'fanzha[train]'") from None
    return LogisticRegression, sparse
