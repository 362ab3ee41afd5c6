"""Present campaigns and their subjects as list rows: summary, badges, due time, assignee and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.queue import due_at, strongest_reasons
from fanzha.command.campaigns.transitions import STATE_WORDS
from fanzha.command.subjects.selectors import (
    detector_title,
    display_subject,
    fraud_type_title,
    kind_title,
    verdict_badges,
)
from fanzha.command.web.components import ActionButton, Badge, ListRow, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.relative_time import relative_time
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.campaigns.selectors import CampaignSubject


def campaign_rows(campaigns: Sequence[Campaign], viewer: Viewer) -> list[ListRow]:
    """Return campaigns as rows; those that the viewer may decide on can be picked and pressed."""
    now, reasons = timezone.now(), strongest_reasons(campaigns, viewer)
    return [_campaign_row(campaign, reasons.get(campaign.pk, ""), viewer, now) for campaign in campaigns]


def _campaign_row(row: Campaign, reason: str, viewer: Viewer, now: datetime) -> ListRow:
    is_own = row.owner_id == viewer.organization and viewer.has(*DECIDERS)
    return ListRow(
        title=localize(row.title),
        href=reverse("campaign", args=[row.ref]),
        summary=_(", ").join(filter(None, [reason, campaign_summary(row, now)])),
        aside=f"{row.top_score:.2f}",
        badges=campaign_badges(row),
        due=due_at(row),
        at=row.last_at,
        meta=tuple(_meta(row, viewer)),
        checkbox_value=row.ref if is_own else "",
        actions=tuple(_row_buttons(row, viewer)) if is_own else (),
    )


def campaign_summary(row: Campaign, now: datetime) -> str:
    """Return the counts of a campaign that its title does not show."""
    parts = [ngettext("%(count)s finding", "%(count)s findings", row.findings) % {"count": f"{row.findings:,}"}]
    if 1 < row.tie_subjects < row.subjects:
        parts.append(_("%(count)s of its subjects share what it is named after") % {"count": f"{row.tie_subjects:,}"})
    if row.money:
        parts.append(_("¥%(amount)s told of") % {"amount": f"{row.money / 100:,.0f}"})
    parts.append(_("first %(when)s") % {"when": relative_time(row.first_at, now)})
    return _(", ").join(parts)


def campaign_badges(row: Campaign) -> tuple[Badge, ...]:
    """Return what to know of a campaign at a glance."""
    result = []
    if row.state != CampaignState.OPEN:
        result.append(Badge(localize(STATE_WORDS[CampaignState(row.state)])))
    if row.confirmed_at:
        result.append(Badge(_("confirmed"), "check", Tone.ACCENT))
    if row.came_back_at and row.state in (CampaignState.OPEN, CampaignState.ORDERED):
        result.append(Badge(_("came back"), "history", Tone.WARN))
    if row.simulated:
        result.append(Badge(_("simulated"), "", Tone.PLAIN))
    return tuple(result)


def _meta(row: Campaign, viewer: Viewer) -> list[str]:
    is_own = row.owner_id == viewer.organization
    parts = [assignee_words(row, viewer)] if is_own else [str(row.owner), assignee_words(row, viewer)]
    if row.snoozed_until and row.state == CampaignState.SNOOZED:
        parts.append(_("comes back %(when)s") % {"when": relative_time(row.snoozed_until, timezone.now())})
    return [*parts, detector_title(row.detector)] if row.detector else parts


def assignee_words(row: Campaign, viewer: Viewer) -> str:
    """Return who works on a campaign; people of other organisations are not named."""
    if row.assignee_id is None:
        return _("nobody's yet")
    if row.assignee_id == viewer.person:
        return _("mine")
    return str(row.assignee) if row.owner_id == viewer.organization else _("somebody works on it")


def _row_buttons(row: Campaign, viewer: Viewer) -> list[ActionButton]:
    if row.state != CampaignState.OPEN:
        return []
    url = reverse("campaign_act", args=[row.ref])
    revision = ("revision", str(row.revision))
    buttons = []
    if row.assignee_id is None:
        buttons.append(ActionButton(_("Take"), url, fields=(("doing", "take"), revision), key="a"))
    elif row.confirmed_at is None:
        buttons.append(ActionButton(_("Confirm"), url, fields=(("doing", "confirm"), revision), icon="check", key="a"))
    fields = (("doing", "snooze"), revision, ("until", tomorrow_morning().isoformat()))
    buttons.append(ActionButton(_("Snooze until tomorrow"), url, fields=fields, icon="clock", key="s"))
    return buttons


def tomorrow_morning() -> datetime:
    """Return when the next morning's work begins, where the reader is."""
    begins = timezone.localtime() + timedelta(days=1)
    return begins.replace(hour=9, minute=0, second=0, microsecond=0)


def campaign_subject_rows(placed: Sequence[CampaignSubject], *, with_checkboxes: bool) -> list[ListRow]:
    """Return the subjects of a campaign as rows."""
    return [_placement_row(subject, with_checkbox=with_checkboxes) for subject in placed]


def _placement_row(campaign_subject: CampaignSubject, *, with_checkbox: bool) -> ListRow:
    placement, subject = campaign_subject.placement, campaign_subject.placement.subject
    details = [ngettext("%(count)s finding", "%(count)s findings", placement.findings) % {"count": placement.findings}]
    if placement.calls:
        details.append(
            ngettext("%(count)s call", "%(count)s calls", placement.calls) % {"count": f"{placement.calls:,}"}
        )
    if words := fraud_type_title(placement.fraud_type):
        details.append(words)
    details.append(_("last %(when)s") % {"when": relative_time(placement.last_at, timezone.now())})
    pinned_badges = (_("placed by a person"),) if placement.is_held else ()
    return ListRow(
        title=display_subject(subject),
        href=reverse("subject", args=[subject.ref]),
        summary=_(", ").join(details),
        aside=f"{placement.top_score:.2f}",
        badges=verdict_badges(campaign_subject.verdict, campaign_subject.case),
        meta=(kind_title(subject.kind), *pinned_badges),
        checkbox_value=subject.ref if with_checkbox else "",
        is_subject=True,
    )
