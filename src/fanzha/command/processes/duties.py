"""Effects that set and clear the duty officer of an organisation; escalations go to the officer on duty."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.clock import from_ms
from fanzha.command.organizations.selectors import permanent_members
from fanzha.command.organizations.services import end_watch, save_watch
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.services import current_situation

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person


def set_duty(item: OutboxItem) -> None:
    """Put the officer on duty, with the deputy as substitute."""
    _write(item, "officer", "deputy")


def set_deputy(item: OutboxItem) -> None:
    """Put the deputy on duty, with the officer as substitute."""
    _write(item, "deputy", "officer")


def clear_duty(item: OutboxItem) -> None:
    """End the duty now; delete it if it has not begun."""
    begins_at, _ends_at, people = _read_duty(item)
    end_watch(item.instance.owner, people.values(), begins_at)


def _write(item: OutboxItem, first: str, second: str) -> None:
    begins_at, ends_at, people = _read_duty(item)
    save_watch(item.instance.owner, people[first], people[second], begins_at, ends_at)


def _read_duty(item: OutboxItem) -> tuple[datetime, datetime, dict[str, Person]]:
    """Return start, end and the people by role (officer, deputy); all of them are members of the owner."""
    facts = current_situation(item.instance).facts
    members = permanent_members(item.instance.owner_id)
    people = {part: members.get(ref=str(facts[part])) for part in ("officer", "deputy")}
    return from_ms(_to_ms(facts["begins_at"])), from_ms(_to_ms(facts["ends_at"])), people


def _to_ms(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"no moment: {value!r}")
    return value
