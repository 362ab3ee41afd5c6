"""Figures of campaigns by owner, fraud type and day of their first finding, from one query over an index."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple, Self

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from fanzha.command.campaigns.models import Campaign, CampaignState, Placement


class FraudFigures(NamedTuple):
    """Sums over campaigns.

    `confirmed` and `cleared` count the decided ones, `subjects` and `victims` those in campaigns that were not cleared.
    `loss_fen` is the loss named in the findings of `loss_campaigns` campaigns that a person confirmed as fraud.
    """

    campaigns: int = 0
    confirmed: int = 0
    cleared: int = 0
    findings: int = 0
    subjects: int = 0
    victims: int = 0
    loss_fen: int = 0
    loss_campaigns: int = 0

    @property
    def decided(self) -> int:
        """Return the number of campaigns confirmed or cleared."""
        return self.confirmed + self.cleared

    @classmethod
    def total(cls, figures: Iterable[FraudFigures]) -> Self:
        """Return the sum of figures."""
        columns = list(zip(*figures, strict=True))
        return cls(*map(sum, columns)) if columns else cls()


class CampaignTally(NamedTuple):
    """The figures of one owner (primary key), fraud type ("" without) and day in the reader's time zone."""

    owner: int
    fraud_type: str
    day: date
    figures: FraudFigures


def tally_campaigns(owners: Iterable[int], since: datetime) -> list[CampaignTally]:
    """Return the figures of readable campaigns of `owners` whose first finding is not before `since`."""
    standing = ~Q(state=CampaignState.CLEARED)
    with_loss = standing & Q(confirmed_at__isnull=False, money__gt=0)
    rows = (
        Campaign.objects.filter(owner__in=owners, first_at__gte=since)
        .exclude(state=CampaignState.MERGED)
        .values("owner", "fraud_type", day=TruncDate("first_at"))
        .annotate(
            campaigns=Count("pk"),
            confirmed=Count("pk", filter=standing & Q(confirmed_at__isnull=False)),
            cleared=Count("pk", filter=~standing),
            all_findings=Sum("findings"),
            all_subjects=Sum("subjects", filter=standing, default=0),
            all_victims=Sum("victims", filter=standing, default=0),
            loss_fen=Sum("money", filter=with_loss, default=0),
            loss_campaigns=Count("pk", filter=with_loss),
        )
        .order_by()
    )
    return [
        CampaignTally(
            row["owner"],
            row["fraud_type"],
            row["day"],
            FraudFigures(
                row["campaigns"],
                row["confirmed"],
                row["cleared"],
                row["all_findings"],
                row["all_subjects"],
                row["all_victims"],
                int(row["loss_fen"]),
                row["loss_campaigns"],
            ),
        )
        for row in rows
    ]


def tally_trunks(owners: Iterable[int], since: datetime) -> list[tuple[int, str, int]]:
    """Return owner (primary key), trunk and number of the readable campaigns with calls on it, most first.

    Cleared campaigns are left out.
    """
    rows = Campaign.objects.filter(owner__in=owners, first_at__gte=since, tie_kind="trunk").exclude(
        state__in=(CampaignState.MERGED, CampaignState.CLEARED)
    )
    counted = rows.order_by().values_list("owner", "tie_value").annotate(many=Count("pk"))
    return list(counted.order_by("-many", "owner", "tie_value"))


def find_numbers(owners: Collection[int], since: datetime, most: int) -> list[tuple[str, bool]]:
    """Return the phone numbers in campaigns found since, each with whether it is a victim's.

    Of the latest campaigns, as many as have `most` subjects together; cleared ones are left out.
    """
    rows = Campaign.objects.filter(owner__in=owners, first_at__gte=since).exclude(
        state__in=(CampaignState.MERGED, CampaignState.CLEARED)
    )
    count = 0
    for first_at, subjects, victims in rows.order_by("-first_at").values_list("first_at", "subjects", "victims"):
        since, count = first_at, count + subjects + victims
        if count >= most:
            break
    placed = Placement.objects.filter(
        campaign__in=rows.filter(first_at__gte=since).order_by().values("pk"), subject__kind="phone_number"
    )
    return list(placed.order_by().values_list("subject__value", "is_victim")[:most])
