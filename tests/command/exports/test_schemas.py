"""What routes tell of exports is in the caller's language, with problems in words."""

from django.utils import translation
from tests.command.exports.factories import request_table, verdict
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.exports.schemas import ExportOut, TableOut, WatchedOut
from fanzha.command.exports.table import all_tables
from fanzha.command.exports.unmasking_review import UnusualViewer


def test_they_are_told(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    export.problem = "broken"
    with translation.override("zh-hans"):
        assert ExportOut.of(export).problem == "生成失败，请重新申请"
        assert WatchedOut.of(UnusualViewer("a", 1, 1, 0.0, (Words("多", "many"),))).odd == ["多"]
    with translation.override("en"):
        table = TableOut.of(all_tables()["subjects"])
    assert table.identifies and table.columns[1] == "subject" and table.kinds["website"] == "website"
    assert ExportOut.of(export).asked_by == export.actor
