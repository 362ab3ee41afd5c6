"""On which subjects a person decided before, by confirming or clearing their campaign (asked by `reviews.marking`)."""

from collections.abc import Collection

from fanzha.command.campaigns.models import CampaignAction, Placement
from fanzha.command.campaigns.transitions import TransitionKind
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("whether a person decided before does not depend on what he may read now")


def find_decided_subjects(person: int, subjects: Collection[int]) -> set[int]:
    """Return the subjects (primary keys) in campaigns that the person confirmed or cleared, also if undone since."""
    actions = _UNSCOPED.rows(CampaignAction).filter(
        person=person, action__in=(TransitionKind.CONFIRM, TransitionKind.CLEAR)
    )
    placements = _UNSCOPED.rows(Placement).filter(subject__in=subjects, campaign__in=actions.values("campaign"))
    return set(placements.values_list("subject", flat=True))
