"""The tables of raw rows that figures count, with the columns that definitions and SQL may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, FloatField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from fanzha.base.words import Words
from fanzha.command.number_tags.selectors import all_disputes, all_tags
from fanzha.command.orders.selectors import APPROVAL_EVENTS, find_targets
from fanzha.command.processes.selectors import (
    find_false_disposals,
    find_instances,
    find_legs,
    find_steps,
    find_subject_notices,
    find_timers,
)
from fanzha.command.reports.selectors import all_reports
from fanzha.command.statistics.definitions import DefinitionError, Related, RowSource
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("a figure is the same whoever reads it; whose rows are counted is checked by its organisations")


@dataclass(frozen=True)
class RowTable:
    """One table. `columns` maps its columns to lookups; those in `organizations` lead to an organisation.

    `simulated` leads to the flag of exercises, `process` to the primary key of the process of a row, `leg` to the name
    of its leg; each "" if there is none. `has_evidence`: columns `evidence.NAME` are values of a step's evidence.
    """

    name: str
    title: Words
    rows: Callable[[], QuerySet[Any]]
    columns: Mapping[str, str]
    organizations: Mapping[str, str]
    moments: tuple[str, ...]
    simulated: str = ""
    process: str = ""
    leg: str = ""
    has_evidence: bool = False

    def lookup(self, column: str) -> str:
        """Return the lookup of a column. Raise DefinitionError."""
        if self.has_evidence and column.startswith("evidence."):
            return f"evidence__{column.removeprefix('evidence.')}"
        if column not in self.columns:
            raise DefinitionError(f"the rows {self.name!r} have no column {column!r}")
        return self.columns[column]


def _targets() -> QuerySet[Any]:
    approvals = find_steps(_UNSCOPED).filter(instance=OuterRef("instance"), event__in=APPROVAL_EVENTS, leg="")
    first = approvals.order_by().values("instance").annotate(first=Min("at")).values("first")
    return find_targets(_UNSCOPED).annotate(ordered_at=Subquery(first))


def _steps() -> QuerySet[Any]:
    legs = find_legs(_UNSCOPED).filter(instance=OuterRef("instance"), name=OuterRef("leg"))
    receivers = {
        "receiver": Subquery(legs.values("receiver")[:1]),
        "receiver_ref": Subquery(legs.values("receiver__ref")[:1]),
    }
    return find_steps(_UNSCOPED).annotate(**receivers)


_PROCESS_COLUMNS = {
    "ref": "ref", "process": "process", "state": "state", "owner": "owner__ref", "simulated": "simulated",
    "opened_at": "opened_at", "changed_at": "changed_at", "ended_at": "ended_at",
    "sample_size": "situation__facts__sample_size",
}  # fmt: skip
#: In a condition: any value except none.
ANY_VALUE = "*"
TABLES: Mapping[str, RowTable] = {
    table.name: table
    for table in (
        RowTable(
            "processes", Words("流程", "Processes"), lambda: find_instances(_UNSCOPED), _PROCESS_COLUMNS,
            {"owner": "owner"}, ("opened_at", "ended_at", "changed_at"), "simulated", "pk",
        ),
        RowTable(
            "legs", Words("分办", "Legs"), lambda: find_legs(_UNSCOPED),
            {
                "ref": "instance__ref", "process": "instance__process", "leg": "name", "state": "state",
                "owner": "instance__owner__ref", "receiver": "receiver__ref", "simulated": "instance__simulated",
                "opened_at": "opened_at", "changed_at": "changed_at", "ended_at": "ended_at",
            },
            {"owner": "instance__owner", "receiver": "receiver"}, ("opened_at", "ended_at", "changed_at"),
            "instance__simulated", "instance", "name",
        ),
        RowTable(
            "steps", Words("办理步骤", "Steps"), _steps,
            {
                "ref": "instance__ref", "process": "instance__process", "number": "number", "leg": "leg",
                "event": "event", "before": "before", "after": "after", "owner": "instance__owner__ref",
                "receiver": "receiver_ref", "organization": "organization__ref", "simulated": "instance__simulated",
                "at": "at", "evidence": "evidence",
            },
            {"owner": "instance__owner", "receiver": "receiver", "organization": "organization"}, ("at",),
            "instance__simulated", "instance", "leg", has_evidence=True,
        ),
        RowTable(
            "targets", Words("指令对象", "Targets of orders"), _targets,
            {
                "ref": "instance__ref", "place": "place", "kind": "kind", "action": "action", "state": "state",
                "owner": "instance__owner__ref", "simulated": "instance__simulated", "ordered_at": "ordered_at",
                "changed_at": "changed_at",
            },
            {"owner": "instance__owner"}, ("ordered_at", "changed_at"), "instance__simulated", "instance",
        ),
        RowTable(
            "notices", Words("告知书", "Notices to persons concerned"), lambda: find_subject_notices(_UNSCOPED),
            {
                "ref": "instance__ref", "process": "instance__process", "owner": "owner__ref",
                "simulated": "instance__simulated", "written_at": "written_at", "delivered_at": "delivered_at",
            },
            {"owner": "owner"}, ("written_at",), "instance__simulated", "instance",
        ),
        RowTable(
            "reports", Words("公众举报", "Public reports"), lambda: all_reports(_UNSCOPED),
            {
                "ref": "ref", "owner": "owner__ref", "channel": "channel", "category": "category", "grade": "grade",
                "state": "state", "process_ref": "process", "simulated": "simulated", "received_at": "received_at",
            },
            {"owner": "owner"}, ("received_at",), "simulated",
        ),
        RowTable(
            "tags", Words("号码标记", "Tags"), lambda: all_tags(_UNSCOPED),
            {
                "id": "pk", "owner": "owner__ref", "kind": "kind", "category": "category", "outcome": "outcome",
                "simulated": "owner__simulated", "at": "at",
            },
            {"owner": "owner"}, ("at",), "owner__simulated",
        ),
        RowTable(
            "tag_disputes", Words("标记异议", "Disputes of tags"),
            lambda: all_disputes(_UNSCOPED).filter(disputed_at__isnull=False),
            {
                "ref": "ref", "owner": "owner__ref", "kind": "kind", "upheld": "upheld",
                "simulated": "owner__simulated", "disputed_at": "disputed_at", "decided_at": "decided_at",
            },
            {"owner": "owner"}, ("disputed_at",), "owner__simulated",
        ),
    )
}  # fmt: skip
#: Columns of the exported timers, on which the conditions `timers` rest.
TIMER_COLUMNS = {
    "ref": "instance__ref", "leg": "leg", "deadline": "deadline", "state": "state", "due_at": "due_at",
}  # fmt: skip
#: The same of the exported false disposals.
DISPOSAL_COLUMNS = {"ref": "instance__ref", "event": "event", "at": "at"}


def select_timers() -> QuerySet[Any]:
    """Return all timers."""
    return find_timers(_UNSCOPED)


def select_false_disposals() -> QuerySet[Any]:
    """Return all false disposals."""
    return find_false_disposals(_UNSCOPED)


class RowScope(NamedTuple):
    """Whose rows are counted, and when: primary keys of organisations, a period, exercises or real cases."""

    organizations: tuple[int, ...]
    since: datetime
    until: datetime
    is_simulated: bool


def select_rows(source: RowSource, scope: RowScope) -> QuerySet[Any]:
    """Return the rows that a source counts for organisations and a period."""
    table = find_table(source)
    mine = {
        f"{organization_lookup(table, source.by)}__in": scope.organizations,
        f"{table.lookup(source.at)}__gte": scope.since,
        f"{table.lookup(source.at)}__lt": scope.until,
        table.simulated: scope.is_simulated,
    }
    return table.rows().filter(build_condition(source), **mine)


def find_table(source: RowSource) -> RowTable:
    """Return the table of a source. Raise DefinitionError."""
    if source.table not in TABLES:
        raise DefinitionError(f"there are no rows {source.table!r}")
    table = TABLES[source.table]
    if source.at not in table.moments:
        raise DefinitionError(f"the rows {table.name!r} are in no period by {source.at!r}")
    return table


def build_condition(source: RowSource) -> Q:
    """Return the condition of the columns and related rows of a source."""
    table = TABLES[source.table]
    condition = Q()
    for column, value in source.where.items():
        lookup = table.lookup(column)
        if value == ANY_VALUE:
            condition &= Q(**{f"{lookup}__isnull": False})
        else:
            condition &= Q(**{f"{lookup}__in": value}) if isinstance(value, list) else Q(**{lookup: value})
    for related in source.has:
        condition &= Q(Exists(select_related_rows(table, related)))
    for related in source.lacks:
        condition &= ~Q(Exists(select_related_rows(table, related)))
    return condition


def select_related_rows(table: RowTable, related: Related) -> QuerySet[Any]:
    """Return steps, or timers that fired, of the process or leg of each row, or the false disposals of its process.

    Raise DefinitionError.
    """
    if not table.process:
        raise DefinitionError(f"the rows {table.name!r} belong to no process")
    mine = {"instance": OuterRef(table.process), "leg": OuterRef(table.leg) if table.leg else ""}
    if related.table == "steps":
        return find_steps(_UNSCOPED).filter(event__in=related.names, **mine).order_by("at")
    if related.table == "timers":
        return find_timers(_UNSCOPED).filter(deadline__in=related.names, state="fired", **mine)
    if related.table == "false_disposals":
        return find_false_disposals(_UNSCOPED).filter(instance=OuterRef(table.process))
    raise DefinitionError(f"there are no related rows {related.table!r}")


def amount_of(table: RowTable, column: str) -> Any:
    """Return the expression of a column to add up, as a number."""
    *path, key = table.lookup(column).split("__")
    return Cast(KeyTextTransform(key, "__".join(path)), FloatField())


def organization_lookup(table: RowTable, by: str) -> str:
    """Return the lookup of the organisation to which rows belong. Raise DefinitionError."""
    if by not in table.organizations:
        raise DefinitionError(f"the rows {table.name!r} are nobody's by {by!r}")
    return table.organizations[by]
