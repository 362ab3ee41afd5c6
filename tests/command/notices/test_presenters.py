"""The person reads public words alone; states, routes and outcomes have titles in both languages."""

import pytest
from django.utils.translation import override
from tests.command.notices.limits_made import limited
from tests.command.people import World

from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, NoticeState
from fanzha.command.notices.presenters import (
    needed_papers,
    outcome_words,
    present_notice,
    present_row,
    route_title,
    state_title,
)

pytestmark = pytest.mark.usefixtures("home", "in_english")


def test_a_notice_says_what_keeps_working_and_who_decides(world: World) -> None:
    page = present_notice(limited(world))
    facts = {fact.key: fact.value for fact in page.facts}
    assert facts["What it is about"] == "+86 17•• ••0 1234" and facts["Decided by"] == "Example centre"
    assert facts["Measure"] and facts["Until"] and "Art" in str(facts["Legal basis"])
    assert "Another unit of Example centre" in page.hearer and page.may_appeal and page.progress is None
    assert "burst" not in str(page)


def test_a_treatment_of_calls_is_called_no_limit(world: World) -> None:
    notice = limited(world)
    page = present_notice(notice)
    assert (notice.measure, page.heading) == ("refuse", "Calls from your number are refused")
    assert "the number is not limited" in str(page.facts) and "limited because" not in str(page.facts)
    assert "Art. 13" in {fact.key: str(fact.value) for fact in page.facts}["Legal basis"]
    notice.lifted_at = notice.written_at
    assert present_notice(notice).heading == "The treatment of your calls has ended, or is being lifted"


def test_papers_fit_what_is_limited() -> None:
    assert "delivery slips" in needed_papers("phone_number")[1]
    assert len({tuple(needed_papers(kind)) for kind in ("phone_number", "account", "website", "trunk")}) == 4


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_state_has_a_title(language: str) -> None:
    with override(language):
        titles = [
            *map(state_title, NoticeState.values),
            *map(route_title, DeliveryRoute.values),
            *map(outcome_words, DeliveryOutcome.values),
        ]
    assert all(titles) and all(title.isascii() == (language == "en") for title in titles)


def test_a_row_names_owner_and_route(world: World) -> None:
    row = present_row(limited(world))
    assert row.meta == ("Example centre", "shop") and row.due is not None
