"""A share is shown with interval and n, or it is said that there are not enough decisions."""

import pytest
from django.utils.translation import override
from tests.command.people import World
from tests.command.reviews.factories import drawn, findings, settled, viewers

from fanzha.command.reviews.presenters import agreement_facts, mark_title, present_sample, sample_facts, share_words
from fanzha.command.reviews.selectors import MarkedShare, sample_progress, summarize_sample
from fanzha.command.web.scoping import scoped_to
from fanzha.learn.sample_review import Agreement, ReviewResult


@pytest.mark.parametrize(
    ("share", "en", "zh"),
    [
        (MarkedShare(40, 30, 0.75, 0.598, 0.858), "75% (60%–86%), n = 40", "75%（60%–86%），n = 40"),
        (MarkedShare(12, 9), "not enough decisions (n = 12)", "判定数不足（n = 12）"),
    ],
)
def test_a_share_has_interval_and_n(share: MarkedShare, en: str, zh: str) -> None:
    assert share_words(share) == en
    with override("zh-hans"):
        assert share_words(share) == zh


def test_facts_tell_seed_and_progress_and_the_score_only_once_both_are_done(world: World) -> None:
    findings(world)
    sample = drawn(world)
    with scoped_to(viewers(world)[0]):
        facts = {fact.key: fact.value for fact in sample_facts(sample, sample_progress(sample))}
    assert facts["Seed"] == "7" and facts["Drawn"] == "12 of 12" and facts["First marker"] == "open"
    assert "Score" not in facts and present_sample(sample).badges[0].word == "being marked"


def test_a_settled_sample_shows_agreement_and_precision(world: World) -> None:
    sample = settled(world, 40, wrong=2)
    with scoped_to(viewers(world)[0]):
        result = summarize_sample(sample)
        facts = {fact.key: fact.value for fact in sample_facts(sample, sample_progress(sample))}
    assert result is not None and facts["Third person"] == "carrier liaison: 2 marked" and "Score" in facts
    shown = {fact.key: fact.value for fact in agreement_facts(result)}
    assert shown["Agreed"] == "38 / 40" and str(shown["Precision (95% interval)"]).startswith("75% (")
    assert present_sample(sample).badges[0].word == "complete" and mark_title("fraud") == "Fraud"


def test_without_a_second_mark_there_is_no_kappa() -> None:
    result = ReviewResult("fraud", ["A", "B"], Agreement(9, 9, None, None, None, {}), 0, 0)
    assert "none, because both gave every finding the same mark" in [fact.value for fact in agreement_facts(result)]
