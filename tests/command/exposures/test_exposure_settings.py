"""The quiet hours may span midnight, and unknown settings are named."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.exposures.exposure_settings import ExposureSettings, load_exposure_settings


@pytest.mark.parametrize(
    ("first", "last", "quiet"),
    [(21, 8, {21, 23, 0, 7}), (1, 6, {1, 5}), (0, 0, set())],
    ids=["over midnight", "within a day", "never"],
)
def test_quiet_hours(first: int, last: int, quiet: set[int]) -> None:
    settings = ExposureSettings(quiet_from=first, quiet_until=last)
    zone = ZoneInfo("Asia/Shanghai")
    asked = (0, 1, 5, 6, 7, 8, 12, 20, 21, 23)
    found = {hour for hour in asked if settings.is_quiet(datetime(2026, 11, 30, hour, 30, tzinfo=zone))}
    assert found == quiet | ({0, 1, 5, 6, 7, 21, 23} if first == 21 else set())


def test_the_next_quiet_hours_begin_today_or_tomorrow() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    before, within = datetime(2026, 11, 30, 20, 59, tzinfo=zone), datetime(2026, 11, 30, 21, 0, tzinfo=zone)
    assert ExposureSettings().next_quiet(before) == within
    assert ExposureSettings().next_quiet(within).day == 1
    assert ExposureSettings(quiet_from=0, quiet_until=0).next_quiet(before) > within


def test_a_wrong_setting_is_named(home: Path) -> None:
    assert load_exposure_settings() == ExposureSettings()
    (home / "fanzha.toml").write_text("[exposures]\nquiet_from = 24\n")
    with pytest.raises(UsageError, match="quiet_from"):
        load_exposure_settings()
