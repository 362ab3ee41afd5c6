"""Select the rows of a table whose period is over, and those of them that are held because something open needs them.

Held are rows of an open process, of a subject of one (an appeal, a legal hold), of a measure in force, and of a
campaign that is being worked on.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, Min, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from fanzha.command.privacy.retention_classes import TableRetention, table_retentions
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("rows end for all organisations alike")

#: States of a campaign on which somebody works.
_CAMPAIGN_OPEN = ("open", "snoozed")


def rows_of(label: str) -> "QuerySet[Any]":
    """Return all rows of a model, such as `exports.Export`."""
    model: type[Model] = apps.get_model(label)
    return _UNSCOPED.rows(model)


def ended_rows(table: TableRetention, before: datetime, now: datetime) -> "QuerySet[Any]":
    """Return the rows whose period ended before a time and that nothing uses, held ones included."""
    rows = _with_end(table).filter(retention_end__lt=before, **_at(table.only, now))
    for name in table.unused:
        relation: Any = table.model._meta.get_field(name)
        rows = rows.filter(~Exists(_related(relation)))
    for label in table.unused_of_owner:
        rows = rows.filter(~Exists(_of_same_owner(table, table_retentions()[label])))
    if table.tombstone == "subject" or table.unused_of_owner:
        rows = rows.filter(~Exists(_processes().filter(about=OuterRef(_subject_ref(table)))))
    return rows


def build_hold_condition(table: TableRetention, now: datetime, *, besides: str = "") -> Q:
    """Return the condition for rows that something open needs, other than the process with the ref `besides`."""
    held = Q(pk__in=[])
    if table.open:
        held |= Q(**_at(table.open, now))
    if table.process:
        held |= _build_process_hold(table.process, now, besides)
    if ref := _subject_ref(table):
        held |= Q(Exists(_open_processes().exclude(ref=besides).filter(about=OuterRef(ref))))
        held |= Q(Exists(_measures_in_force(now).filter(subject__ref=OuterRef(ref))))
    if table.subject and table.owner:
        held |= Q(Exists(_open_campaigns().filter(subject=OuterRef(table.subject), owner=OuterRef(table.owner))))
    return held


def rows_ended_before(table: TableRetention, before: datetime) -> "QuerySet[Any]":
    """Return the rows whose period began to count before a time, used or not."""
    return _with_end(table).filter(retention_end__lt=before)


def oldest_end(table: TableRetention) -> datetime | None:
    """Return the earliest time from which the period of a row counts."""
    found: datetime | None = _with_end(table).aggregate(oldest=Min("retention_end"))["oldest"]
    return found


def _with_end(table: TableRetention) -> "QuerySet[Any]":
    end = Coalesce(*table.age) if len(table.age) > 1 else F(table.age[0])
    rows: QuerySet[Any] = rows_of(table.label).annotate(retention_end=end).order_by("pk")
    return rows


def _at(lookups: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {name: now if value == "now" else value for name, value in lookups.items()}


def _subject_ref(table: TableRetention) -> str:
    """Return the path to the reference of the subject; "" without one."""
    if table.subject_ref:
        return table.subject_ref
    return f"{table.subject}__ref" if table.subject else ""


def _related(relation: Any) -> "QuerySet[Any]":
    return _UNSCOPED.rows(relation.related_model).filter(**{relation.field.name: OuterRef("pk")})


def _of_same_owner(table: TableRetention, other: TableRetention) -> "QuerySet[Any]":
    same = {other.subject: OuterRef(table.subject), other.owner: OuterRef(table.owner)}
    return rows_of(other.label).filter(**same)


def _processes() -> "QuerySet[Any]":
    return rows_of("flows.ProcessInstance")


def _open_processes() -> "QuerySet[Any]":
    return _processes().filter(ended_at=None)


def _build_process_hold(path: str, now: datetime, besides: str) -> Q:
    """Return the condition for rows of a process that is open, followed by an open one, or has effects in force."""
    ref = OuterRef(path)
    follow_ups = rows_of("flows.FollowUp").filter(opened__isnull=False)
    following = follow_ups.filter(instance__ref=ref, opened__ended_at=None)
    followed = follow_ups.filter(opened__ref=ref, instance__ended_at=None)
    in_force = Q(until=None) | Q(until__gt=now)
    listed = rows_of("flows.ListEntry").filter(in_force, instance__ref=ref, withdrawn_at=None)
    measures = _measures_in_force(now).filter(process=ref).exclude(process="")
    queries = (_open_processes().exclude(ref=besides).filter(ref=ref), following, followed, listed, measures)
    held = Q(pk__in=[])
    for query in queries:
        held |= Q(Exists(query))
    return held


def _measures_in_force(now: datetime) -> "QuerySet[Any]":
    rows = rows_of("subjects.OpinionRow").filter(decision=True, withdrawn_at=None, superseded_at=None)
    return rows.filter(Q(until=None) | Q(until__gt=now))


def _open_campaigns() -> "QuerySet[Any]":
    """Return the placements of campaigns on which somebody works, or whose order is open."""
    order = _open_processes().filter(ref=OuterRef("campaign__process"))
    worked_on = Q(campaign__state__in=_CAMPAIGN_OPEN) | Q(Exists(order))
    return rows_of("campaigns.Placement").filter(worked_on)
