"""The text models look at a text in every form, and leave its shape out where rows come from several files."""

import numpy as np
import pyarrow as pa

from fanzha.models import Examples
from fanzha.models.families.text import VIEWS, build_views, class_names, views_for


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
