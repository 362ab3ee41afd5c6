"""A fit learns what divides the texts, gives the same weights twice, and its probabilities mean something."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.learn.fit_linear import fit, slope_of
from fanzha.learn.linear import View
from fanzha.models.families.text import build_views

VIEWS = (View("folded", longest=3, bits=14), View("written", longest=2, bits=12))
FRAUD = [f"加微信刷单返利第{n}单日结佣金" for n in "一二三四五六七八九十"]
PLAIN = [f"明天{n}点在公司开会请准时参加" for n in "一二三四五六七八九十"]
TEXTS = build_views(pa.array(FRAUD + PLAIN))
LABELS = np.array([1] * 10 + [0] * 10)


def test_it_learns_what_divides_the_texts() -> None:
    model = fit(VIEWS, TEXTS, LABELS, parts=1)
    shares = model.probabilities(build_views(pa.array(["刷单返利加微信", "请准时开会"])))
    assert shares[0] > 0.5 > shares[1]


def test_the_same_rows_and_seed_give_the_same_weights() -> None:
    first, second = (fit(VIEWS, TEXTS, LABELS, parts=1, seed=3) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights, strict=True))
    assert first.slope == second.slope


def test_classes_are_named_and_their_probabilities_sum_to_one() -> None:
    third = [f"您的快递到了取件码第{n}号" for n in "一二三四五六七八九十"]
    labels = np.array(["fraud"] * 10 + ["work"] * 10 + ["parcel"] * 10)
    model = fit(
        VIEWS, build_views(pa.array(FRAUD + PLAIN + third)), labels, classes=("fraud", "parcel", "work"), parts=1
    )
    shares = model.probabilities(build_views(pa.array(["快递到了取件码"])))
    assert shares.sum() == pytest.approx(1)
    assert model.classes[int(shares[0].argmax())] == "parcel"


def test_rows_without_weight_teach_nothing() -> None:
    weights = np.array([1.0] * 10 + [1e-6] * 10)
    even = fit(VIEWS, TEXTS, LABELS, parts=1)
    tilted = fit(VIEWS, TEXTS, LABELS, parts=1, row_weights=weights)
    plain = build_views(pa.array(["请准时开会"]))
    assert tilted.margins(plain)[0, 0] > even.margins(plain)[0, 0]


def test_the_slope_is_steep_where_margins_are_right_and_flat_where_they_are_not() -> None:
    margins = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    right, mixed = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 1])
    assert slope_of(margins, right) > slope_of(margins, mixed)
