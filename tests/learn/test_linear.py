"""What is written comes back as it was: the same scores from the file, and the same file twice."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fanzha.learn.linear import Linear, View, load, round_weights, to_probabilities
from fanzha.models.families.text import build_views

VIEWS = (View("folded", longest=2, bits=10),)
TEXTS = build_views(pa.array(["加微信刷单", "明天开会", "", "click here"]))


def model(classes: tuple[str, ...] = ()) -> Linear:
    draw = np.random.default_rng(1)
    rarity = np.where(draw.random(1024) < 0.7, draw.uniform(1, 9, 1024), 0).astype(np.float32)
    weights = (draw.normal(size=(1024, max(1, len(classes)))) * (rarity > 0)[:, None]).astype(np.float32)
    return round_weights(
        Linear(VIEWS, [rarity], [weights], np.full(max(1, len(classes)), 0.25, np.float32), classes, 1.5)
    )


@pytest.mark.parametrize("classes", [(), ("a", "b", "丙")])
def test_a_model_from_its_file_scores_the_same(tmp_path: Path, classes: tuple[str, ...]) -> None:
    made = model(classes)
    made.save(tmp_path / "model.npz")
    read = load(tmp_path / "model.npz", VIEWS)
    assert read.classes == classes
    assert np.allclose(read.probabilities(TEXTS), made.probabilities(TEXTS), atol=1e-6)


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        model().save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_rounding_twice_changes_nothing_more() -> None:
    once = model()
    before = [weights.copy() for weights in once.weights]
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(before, round_weights(once).weights, strict=True))


def test_an_empty_text_gets_the_bias_alone() -> None:
    assert model().margins(TEXTS)[2, 0] == pytest.approx(0.25)


def test_probabilities_follow_the_margins() -> None:
    assert to_probabilities(np.array([[0.0]])) == pytest.approx([0.5])
    shares = to_probabilities(np.array([[1.0, 1.0, -9.0]]))
    assert shares[0, :2] == pytest.approx(0.5, abs=1e-4)
