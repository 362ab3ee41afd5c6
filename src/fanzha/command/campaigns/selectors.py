"""Queries of campaigns for other apps, and of a campaign's page: ties, findings by hour, subjects, timeline.

`__all__` also names what other apps may use of the modules `figures`, `presenters` and `queue`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils.translation import gettext as _

from fanzha.claims.finding import Maturity
from fanzha.command.campaigns.figures import CampaignTally, FraudFigures, find_numbers, tally_campaigns, tally_trunks
from fanzha.command.campaigns.models import Campaign, CampaignAction, Placement, Tie
from fanzha.command.campaigns.presenters import campaign_rows
from fanzha.command.campaigns.queue import (
    LATE,
    MINE,
    WAITING,
    YESTERDAY,
    QueueFilter,
    due_at,
    filter_queue,
    queue_page,
    yesterday,
)
from fanzha.command.campaigns.titles import tie_title
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, TransitionKind
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.selectors import (
    best_maturities,
    find_standing_findings,
    select_cases,
    select_own_verdicts,
)
from fanzha.command.web.components import TimelineItem
from fanzha.command.web.drawing.hours import Chart, hour_of, hours
from fanzha.command.web.i18n import localize, localize_text
from fanzha.command.web.scoping import Unscoped, unscoped
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.subjects.models import PoliceCase, VerdictRow

__all__ = [
    "CampaignSubject",
    "CampaignSubjectPage",
    "CampaignTally",
    "FraudFigures",
    "HOURS",
    "LATE",
    "MINE",
    "PAGE_SIZE",
    "QueueFilter",
    "WAITING",
    "YESTERDAY",
    "campaign_rows",
    "campaign_timeline",
    "draw_findings_by_hour",
    "due_at",
    "filter_queue",
    "find_campaigns",
    "find_campaigns_of_values",
    "find_numbers",
    "find_suspects",
    "last_undoable_action",
    "queue_page",
    "select_campaign_subjects",
    "select_processes",
    "select_ties",
    "tally_campaigns",
    "tally_trunks",
    "tie_label",
    "tie_title",
    "yesterday",
]

_UNSCOPED = unscoped("rows below a campaign that the viewer may read")

HOURS = 48
PAGE_SIZE = 50
_TIES, _PROCESSES, _TIMELINE_SIZE = 12, 20, 40


def find_campaigns(access: Unscoped | None = None) -> QuerySet[Campaign]:
    """Return the campaigns that the current viewer may read, or with `access` those of all organisations."""
    return access.rows(Campaign) if access else Campaign.objects.all()


def find_campaigns_of_values(kind: str, values: Iterable[str]) -> dict[str, Campaign]:
    """Return the campaigns of subjects by their values, of those that the current viewer may read."""
    rows = Placement.objects.filter(subject__kind=kind, subject__value__in=set(values))
    return {row.subject.value: row.campaign for row in rows.select_related("campaign", "subject")}


def find_suspects(campaign_ref: str) -> QuerySet[Placement]:
    """Return the readable placements of a campaign's subjects, strongest first, without people to be warned."""
    return Placement.objects.filter(campaign__ref=campaign_ref, is_victim=False).order_by("-top_score", "-pk")


@dataclass(frozen=True)
class CampaignSubject:
    """One subject of a campaign, with the viewer's verdict and police case."""

    placement: Placement
    verdict: VerdictRow | None
    case: PoliceCase | None
    maturity: Maturity | None = None  # the best one of the owner's standing findings


@dataclass(frozen=True)
class CampaignSubjectPage:
    """One page of the subjects of a campaign; `next` is "" on the last one."""

    campaign_subjects: Sequence[CampaignSubject]
    next: str


def select_ties(campaign: Campaign) -> list[Tie]:
    """Return the distinct ties of a campaign, by number of subjects, largest first."""
    ties = _UNSCOPED.rows(Tie).filter(campaign=campaign, subjects__gt=1, is_hub=False).order_by("-subjects", "pk")
    distinct: dict[tuple[str, str], Tie] = {}
    for tie in ties[: _TIES * 8]:  # one script is as many ties as its text has bands
        distinct.setdefault((tie.kind, tie.value), tie)
    return list(distinct.values())[:_TIES]


def tie_label(tie: Tie) -> str:
    """Return the title of a tie, masked if it identifies a person or a line."""
    return localize(tie_title(tie.kind, tie.value))


def draw_findings_by_hour(campaign: Campaign) -> Chart:
    """Draw the number of findings per hour over the last hours of a campaign."""
    since = campaign.last_at - timedelta(hours=HOURS)
    # A viewer who may read a campaign may read its findings: its marking is the strictest of theirs.
    findings = find_standing_findings(_UNSCOPED).filter(
        owner=campaign.owner_id,
        subject__placements__campaign=campaign,
        found_at__gt=since,
        found_at__lte=campaign.last_at,
    )
    by_hour = findings.annotate(hour=TruncHour("found_at")).values("hour").annotate(many=Count("pk")).order_by()
    counts = {hour_of(campaign["hour"]): campaign["many"] for campaign in by_hour}
    return hours(_("Findings by hour"), counts, (_("hour"), _("findings")), campaign.last_at, HOURS)


def select_campaign_subjects(
    campaign: Campaign, viewer: Viewer, cursor: str = "", size: int = PAGE_SIZE
) -> CampaignSubjectPage:
    """Return a page of the suspects of a campaign, strongest first. Raise ValueError for an invalid cursor."""
    rows = Placement.objects.filter(campaign=campaign, is_victim=False).order_by("-top_score", "-pk")
    if cursor:
        score, _sign, key = cursor.partition("_")
        rows = rows.filter(top_score__lte=float(score)).filter(Q(top_score__lt=float(score)) | Q(pk__lt=int(key)))
    fetched = list(rows.select_related("subject")[: size + 1])
    page = fetched[:size]
    keys = [placement.subject_id for placement in page]
    verdicts = select_own_verdicts(keys, viewer)
    cases = select_cases(keys)
    findings = find_standing_findings(_UNSCOPED).filter(owner=campaign.owner_id, subject__in=keys)
    maturities = best_maturities(findings)
    subjects = [
        CampaignSubject(
            placement,
            verdicts.get(placement.subject_id),
            cases.get(placement.subject_id),
            maturities.get(placement.subject_id),
        )
        for placement in page
    ]
    return CampaignSubjectPage(subjects, f"{page[-1].top_score!r}_{page[-1].pk}" if len(fetched) > size else "")


def select_processes(campaign: str) -> list[ProcessInstance]:
    """Return orders and other processes about a campaign (ref), the latest first."""
    rows = find_instances().filter(campaign=campaign).select_related("owner", "version")
    return list(rows.order_by("-pk")[:_PROCESSES])


def find_order_time(campaign: Campaign) -> datetime | None:
    """Return when the latest order about a campaign was drafted, None without one."""
    if not campaign.process:
        return None
    return find_instances().filter(ref=campaign.process).values_list("opened_at", flat=True).first()


def campaign_timeline(campaign: Campaign, viewer: Viewer) -> list[TimelineItem]:
    """Return the timeline of a campaign; people and notes of other organisations are left out."""
    actions = CampaignAction.objects.filter(campaign=campaign).select_related("person")[:_TIMELINE_SIZE]
    is_own = campaign.owner_id == viewer.organization
    events = [_timeline_event(action, is_own=is_own) for action in actions]
    return [*events, TimelineItem(campaign.first_at, _("First finding"))]


def _timeline_event(action: CampaignAction, *, is_own: bool) -> TimelineItem:
    title = localize(TRANSITION_WORDS[TransitionKind(action.action)][1]).capitalize()
    if action.undone_at:
        title = _("%(what)s (undone)") % {"what": title}
    person = str(action.person or _("a program")) if is_own else ""
    return TimelineItem(action.at, title, person, localize_text(action.note) if is_own else "")


def last_undoable_action(campaign: Campaign) -> CampaignAction | None:
    """Return the last action on a campaign if it can be undone now."""
    latest = CampaignAction.objects.filter(campaign=campaign).order_by("-pk").first()
    if (
        latest is None
        or latest.undone_at
        or latest.action == TransitionKind.UNDO
        or latest.revision != campaign.revision
    ):
        return None
    return latest
