"""Process settings in the state folder: own YAML definitions, deadline spans and holidays."""

import logging
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from fanzha.base.errors import FanzhaError, UsageError
from fanzha.command.organizations.selectors import all_organizations
from fanzha.processes.business_calendar import Calendar, china, parse_holidays
from fanzha.processes.catalog import all_processes
from fanzha.processes.process import Process
from fanzha.processes.settings import ProcessSettings, check_settings
from fanzha.store.state_folder import state_folder

logger = logging.getLogger(__name__)

#: The last valid settings; the defaults until any were loaded.
_last_valid = [ProcessSettings()]


def load_processes() -> dict[str, Process]:
    """Return all processes by name: built-in ones, those of packages, and `processes/*.yaml` of the state folder."""
    files = sorted((state_folder() / "processes").glob("*.yaml"))
    return _load_processes(tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _load_processes(files: tuple[tuple[str, int], ...]) -> dict[str, Process]:
    return all_processes({Path(name).name: Path(name).read_text("utf-8") for name, _ in files})


def current_settings() -> ProcessSettings:
    """Return the spans of deadlines that `[processes.deadlines]` in `fanzha.toml` sets, all others as they ship.

    Working time is counted in the time zone of each organisation; `holidays.yaml` in the state folder replaces the
    years it has. Invalid settings are logged and the last valid ones stay in force, since deadlines must continue.
    A year without holidays is logged too.
    """
    try:
        _last_valid[:] = [load_settings()]
    except (FanzhaError, ValueError, OSError) as problem:
        _log_once(_files(), str(problem))
    if year := uncovered_year(_last_valid[0].calendar):
        _warn_once(year)
    return _last_valid[0]


def uncovered_year(calendar: Calendar) -> int | None:
    """Return the first year within the next 30 days that has no holidays in the calendar, None if all have."""
    now = timezone.now().astimezone(calendar.zone)
    years = (now.year, (now + timedelta(days=30)).year)
    return next((year for year in years if year not in calendar.holidays.years), None)


def missing_holidays(year: int) -> str:
    """Return the warning that a year has no holidays, with the remedy."""
    return (
        f"缺少 {year} 年法定节假日，按周一至周五计算工作日；请更新 chinesecalendar 或在 holidays.yaml 中补充该年 "
        f"the holidays of {year} are missing and Monday to Friday count as working days: "
        "update the package chinesecalendar, or add the year to holidays.yaml in the state folder"
    )


@lru_cache(maxsize=4)
def _warn_once(year: int) -> None:
    logger.warning("%s", missing_holidays(year))


def load_settings() -> ProcessSettings:
    """Load the settings from the state folder.

    Raise UsageError for a deadline that there is not, a span that cannot be read or is longer than the law allows,
    and for a table of holidays that is wrong.
    """
    return _load_settings(*_files())


def _files() -> tuple[tuple[str, int], ...]:
    paths = [state_folder() / name for name in ("fanzha.toml", "holidays.yaml")]
    return tuple((str(path), path.stat().st_mtime_ns if path.is_file() else 0) for path in paths)


@lru_cache(maxsize=4)
def _log_once(files: tuple[tuple[str, int], ...], problem: str) -> None:
    logger.error("the settings of processes are wrong; those before stay in force: %s", problem)


@lru_cache(maxsize=4)
def _load_settings(toml: tuple[str, int], holidays: tuple[str, int]) -> ProcessSettings:
    name, modified_at = toml
    table: Any = tomllib.loads(Path(name).read_text("utf-8-sig")).get("processes", {}) if modified_at else {}
    spans = table.get("deadlines", {})
    if not isinstance(spans, dict) or not all(isinstance(span, str) for span in spans.values()):
        raise UsageError(
            f"{name}: [processes.deadlines] holds names and spans", fix='write "order.second_person" = "15min"'
        )
    usual = default_calendar(*holidays)
    settings = ProcessSettings(spans=spans, calendar=usual, calendars=OrganizationCalendars(usual))
    check_settings(settings, load_processes())
    return settings


@lru_cache(maxsize=4)
def default_calendar(file: str, modified_at: int) -> Calendar:
    """Return the default calendar; a holiday file replaces the years it has. Raise WrongText.

    `modified_at` is the file's time of modification in ns, for the cache; 0 means that there is no holiday file.
    """
    if not modified_at:
        return china()
    table = parse_holidays(Path(file).read_text("utf-8"), file)
    return replace(china(), holidays=china().holidays.override(table))


class OrganizationCalendars(Mapping[str, Calendar]):
    """The calendar of each organisation by its reference, in the time zone that it has now."""

    def __init__(self, usual: Calendar) -> None:
        """`usual` gives weekends, holidays and working hours."""
        self._usual = usual

    def __getitem__(self, reference: str) -> Calendar:
        """Return the calendar of an organisation. Raise KeyError for an unknown organisation or time zone."""
        zone = all_organizations().values_list("zone", flat=True).filter(ref=reference).first()
        if zone is None:
            raise KeyError(reference)
        return _in_zone(self._usual, zone)

    def __iter__(self) -> Iterator[str]:
        """Yield the references of all organisations."""
        yield from all_organizations().values_list("ref", flat=True)

    def __len__(self) -> int:
        """Count the organisations."""
        return all_organizations().count()


@lru_cache(maxsize=64)
def _in_zone(usual: Calendar, zone: str) -> Calendar:
    try:
        return replace(usual, zone=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise KeyError(zone) from None
