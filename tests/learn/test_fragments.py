"""The pieces shown are in the text, speak for the answer, and do not repeat one another."""

import numpy as np
import pyarrow as pa

from fanzha.learn.fit_linear import fit
from fanzha.learn.fragments import fragments
from fanzha.learn.linear import View
from fanzha.models.families.mixture import FORMS
from fanzha.models.families.text import build_views
from fanzha.models.message import MODEL

TEXT = "招聘刷单兼职日结佣金请致电19900001234"
FITTED = MODEL.load()


def test_pieces_stand_in_the_text_and_add_to_the_margin() -> None:
    found = fragments(FITTED.linear, build_views(pa.array([TEXT]), forms=FORMS), 5)
    assert 1 <= len(found) <= 5
    assert all(one.adds > 0 for one in found)
    assert all(one.text in TEXT for one in found)


def test_a_model_of_folded_texts_shows_placeholders() -> None:
    views = (View("folded", longest=3, bits=14),)
    texts = [f"{TEXT}，{n}" for n in "一二三四五"] + [f"明天{n}点开会" for n in "一二三四五"]
    model = fit(views, build_views(pa.array(texts)), np.array([1] * 5 + [0] * 5), parts=1)
    found = fragments(model, build_views(pa.array(["致电19900001234"])), 5)
    assert any("〔手机〕" in one.text for one in found)


def test_the_strongest_stands_first_and_none_repeats_another() -> None:
    found = fragments(FITTED.linear, build_views(pa.array([TEXT]), forms=FORMS), 5)
    assert [one.adds for one in found] == sorted((one.adds for one in found), reverse=True)
    assert not any(one.text in other.text for one in found for other in found if one is not other)


def test_an_empty_text_has_none() -> None:
    assert fragments(FITTED.linear, build_views(pa.array([""]), forms=FORMS), 5) == []
