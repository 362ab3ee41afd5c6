"""The text models look at a text in every form, and leave its shape out where rows come from several files."""

import numpy as np
import pyarrow as pa

from fanzha.models import Examples
from fanzha.models.families.text import VIEWS, balanced_weights, build_views, class_names, views_for


def examples(*sources: str) -> Examples:
    return Examples(
        pa.table({"text": ["x"] * len(sources)}), np.zeros(len(sources), object), sources=np.array(sources, object)
    )


def test_every_view_has_its_form() -> None:
    assert {view.form for view in VIEWS} <= set(build_views(pa.array(["您好"])))


def test_the_shape_is_left_out_where_it_would_tell_the_file() -> None:
    assert views_for(examples("a", "a")) == VIEWS
    assert views_for(examples("a", "b")) == VIEWS[:2]


def test_zero_and_one_are_no_classes() -> None:
    assert class_names(np.array([0, 1, 1], object)) == ()
    assert class_names(np.array(["b", "a", "b"], object)) == ("a", "b")


def test_each_label_of_each_source_weighs_the_same() -> None:
    sources, labels = np.array(["a"] * 8 + ["b"] * 4, object), np.array([0] * 5 + [1] * 3 + [1] * 4, object)
    weights = balanced_weights(sources, labels)
    sums = [weights[:5].sum(), weights[5:8].sum(), weights[8:].sum()]
    assert np.allclose(sums, sums[0]) and np.isclose(weights.mean(), 1)


def test_a_rare_label_weighs_at_most_as_one_of_three_rows() -> None:
    weights = balanced_weights(np.array(["a"] * 7, object), np.array(["rare"] + ["usual"] * 6, object))
    assert np.isclose(weights[0], 2 * weights[1])


def test_without_a_power_all_rows_weigh_the_same() -> None:
    assert np.allclose(balanced_weights(np.array(["a", "b"], object), np.array([0, 1], object), power=0.0), 1)
