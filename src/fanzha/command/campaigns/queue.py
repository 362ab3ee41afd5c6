"""The queue of campaigns: filtered, hottest first, paged by a cursor over heat, each with its strongest reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.claims.finding import Maturity
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.campaigns.services import wake_due
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.subjects.selectors import find_standing_findings, finding_sentence, latest_findings
from fanzha.command.web.database import bulk
from fanzha.command.web.list_options import SortOrder, take_page
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("rows below a campaign that the viewer may read")

PAGE_SIZE = 25
#: A new or reopened campaign should have an assignee within this time.
ASSIGN_WITHIN = timedelta(hours=24)
WAITING, MINE, NEW, LATE, CONFIRMED, YESTERDAY, SNOOZED, ORDERED, CLEARED = (
    "waiting", "mine", "new", "late", "confirmed", "confirmed_yesterday", "snoozed", "ordered", "set_aside",
)  # fmt: skip
SHOW_WORDS: dict[str, Words] = {
    WAITING: Words("待处理", "waiting"),
    MINE: Words("我的", "mine"),
    NEW: Words("新的", "new"),
    LATE: Words("超时", "late"),
    CONFIRMED: Words("已确认，待处置", "confirmed, to act on"),
    YESTERDAY: Words("昨日确认", "confirmed yesterday"),
    SNOOZED: Words("已推迟", "snoozed"),
    ORDERED: Words("已下达指令", "ordered"),
    CLEARED: Words("已判为误报", "cleared"),
}

#: Orders of the queue; the first is the standard, which an index serves.
SORTS: dict[str, SortOrder] = {
    "heat": SortOrder(Words("热度", "heat"), "heat", float),
    "latest": SortOrder(Words("最近活动", "latest activity"), "last_at", datetime.fromisoformat),
    "oldest": SortOrder(Words("发现最早", "first found"), "first_at", datetime.fromisoformat, descending=False),
    "subjects": SortOrder(Words("对象数", "number of subjects"), "subjects", int),
    "victims": SortOrder(Words("待劝阻人数", "people to warn"), "victims", int),
    "money": SortOrder(Words("损失金额", "reported loss"), "money", int),
}


@dataclass(frozen=True)
class QueueFilter:
    """Filter of the queue: `simulated` or `on_trial` None shows both; `owner` "" is the viewer's organisation."""

    show: str = WAITING
    fraud_type: str = ""
    simulated: bool | None = None
    owner: str = ""
    on_trial: bool | None = None  # only campaigns whose findings are all not live, or only the others
    sort: str = "heat"


class QueuePage(NamedTuple):
    """One page; `next` is "" on the last one."""

    rows: Sequence[Campaign]
    next: str


def queue_page(queue_filter: QueueFilter, viewer: Viewer, cursor: str = "", size: int = PAGE_SIZE) -> QueuePage:
    """Return a page of the queue, from a cursor on. Raise ValueError for an invalid cursor."""
    now = timezone.now()
    wake_due(now, viewer.organization)
    rows = filter_queue(Campaign.objects.all(), queue_filter, viewer, now).select_related("assignee", "owner")
    return QueuePage(*take_page(rows, SORTS[queue_filter.sort], cursor, size))


def filter_queue(
    rows: "QuerySet[Campaign]", queue_filter: QueueFilter, viewer: Viewer, now: datetime
) -> "QuerySet[Campaign]":
    """Apply a filter to the campaigns that the viewer may read."""
    owner = viewer.organization
    if queue_filter.owner:
        owner = all_organizations().filter(ref=queue_filter.owner).values_list("pk", flat=True).first() or 0
    rows = rows.filter(_show_condition(queue_filter.show, viewer, now), owner=owner)
    if queue_filter.fraud_type:
        rows = rows.filter(fraud_type=queue_filter.fraud_type)
    if queue_filter.on_trial is not None:
        on_trial = Q(_has_finding(*Maturity)) & ~Q(_has_finding(Maturity.LIVE))
        rows = rows.filter(on_trial if queue_filter.on_trial else ~on_trial)
    return rows if queue_filter.simulated is None else rows.filter(simulated=queue_filter.simulated)


def _show_condition(show: str, viewer: Viewer, now: datetime) -> Q:
    waiting = Q(state=CampaignState.OPEN, confirmed_at=None)
    match show:
        case "mine":
            return Q(state=CampaignState.OPEN, assignee=viewer.person or 0)
        case "new":
            return waiting & Q(assignee=None, revision=1)
        case "late":
            since = now - ASSIGN_WITHIN
            back = Q(came_back_at=None, first_at__lt=since) | Q(came_back_at__lt=since)
            return waiting & Q(assignee=None) & back
        case "confirmed":
            return Q(state=CampaignState.OPEN, confirmed_at__isnull=False)
        case "confirmed_yesterday":
            begins, ends = yesterday(now)
            return Q(confirmed_at__gte=begins, confirmed_at__lt=ends)
        case "snoozed":
            return Q(state=CampaignState.SNOOZED)
        case "ordered":
            return Q(state=CampaignState.ORDERED)
        case "set_aside":
            return Q(state=CampaignState.CLEARED)
    return waiting


def yesterday(now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of yesterday and that of today, in the reader's time zone."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=1), today


def due_at(campaign: Campaign) -> datetime | None:
    """Return by when a campaign should have an assignee; None if it has one, is confirmed or is not open."""
    if campaign.state != CampaignState.OPEN or campaign.assignee_id is not None or campaign.confirmed_at is not None:
        return None
    return (campaign.came_back_at or campaign.first_at) + ASSIGN_WITHIN


def campaign_maturities(rows: Sequence[Campaign]) -> dict[int, str]:
    """Return the best maturity of the standing findings of each campaign (primary key), "" if it has none."""
    best = Case(*(When(_has_finding(one), then=Value(one.value)) for one in Maturity), default=Value(""))
    found = _UNSCOPED.rows(Campaign).filter(pk__in=[row.pk for row in rows]).order_by()
    return dict(found.annotate(best=best).values_list("pk", "best"))


def _has_finding(*maturities: Maturity) -> Exists:
    """Return the condition of campaigns with a standing finding of one of these maturities.

    The query goes from the subjects of the campaign to their findings, so that it stops at the first one.
    """
    findings = find_standing_findings(_UNSCOPED).filter(
        subject=OuterRef("subject"), owner=OuterRef("owner"), maturity__in=maturities
    )
    return Exists(_UNSCOPED.rows(Placement).filter(Exists(findings), campaign=OuterRef("pk")))


def strongest_sentences(rows: Sequence[Campaign], viewer: Viewer) -> dict[int, str]:
    """Return what was last seen of the strongest suspect of each campaign (primary key) that has one.

    A viewer who may read a campaign may read its findings: its marking is the strictest of theirs.
    """
    subjects = bulk.first_rows(
        f"SELECT campaign_id, subject_id FROM {Placement._meta.db_table} WHERE campaign_id = %s AND NOT is_victim"
        " ORDER BY top_score DESC, id DESC LIMIT 1",
        [(row.pk,) for row in rows],
    )
    owners = {row.pk: row.owner_id for row in rows}
    findings = latest_findings([(subject, owners[pk]) for pk, subject in subjects.items()], _UNSCOPED)
    sentence_by_campaign: dict[int, str] = {}
    for pk, subject in subjects.items():
        if (finding := findings.get(subject)) and (sentence := finding_sentence(finding, viewer)):
            sentence_by_campaign[pk] = sentence
    return sentence_by_campaign
