"""By which calendar organisations work: the one that ships or the operator's own table, each in its own time zone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fanzha.command.organizations.models import Organization
from fanzha.processes.business_calendar import Calendar, china, parse_holidays


@lru_cache(maxsize=4)
def usual_calendar(file: str, changed: int) -> Calendar:
    """Return the calendar with the holidays of a file as of a change of it (0: there is none). Raises WrongText."""
    return replace(china(), holidays=parse_holidays(Path(file).read_text("utf-8"), file)) if changed else china()


class OwnCalendars(Mapping[str, Calendar]):
    """The calendar of each organisation by its reference, in the time zone that it has now."""

    def __init__(self, usual: Calendar) -> None:
        """`usual` tells weekends, holidays and hours."""
        self._usual = usual

    def __getitem__(self, reference: str) -> Calendar:
        """Return one; KeyError for an organisation that is not known, or whose zone this machine does not know."""
        zone = Organization.objects.values_list("zone", flat=True).filter(ref=reference).first()
        if zone is None:
            raise KeyError(reference)
        return _in_zone(self._usual, zone)

    def __iter__(self) -> Iterator[str]:
        """Yield the references of all organisations."""
        yield from Organization.objects.values_list("ref", flat=True)

    def __len__(self) -> int:
        """Count the organisations."""
        return Organization.objects.count()


@lru_cache(maxsize=64)
def _in_zone(usual: Calendar, zone: str) -> Calendar:
    try:
        return replace(usual, zone=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise KeyError(zone) from None
