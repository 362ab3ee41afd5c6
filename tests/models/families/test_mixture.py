"""The mixture joins its classifiers with the contacts of a text, and comes back from its file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.brands import load_shipped_brands
from fanzha.models.families.contacts import ContactReader
from fanzha.models.families.mixture import FittedMixture, fit_mixture, load_mixture

NUMERALS = "一二三四五六七八九十"
FRAUD = [f"把钱转到安全账户，第{n}次提醒" for n in NUMERALS]
ORDINARY = [f"明天{n}点在公司开会" for n in NUMERALS]
LABELS = np.array([1] * 10 + [0] * 10)


@pytest.fixture(scope="module")
def fitted() -> FittedMixture:
    weights = np.column_stack([np.ones(20), np.ones(20)])
    return fit_mixture(pa.array(FRAUD + ORDINARY), LABELS, weights, np.ones(20), np.arange(20) % 5, costs=(1.0, 1.0))


def score(fitted: FittedMixture, *texts: str) -> list[float]:
    return [float(value) for value in fitted.score(pa.table({"text": list(texts)}))]


def test_it_learns_what_divides_the_texts(fitted: FittedMixture) -> None:
    fraud, ordinary = score(fitted, "请把钱转到安全账户", "明天开会")
    assert fraud > 0.5 > ordinary


def test_the_score_of_the_words_leaves_contacts_out(fitted: FittedMixture) -> None:
    with_link = pa.table({"text": ["请把钱转到安全账户 http://ordinary.example"]})
    fitted = FittedMixture(fitted.linear, fitted.joint, ContactReader(load_shipped_brands()))
    fitted.joint.weights[-8] = 3.0  # of links
    assert fitted.score(with_link)[0] > fitted.score_words(with_link)[0]


def test_the_pieces_are_of_the_text(fitted: FittedMixture) -> None:
    pieces = fitted.fragments("请把钱转到安全账户")
    assert pieces and all(piece.text in "请把钱转到安全账户" and piece.adds > 0 for piece in pieces)


def test_it_comes_back_from_its_file(fitted: FittedMixture, tmp_path: Path) -> None:
    fitted.save(tmp_path / "weights")
    assert score(load_mixture(tmp_path / "weights"), *FRAUD, *ORDINARY) == pytest.approx(
        score(fitted, *FRAUD, *ORDINARY)
    )


def test_labels_of_one_sort_in_the_folds_are_told_as_such() -> None:
    fold = np.array([4] * 10 + [0] * 10)
    with pytest.raises(UsageError, match="both labels"):
        fit_mixture(pa.array(FRAUD + ORDINARY), LABELS, np.ones((20, 1)), np.ones(20), fold, costs=(1.0,))
