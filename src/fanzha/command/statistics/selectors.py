"""Read figures: one, or all that are shown, of organisations that the viewer may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.statistics.definitions import (
    UNIT_WORDS,
    FigureDefinition,
    FigureMeasure,
    FigureUnit,
    list_key_figures,
    load_figures,
    write_number,
)
from fanzha.command.statistics.figures import (
    CountedRow,
    Figure,
    Lineage,
    compute_figure,
    compute_share_of_each,
    counted_rows,
)
from fanzha.command.statistics.periods import Period, last_month, month_of, parse_month, parse_period
from fanzha.command.statistics.row_tables import TABLES
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

__all__ = [
    "CountedRow",
    "ENTERERS",
    "FILLERS",
    "UNIT_WORDS",
    "Figure",
    "FigureDefinition",
    "FigureMeasure",
    "Lineage",
    "Period",
    "READERS",
    "FigureUnit",
    "kpi",
    "kpi_of_each",
    "kpi_rows",
    "kpis",
    "last_month",
    "load_figures",
    "month_of",
    "parse_month",
    "parse_period",
    "readable_organizations",
    "row_title",
    "list_key_figures",
    "write_number",
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


def kpi_of_each(name: str, organizations: Sequence[Organization], period: Period) -> dict[int, Figure]:
    """Return a figure of each organisation (primary key) for a period. Raise KeyError for an unknown name."""
    definition = load_figures()[name]
    if definition.measure is FigureMeasure.SHARE:
        return compute_share_of_each(definition, organizations, period)
    return {row.pk: compute_figure(definition, [row], period) for row in organizations}


def kpi_rows(name: str, organizations: Sequence[Organization], period: Period) -> Iterator[CountedRow]:
    """Yield the rows behind a share or ratio of organisations for a period. Raise KeyError for an unknown name."""
    return counted_rows(load_figures()[name], organizations, period)


def kpis(organizations: Sequence[Organization], period: Period) -> list[Figure]:
    """Return all key figures of organisations together, in the order of the page."""
    return [compute_figure(definition, organizations, period) for definition in list_key_figures()]


def row_title(table: str) -> Words:
    """Return what the rows of a table are called."""
    return TABLES[table].title


def readable_organizations(viewer: Viewer) -> QuerySet[Organization]:
    """Return the organisations whose figures a viewer may read: the own one and those it supervises."""
    return all_organizations().filter(pk__in=viewer.reads)
