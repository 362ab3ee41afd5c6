"""Make the draft of a month: its cases, its figures with those of the month before, and its text from the template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.bulletins.cases import CaseSpan, collect_cases
from fanzha.command.bulletins.measures import CaseFacts, Count, Counts, count_measures
from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure, BulletinText
from fanzha.command.bulletins.months import MonthBounds, month_before, month_bounds
from fanzha.command.bulletins.text_template import LANGUAGES, text_sections
from fanzha.command.reports.selectors import count_fraud_types
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("the draft of a bulletin is made for all companies that its owner supervises")
_CHUNK = 1_000
#: The kind of the log entry of a draft.
DRAFTED = "bulletin_drafted"
#: Kinds of companies that a bulletin names.
COMPANIES = (Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.BANK)


def supervised_companies(owner: Organization) -> dict[int, Organization]:
    """Return the companies that a bulletin of an owner may name, by primary key; also suspended ones."""
    return owner.supervises.filter(kind__in=COMPANIES).in_bulk()


def write_draft(instance: ProcessInstance, month: date, now: datetime) -> Bulletin:
    """Write the bulletin of a process that was opened now, in its transaction."""
    owner, bounds = instance.owner, month_bounds(month, instance.owner.zone)
    companies = supervised_companies(owner)
    span = CaseSpan(companies, *bounds, as_of=now, simulated=owner.simulated)
    with recorded() as log:
        bulletin = Bulletin.objects.create(
            ref=instance.ref,
            owner=owner,
            month=month,
            began_at=bounds.began_at,
            ended_at=bounds.ended_at,
            as_of=now,
            simulated=owner.simulated,
            drafted_at=now,
            fraud_types=_count_types(owner, companies, bounds),
        )
        counts = count_measures(_store_cases(bulletin, collect_cases(span)))
        before = count_measures(collect_cases(_span_before(span, month, owner.zone)))
        _write_figures(bulletin, counts, before)
        _write_template(bulletin, now)
        facts = {"month": f"{month:%Y-%m}", "companies": len({company for company, _ in counts} - {None})}
        log.add(Draft(DRAFTED, to_ms(now), "", owner.ref, process=instance.ref, facts=facts))
    return bulletin


def _count_types(owner: Organization, companies: dict[int, Organization], bounds: MonthBounds) -> list[list[object]]:
    receivers = {owner.pk, *owner.supervises.values_list("pk", flat=True), *companies}
    counts = count_fraud_types(receivers, bounds.began_at, bounds.ended_at, simulated=owner.simulated)
    return [[name, count] for name, count in counts]


def _span_before(span: CaseSpan, month: date, zone: str) -> CaseSpan:
    """Return the span of the month before, as it stood after as many days: both months had the same time."""
    bounds = month_bounds(month_before(month), zone)
    as_of = bounds.ended_at + (span.as_of - span.ended_at)
    return span._replace(began_at=bounds.began_at, ended_at=bounds.ended_at, as_of=as_of)


def _store_cases(bulletin: Bulletin, cases: Iterator[CaseFacts]) -> Iterator[CaseFacts]:
    """Store cases as rows of a bulletin while they pass."""
    while chunk := list(islice(cases, _CHUNK)):
        rows = []
        for case in chunk:
            values = case._asdict()
            rows.append(BulletinCase(bulletin=bulletin, organization_id=values.pop("organization"), **values))
        _UNSCOPED.rows(BulletinCase).bulk_create(rows)
        yield from chunk


def _write_figures(bulletin: Bulletin, counts: Counts, before: Counts) -> None:
    """Write the figures of all together and of each company with a case this month."""
    none = Count(0, 0)
    _UNSCOPED.rows(BulletinFigure).bulk_create(
        BulletinFigure(
            bulletin=bulletin,
            organization_id=company,
            measure=measure,
            part=count.part,
            whole=count.whole,
            before_part=before.get((company, measure), none).part,
            before_whole=before.get((company, measure), none).whole,
        )
        for (company, measure), count in sorted(counts.items(), key=lambda item: item[0][0] or 0)
    )


def _write_template(bulletin: Bulletin, now: datetime) -> None:
    _UNSCOPED.rows(BulletinText).bulk_create(
        BulletinText(bulletin=bulletin, section=name, language=language, body=body, at=now)
        for name, section in text_sections().items()
        for language, body in zip(LANGUAGES, section.body, strict=True)
    )
