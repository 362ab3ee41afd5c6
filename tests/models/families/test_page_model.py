"""Both page models learn, keep domains whole, and score the same from the file as from memory."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.learn.metrics import figures
from fanzha.models import Examples
from fanzha.models.families.page_features import PAGE_FACTS, REPUTATION
from fanzha.models.page import MODEL as WHOLE
from fanzha.models.page_facts import MODEL as ALONE


def pages(rows: int, seed: int) -> Examples:
    """Made-up pages: phishing has fewer links and other words in its URL."""
    chance = np.random.default_rng(seed)
    labels = (chance.random(rows) < 0.5).astype(int)
    columns: dict[str, object] = {f.name: np.round(chance.random(rows), 1) for f in (*PAGE_FACTS, *REPUTATION)}
    columns["nb_hyperlinks"] = chance.poisson(60 - 40 * labels)
    words = np.where(labels == 1, "verify/login", "news/article")
    columns["url"] = [f"https://s{chance.integers(200)}.example/{word}/{n}" for n, word in enumerate(words)]
    return Examples(pa.table(columns), labels.astype(object))


@pytest.fixture(scope="module")
def train() -> Examples:
    return pages(300, 1)


def test_learned_pages_are_told_apart_and_the_file_says_the_same(train: Examples, tmp_path: Path) -> None:
    test, fitted = pages(150, 2), ALONE.fit(train)
    assert (figures(test.labels, fitted.score(test.table), samples=0)["auc"].value or 0) > 0.97
    fitted.save(tmp_path / "page_facts.npz")
    assert (ALONE.load(tmp_path / "page_facts.npz").score(test.table) == fitted.score(test.table)).all()


def test_same_rows_and_seed_give_the_same_bytes(train: Examples, tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        ALONE.fit(train).save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_weights_of_the_other_model_are_refused() -> None:
    with pytest.raises(UsageError, match="other features"):
        WHOLE.load(ALONE.weights)


def test_pages_of_one_registered_domain_belong_together() -> None:
    urls = ["https://a.example.com/x", "http://b.example.com", "https://example.org", "http://192.0.2.1/x"]
    assert WHOLE.groups(pa.table({"url": urls})).tolist() == ["example.com", "example.com", "example.org", "192.0.2.1"]


def test_a_table_without_urls_is_refused() -> None:
    with pytest.raises(UsageError, match="no column 'url'"):
        WHOLE.groups(pa.table({"host": ["a"]}))


def test_shares_lead_to_the_score(train: Examples) -> None:
    fitted = WHOLE.load()
    explained = fitted.explain(train.table.slice(0, 5))
    total = explained.contributions.sum(axis=1) + fitted.trees.begins_with
    assert 1 / (1 + np.exp(-total)) == pytest.approx(fitted.score(train.table.slice(0, 5)))
