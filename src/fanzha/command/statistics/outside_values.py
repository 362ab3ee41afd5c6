"""Enter numbers that the platform cannot count, such as subscribers; each is logged."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.statistics.definitions import load_outside_numbers
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.periods import parse_period
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("the number of the organisation itself is replaced")
#: The largest number that is taken: more than the lines of any country.
MOST = 10**12
_NO_NUMBER = Words("没有这项统计数", "there is no such number")
_NO_MONTH = Words("月份须写作 2026-10", "write the month as 2026-10")
_NO_VALUE = Words("须为不小于0的整数", "must be a whole number from 0")
_NO_SOURCE = Words("须写明数据来源", "say where the number comes from")


class OutsideEntry(NamedTuple):
    """A number as it is entered or imported."""

    name: str
    month: str
    value: int
    source: str


def check_entry(entry: OutsideEntry, now: datetime) -> tuple[str, Words] | None:
    """Return the field of an entry that is wrong and why, None if all is right. Months to come are refused."""
    if entry.name not in load_outside_numbers():
        return "name", _NO_NUMBER
    try:
        month = parse_period(entry.month)
    except Malformed:
        return "month", _NO_MONTH
    if month.kind != "month" or month.since > now:
        return "month", _NO_MONTH
    if not 0 <= entry.value <= MOST:
        return "value", _NO_VALUE
    return None if entry.source.strip() else ("source", _NO_SOURCE)


def enter_value(owner: Organization, entry: OutsideEntry, person: Person | None, now: datetime) -> None:
    """Store a number of an organisation for a month, in place of an earlier one. Raise Refusal."""
    if fault := check_entry(entry, now):
        raise Refusal(Reason.EVIDENCE, fault[1], fields={fault[0]: fault[1]})
    key: dict[str, Any] = {"owner": owner, "name": entry.name, "month": entry.month}
    with recorded() as log:
        earlier = _UNSCOPED.rows(OutsideValue).filter(**key).first()
        more = {"value": entry.value, "source": entry.source.strip()[:200], "entered_by": person, "entered_at": now}
        _UNSCOPED.rows(OutsideValue).update_or_create(defaults=more, **key)
        facts = {
            "name": entry.name, "month": entry.month, "value": entry.value, "before": earlier and earlier.value,
        }  # fmt: skip
        log.add(Draft("outside_value_entered", to_ms(now), person.ref if person else "", owner.ref, facts=facts))
