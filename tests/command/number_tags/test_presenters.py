"""Each answer of the look-up says what to do next in both languages; a dispute says who decides and until when."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from fanzha.command.number_tags.models import TagCategory, TagDispute
from fanzha.command.number_tags.presenters import all_answers, next_steps, present_dispute
from fanzha.command.number_tags.services import DISPUTE_DAYS, KINDS
from fanzha.command.organizations.models import Organization

AT = datetime(2026, 11, 1, tzinfo=UTC)
CENTRE = Organization(name_zh="示例中心", name_en="Example centre")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("category", ["", *TagCategory.values])
def test_every_answer_has_its_next_steps(kind: str, category: str) -> None:
    with override("en"):
        english = next_steps(kind, category)
    with override("zh-hans"):
        chinese = next_steps(kind, category)
    assert english and len(english) == len(chinese) and all(step.isascii() for step in english)
    assert not set(english) & set(chinese)
    if category == TagCategory.FRAUD:
        assert "96110" in " ".join(english)


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_nobody_tagged_is_not_called_fraud_for_asking_for_money(kind: str) -> None:
    with override("en"):
        assert "It is fraud" not in " ".join(next_steps(kind, ""))
    with override("zh-hans"):
        assert "都是诈骗" not in " ".join(next_steps(kind, ""))


def test_only_calls_may_have_shown_a_number_of_somebody_else() -> None:
    unproven = {answer["kind"] for answer in all_answers() if answer["category"] and not answer["is_proven"]}
    assert unproven == {"phone_number"}


@pytest.mark.parametrize(
    ("changes", "title", "is_decided"),
    [
        ({}, "Your objection was received", False),
        ({"lapsed_at": AT}, "Not decided yet", False),
        ({"upheld": True}, "You were right", True),
        ({"upheld": False}, "The tags stay", True),
    ],
)
def test_the_owner_reads_how_far_it_is(changes: dict[str, object], title: str, is_decided: bool) -> None:
    with override("en"):
        state = present_dispute(TagDispute(owner=CENTRE, decider=CENTRE, disputed_at=AT, **changes))
    assert (state.title, state.decider, state.is_decided) == (title, "Example centre", is_decided)
    assert "somebody else decides" not in state.text
    assert not state.due_at or f"{DISPUTE_DAYS.days} days at most" in state.text
    assert state.due_at == (AT + DISPUTE_DAYS if not changes else None)
