"""How often orders proved wrong: restored targets by organisation, detector and rule, with interval and n."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.orders.target_rows import ORDERED_STATES
from fanzha.command.organizations.selectors import all_organizations, get_organization
from fanzha.command.processes.selectors import own_notices
from fanzha.command.reviews.selectors import MarkedShare, to_share
from fanzha.command.subjects.selectors import find_findings
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.learn.agreement import Stratum

_UNSCOPED = unscoped("findings of the viewer's own organisation are counted by detector")

READER_ROLES = (
    Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR, Role.PRIVACY_OFFICER,
)  # fmt: skip
PERIOD = timedelta(days=366)


class DisposalRate(NamedTuple):
    """The share of restored targets of one organisation (ref and name) or detector (name)."""

    key: str
    name: str
    restored: MarkedShare


class FalseDisposals(NamedTuple):
    """False disposals of a year. `reached` is the share of the notices of the viewer's organisation delivered."""

    organizations: list[DisposalRate]
    detectors: list[DisposalRate]
    reached: MarkedShare


def measure_false_disposals(viewer: Viewer, now: datetime) -> FalseDisposals:
    """Return the rates of the viewer's organisation and of those it supervises, and by detector of the own orders.

    A target is restored by an appeal that was upheld or by a roll-back. It counts for each detector that found its
    subject. Orders of exercises count for simulated organisations alone.
    """
    is_simulated = get_organization(viewer.organization).simulated
    targets = _ordered_targets(now, is_simulated=is_simulated)
    notices = own_notices(viewer).filter(written_at__gt=now - PERIOD, instance__simulated=is_simulated)
    delivered = notices.filter(delivered_at__isnull=False).count()
    return FalseDisposals(
        organizations=_by_organization(targets, viewer),
        detectors=_by_detector(targets, viewer),
        reached=_rate(notices.count(), delivered),
    )


def count_restored(viewer: Viewer, now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many targets of a year each organisation that the viewer reads ordered, and how many were restored.

    Keys are primary keys of organisations.
    """
    is_simulated = get_organization(viewer.organization).simulated
    counts = _count_by_owner(_ordered_targets(now, is_simulated=is_simulated), viewer)
    return {row["instance__owner"]: (row["ordered"], row["restored"]) for row in counts}


def measure_detectors(viewer: Viewer, now: datetime) -> list[DisposalRate]:
    """Return the rates by detector of the own orders of the viewer's organisation."""
    is_simulated = get_organization(viewer.organization).simulated
    return _by_detector(_ordered_targets(now, is_simulated=is_simulated), viewer)


def _ordered_targets(now: datetime, *, is_simulated: bool) -> QuerySet[OrderTarget]:
    return OrderTarget.objects.filter(
        state__in=ORDERED_STATES, changed_at__gt=now - PERIOD, instance__simulated=is_simulated
    )


def _count_by_owner(targets: QuerySet[OrderTarget], viewer: Viewer) -> list[Any]:
    rows = targets.filter(instance__owner__in=viewer.reads).order_by().values("instance__owner")
    return list(rows.annotate(ordered=Count("pk"), restored=Count("pk", filter=Q(state=TargetState.RESTORED))))


def _by_organization(targets: QuerySet[OrderTarget], viewer: Viewer) -> list[DisposalRate]:
    counts = _count_by_owner(targets, viewer)
    organizations = all_organizations().in_bulk([row["instance__owner"] for row in counts])
    rates = [
        DisposalRate(organization.ref, str(organization), _rate(row["ordered"], row["restored"]))
        for row in counts
        if (organization := organizations.get(row["instance__owner"]))
    ]
    return sorted(rates, key=lambda rate: rate.name)


def _by_detector(targets: QuerySet[OrderTarget], viewer: Viewer) -> list[DisposalRate]:
    own = targets.filter(instance__owner=viewer.organization).order_by()
    restored = own.filter(state=TargetState.RESTORED)
    findings = find_findings(_UNSCOPED).filter(owner=viewer.organization, subject__thing__in=own.values("thing"))
    rows = findings.order_by("detector").values("detector")
    counts = rows.annotate(
        ordered=Count("subject__thing", distinct=True),
        restored=Count("subject__thing", distinct=True, filter=Q(subject__thing__in=restored.values("thing"))),
    )
    return [DisposalRate(row["detector"], row["detector"], _rate(row["ordered"], row["restored"])) for row in counts]


def _rate(count: int, counted: int) -> MarkedShare:
    return to_share([Stratum(count, count, counted)])
