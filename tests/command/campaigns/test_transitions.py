"""Everything that can be done has words, and says where it is possible."""

from django.utils import timezone

from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.transitions import DOING_WORDS, STATE_WORDS, Doing, why_not


def test_every_deed_and_state_has_words_in_both_languages() -> None:
    assert set(DOING_WORDS) == set(Doing) and set(STATE_WORDS) == set(CampaignState)
    assert all(one.zh and one.en for words in DOING_WORDS.values() for one in words)


def test_what_was_merged_is_not_worked_on_any_more() -> None:
    row = Campaign(state=CampaignState.MERGED)
    told = {doing: words for doing in Doing if doing is not Doing.UNDO and (words := why_not(row, doing))}
    assert set(told) == set(Doing) - {Doing.UNDO}
    assert told[Doing.TAKE].en == "not possible: it is merged into another"


def test_nothing_is_confirmed_twice_or_put_back_by_nobody() -> None:
    assert why_not(Campaign(confirmed_at=timezone.now()), Doing.CONFIRM) is not None
    assert why_not(Campaign(), Doing.PUT_BACK) is not None
    assert why_not(Campaign(), Doing.CONFIRM) is None
