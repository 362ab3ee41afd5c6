"""Preview a bulk transition: affected subjects, allowlisted numbers, share of false alarms so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.campaigns.services import MAX_OPINIONS
from fanzha.command.campaigns.transitions import TransitionKind, refusal_reason
from fanzha.command.reviews.selectors import MarkedShare, estimate_false_share, share_words
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.store.allowlist import load_allowlist_by_number

_UNSCOPED = unscoped("past decisions and protected numbers are counted over all rows of the owner")

#: Most campaigns of one request, and of a preview of all that match.
MAX_CAMPAIGNS, MAX_PREVIEWED = 100, 2_000


@dataclass(frozen=True)
class TransitionPreview:
    """The effect of a transition on campaigns for which it is allowed, and those for which it is refused, with reasons.

    `subjects`, `victims` and `allowlisted` are numbers of subjects in allowed campaigns. `false_share` is the
    share of false findings of the same detectors, by samples that others of the organisation marked.
    """

    allowed: Sequence[Campaign]
    refused: Sequence[tuple[Campaign, Words]]
    subjects: int
    victims: int
    allowlisted: int
    opinion_count: int
    false_share: MarkedShare

    @property
    def likely_false(self) -> str:
        """Return the share of false findings in words."""
        return share_words(self.false_share)


def build_preview(refs: Sequence[str], kind: TransitionKind, viewer: Viewer) -> TransitionPreview:
    """Compute the effect of a transition of own campaigns (refs); refs after the first `MAX_PREVIEWED` are ignored."""
    campaigns = list(
        _UNSCOPED.rows(Campaign)
        .filter(owner=viewer.organization, ref__in=refs[:MAX_PREVIEWED])
        .select_related("assignee")
        .order_by("-heat", "-pk")
    )
    refused = [(campaign, words) for campaign in campaigns if (words := refusal_reason(campaign, kind)) is not None]
    refused_keys = {campaign.pk for campaign, _ in refused}
    allowed = [campaign for campaign in campaigns if campaign.pk not in refused_keys]
    gives_opinions = kind in (TransitionKind.CONFIRM, TransitionKind.CLEAR)
    return TransitionPreview(
        allowed=allowed,
        refused=refused,
        subjects=sum(campaign.subjects for campaign in allowed),
        victims=sum(campaign.victims for campaign in allowed),
        allowlisted=_count_allowlisted(allowed),
        opinion_count=sum(min(campaign.subjects, MAX_OPINIONS) for campaign in allowed) if gives_opinions else 0,
        false_share=estimate_false_share({campaign.detector for campaign in allowed}, viewer),
    )


def _count_allowlisted(campaigns: Sequence[Campaign]) -> int:
    at = to_ms(timezone.now())
    numbers = [
        number for number, entries in load_allowlist_by_number().items() if any(entry.holds(at) for entry in entries)
    ]
    if not campaigns or not numbers:
        return 0
    placements = _UNSCOPED.rows(Placement).filter(campaign__in=campaigns, subject__kind="phone_number", is_victim=False)
    return placements.filter(subject__value__in=in_list(numbers, "text")).count()
