"""The form of an export offers what its table and the viewer's role allow."""

from datetime import UTC, datetime

from django.utils import timezone
from tests.command.people import World

from fanzha.command.exports.forms import ExportForm
from fanzha.command.exports.table import all_tables
from fanzha.command.web.roles import Role


def test_whole_values_are_offered_to_who_may_see_them(world: World) -> None:
    subjects, processes = all_tables()["subjects"], all_tables()["processes"]
    assert "unmasked" in ExportForm(subjects, world.viewer("carrier", Role.ANALYST)).fields
    assert "unmasked" not in ExportForm(subjects, world.viewer("carrier", Role.PRIVACY_OFFICER)).fields
    assert "unmasked" not in ExportForm(processes, world.viewer("carrier", Role.ANALYST)).fields


def test_a_table_without_kinds_asks_for_none(world: World) -> None:
    officer = world.viewer("carrier", Role.PRIVACY_OFFICER)
    assert "kind" not in ExportForm(all_tables()["unmaskings"], officer).fields


def test_days_are_those_of_the_reader_and_the_last_one_counts(world: World) -> None:
    given = {"purpose": "a report", "kind": "website", "since": "2026-03-01", "until": "2026-03-01"}
    form = ExportForm(all_tables()["subjects"], world.viewer("carrier", Role.ANALYST), given)
    with timezone.override("Asia/Shanghai"):
        assert form.is_valid(), form.errors
        wanted = form.to_request()
    assert wanted.narrowed.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert wanted.narrowed.until == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert (wanted.table, wanted.narrowed.kind, wanted.unmasked) == ("subjects", "website", False)


def test_a_purpose_is_needed(world: World) -> None:
    form = ExportForm(all_tables()["subjects"], world.viewer("carrier", Role.ANALYST), {"purpose": "abc"})
    assert set(form.errors) == {"purpose"}
