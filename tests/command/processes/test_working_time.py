"""Deadlines in working time run by the zone of the organisation, and by the operator's own table of holidays."""

from pathlib import Path

import pytest
from tests.command.people import World

from fanzha.base.clock import moment_ms
from fanzha.base.errors import WrongCall
from fanzha.command.processes.process_settings import checked_settings, process_settings
from fanzha.command.processes.working_time import OwnCalendars
from fanzha.processes.business_calendar import china
from fanzha.processes.process import Clock

MONDAY = moment_ms("2026-03-02T10:00:00+08:00")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_a_day_ends_at_midnight_where_the_organisation_is(world: World) -> None:
    world["bank"].zone = "Asia/Urumqi"
    world["bank"].save()
    after = process_settings().after
    assert after(MONDAY, "1d", Clock.BUSINESS, world["carrier"].ref) == moment_ms("2026-03-04T00:00:00+08:00")
    assert after(MONDAY, "1d", Clock.BUSINESS, world["bank"].ref) == moment_ms("2026-03-04T00:00:00+06:00")


def test_who_is_not_known_works_as_usual(world: World) -> None:
    world["bank"].zone = "Atlantis/Capital"
    world["bank"].save()
    calendars = OwnCalendars(china())
    assert calendars.get("nobody") is None and calendars.get(world["bank"].ref) is None
    assert len(calendars) == len(list(calendars)) > 5


def test_the_operators_table_of_holidays_stands_for_the_one_that_ships(home: Path, world: World) -> None:
    (home / "holidays.yaml").write_text("2026:\n  holidays: [[本地, Local, 2026-03-03, 2026-03-03]]\n", "utf-8")
    after = process_settings().after
    assert after(MONDAY, "1d", Clock.BUSINESS, world["carrier"].ref) == moment_ms("2026-03-05T00:00:00+08:00")


def test_a_wrong_table_is_told(home: Path) -> None:
    (home / "holidays.yaml").write_text("2026: {holidays: soon}\n", "utf-8")
    with pytest.raises(WrongCall, match="holidays"):
        checked_settings()
