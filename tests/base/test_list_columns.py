"""Columns travel as lists of their own, which the list's name begins."""

from fanzha.base.list_columns import column_list, column_member, is_column, list_columns, split_members


def test_the_columns_of_a_list_are_found_among_all_names() -> None:
    names = ["banks", column_list("banks", "province"), "banks_abroad", column_list("banks_abroad", "city")]
    assert list_columns("banks", names) == ("province",)
    assert [name for name in names if is_column(name)] == ["banks.province", "banks_abroad.city"]


def test_a_member_holds_an_entry_and_its_text() -> None:
    members = [column_member("95588", "北京"), column_member("+8610*", "")]
    assert list(split_members(members)) == [("95588", "北京"), ("+8610*", "")]
