"""Apply transitions to campaigns: logged, undoable, and refused if somebody changed the campaign first.

A transition gives opinions on the subjects of the campaign (confirm: suspected; clear: clear). Their time is that
of the transition, one microsecond apart for several campaigns; undo finds them by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState
from fanzha.command.campaigns.transitions import (
    HISTORY_FIELDS,
    TRANSITION_WORDS,
    CampaignTransition,
    TransitionKind,
    refusal_reason,
)
from fanzha.command.collaboration.services import notify_subscribers, subscribe
from fanzha.command.organizations.selectors import all_people, current_members
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import create_notification
from fanzha.command.subjects.selectors import find_subjects, find_victims
from fanzha.command.subjects.services import OpinionDraft, give_opinions, lock_subjects
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person
    from fanzha.command.subjects.models import Subject

_UNSCOPED = unscoped("rows of campaigns of the viewer's own organisation, locked for update")
_ALL_OWNERS = unscoped("snoozed campaigns of every owner wake up")

LOG_KIND = "campaign"
#: Most subjects of one campaign that get an opinion, strongest first.
MAX_OPINIONS = 1_000
#: Campaigns that the message to a new assignee names.
LISTED_TITLES = 3
_OPINION_LEVELS = {TransitionKind.CONFIRM: Level.SUSPECTED, TransitionKind.CLEAR: Level.CLEAR}


@dataclass
class TransitionResult:
    """The result of one request: campaigns that changed, and campaigns that were refused with the reason."""

    together: str
    done: list[Campaign] = field(default_factory=list)
    refused: list[tuple[Campaign, Words]] = field(default_factory=list)


def apply_transition(
    revisions: Mapping[str, int | None],
    transition: CampaignTransition,
    viewer: Viewer,
    at: datetime | None = None,
    *,
    together: str = "",
) -> TransitionResult:
    """Apply a transition to own campaigns: ref → the revision that was displayed, None for the present one.

    `together` joins the actions of several calls. Raise Refusal if all of them are refused.
    """
    result = apply_where_possible(revisions, transition, viewer, at, together=together)
    if not result.done:
        words = result.refused[0][1] if result.refused else Words("没有此团伙", "there is no such campaign")
        raise Refusal(Reason.STATE if result.refused else Reason.UNKNOWN, words)
    return result


def apply_where_possible(
    revisions: Mapping[str, int | None],
    transition: CampaignTransition,
    viewer: Viewer,
    at: datetime | None = None,
    *,
    together: str = "",
) -> TransitionResult:
    """Apply a transition to own campaigns as `apply_transition` does, also if it changes none of them."""
    at = at or timezone.now()
    check_decider(viewer)
    transition.check(at)
    _check_assignee(transition, viewer)
    with recorded() as log:
        if transition.kind in _OPINION_LEVELS:  # lock subjects before campaigns, as the importer does
            own_campaigns = _UNSCOPED.rows(Campaign).filter(owner=viewer.organization, ref__in=list(revisions))
            lock_subjects(suspect.pk for campaign in own_campaigns for suspect in _suspects(campaign))
        campaigns = lock_campaigns(revisions, viewer)
        result = TransitionResult(together or sortable_id())
        for campaign in campaigns:
            if (refusal := _transition_refusal(campaign, transition.kind, revisions[campaign.ref])) is not None:
                result.refused.append((campaign, refusal))
                continue
            _apply_to_campaign(
                campaign, transition, viewer, at + timedelta(microseconds=len(result.done)), result.together, log
            )
            result.done.append(campaign)
        if result.done and not transition.is_silent:
            notify_assignee(result.done, transition, viewer, at, result.together)
    return result


def assign_campaign(
    ref: str,
    to: Person | None,
    viewer: Viewer,
    *,
    revision: int | None = None,
    note: str = "",
    together: str = "",
    is_silent: bool = False,
) -> TransitionResult:
    """Take a campaign, hand it over to a colleague, or put it back (None). Raise Refusal."""
    kind = TransitionKind.HAND_OVER if to is not None else TransitionKind.PUT_BACK
    if to is not None and to.pk == viewer.person:
        kind = TransitionKind.TAKE
    transition = CampaignTransition(kind, note, to=to, is_silent=is_silent)
    return apply_transition({ref: revision}, transition, viewer, together=together)


def check_decider(viewer: Viewer) -> None:
    """Raise Refusal unless the viewer may decide on campaigns."""
    if not viewer.has(*DECIDERS):
        raise Refusal(Reason.ROLE, Words("您的岗位不能办理", "Your role cannot decide on campaigns"))


def _check_assignee(transition: CampaignTransition, viewer: Viewer) -> None:
    """Raise Refusal if the new assignee has no role in the organisation that decides on campaigns."""
    to = transition.to
    if transition.kind is not TransitionKind.HAND_OVER or to is None:
        return
    if not current_members(viewer.organization, *DECIDERS).filter(pk=to.pk).exists():
        words = Words(f"{to} 的岗位不能研判团伙", f"{to} has no role that decides on campaigns")
        raise Refusal(Reason.ROLE, words, fields={"to": words})


def lock_campaigns(refs: Iterable[str], viewer: Viewer) -> list[Campaign]:
    """Lock own campaigns until the transaction ends, in one order to avoid deadlocks."""
    campaigns = _UNSCOPED.rows(Campaign).select_for_update().filter(owner=viewer.organization, ref__in=list(refs))
    return list(campaigns.order_by("pk"))


def record_transition(
    campaign: Campaign,
    kind: TransitionKind,
    before: Mapping[str, Any],
    viewer: Viewer,
    at: datetime,
    *,
    note: str = "",
    together: str,
    log: Recorder,
) -> CampaignAction:
    """Save a campaign with its next revision, and write its history and the log entry."""
    campaign.revision += 1
    campaign.save()
    actor = to_actor(viewer)
    log.add(
        Draft(
            kind=LOG_KIND,
            at=to_ms(at),
            actor=actor.person,
            organization=actor.organization,
            about=campaign.ref,
            facts={"action": kind.value, "revision": campaign.revision, "together": together},
            personal=(Personal("note", person=campaign.ref, value=note),) if note else (),
        )
    )
    _notify_followers(campaign, kind, viewer, at, together)
    return _UNSCOPED.rows(CampaignAction).create(
        campaign=campaign,
        together=together,
        action=kind.value,
        person_id=viewer.person,
        note=note[:500],
        before=dict(before),
        revision=campaign.revision,
        at=at,
    )


def _notify_followers(campaign: Campaign, kind: TransitionKind, viewer: Viewer, at: datetime, together: str) -> None:
    """Subscribe the actor and a new assignee, and notify the other subscribers of the own organisation."""
    to = campaign.assignee_id if kind is TransitionKind.HAND_OVER else None  # has a notification of his own
    for person in filter(None, {viewer.person, to}):
        subscribe("campaign", campaign.ref, campaign.owner_id, person, at)
    title, done = campaign.title, TRANSITION_WORDS[kind][1]
    notify_subscribers(
        campaign.ref,
        Words(f"{title.zh}：{done.zh}", f"{title.en}: {done.en}"),
        path=_path(campaign),
        key=f"campaign:{campaign.ref}:{campaign.revision}:{together}",
        at=at,
        organizations=[campaign.owner_id],
        but=[viewer.person, to],
    )


def _path(campaign: Campaign) -> str:
    return reverse("campaign", args=[campaign.ref])


def history_fields(campaign: Campaign) -> dict[str, Any]:
    """Return the fields of a campaign as its history stores them."""
    values = {name: getattr(campaign, name) for name in HISTORY_FIELDS}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _transition_refusal(campaign: Campaign, kind: TransitionKind, revision: int | None) -> Words | None:
    if revision is not None and revision != campaign.revision:
        return conflict_words(campaign)
    return refusal_reason(campaign, kind)


def conflict_words(campaign: Campaign) -> Words:
    """Return the message for a request that lost against a concurrent change."""
    latest = _UNSCOPED.rows(CampaignAction).filter(campaign=campaign).select_related("person").first()
    if latest is None:
        return Words("已有变化，请刷新", "It has changed. Reload the page")
    title = TRANSITION_WORDS[TransitionKind(latest.action)][1]
    actor = str(latest.person or "API")
    return Words(f"{actor} 先办理了：{title.zh}。请刷新后再看", f"{actor} was first: {title.en}. Look again")


def _apply_to_campaign(
    campaign: Campaign, transition: CampaignTransition, viewer: Viewer, at: datetime, together: str, log: Recorder
) -> None:
    before = history_fields(campaign)
    match transition.kind:
        case TransitionKind.TAKE:
            campaign.assignee_id, campaign.handed_over_by_id, campaign.note = viewer.person, None, ""
        case TransitionKind.PUT_BACK:
            campaign.assignee_id, campaign.handed_over_by_id, campaign.note = None, None, transition.note[:500]
        case TransitionKind.HAND_OVER:
            campaign.assignee, campaign.handed_over_by_id, campaign.note = (
                transition.to,
                viewer.person,
                transition.note[:500],
            )
        case TransitionKind.SNOOZE:
            campaign.state, campaign.snoozed_until = CampaignState.SNOOZED, transition.until
        case TransitionKind.CONFIRM:
            campaign.state, campaign.snoozed_until, campaign.confirmed_at = CampaignState.OPEN, None, at
            campaign.assignee_id = campaign.assignee_id or viewer.person
        case TransitionKind.CLEAR:
            campaign.state, campaign.snoozed_until, campaign.confirmed_at = CampaignState.CLEARED, None, None
            campaign.cleared_at, campaign.cleared_why = at, transition.note[:300]
        case TransitionKind.REOPEN:
            campaign.state, campaign.snoozed_until, campaign.cleared_at, campaign.cleared_why = (
                CampaignState.OPEN,
                None,
                None,
                "",
            )
        case _:
            raise Refusal(Reason.UNKNOWN, Words("不能批量办理", "this is not done so"))
    record_transition(campaign, transition.kind, before, viewer, at, note=transition.note, together=together, log=log)
    if (level := _OPINION_LEVELS.get(transition.kind)) is not None:
        _give_opinions(campaign, level, transition, viewer, at)


def _give_opinions(
    campaign: Campaign, level: Level, transition: CampaignTransition, viewer: Viewer, at: datetime
) -> None:
    """Give opinions on the suspects of a campaign; people to be warned get none."""
    subjects = _suspects(campaign)
    title = TRANSITION_WORDS[transition.kind][1]
    note = Words.parse(transition.note)
    reason = Words(f"团伙研判：{title.zh}。{note.zh}"[:500], f"campaign {title.en}. {note.en}"[:500])
    kind = campaign.fraud_type if level is Level.SUSPECTED else ""
    draft = OpinionDraft(
        level, fraud_type=kind, reason=reason, marking=Marking(campaign.marking), simulated=campaign.simulated
    )
    if subjects:
        give_opinions(subjects, draft, viewer, at)


def _suspects(campaign: Campaign) -> list[Subject]:
    subjects = find_subjects(_UNSCOPED).filter(placements__campaign=campaign, placements__is_victim=False)
    found = list(subjects.order_by("-placements__top_score", "pk")[:MAX_OPINIONS])
    victims = find_victims([subject.thing for subject in found]).only
    return [subject for subject in found if subject.thing not in victims]


def notify_assignee(
    campaigns: Sequence[Campaign], transition: CampaignTransition, viewer: Viewer, at: datetime, together: str
) -> None:
    """Notify the new assignee of all campaigns of one request by one message, which names the first of them."""
    if transition.kind is not TransitionKind.HAND_OVER or transition.to is None:
        return
    by, count = str(all_people().filter(pk=viewer.person or 0).first() or "API"), len(campaigns)
    titles = [campaign.title for campaign in campaigns[:LISTED_TITLES]]
    zh, en = "；".join(title.zh for title in titles), "; ".join(title.en for title in titles)
    path, key = _path(campaigns[0]), f"campaign:{campaigns[0].ref}:{together}"
    words = Words(f"{by} 转交给您：{zh}", f"{by} hands over to you: {en}")
    if count > 1:
        more = Words(" 等", " and others") if count > LISTED_TITLES else Words("", "")
        words = Words(
            f"{by} 转交给您 {count} 个团伙：{zh}{more.zh}", f"{by} hands over {count} campaigns to you: {en}{more.en}"
        )
        path = f"{reverse('campaign_queue')}?show=mine"
    note = Words.parse(transition.note)
    words = Words(f"{words.zh}。{note.zh}", f"{words.en}. {note.en}")
    create_notification(campaigns[0].owner_id, words, key=key, at=at, person=transition.to, path=path)


def wake_due(now: datetime, owner: int | None = None) -> None:
    """Return campaigns to the queue whose snooze has ended, of one organisation or of all."""
    snoozed = _ALL_OWNERS.rows(Campaign).filter(state=CampaignState.SNOOZED, snoozed_until__lte=now)
    snoozed = snoozed if owner is None else snoozed.filter(owner=owner)
    if snoozed.exists():
        snoozed.update(state=CampaignState.OPEN, came_back_at=F("snoozed_until"), snoozed_until=None)


def mark_ordered(campaign: Campaign, process_ref: str, viewer: Viewer) -> None:
    """Mark a campaign of the viewer's organisation as ordered, unless it is cleared or merged."""
    rows = Campaign.objects.filter(pk=campaign.pk, owner=viewer.organization)
    rows = rows.exclude(state__in=(CampaignState.CLEARED, CampaignState.MERGED))
    rows.update(state=CampaignState.ORDERED, process=process_ref, snoozed_until=None, revision=F("revision") + 1)
