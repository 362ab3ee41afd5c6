"""The form of an export offers what its table and the viewer's role allow."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.exports.forms import ExportForm, UnmaskingFilterForm
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.table import all_tables
from fanzha.command.exports.unmasking import unmask
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_whole_values_are_offered_to_who_may_see_them(world: World) -> None:
    subjects, processes = all_tables()["subjects"], all_tables()["processes"]
    assert "unmasked" in ExportForm(subjects, world.viewer("carrier", Role.ANALYST)).fields
    assert "unmasked" not in ExportForm(subjects, world.viewer("carrier", Role.PRIVACY_OFFICER)).fields
    assert "unmasked" not in ExportForm(processes, world.viewer("carrier", Role.ANALYST)).fields


def test_a_table_without_kinds_asks_for_none(world: World) -> None:
    officer = world.viewer("carrier", Role.PRIVACY_OFFICER)
    assert "kind" not in ExportForm(all_tables()["unmaskings"], officer).fields


def test_days_are_those_of_the_reader_and_the_last_one_counts(world: World) -> None:
    data = {"purpose": "a report", "kind": "website", "since": "2026-03-01", "until": "2026-03-01"}
    form = ExportForm(all_tables()["subjects"], world.viewer("carrier", Role.ANALYST), data)
    with timezone.override("Asia/Shanghai"):
        assert form.is_valid(), form.errors
        export_request = form.to_request()
    assert export_request.narrowed.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert export_request.narrowed.until == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert (export_request.table, export_request.narrowed.kind, export_request.unmasked) == (
        "subjects",
        "website",
        False,
    )


def test_a_purpose_is_needed(world: World) -> None:
    form = ExportForm(all_tables()["subjects"], world.viewer("carrier", Role.ANALYST), {"purpose": "abc"})
    assert set(form.errors) == {"purpose"}


@pytest.fixture
def unmaskings(world: World) -> None:
    for role, number, case in ((Role.ANALYST, 1, "C1"), (Role.REVIEWER, 2, "")):
        viewer = world.viewer("carrier", role)
        with scoped_to(viewer):
            unmask(viewer, subject(f"+861700000000{number}"), "a report", case)


def people(world: World, **data: str) -> list[str]:
    with scoped_to(world.viewer("carrier", Role.PRIVACY_OFFICER)):
        rows = Unmasking.objects.filter(UnmaskingFilterForm(data).to_condition()).select_related("person")
        return [str(row.person) for row in rows.order_by("pk")]


def test_unmaskings_are_filtered_by_person_subject_case_and_day(world: World, unmaskings: None) -> None:
    both = ["carrier analyst", "carrier reviewer"]
    assert people(world) == both == people(world, person="carrier")
    assert people(world, person="ANALYST@carrier.example") == both[:1]
    assert people(world, person=world.person("carrier", Role.REVIEWER).ref) == both[1:]
    assert people(world, subject=subject("+8617000000002").ref) == both[1:]
    assert people(world, case="C1") == both[:1]
    assert people(world, since="2020-01-01", until="2099-01-01") == both
    assert people(world, since="2099-01-01") == [] == people(world, until="2020-01-01")
    assert people(world, since="not a day") == both
