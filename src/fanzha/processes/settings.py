"""Operator settings: the span of each deadline and the business calendar of each organisation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.processes.business_calendar import Calendar, china
from fanzha.processes.process import Clock, Deadline, Process

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


@dataclass(frozen=True)
class ProcessSettings:
    """Spans by `process.deadline` (`process.deadline.choice` if it has choices), calendars by organisation."""

    spans: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=china)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def span_of(self, process: Process, name: str, deadline: Deadline, choice: str) -> str:
        """Return the effective span of a deadline, at most its `longest`."""
        key = f"{process.name}.{name}.{choice}" if deadline.spans else f"{process.name}.{name}"
        span = self.spans.get(key) or deadline.spans.get(choice) or deadline.span
        span = span or max(deadline.spans.values(), key=span_ms)
        too_long = deadline.longest and span_ms(span) > span_ms(deadline.longest)
        return deadline.longest if too_long else span

    def after(self, since: int, span: str, clock: Clock, organization: str) -> int:
        """Return the moment (UTC ms) one span after another moment, by the calendar of an organisation."""
        length = span_ms(span)
        if clock is Clock.CLOCK:
            return since + length
        calendar = self.calendars.get(organization, self.calendar)
        if length % _DAY_MS == 0:
            return calendar.after_days(since, length // _DAY_MS)
        return calendar.after_hours(since, length // _HOUR_MS)


def check_settings(settings: ProcessSettings, processes: Mapping[str, Process]) -> None:
    """Raise UsageError for a span of an unknown deadline, an unreadable span, or one over the legal limit."""
    deadlines = {
        f"{process.name}.{name}": deadline_rule
        for process in processes.values()
        for name, deadline_rule in _deadlines(process)
    }
    for key, span in settings.spans.items():
        deadline = deadlines.get(key) or deadlines.get(key.rpartition(".")[0])
        if deadline is None or bool(deadline.spans) != (key not in deadlines):
            raise UsageError(f"there is no deadline {key}", fix=f"known are: {', '.join(deadlines)}")
        try:
            length = span_ms(span)
        except Malformed as error:
            raise UsageError(f"{key}: {error.reason}") from None
        if deadline.longest and length > span_ms(deadline.longest):
            raise UsageError(f"{key}: {span} is more than may be set", fix=f"set {deadline.longest} or less")
        if deadline.calendar_kind is Clock.BUSINESS and length % _HOUR_MS:
            raise UsageError(f"{key}: working time is counted in whole days or hours")


def _deadlines(process: Process) -> list[tuple[str, Deadline]]:
    return [*process.deadlines.items(), *(process.legs.deadlines.items() if process.legs else ())]
