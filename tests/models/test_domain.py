"""The name of a scam site is told from others by a small model that gives the same weights twice."""

import string
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.learn.card import sha256_of
from fanzha.models import Examples
from fanzha.models.domain import MODEL, FittedDomain, hosts_of


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.COM", "example.com"),
        ("https://www.icbc.com.cn@evil.example:8080/x?y@z", "evil.example"),
        ("http://a.example./", "a.example"),
        (" //a.example#f ", "a.example"),
        (None, ""),
    ],
)
def test_hosts_are_taken_from_urls_by_column(text: str | None, host: str) -> None:
    assert hosts_of(pa.array([text], pa.string())).to_pylist() == [host]
    assert hosts_of(pa.chunked_array([[text]], pa.string())).to_pylist() == [host]


def examples() -> Examples:
    rng = np.random.default_rng(5)
    letters = list(string.ascii_lowercase)
    bad = [f"login-{''.join(rng.choice(letters, 5))}-verify{n}.top" for n in range(60)]
    good = [f"{''.join(rng.choice(letters[:8], 6))}garden.org" for _ in range(60)]
    labels = np.array([1] * 60 + [0] * 60, dtype=object)
    return Examples(pa.table({"text": [*bad, *good]}), labels)


def test_learns_and_gives_the_same_weights_twice(tmp_path: Path) -> None:
    first, second = MODEL.fit(examples()), MODEL.fit(examples())
    assert isinstance(first, FittedDomain) and isinstance(second, FittedDomain)
    assert (first.values == second.values).all()
    scores = first.score(examples().table)
    assert scores[:60].min() > scores[60:].max()
    first.save(tmp_path / "weights.npz")
    assert np.array_equal(MODEL.load(tmp_path / "weights.npz").score(examples().table), scores)


def test_rows_of_one_domain_are_one_group() -> None:
    groups = MODEL.groups(pa.table({"text": ["http://a.example.com/x", "b.example.com", "a.b.github.io", "nohost"]}))
    assert groups.tolist() == ["example.com", "example.com", "b.github.io", "nohost"]


def test_shipped_weights_are_those_of_the_card() -> None:
    card = MODEL.card()
    assert card.weights_sha256 == sha256_of(MODEL.weights)
    assert 0 < card.thresholds["1pct"] < card.thresholds["0.1pct"] < 1
    assert MODEL.weights.stat().st_size < 200_000


def test_shipped_model_ranks_a_scam_like_name_above_an_ordinary_one() -> None:
    scores = MODEL.load().score(pa.table({"text": ["secure-login-verify88.top", "botanicgarden.org"]}))
    assert scores[0] > 0.5 > scores[1]
