"""API schemas of campaigns: people are named by ref, titles are in both languages."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from ninja import Schema
from pydantic import Field

from fanzha.base.marking import Marking
from fanzha.claims.verdict import CaseStatus
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState
from fanzha.command.campaigns.queue import due_at
from fanzha.command.campaigns.selectors import CampaignSubject
from fanzha.command.campaigns.services import TransitionResult
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.subjects.selectors import display_subject
from fanzha.command.web.api.moments import Moment

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person


Ref = Annotated[str, Field(max_length=26)]


class CampaignOut(Schema):
    """A campaign; `money` is in fen, `heat` is the sort key of the queue, hottest highest."""

    ref: str
    owner: str
    marking: Marking
    title: BilingualText
    tie_kind: str
    fraud_type: str
    findings: int
    subjects: int
    victims: int
    calls: int
    money: int
    top_score: float
    heat: float
    simulated: bool
    first_at: datetime
    last_at: datetime
    state: CampaignState
    assignee: str = Field(description="ref of a person of the same organisation; empty: nobody, or not yours to know")
    due_at: datetime | None
    snoozed_until: datetime | None
    came_back_at: datetime | None
    confirmed_at: datetime | None
    cleared_at: datetime | None
    revision: int

    @classmethod
    def of(cls, campaign: Campaign, organization: int) -> "CampaignOut":
        """Return a campaign as an organisation (primary key) reads it."""
        computed = ("owner", "title", "assignee", "due_at")
        plain = {name: getattr(campaign, name) for name in cls.model_fields if name not in computed}
        return cls(
            **plain,
            owner=campaign.owner.ref,
            title=BilingualText.of(campaign.title),
            assignee=campaign.assignee.ref if campaign.assignee and campaign.owner_id == organization else "",
            due_at=due_at(campaign),
        )


class CampaignSubjectOut(Schema):
    """A subject in a campaign, masked."""

    ref: str
    kind: str
    shown: str
    findings: int
    calls: int
    top_score: float
    fraud_type: str
    is_held: bool
    last_at: datetime
    level: str
    case: CaseStatus

    @classmethod
    def of(cls, campaign_subject: CampaignSubject) -> "CampaignSubjectOut":
        """Return a subject with the totals of its findings."""
        placement, subject = campaign_subject.placement, campaign_subject.placement.subject
        computed = ("ref", "kind", "shown", "level", "case")
        plain = {name: getattr(placement, name) for name in cls.model_fields if name not in computed}
        return cls(
            **plain,
            ref=subject.ref,
            kind=subject.kind,
            shown=display_subject(subject),
            level=campaign_subject.verdict.level if campaign_subject.verdict else "",
            case=campaign_subject.case.case if campaign_subject.case else CaseStatus.NONE,
        )


class CampaignActionOut(Schema):
    """An action on a campaign; `together` identifies the actions of one request and is the argument of undo."""

    ref: str
    together: str
    action: TransitionKind
    person: str = Field(description="ref; empty for a key")
    note: str
    revision: int
    at: datetime
    undone_at: datetime | None

    @classmethod
    def of(cls, row: CampaignAction) -> "CampaignActionOut":
        """Return an action."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "person"}
        return cls(**plain, person=row.person.ref if row.person else "")


class TransitionIn(Schema):
    """A transition; `to` is the ref of the new assignee, `until` the end of a snooze, `note` the reason."""

    doing: TransitionKind
    note: str = Field(default="", max_length=500)
    until: Moment | None = None
    to: Ref = ""

    def to_transition(self, to: "Person | None") -> CampaignTransition:
        """Return the transition for the service."""
        return CampaignTransition(self.doing, self.note, self.until, to)


class BulkTransitionIn(TransitionIn):
    """A transition of several campaigns."""

    campaigns: list[Ref] = Field(min_length=1, max_length=500)


class RefusedCampaignOut(Schema):
    """A campaign for which the transition was refused, with the reason."""

    ref: str
    why: BilingualText


class TransitionResultOut(Schema):
    """The result of one request: changed and refused campaigns."""

    together: str
    done: list[str]
    refused: list[RefusedCampaignOut]

    @classmethod
    def of(cls, result: TransitionResult) -> "TransitionResultOut":
        """Return the result."""
        return cls(
            together=result.together,
            done=[row.ref for row in result.done],
            refused=[RefusedCampaignOut(ref=row.ref, why=BilingualText.of(words)) for row, words in result.refused],
        )


class MoveIn(Schema):
    """Subjects (refs) to move to another campaign, or to a new one if `target` is empty."""

    subjects: list[Ref] = Field(min_length=1, max_length=500)
    target: Ref = ""


class MergeIn(Schema):
    """Campaigns (refs) to merge into the campaign of the URL."""

    campaigns: list[Ref] = Field(min_length=1, max_length=100)
