"""Operators add processes and set deadlines in the state folder; what cannot be is refused."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from django.core import checks
from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.test_process_page import text

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.command.processes import process_settings
from fanzha.command.processes.process_settings import (
    OrganizationCalendars,
    current_settings,
    load_processes,
    load_settings,
    uncovered_year,
)
from fanzha.command.web.roles import Role
from fanzha.processes import all_processes
from fanzha.processes.business_calendar import china
from fanzha.processes.process import Clock


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_a_process_of_the_operator_joins_those_that_ship(home: Path) -> None:
    (home / "processes").mkdir()
    text = all_processes()["order"].text.replace("name: order", "name: own_order", 1)
    (home / "processes" / "own_order.yaml").write_text(text, "utf-8")
    assert {"order", "own_order"} <= load_processes().keys()


def test_a_deadline_is_as_the_operator_sets_it(home: Path) -> None:
    assert current_settings().spans == {}
    (home / "fanzha.toml").write_text('[processes.deadlines]\n"order.second_person" = "20min"\n', "utf-8")
    assert current_settings().spans == {"order.second_person": "20min"}


@pytest.mark.parametrize("line", ['"order.ratification" = "3h"', '"order.nothing" = "1h"', '"order.second_person" = 5'])
def test_what_cannot_be_set_is_refused(home: Path, line: str) -> None:
    (home / "fanzha.toml").write_text(f"[processes.deadlines]\n{line}\n", "utf-8")
    with pytest.raises(UsageError):
        load_settings()


def test_what_a_refusal_says_to_write_can_be_written(home: Path) -> None:
    settings = home / "fanzha.toml"
    settings.write_text("[processes.deadlines]\nsecond_person = 5\n", "utf-8")
    with pytest.raises(UsageError) as refused:
        load_settings()
    settings.write_text(f"[processes.deadlines]\n{refused.value.fix.removeprefix('write ')}\n", "utf-8")
    assert load_settings().spans == {"order.second_person": "15min"}


@pytest.mark.parametrize("line", ['"order.nothing" = "1h"', '"order.second_person" = "soon"', "no toml"])
def test_what_was_right_before_stays_in_force(home: Path, line: str, caplog: pytest.LogCaptureFixture) -> None:
    file = home / "fanzha.toml"
    file.write_text('[processes.deadlines]\n"order.second_person" = "20min"\n', "utf-8")
    current_settings()
    file.write_text(f"[processes.deadlines]\n{line}\n# another size and moment\n", "utf-8")
    os.utime(file, ns=(1, 1))
    assert current_settings().spans == current_settings().spans == {"order.second_person": "20min"}
    assert caplog.text.count("those before stay in force") == 1


def test_the_process_of_the_how_to_has_pages_and_routes_as_soon_as_its_file_is_there(home: Path, world: World) -> None:
    (home / "processes").mkdir()
    (home / "processes" / "site_visit.yaml").write_text(text(), "utf-8")
    client = world.client("carrier", Role.ANALYST)
    page = client.get(reverse("process_definition", args=["site_visit"])).content.decode()
    assert "Report the visit" in page and "Place" in page
    drawn = client.get(reverse("process_diagram", args=["site_visit"]))
    assert drawn["Content-Type"] == "image/svg+xml" and b"Pass on to the police" in drawn.content
    opened = client.post(
        reverse("process_open", args=["site_visit", "ask"]), {"place": "a made-up street", "reason": "paired phones"}
    )
    assert opened.status_code == 302
    told = client.get("/api/v1/flows/instances", {"process": "site_visit"}).json()
    assert [one["state_title"]["en"] for one in told["items"]] == ["To be visited"]


MONDAY = moment_ms("2026-03-02T10:00:00+08:00")


def test_a_day_ends_at_midnight_where_the_organisation_is(world: World) -> None:
    world["bank"].zone = "Asia/Urumqi"
    world["bank"].save()
    after = current_settings().after
    assert after(MONDAY, "1d", Clock.BUSINESS, world["carrier"].ref) == moment_ms("2026-03-04T00:00:00+08:00")
    assert after(MONDAY, "1d", Clock.BUSINESS, world["bank"].ref) == moment_ms("2026-03-04T00:00:00+06:00")


def test_who_is_not_known_works_as_usual(world: World) -> None:
    world["bank"].zone = "Atlantis/Capital"
    world["bank"].save()
    calendars = OrganizationCalendars(china())
    assert calendars.get("nobody") is None and calendars.get(world["bank"].ref) is None
    assert len(calendars) == len(list(calendars)) > 5


def test_the_operators_table_of_holidays_stands_for_the_one_that_ships(home: Path, world: World) -> None:
    (home / "holidays.yaml").write_text("2026:\n  holidays: [[本地, Local, 2026-03-03, 2026-03-03]]\n", "utf-8")
    after = current_settings().after
    assert after(MONDAY, "1d", Clock.BUSINESS, world["carrier"].ref) == moment_ms("2026-03-05T00:00:00+08:00")


def test_a_wrong_table_is_told(home: Path) -> None:
    (home / "holidays.yaml").write_text("2026: {holidays: soon}\n", "utf-8")
    with pytest.raises(UsageError, match="holidays"):
        load_settings()


@pytest.mark.parametrize(
    ("now", "year"),
    [("2026-11-15T00:00:00+08:00", None), ("2098-12-15T00:00:00+08:00", 2098), ("2019-12-20T00:00:00+08:00", None)],
    ids=["covered", "not covered", "both years covered"],
)
def test_a_year_without_holidays_is_named(now: str, year: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(now))
    assert uncovered_year(china()) == year


def test_a_missing_year_is_logged_and_reported_by_the_site_check(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process_settings._warn_once.cache_clear()
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat("2097-03-01T00:00:00+08:00"))
    current_settings()
    assert "holidays of 2097 are missing" in caplog.text
    (found,) = [check for check in checks.run_checks(include_deployment_checks=True) if check.id == "processes.W001"]
    assert "2097" in str(found.msg)
    (home / "holidays.yaml").write_text("2097:\n  holidays: [[元旦, New Year, 2097-01-01, 2097-01-01]]\n", "utf-8")
    assert uncovered_year(current_settings().calendar) is None
