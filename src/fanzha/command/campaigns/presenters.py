"""Present campaigns and their subjects as list rows: summary, badges, due time, assignee and buttons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.ids import short_code
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.queue import campaign_maturities, due_at, strongest_sentences
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
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.campaigns.selectors import CampaignSubject

#: What titles of one mask may differ in: digits, hidden ones, and counts.
_DIGITS = re.compile(r"[\d•,]+")


def campaign_rows(campaigns: Sequence[Campaign], viewer: Viewer) -> list[ListRow]:
    """Return campaigns as rows; those that the viewer may decide on have a checkbox and buttons."""
    now, reasons = timezone.now(), strongest_sentences(campaigns, viewer)
    maturities, titles = campaign_maturities(campaigns), distinct_titles(campaigns)
    return [
        replace(
            _campaign_row(campaign, reasons.get(campaign.pk, ""), viewer, now),
            title=titles[campaign.pk],
            group=maturities[campaign.pk],
        )
        for campaign in campaigns
    ]


def distinct_titles(campaigns: Sequence[Campaign]) -> dict[int, str]:
    """Return titles by primary key; those that differ in digits alone begin with the end of the reference."""
    titles = {campaign.pk: localize(campaign.title) for campaign in campaigns}
    alike = Counter(_DIGITS.sub("", title) for title in titles.values())
    return {
        campaign.pk: f"{short_code(campaign.ref)} {titles[campaign.pk]}"
        if alike[_DIGITS.sub("", titles[campaign.pk])] > 1
        else titles[campaign.pk]
        for campaign in campaigns
    }


def _campaign_row(campaign: Campaign, reason: str, viewer: Viewer, now: datetime) -> ListRow:
    is_own = campaign.owner_id == viewer.organization and viewer.has(*DECIDERS)
    return ListRow(
        title=localize(campaign.title),
        href=reverse("campaign", args=[campaign.ref]),
        summary=_join_reason(reason, campaign_summary(campaign, now)),
        aside=f"{campaign.top_score:.2f}",
        badges=campaign_badges(campaign),
        due=due_at(campaign),
        at=campaign.last_at,
        meta=tuple(_meta(campaign, viewer)),
        checkbox_value=campaign.ref if is_own else "",
        actions=tuple(_row_buttons(campaign, viewer)) if is_own else (),
    )


def _join_reason(reason: str, counts: str) -> str:
    """Return a reason and what follows it; a reason that is no full sentence is followed by a comma."""
    if reason.endswith(("。", "！", "？")):
        return f"{reason}{counts}"
    if reason.endswith((".", "!", "?")):
        return f"{reason} {counts}"
    return _(", ").join(filter(None, [reason, counts]))


def campaign_summary(campaign: Campaign, now: datetime) -> str:
    """Return the counts of a campaign that its title does not show."""
    parts = [
        ngettext("%(count)s finding", "%(count)s findings", campaign.findings) % {"count": f"{campaign.findings:,}"}
    ]
    if 1 < campaign.tie_subjects < campaign.subjects:
        parts.append(_("%(count)s subjects share its main feature") % {"count": f"{campaign.tie_subjects:,}"})
    if campaign.money:
        parts.append(_("¥%(amount)s reported loss") % {"amount": f"{campaign.money / 100:,.0f}"})
    parts.append(_("first seen %(when)s") % {"when": relative_time(campaign.first_at, now)})
    return _(", ").join(parts)


def campaign_badges(campaign: Campaign) -> tuple[Badge, ...]:
    """Return the badges of state, confirmation, return to the queue and simulation."""
    badges = []
    if campaign.state != CampaignState.OPEN:
        badges.append(Badge(localize(STATE_WORDS[CampaignState(campaign.state)])))
    if campaign.confirmed_at:
        badges.append(Badge(_("confirmed"), "check", Tone.ACCENT))
    if campaign.came_back_at and campaign.state in (CampaignState.OPEN, CampaignState.ORDERED):
        badges.append(Badge(_("returned"), "history", Tone.WARN))
    if campaign.simulated:
        badges.append(Badge(_("simulated"), "", Tone.SIMULATED))
    return tuple(badges)


def _meta(campaign: Campaign, viewer: Viewer) -> list[str]:
    is_own = campaign.owner_id == viewer.organization
    assignee = _("mine") if campaign.assignee_id == viewer.person else assignee_words(campaign, viewer)
    parts = [assignee] if is_own else [str(campaign.owner), assignee]
    if campaign.snoozed_until and campaign.state == CampaignState.SNOOZED:
        parts.append(_("returns %(when)s") % {"when": relative_time(campaign.snoozed_until, timezone.now())})
    return [*parts, detector_title(campaign.detector)] if campaign.detector else parts


def assignee_words(campaign: Campaign, viewer: Viewer) -> str:
    """Return who works on a campaign; people of other organisations are not named."""
    if campaign.assignee_id is None:
        return _("not assigned")
    if campaign.assignee_id == viewer.person:
        return _("you")
    return str(campaign.assignee) if campaign.owner_id == viewer.organization else _("in progress")


def _row_buttons(campaign: Campaign, viewer: Viewer) -> list[ActionButton]:
    if campaign.state != CampaignState.OPEN:
        return []
    url = reverse("campaign_act", args=[campaign.ref])
    revision = ("revision", str(campaign.revision))
    buttons = []
    if campaign.confirmed_at is not None:
        if viewer.has(Role.ANALYST):
            order = f"{reverse('order_new')}?campaign={campaign.ref}"
            buttons.append(ActionButton(_("Draft an order"), order, post=False, icon="send", key="a"))
    elif campaign.assignee_id is None:
        buttons.append(ActionButton(_("Take"), url, fields=(("doing", "take"), revision), key="a"))
    else:
        words, confirming = confirm_words(campaign, viewer), (("doing", "confirm"), revision)
        buttons.append(ActionButton(_("Confirm"), url, fields=confirming, icon="check", key="a", confirm=words))
    fields = (("doing", "snooze"), revision, ("until", tomorrow_morning().isoformat()))
    buttons.append(ActionButton(_("Snooze until tomorrow"), url, fields=fields, icon="clock", key="s"))
    return buttons


def confirm_words(campaign: Campaign, viewer: Viewer) -> str:
    """Return what is asked before a campaign is confirmed that a colleague works on, "" for others."""
    if campaign.assignee_id is None or campaign.assignee_id == viewer.person:
        return ""
    return _("%(name)s works on this campaign. Confirm it all the same?") % {"name": campaign.assignee}


def tomorrow_morning() -> datetime:
    """Return 9 o'clock tomorrow, in the time zone of the site."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    return tomorrow.replace(hour=9, minute=0, second=0, microsecond=0)


def campaign_subject_rows(
    campaign_subjects: Sequence[CampaignSubject], *, with_checkboxes: bool, ordered_at: datetime | None = None
) -> list[ListRow]:
    """Return the subjects of a campaign as rows; those that joined after its order are marked."""
    return [
        _placement_row(campaign_subject, with_checkbox=with_checkboxes, ordered_at=ordered_at)
        for campaign_subject in campaign_subjects
    ]


def _placement_row(campaign_subject: CampaignSubject, *, with_checkbox: bool, ordered_at: datetime | None) -> ListRow:
    placement, subject = campaign_subject.placement, campaign_subject.placement.subject
    details = [ngettext("%(count)s finding", "%(count)s findings", placement.findings) % {"count": placement.findings}]
    if placement.calls:
        details.append(
            ngettext("%(count)s call", "%(count)s calls", placement.calls) % {"count": f"{placement.calls:,}"}
        )
    if words := fraud_type_title(placement.fraud_type):
        details.append(words)
    details.append(_("last %(when)s") % {"when": relative_time(placement.last_at, timezone.now())})
    placement_notes = (_("placed by a person"),) if placement.is_held else ()
    badges = verdict_badges(campaign_subject.verdict, campaign_subject.case)
    if ordered_at is not None and placement.first_at > ordered_at:
        badges = (*badges, Badge(_("new after the order"), "history", Tone.WARN))
    return ListRow(
        title=display_subject(subject),
        href=reverse("subject", args=[subject.ref]),
        summary=_(", ").join(details),
        aside=f"{placement.top_score:.2f}",
        badges=badges,
        meta=(kind_title(subject.kind), *placement_notes),
        checkbox_value=subject.ref if with_checkbox else "",
        is_subject=True,
        group=campaign_subject.maturity or "",
    )
