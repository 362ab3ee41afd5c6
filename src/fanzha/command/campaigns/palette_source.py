"""Offer campaigns in the command palette, by the titles that the queue shows."""

from collections.abc import Iterator
from functools import lru_cache

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.transitions import STATE_WORDS
from fanzha.command.web.database.bulk import fetch_union
from fanzha.command.web.i18n import language_index
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource
from fanzha.command.web.viewer import Viewer

#: Campaigns in each state that are offered, the hottest: of the own organisation and of the supervised ones.
_OWN, _SUPERVISED = 300, 300
_MOST_SUPERVISED = 10
#: What a title is made of.
_TITLE_COLUMNS = ("tie_kind", "tie_value", "fraud_type", "findings", "subjects", "victims", "calls")
_STATES = (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED, CampaignState.CLEARED)


def find_entries(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the hottest campaigns that the viewer may read."""
    supervised = sorted(viewer.supervised - {viewer.organization})[:_MOST_SUPERVISED]
    base, shown = reverse("campaign_queue"), language_index()
    hottest = [
        Campaign.objects.filter(owner__in=owners, state=state)
        .order_by("-heat", "-pk")
        .values_list("ref", "last_at", "state", *_TITLE_COLUMNS)[:size]
        for owners, size in (([viewer.organization], _OWN), (supervised, _SUPERVISED))
        for state in _STATES
    ]
    for ref, at, state, *columns in fetch_union(hottest):
        title, state_words = _title(*columns), STATE_WORDS[CampaignState(state)]
        yield PaletteEntry(
            title=title[shown],
            url=f"{base}{ref}/",
            icon="campaign",
            note=state_words[shown],
            at=at,
            keywords=(title[1 - shown], state_words.zh, state_words.en),
            ref=ref,
        )


@lru_cache(maxsize=10_000)
def _title(*columns: str | int) -> Words:
    """Return the title of a campaign with these values of `_TITLE_COLUMNS`."""
    return Campaign(**dict(zip(_TITLE_COLUMNS, columns, strict=True))).title


SOURCES = (PaletteSource(Words("团伙", "Campaigns"), 20, find_entries, is_latest=True),)
