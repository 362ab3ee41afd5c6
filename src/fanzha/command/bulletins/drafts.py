"""Make the draft of a month: its figures with those of the month before, the rows behind them, and its text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure, BulletinText
from fanzha.command.bulletins.stated_figures import MEASURES, state_figure
from fanzha.command.bulletins.text_template import LANGUAGES, text_sections
from fanzha.command.reports.selectors import count_fraud_types
from fanzha.command.statistics.selectors import CountedRow, Period, kpi, kpi_of_each, kpi_rows, last_month, load_figures
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.statistics.selectors import Figure

_UNSCOPED = unscoped("the draft of a bulletin is made for all companies that its owner supervises")
_CHUNK = 1_000
#: The kind of the log entry of a draft.
DRAFTED = "bulletin_drafted"
#: Kinds of companies that a bulletin names.
COMPANIES = (Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.BANK)


def supervised_companies(owner: Organization) -> dict[int, Organization]:
    """Return the companies whose rows a bulletin of an owner counts, by primary key; also suspended ones."""
    return owner.supervises.filter(kind__in=COMPANIES, simulated=owner.simulated).in_bulk()


def write_draft(instance: ProcessInstance, month: Period, now: datetime) -> Bulletin:
    """Write the bulletin of a process that was opened now, in its transaction."""
    owner, companies = instance.owner, supervised_companies(instance.owner)
    with recorded() as log:
        bulletin = Bulletin.objects.create(
            ref=instance.ref,
            owner=owner,
            month=timezone.localtime(month.since, timezone.get_default_timezone()).date(),
            began_at=month.since,
            ended_at=month.until,
            as_of=now,
            simulated=owner.simulated,
            drafted_at=now,
            fraud_types=_count_types(owner, companies, month),
        )
        named = _write_cases(bulletin, list(companies.values()), month)
        _write_figures(bulletin, {key: row for key, row in companies.items() if key in named}, companies, month)
        _write_template(bulletin, now)
        facts = {"month": month.key, "companies": len(named)}
        log.add(Draft(DRAFTED, to_ms(now), "", owner.ref, process=instance.ref, facts=facts))
    return bulletin


def _count_types(owner: Organization, companies: Mapping[int, Organization], month: Period) -> list[list[object]]:
    receivers = {owner.pk, *owner.supervises.values_list("pk", flat=True), *companies}
    counts = count_fraud_types(receivers, month.since, month.until, simulated=owner.simulated)
    return [[name, count] for name, count in counts]


def _write_cases(bulletin: Bulletin, companies: list[Organization], month: Period) -> set[int]:
    """Store the rows behind every figure; return the companies (primary keys) that have any."""
    named = set()
    for measure in MEASURES:
        rows = kpi_rows(measure, companies, month)
        while chunk := list(islice(rows, _CHUNK)):
            _UNSCOPED.rows(BulletinCase).bulk_create(_case(bulletin, measure, row) for row in chunk)
            named |= {row.organization for row in chunk}
    return named


def _case(bulletin: Bulletin, measure: str, row: CountedRow) -> BulletinCase:
    values = row._asdict()
    return BulletinCase(bulletin=bulletin, measure=measure, organization_id=values.pop("organization"), **values)


def _write_figures(
    bulletin: Bulletin, named: Mapping[int, Organization], companies: Mapping[int, Organization], month: Period
) -> None:
    """Write the figures of all together and of each company that is named."""
    before = _figures_before(bulletin, month)
    rows = []
    for measure in MEASURES:
        of_all = kpi(measure, list(companies.values()), month)
        of_each = kpi_of_each(measure, list(named.values()), month)
        found: list[tuple[int | None, Figure]] = [(None, of_all), *of_each.items()]
        rows += [_figure_row(bulletin, key, figure, before.get((key, measure))) for key, figure in found]
    _UNSCOPED.rows(BulletinFigure).bulk_create(rows)


def _figure_row(
    bulletin: Bulletin, company: int | None, figure: Figure, before: BulletinFigure | None
) -> BulletinFigure:
    row = BulletinFigure(
        bulletin=bulletin,
        organization_id=company,
        version=load_figures()[figure.name].version,
        **state_figure(figure)._asdict(),
    )
    if before is not None and before.version == row.version:
        row.before_n, row.before_value = before.n, before.value
        row.before_low, row.before_high = before.low, before.high
    return row


def _figures_before(bulletin: Bulletin, month: Period) -> dict[tuple[int | None, str], BulletinFigure]:
    """Return the figures of the bulletin of the month before, by company and measure: they had the same time to change.

    Without such a bulletin there are none.
    """
    began_at = last_month(month.since).since
    rows = _UNSCOPED.rows(BulletinFigure).filter(
        bulletin__owner=bulletin.owner, bulletin__began_at=began_at, bulletin__dropped_at=None
    )
    return {(row.organization_id, row.measure): row for row in rows}


def _write_template(bulletin: Bulletin, now: datetime) -> None:
    _UNSCOPED.rows(BulletinText).bulk_create(
        BulletinText(bulletin=bulletin, section=name, language=language, body=body, at=now)
        for name, section in text_sections().items()
        for language, body in zip(LANGUAGES, section.body, strict=True)
    )
