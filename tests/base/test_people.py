"""Spellings of one name are equal, names of two people are not."""

import pytest

from fanzha.base.people import name_key


@pytest.mark.parametrize("spelling", ["Li Lei", " li  lei ", "ＬｉＬｅｉ", "Li\u200bLei", "LI\u3000LEI"])
def test_spellings_of_one_name_are_equal(spelling: str) -> None:
    assert name_key(spelling) == "lilei"


def test_other_names_differ_and_nothing_is_empty() -> None:
    assert name_key("王某") != name_key("王某某")
    assert name_key(" \u200b\u3000") == ""
