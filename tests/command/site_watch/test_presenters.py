"""Candidates and logs read in words."""

from typing import Any

from django.utils.translation import override
from tests.command.site_watch.queue import NOW

from fanzha.command.captures.models import Capture
from fanzha.command.site_watch.models import CandidateSite, CandidateState
from fanzha.command.site_watch.presenters import (
    REASONS,
    present_budget,
    present_candidate,
    present_day,
    present_log,
    present_look,
)
from fanzha.command.site_watch.schemas import LogStatusOut
from fanzha.command.site_watch.selectors import Sighting
from fanzha.command.web.components import Tone
from fanzha.store.site_watch import DayCount, FollowState, GapReason, LogStatus

STATUS = LogStatus(
    "demo", "https://log.example", "00" * 32, FollowState.FOLLOWING, 100, 90, {"withheld": 1_234}, 7, NOW, NOW, "", None
)


def test_a_candidate_is_shown_as_a_browser_shows_it() -> None:
    row = present_candidate(
        Sighting(CandidateSite(host="xn--fiq228c.example", sentence_en="imitates", source="demo", reference="7"))
    )
    assert (row.display, row.sentence, row.place) == ("中文.example", "imitates", "demo, no. 7")
    assert row.badge.tone is Tone.ACCENT
    with override("zh-hans"):
        chinese = present_candidate(
            Sighting(CandidateSite(host="a.example", sentence_zh="仿冒", source="demo", reference="7"))
        )
        assert (chinese.sentence, chinese.badge.word, chinese.place) == ("仿冒", "待查看", "demo 第7条")
    assert (
        present_candidate(Sighting(CandidateSite(state=CandidateState.DISMISSED, host="a.example"))).badge.tone
        is Tone.QUIET
    )


def test_what_a_look_found_is_said_beside_the_name() -> None:
    def words(**facts: Any) -> list[str]:
        return [badge.word for badge in present_look(Capture(host="a.example", **facts))]

    assert words(state="waiting") == ["Page not looked at yet"] and words(state="failed") == ["No page there"]
    assert words(state="seen") == ["Page seen, nothing found"]
    suspect = {"score": 0.9, "asks": ["card"], "is_cloaked": True, "brand": "bank.example"}
    assert words(state="seen", **suspect) == [
        "Page found suspect (0.90)", "asks for secrets", "hides from some visitors", "looks like bank.example"
    ]  # fmt: skip


def test_a_log_is_followed_troubled_or_forked() -> None:
    assert present_log(STATUS).badge.tone is Tone.QUIET
    assert present_log(STATUS).missing == [("withheld by the log", "1,234")]
    assert present_log(STATUS._replace(problem="HTTP 500")).badge.tone is Tone.WARN
    assert present_log(STATUS._replace(state=FollowState.FORKED)).badge.tone is Tone.HARM
    assert LogStatusOut.of(STATUS).state == "following"


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(GapReason)


def test_days_and_budget() -> None:
    assert str(present_day(DayCount(NOW, "demo", 3, 2, 1))["day"]) == "2026-10-26"
    assert present_budget({"": (1, 2)}).rows == (("no brand", 1, 2),)
