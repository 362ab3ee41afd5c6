"""Compute figures from raw rows: value, numerator, denominator, n, interval and lineage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db.models import BooleanField, Count, ExpressionWrapper, Min, QuerySet, Subquery, Sum, Value

from fanzha.command.statistics.definitions import (
    SCALES,
    FigureDefinition,
    FigureMeasure,
    FigureUnit,
    OutsideSource,
    RowSource,
    Source,
    load_outside_numbers,
)
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.periods import Period, month_of
from fanzha.command.statistics.row_tables import (
    RowScope,
    amount_of,
    build_condition,
    find_table,
    organization_lookup,
    select_related_rows,
    select_rows,
)
from fanzha.command.web.scoping import unscoped
from fanzha.learn.intervals import Interval, poisson_interval, wilson_interval

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("outside numbers of the organisations whose figure is computed")
_CHUNK = 2_000
#: Seconds in the unit of a duration.
_SECONDS = {FigureUnit.HOURS: 3_600.0, FigureUnit.SECONDS: 1.0}


@dataclass(frozen=True)
class Lineage:
    """Where a figure comes from: definition and version, organisations, period, and the rows of each part."""

    figure: str
    version: int
    organizations: tuple[str, ...]
    period: str
    numerator_rows: int
    denominator_rows: int

    @property
    def is_week(self) -> bool:
        """Return whether the period is a week."""
        return "-W" in self.period


@dataclass(frozen=True)
class Figure:
    """One computed figure. `value` is in `unit`; None if it cannot be computed. Bounds are in the same unit.

    `n` is what the minimum is compared with: the denominator of a share, the events of a rate, the rows of a sum or
    quantile. `missing` names (name of the number, ref of the organisation) outside numbers that were not entered.
    """

    definition: FigureDefinition
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    interval: Interval | None
    lineage: Lineage
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the definition."""
        return self.definition.name

    @property
    def unit(self) -> FigureUnit:
        """Return the unit of value and interval."""
        return self.definition.unit

    @property
    def pair(self) -> str:
        """Return the name of the figure always shown next to it."""
        return self.definition.pair

    @property
    def is_enough(self) -> bool:
        """Return whether there is a value, and enough observations to show and compare it."""
        return self.value is not None and self.n >= self.definition.minimum


def build_scope(organizations: Sequence[Organization], period: Period) -> RowScope:
    """Return whose rows are counted: exercises are counted only if all organisations take part in one."""
    is_simulated = bool(organizations) and all(organization.simulated for organization in organizations)
    return RowScope(tuple(row.pk for row in organizations), period.since, period.until, is_simulated)


def counted_organizations(definition: FigureDefinition, organizations: Sequence[Organization]) -> list[Organization]:
    """Return those whose rows a figure counts: only kinds of organisations that have its numbers from outside."""
    kinds = [load_outside_numbers()[name].kinds for name in definition.outside_numbers]
    return [row for row in organizations if all(not of or row.kind in of for of in kinds)]


def compute_figure(definition: FigureDefinition, organizations: Sequence[Organization], period: Period) -> Figure:
    """Return a figure of organisations together for a period."""
    organizations = counted_organizations(definition, organizations)
    scope = build_scope(organizations, period)
    if definition.measure is FigureMeasure.QUANTILE:
        return _compute_quantile(definition, scope, organizations, period)
    numerator: float | None
    denominator: float | None
    if definition.measure is FigureMeasure.SHARE:
        numerator, denominator = _count_share(definition, scope)
    else:
        numerator = _total(definition.numerator, scope, period)
        denominator = None if definition.denominator is None else _total(definition.denominator, scope, period)
    rows = _count(definition.numerator, scope, numerator)
    lineage = _lineage(definition, organizations, period, rows, _count(definition.denominator, scope, denominator))
    return _build_figure(definition, numerator, denominator, lineage, _find_missing(definition, organizations, period))


def compute_share_of_each(
    definition: FigureDefinition, organizations: Sequence[Organization], period: Period
) -> dict[int, Figure]:
    """Return a share of each organisation (primary key) for a period, by one query for all."""
    counts: dict[int, tuple[float, float]] = {}
    for is_simulated in {organization.simulated for organization in organizations}:
        group = [organization for organization in organizations if organization.simulated == is_simulated]
        counts |= _count_shares(definition, build_scope(group, period))
    figures = {}
    for organization in organizations:
        part, whole = counts.get(organization.pk, (0.0, 0.0))
        lineage = _lineage(definition, [organization], period, int(part), int(whole))
        figures[organization.pk] = _build_figure(definition, part, whole, lineage)
    return figures


def _count_shares(definition: FigureDefinition, scope: RowScope) -> dict[int, tuple[float, float]]:
    """Return the rows of the numerator and of the denominator of a share by organisation (primary key)."""
    assert isinstance(definition.denominator, RowSource) and isinstance(definition.numerator, RowSource)
    lookup = organization_lookup(find_table(definition.denominator), definition.denominator.by)
    rows = select_rows(definition.denominator, scope).order_by().values(lookup)
    counts = rows.annotate(whole=Count("pk"), part=Count("pk", filter=build_condition(definition.numerator)))
    return {row[lookup]: (float(row["part"]), float(row["whole"])) for row in counts}


def _build_figure(
    definition: FigureDefinition,
    numerator: float | None,
    denominator: float | None,
    lineage: Lineage,
    missing: Iterable[tuple[str, str]] = (),
) -> Figure:
    missing, under = tuple(missing), numerator if definition.denominator is None else denominator
    n = _observations(definition, numerator, denominator, lineage.numerator_rows)
    value = None if missing or numerator is None or under is None else _value(definition, numerator, denominator)
    interval = None if value is None else _interval(definition, numerator, denominator)
    return Figure(definition, value, numerator, denominator, n, interval, lineage, missing)


class CountedRow(NamedTuple):
    """A row behind a figure: whose it is (primary key), its process (ref), and its leg or its place in an order.

    `is_part`: the numerator counts it; `is_whole`: the denominator does.
    """

    organization: int
    table: str
    process: str
    detail: str
    at: datetime
    is_part: bool
    is_whole: bool


def counted_rows(
    definition: FigureDefinition, organizations: Sequence[Organization], period: Period
) -> Iterator[CountedRow]:
    """Yield the rows that a share or ratio counts for organisations and a period."""
    scope = build_scope(counted_organizations(definition, organizations), period)
    if definition.measure is FigureMeasure.SHARE:
        assert isinstance(definition.numerator, RowSource) and isinstance(definition.denominator, RowSource)
        condition = ExpressionWrapper(build_condition(definition.numerator), output_field=BooleanField())
        yield from _read_counted(definition.denominator, scope, condition, is_whole=True)
        return
    if isinstance(definition.numerator, RowSource):
        yield from _read_counted(definition.numerator, scope, Value(value=True), is_whole=False)
    if isinstance(definition.denominator, RowSource):
        yield from _read_counted(definition.denominator, scope, Value(value=False), is_whole=True)


def _read_counted(source: RowSource, scope: RowScope, is_part: Any, *, is_whole: bool) -> Iterator[CountedRow]:
    table, columns = find_table(source), find_table(source).columns
    detail = columns.get("leg") or columns.get("place")
    names = [organization_lookup(table, source.by), columns.get("ref", "pk"), table.lookup(source.at)]
    rows = select_rows(source, scope).annotate(is_part=is_part).order_by("pk")
    values = rows.values_list(*names, "is_part", *([detail] if detail else []))
    for organization, ref, at, part, *rest in values.iterator(chunk_size=_CHUNK):
        yield CountedRow(organization, table.name, str(ref), str(rest[0]) if rest else "", at, bool(part), is_whole)


def months_of(period: Period) -> list[str]:
    """Return the months that a period covers; none for a week, which is no sum of months."""
    if period.kind == "week":
        return []
    months = [month_of(period.since)]
    while months[-1].until < period.until:
        months.append(month_of(months[-1].until))
    return [month.key for month in months]


def months_counted(name: str, period: Period) -> list[str]:
    """Return the months whose outside numbers count for a period: all of them, or the last one for a level."""
    return [last_month_of(period)] if load_outside_numbers()[name].is_stock else months_of(period)


def last_month_of(period: Period) -> str:
    """Return the month in which a period ends."""
    return month_of(period.until - timedelta(seconds=1)).key


def source_rows(source: Source | None, scope: RowScope) -> QuerySet[Any] | None:
    """Return the rows of a source, None if it has none."""
    return select_rows(source, scope) if isinstance(source, RowSource) else None


def digest_rows(rows: QuerySet[Any] | None) -> str:
    """Return the digest of the primary keys of rows, "" without rows."""
    if rows is None:
        return ""
    hashed = hashlib.sha256()
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000):
        hashed.update(b"%d\n" % pk)
    return hashed.hexdigest()


def _count_share(definition: FigureDefinition, scope: RowScope) -> tuple[float, float]:
    """Return how many rows of the denominator are counted by the numerator, and how many there are."""
    assert isinstance(definition.denominator, RowSource) and isinstance(definition.numerator, RowSource)
    counts = select_rows(definition.denominator, scope).aggregate(
        whole=Count("pk"), part=Count("pk", filter=build_condition(definition.numerator))
    )
    return float(counts["part"]), float(counts["whole"])


def _count(source: Source | None, scope: RowScope, known: float | None = None) -> int:
    """Return how many rows a source counts; `known` is its total, which is their number unless it adds up a column."""
    if not isinstance(source, RowSource):
        return 0
    return int(known) if known is not None and not source.sum else select_rows(source, scope).count()


def _total(source: Source, scope: RowScope, period: Period) -> float | None:
    if isinstance(source, OutsideSource):
        return outside_total(source.number, scope.organizations, period)
    rows = select_rows(source, scope)
    if source.sum:
        return float(rows.aggregate(total=Sum(amount_of(find_table(source), source.sum)))["total"] or 0)
    return float(rows.count())


def outside_total(name: str, organizations: Iterable[int], period: Period) -> float | None:
    """Return a number from outside of organisations (primary keys) together for a period, None without any."""
    values = _UNSCOPED.rows(OutsideValue).filter(
        owner__in=organizations, name=name, month__in=months_counted(name, period)
    )
    total = values.aggregate(total=Sum("value"))["total"]
    return None if total is None else float(total)


def _find_missing(
    definition: FigureDefinition, organizations: Sequence[Organization], period: Period
) -> Iterable[tuple[str, str]]:
    for name in definition.outside_numbers:
        months = months_counted(name, period)
        rows = _UNSCOPED.rows(OutsideValue).filter(owner__in=organizations, name=name, month__in=months)
        found = dict(rows.order_by().values_list("owner").annotate(count=Count("pk")))
        for organization in organizations:
            if not months or found.get(organization.pk, 0) < len(months):
                yield name, organization.ref


def _value(definition: FigureDefinition, numerator: float, denominator: float | None) -> float | None:
    if definition.denominator is None:
        return numerator
    return numerator / denominator * SCALES[definition.unit] if denominator else None


def _observations(definition: FigureDefinition, numerator: float | None, denominator: float | None, rows: int) -> int:
    """Return what the minimum is compared with."""
    if definition.denominator is None:
        return rows
    is_rate = definition.interval == "poisson"
    return int((numerator if is_rate else denominator) or 0)


def _interval(definition: FigureDefinition, numerator: float | None, denominator: float | None) -> Interval | None:
    if not denominator or numerator is None:
        return None
    scale = SCALES[definition.unit]
    if definition.interval == "wilson":
        bounds = wilson_interval(min(1.0, numerator / denominator), denominator)
        return Interval(bounds.low * scale, bounds.high * scale)
    if definition.interval == "poisson":
        bounds = poisson_interval(int(numerator))
        return Interval(bounds.low / denominator * scale, bounds.high / denominator * scale)
    return None


def _compute_quantile(
    definition: FigureDefinition, scope: RowScope, organizations: Sequence[Organization], period: Period
) -> Figure:
    seconds = np.array(_durations(definition, scope), np.float64)
    count = len(seconds)
    value = float(np.quantile(seconds, definition.quantile)) / _SECONDS[definition.unit] if count else None
    interval = _quantile_interval(definition, seconds) if count else None
    lineage = _lineage(definition, organizations, period, count, count)
    return Figure(definition, value, None, None, count, interval, lineage)


def _durations(definition: FigureDefinition, scope: RowScope) -> list[float]:
    """Return the durations of the rows in seconds."""
    source = definition.denominator
    assert isinstance(source, RowSource)
    table = find_table(source)
    rows = select_rows(source, scope)
    if isinstance(source.until, str):
        pairs = rows.values_list(table.lookup(source.since), table.lookup(source.until))
    else:
        steps = select_related_rows(table, source.until).order_by().values("instance").annotate(first=Min("at"))
        pairs = rows.annotate(until_at=Subquery(steps.values("first"))).values_list(
            table.lookup(source.since), "until_at"
        )
    return [(until - since).total_seconds() for since, until in pairs if since and until]


def _quantile_interval(definition: FigureDefinition, seconds: np.ndarray[Any, Any]) -> Interval:
    """Return the bounds of a quantile by order statistics: the binomial ranks around it, by Wilson's interval."""
    bounds = wilson_interval(definition.quantile, len(seconds))
    low, high = np.quantile(seconds, [bounds.low, bounds.high]) / _SECONDS[definition.unit]
    return Interval(float(low), float(high))


def _lineage(
    definition: FigureDefinition,
    organizations: Sequence[Organization],
    period: Period,
    numerator: int,
    denominator: int,
) -> Lineage:
    refs = tuple(organization.ref for organization in organizations)
    return Lineage(definition.name, definition.version, refs, period.key, numerator, denominator)
