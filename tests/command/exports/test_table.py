"""Tables that may leave the platform are found by folder, say which of their columns identify, and list no victim."""

from datetime import UTC, datetime

from tests.command.people import World

from fanzha.command.exports.table import EXPORT_ROLES, TableFilter, all_tables, tables_for
from fanzha.command.web.roles import Role


def test_each_is_one_file_with_words_in_both_languages() -> None:
    assert set(all_tables()) == {"subjects", "processes", "log_entries", "unmaskings"}
    for table in all_tables().values():
        for words in (table.title, table.about, *(column.title for column in table.columns)):
            assert words.zh and words.en
        assert set(table.roles) <= set(EXPORT_ROLES)


def test_only_subjects_identify_anybody() -> None:
    assert [table.name for table in all_tables().values() if table.identifies] == ["subjects"]


def test_each_role_finds_its_own(world: World) -> None:
    def names(role: Role) -> list[str]:
        return [table.name for table in tables_for(world.viewer("carrier", role))]

    assert names(Role.ANALYST) == ["processes", "subjects"]
    assert names(Role.PRIVACY_OFFICER) == ["log_entries", "processes", "subjects", "unmaskings"]
    assert names(Role.EXECUTOR) == []


def test_what_was_asked_is_kept_and_read_back() -> None:
    table_filter = TableFilter(datetime(2026, 3, 1, tzinfo=UTC), None, "phone_number")
    assert TableFilter.of(table_filter.to_json()) == table_filter
    assert TableFilter().to_json() == {} and TableFilter.of({}) == TableFilter()
