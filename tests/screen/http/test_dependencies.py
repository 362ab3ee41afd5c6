"""What the routes ask of other parts is what those parts give."""

from tests.screen.http.client import BAD, GOOD, Screen

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.dependencies import CallScreener, LineFeed


def test_the_screener_of_all_doors_answers_the_routes(screen: Screen) -> None:
    screener: CallScreener = screen.parts.screener
    later: list[Decision] = []
    decision = screener.call(CallAttempt(0, "c", BAD, GOOD, "MSC-1"), later.append)
    assert decision is not None and decision.treatment is Treatment.REFUSE and later == []


def test_the_feed_of_records_takes_what_the_route_hands_on(screen: Screen) -> None:
    feed: LineFeed | None = screen.parts.feed
    assert feed is not None
    fed = feed.ingest(b'{"table":"call_ended","event_id":"e","call_id":"c"}\nb', 7)
    assert (fed.accepted, fed.rejected) == (1, 1) and fed.reasons[0].startswith("8: ")
