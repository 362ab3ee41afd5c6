"""Queries of research for pages and API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.research.models import PartnerModel, ResearchAgreement, ResearchTable, ShadowRun

if TYPE_CHECKING:
    from django.db.models import QuerySet

RUNS_SHOWN = 30


def list_agreements() -> QuerySet[ResearchAgreement]:
    """Return the readable agreements with both parties, the newest first."""
    return ResearchAgreement.objects.select_related("owner", "partner", "approved_by")


def list_models() -> QuerySet[PartnerModel]:
    """Return the readable models with owner and partner, the newest first."""
    return PartnerModel.objects.select_related("owner", "agreement__partner", "agreement__owner", "decided_by")


def list_tables() -> QuerySet[ResearchTable]:
    """Return the readable tables without their memberships, the newest first."""
    rows = ResearchTable.objects.select_related("owner", "agreement__partner", "agreement__owner", "decided_by")
    return rows.defer("membership")


def list_runs(model: PartnerModel) -> list[ShadowRun]:
    """Return the latest runs of a model, the latest first; none for who may not read its owner's data."""
    return list(ShadowRun.objects.filter(partner_model=model)[:RUNS_SHOWN])
