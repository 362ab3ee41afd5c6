"""Everything that can be done has words, and says where it is possible."""

from django.utils import timezone

from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.transitions import STATE_WORDS, TRANSITION_WORDS, TransitionKind, refusal_reason


def test_every_deed_and_state_has_words_in_both_languages() -> None:
    assert set(TRANSITION_WORDS) == set(TransitionKind) and set(STATE_WORDS) == set(CampaignState)
    assert all(one.zh and one.en for words in TRANSITION_WORDS.values() for one in words)


def test_what_was_merged_is_not_worked_on_any_more() -> None:
    row = Campaign(state=CampaignState.MERGED)
    told = {
        doing: words
        for doing in TransitionKind
        if doing is not TransitionKind.UNDO and (words := refusal_reason(row, doing))
    }
    assert set(told) == set(TransitionKind) - {TransitionKind.UNDO}
    assert told[TransitionKind.TAKE].en == "not possible: it is merged into another"


def test_nothing_is_confirmed_twice_or_put_back_by_nobody() -> None:
    assert refusal_reason(Campaign(confirmed_at=timezone.now()), TransitionKind.CONFIRM) is not None
    assert refusal_reason(Campaign(), TransitionKind.PUT_BACK) is not None
    assert refusal_reason(Campaign(), TransitionKind.CONFIRM) is None
