"""The pieces shown are in the text, speak for the answer, and do not repeat one another."""

import pyarrow as pa

from fanzha.learn.fragments import fragments
from fanzha.models.families.text import build_views
from fanzha.models.message import MODEL

TEXT = "招聘刷单兼职日结佣金请致电19900001234"
FITTED = MODEL.load()


def test_pieces_stand_in_the_folded_text_and_add_to_the_margin() -> None:
    found = fragments(FITTED.linear, build_views(pa.array([TEXT])), 5)
    assert 1 <= len(found) <= 5
    assert all(one.adds > 0 for one in found)
    plain = TEXT.replace("19900001234", "〔手机〕")
    assert all(one.text in plain for one in found)


def test_the_strongest_stands_first_and_none_repeats_another() -> None:
    found = fragments(FITTED.linear, build_views(pa.array([TEXT])), 5)
    assert [one.adds for one in found] == sorted((one.adds for one in found), reverse=True)
    assert not any(one.text in other.text for one in found for other in found if one is not other)


def test_an_empty_text_has_none() -> None:
    assert fragments(FITTED.linear, build_views(pa.array([""])), 5) == []
