"""What the API tells of an import adds up, and says in both languages why it fell short."""

from tests.command.imports.factories import PORTED, handed_in
from tests.command.people import World

from fanzha.command.imports.schemas import ImportOut, ImportTableOut
from fanzha.command.imports.tables import all_tables


def test_the_counts_add_up(world: World) -> None:
    schema = ImportOut.of(handed_in(world, "portability", PORTED + "x,y,\n"))
    assert schema.read == schema.used + schema.rejected + schema.waiting == 3
    broken = ImportOut.of(handed_in(world, "portability", "number\n1\n"))
    assert broken.problem.zh.startswith("缺少列") and "columns are missing" in broken.problem.en


def test_every_table_is_told_in_both_languages() -> None:
    for table in all_tables().values():
        schema = ImportTableOut.of(table)
        assert all(
            words.zh and words.en
            for words in (schema.title, schema.about, *(column.title for column in schema.columns))
        )
