"""The sentence over the page, times of day, and what a silent source means."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.health.factories import source
from tests.command.people import World

from fanzha.command.health.presenters import clock_words, duration_words, headline, present_attention
from fanzha.command.health.selectors import HealthLevel, list_components
from fanzha.command.health.tasks import report_local
from fanzha.command.web.components import Tone
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

NOW = datetime(2026, 5, 6, 12, 0, tzinfo=timezone.get_default_timezone())


def test_times_are_said_in_their_largest_unit() -> None:
    words = [duration_words(timedelta(seconds=seconds)) for seconds in (1, 59, 61, 7_300, 200_000)]
    assert words == ["1 second", "59 seconds", "1 minute", "2 hours", "2 days"]


def test_a_day_is_said_unless_it_is_today() -> None:
    assert clock_words(NOW - timedelta(hours=2), NOW) == "10:00"
    assert clock_words(NOW - timedelta(days=2), NOW) == "4 May, 12:00"


def test_the_sentence_counts_silent_sources_and_says_since_when(world: World, home: object) -> None:
    source(world, "carrier", "calls", silent=timedelta(hours=3), tables=["call_offered"])
    source(world, "mvno", "cards", silent=timedelta(minutes=40))
    source(world, "isp", "names")
    viewer, now = world.viewer("administration", Role.ANALYST), timezone.now()
    with scoped_to(viewer):
        states = list_components(viewer, now)
    assert [one.row.name for one in states] == ["calls", "cards", "names"]
    told = headline(states, now)
    assert told.words.startswith("2 of 3 sources are silent, the longest since ") and told.tone is Tone.HARM
    facts = {fact.key: str(fact.value) for fact in present_attention(states[0], states, now).facts}
    assert (
        "detectors see nothing any more" in facts["What this means"] and "Duties concerned" in facts["What this means"]
    )
    assert "nobody is on its duty roster" in facts["Who to call"]
    assert headline(states[2:], now).tone is Tone.CALM and headline([], now).tone is Tone.PLAIN


@pytest.mark.parametrize("tables", [["message"], []])
def test_a_source_that_brings_less_is_no_silent_one(world: World, home: object, tables: list[str]) -> None:
    source(world, "carrier", "texts", is_less=True, tables=tables, hours=[9, 2, 1], usual_count=9)
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    with scoped_to(viewer):
        (state,) = list_components(viewer, now)
    assert state.level is HealthLevel.LESS and headline([state], now).tone is Tone.WARN
    card = present_attention(state, [state], now)
    assert "in the last full hour: 2" in str({fact.key: fact.value for fact in card.facts}["Usual"])
    assert str(card.drawing).count("<rect") == 3


def test_an_installation_without_sources_reports_nothing(world: World, home: object) -> None:
    source(world, "carrier", "kept")
    report_local(timezone.now())
    with scoped_to(viewer := world.viewer("carrier", Role.ANALYST)):
        assert [one.row.name for one in list_components(viewer, timezone.now())] == ["kept"]
