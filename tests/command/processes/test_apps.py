"""The check of the holiday calendar warns about a year without holidays."""

import pytest

from fanzha.command.audit.services import person_erased
from fanzha.command.processes import process_settings
from fanzha.command.processes.apps import _check_holidays
from fanzha.command.processes.erasure import erase_person_data


@pytest.mark.parametrize(("year", "ids"), [(2097, ["processes.W001"]), (None, [])])
def test_a_year_without_holidays_is_a_warning(
    year: int | None, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_settings, "uncovered_year", lambda calendar: year)
    assert [message.id for message in _check_holidays()] == ids


# Whatever process of the site erases a person, running processes forget him too.


def test_running_processes_are_told() -> None:
    assert any(found() is erase_person_data for _key, found, *_ in person_erased.receivers)
