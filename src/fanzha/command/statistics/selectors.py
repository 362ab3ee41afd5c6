"""Read figures: one, or all that are shown, of organisations that the viewer may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.statistics.definitions import (
    UNIT_WORDS,
    FigureDefinition,
    FigureUnit,
    load_figures,
    shown_figures,
)
from fanzha.command.statistics.figures import Figure, Lineage, compute_figure
from fanzha.command.statistics.periods import Period, last_month, month_of, parse_period
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

__all__ = [
    "ENTERERS",
    "FILLERS",
    "UNIT_WORDS",
    "Figure",
    "FigureDefinition",
    "Lineage",
    "Period",
    "READERS",
    "FigureUnit",
    "kpi",
    "kpis",
    "last_month",
    "load_figures",
    "month_of",
    "parse_period",
    "readable_organizations",
    "shown_figures",
]

#: Who reads figures and the rows behind them.
READERS = (
    Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR, Role.CLERK,
    Role.CERTIFYING_OFFICER, Role.PRIVACY_OFFICER,
)  # fmt: skip

#: Who enters numbers from outside.
ENTERERS = (Role.CLERK, Role.ANALYST, Role.CERTIFYING_OFFICER)
#: Who completes statutory forms.
FILLERS = ENTERERS


def kpi(name: str, organization: Organization | Sequence[Organization], period: Period) -> Figure:
    """Return a figure of an organisation, or of several together, for a period. Raise KeyError for an unknown name.

    Its value is in its unit. Do not rank by it, or show its value, unless `is_enough`. The caller checks who may read
    the organisation's figures.
    """
    organizations = organization if isinstance(organization, Sequence) else [organization]
    return compute_figure(load_figures()[name], list(organizations), period)


def kpis(organizations: Sequence[Organization], period: Period) -> list[Figure]:
    """Return all key figures of organisations together, in the order of the page."""
    return [compute_figure(definition, organizations, period) for definition in shown_figures()]


def readable_organizations(viewer: Viewer) -> QuerySet[Organization]:
    """Return the organisations whose figures a viewer may read: the own one and those it supervises."""
    return all_organizations().filter(pk__in=viewer.reads)
