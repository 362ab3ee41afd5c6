"""No text from outside is a formula in a spreadsheet."""

import pytest

from fanzha.base.csv_cells import plain_cell


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\r\n=1"])
def test_formulas_get_a_quote(formula: str) -> None:
    assert plain_cell(formula) == f"'{formula}"


@pytest.mark.parametrize("formula", ["＝1+1", "＋1", "－1", "＠x", "﹦1", "﹢1", "﹣1", "﹫x"])
def test_full_width_and_small_forms_count_as_the_characters_they_become(formula: str) -> None:
    assert plain_cell(formula) == f"'{formula}"


@pytest.mark.parametrize("text", ["", "1", "a=b", "'=1", " =1", "反诈", "１", "￥1"])
def test_everything_else_stays(text: str) -> None:
    assert plain_cell(text) == text
