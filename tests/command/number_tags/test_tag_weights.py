"""Tags count by the tagger's precision, once for a crowd, and less with age."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.command.number_tags.tag_weights import (
    DAY_MS,
    HALF_LIFE_DAYS,
    HOUR_MS,
    VOICES_PER_HOUR,
    VOICES_PER_SENDER,
    WEIGHT_PER_SENDER,
    TagVote,
    tagger_weight,
    weigh_tags,
)

NOW = 1_780_000_000_000


def vote(
    number: int, *, hours: int = 0, confirmed: int = 0, refuted: int = 0, block: str = "", text: str = ""
) -> TagVote:
    return TagVote(
        NOW - hours * HOUR_MS, confirmed, refuted, block or f"block {number}", text or f"text {number} {hours}"
    )


def test_a_tagger_counts_as_its_record_says() -> None:
    assert tagger_weight(0, 0) == 0.25 and tagger_weight(10, 0) > 0.75 and tagger_weight(0, 10) < 0.1
    assert tagger_weight(5, 5) < tagger_weight(9, 1)


def test_one_block_and_one_text_are_one_voice() -> None:
    same = [vote(n, hours=n, block="one") for n in range(50)]
    assert weigh_tags(same, NOW).voices == 1
    copied = [vote(n, hours=n, text="copied") for n in range(50)]
    assert weigh_tags(copied, NOW).voices == 1
    assert weigh_tags([vote(n, hours=n) for n in range(50)], NOW).voices == 50


def test_all_without_a_text_are_one_voice() -> None:
    assert weigh_tags([TagVote(NOW - n * HOUR_MS, 0, 0, f"block {n}", "") for n in range(50)], NOW).voices == 1


def test_one_organisation_alone_tags_nothing_until_another_source_or_a_check_agrees() -> None:
    sent = [vote(n, hours=n)._replace(sender="7") for n in range(50)]
    assert weigh_tags(sent, NOW).voices == VOICES_PER_SENDER and not weigh_tags(sent, NOW).is_shown
    proven = [one._replace(confirmed=10) for one in sent]
    alone = weigh_tags(proven, NOW)
    assert (alone.voices, alone.weight, alone.sources, alone.is_shown) == (50, WEIGHT_PER_SENDER, 1, False)
    assert not weigh_tags([*proven, vote(99, hours=3)], NOW).is_shown, "one new reporter beside it is not enough"
    other = [vote(100 + n, hours=n, confirmed=10)._replace(sender="8") for n in range(3)]
    assert weigh_tags([*proven, *other], NOW).is_shown
    checked = [*proven[:-1], proven[-1]._replace(is_verified=True)]
    assert weigh_tags(checked, NOW).is_shown


def test_how_long_tags_are_shown_follows_from_their_weight() -> None:
    found = weigh_tags([vote(n, confirmed=10) for n in range(5)], NOW)
    days = int(found.days_shown)
    later = [weigh_tags([vote(n, confirmed=10) for n in range(5)], NOW + n * DAY_MS) for n in (days, days + 1)]
    assert [weight.is_shown for weight in later] == [True, False]
    assert weigh_tags([], NOW).days_shown == 0


def test_a_crowd_of_one_hour_is_a_few_voices_unless_it_is_proven() -> None:
    assert weigh_tags([vote(n) for n in range(500)], NOW).voices == VOICES_PER_HOUR
    proven = weigh_tags([vote(n, confirmed=10) for n in range(5)], NOW)
    assert proven.voices == 5 and proven.is_shown


def test_a_tag_is_worth_half_after_its_half_life() -> None:
    old = weigh_tags([TagVote(NOW - HALF_LIFE_DAYS * DAY_MS, 0, 0, "b", "")], NOW)
    assert abs(old.weight - 0.125) < 1e-9


def test_three_sure_voices_are_needed() -> None:
    assert not weigh_tags([vote(1, confirmed=999), vote(2, confirmed=999)], NOW).is_shown
    assert not weigh_tags([vote(n, hours=n) for n in range(11)], NOW).is_shown
    assert weigh_tags([vote(n, hours=n) for n in range(13)], NOW).is_shown


VOTES = st.builds(
    vote,
    st.integers(0, 9),
    hours=st.integers(0, 50),
    confirmed=st.integers(0, 20),
    refuted=st.integers(0, 20),
    text=st.sampled_from(["a", "b", "c"]),
)


@settings(max_examples=20)
@given(st.lists(VOTES, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_tags_does_not_matter(votes: list[TagVote], draw: object) -> None:
    mixed = list(votes)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = weigh_tags(votes, NOW), weigh_tags(mixed, NOW)
    assert first.voices == second.voices and abs(first.weight - second.weight) < 1e-9


@settings(max_examples=20)
@given(st.lists(VOTES, max_size=20))
def test_a_weight_is_never_more_than_its_voices(votes: list[TagVote]) -> None:
    weight = weigh_tags(votes, NOW)
    assert 0 <= weight.weight <= weight.voices <= weight.tags == len(votes) and weight.sources <= weight.voices
