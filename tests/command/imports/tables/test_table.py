"""Columns are found under any of their names, whatever their case."""

from fanzha.command.imports.tables import all_tables


def test_columns_are_found_under_any_of_their_names() -> None:
    ported = all_tables()["portability"]
    assert ported.columns_in(["携转号码", "Operator", "other"]) == {"number": "携转号码", "operator": "Operator"}


def test_no_two_columns_have_the_same_name() -> None:
    for table in all_tables().values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name
