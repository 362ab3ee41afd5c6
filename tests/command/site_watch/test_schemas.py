"""The API gives candidates and logs with times, and says whether the budget had room."""

from django.utils import timezone

from fanzha.command.site_watch.models import CandidateSite
from fanzha.command.site_watch.schemas import CandidateSiteOut, LogStatusOut
from fanzha.command.site_watch.selectors import Sighting
from fanzha.store.site_watch import FollowState, LogStatus


def test_a_candidate_says_whether_the_budget_had_room() -> None:
    row = CandidateSite(subject="a.example", host="www.a.example", score=0.7, seen_at=timezone.now(), is_within=False)
    given = CandidateSiteOut.of(Sighting(row))
    assert (given.state, given.is_within_budget, given.host) == ("open", False, "www.a.example")
    assert (given.look, given.look_state, given.look_score, given.campaign) == ("", "", None, "")


def test_a_log_has_times() -> None:
    status = LogStatus(
        "demo", "https://log.example", "00", FollowState.FORKED, 2, 1, {"withheld": 1}, 0, 5, 6, "", None
    )
    given = LogStatusOut.of(status)
    assert (given.state, given.missing, given.signed_at.timestamp()) == ("forked", {"withheld": 1}, 0.005)
