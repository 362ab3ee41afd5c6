"""Publish figures by a decision of a regulator: one person proposes, another decides, and both stand on record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.statistics.definitions import FigureUnit, load_figures
from fanzha.command.statistics.figures import Figure, compute_figure
from fanzha.command.statistics.models import FigurePublication, PublicationState
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.statistics.periods import Period
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("what was decided to be public is read by everybody")
#: Who proposes what is published, and where.
PROPOSERS = (Role.ANALYST, Role.INSPECTOR, Role.REVIEWER)
PUBLISHERS = (Kind.REGULATOR,)
#: Cells below this are withheld from the public page: they could tell of a single person.
SMALLEST_CELL = 10
#: How many periods the public page shows.
SHOWN_PUBLICATIONS = 120
_TOO_FEW = Words("观测数不足，不得公开", "There are not enough observations to publish it")
_NOT_OVER = Words("统计期尚未结束", "The period is not over yet")
_ALREADY = Words("该指标本期已提出或已公开", "It was proposed or published for this period")
_SAME_PERSON = Words("须由提出人以外的人员决定", "Somebody other than who proposed it must decide")
_DECIDED = Words("已有人作出决定", "Somebody has already decided")
_NO_REASON = Words("须写明理由", "Say why")


def covered_organizations(viewer: Viewer) -> list[Organization]:
    """Return the active operators and other firms that a regulator supervises, whose rows its figures cover."""
    kinds = (Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.CENTRE)
    rows = all_organizations().filter(pk__in=viewer.supervised, kind__in=kinds, is_active=True)
    return list(rows.order_by("pk"))


def propose_publication(
    viewer: Viewer, person: Person, name: str, period: Period, reason: str, now: datetime
) -> FigurePublication:
    """Propose to publish a figure with its pair, as computed now. Raise Refusal, or KeyError for an unknown figure."""
    definition, organizations = load_figures()[name], covered_organizations(viewer)
    if not reason.strip():
        raise Refusal(Reason.EVIDENCE, _NO_REASON, fields={"reason": _NO_REASON})
    if period.until > now:
        raise Refusal(Reason.STATE, _NOT_OVER)
    figure = compute_figure(definition, organizations, period)
    if not figure.is_enough:
        raise Refusal(Reason.STATE, _TOO_FEW)
    pair = compute_figure(load_figures()[figure.pair], organizations, period)
    owner = all_organizations().get(pk=viewer.organization)
    row = FigurePublication(
        owner=owner, figure=name, version=definition.version, period=period.key,
        numbers={"figure": publish_numbers(figure), "pair": publish_numbers(pair)},
        organizations=len(organizations), reason=reason.strip()[:300], proposed_by=person, proposed_at=now,
        simulated=owner.simulated,
    )  # fmt: skip
    try:
        with recorded() as log, transaction.atomic():
            row.save(force_insert=True)
            _log(log, "figure_proposed", row, person, now)
    except IntegrityError:
        raise Refusal(Reason.STATE, _ALREADY) from None
    return row


def decide_publication(row: FigurePublication, person: Person, now: datetime, *, publish: bool) -> None:
    """Publish a proposed figure, or refuse to. Raise Refusal if the same person proposed it, or it was decided."""
    if row.proposed_by_id == person.pk:
        raise Refusal(Reason.SAME_PERSON, _SAME_PERSON)
    state = PublicationState.PUBLISHED if publish else PublicationState.REFUSED
    _change(row, PublicationState.PROPOSED, state, person, now)


def withdraw_publication(row: FigurePublication, person: Person, now: datetime) -> None:
    """Take a published figure off the public page. Raise Refusal if it is not published."""
    _change(row, PublicationState.PUBLISHED, PublicationState.WITHDRAWN, person, now)


def decide_or_withdraw(row: FigurePublication, decision: str, person: Person, now: datetime) -> None:
    """Carry out `publish`, `withdraw`, or anything else as a refusal. Raise Refusal."""
    if decision == "withdraw":
        withdraw_publication(row, person, now)
    else:
        decide_publication(row, person, now, publish=decision == "publish")


def find_publications() -> QuerySet[FigurePublication]:
    """Return the decisions of the viewer's organisation, the latest first."""
    return FigurePublication.objects.all().select_related("proposed_by", "decided_by")


def published_figures() -> QuerySet[FigurePublication]:
    """Return the latest published figures of all regulators, for everybody."""
    rows = _UNSCOPED.rows(FigurePublication).filter(state=PublicationState.PUBLISHED, figure__in=load_figures())
    return rows.select_related("owner").order_by("-period", "owner", "pk")[:SHOWN_PUBLICATIONS]


def publish_numbers(figure: Figure) -> dict[str, Any]:
    """Return what is published of a figure: nothing of it if a cell is so small that it could tell of a person."""
    cells: list[float] = [figure.n] if figure.numerator is None else [figure.n, figure.numerator]
    if figure.denominator is not None and figure.numerator is not None:
        cells.append(figure.denominator - figure.numerator)
    is_money = figure.unit is FigureUnit.CNY
    cells = [figure.n] if is_money else cells
    if not figure.is_enough or any(0 < cell < SMALLEST_CELL for cell in cells):
        return {"name": figure.name, "withheld": "small" if figure.is_enough else "few", "n": None}
    bounds = figure.interval
    return {
        "name": figure.name, "value": figure.value, "n": figure.n, "denominator": figure.denominator,
        "low": bounds.low if bounds else None, "high": bounds.high if bounds else None,
    }  # fmt: skip


def _change(
    row: FigurePublication, before: PublicationState, after: PublicationState, person: Person, now: datetime
) -> None:
    with recorded() as log:
        waiting = FigurePublication.objects.filter(pk=row.pk, state=before)
        if not waiting.update(state=after, decided_by=person, decided_at=now):
            raise Refusal(Reason.STATE, _DECIDED)
        _log(log, f"figure_{after}", row, person, now)


def _log(log: Any, kind: str, row: FigurePublication, person: Person, now: datetime) -> None:
    facts = {"figure": row.figure, "version": row.version, "period": row.period, "numbers": row.numbers}
    log.add(Draft(kind, to_ms(now), person.ref, row.owner.ref, about=row.ref, facts=facts))
