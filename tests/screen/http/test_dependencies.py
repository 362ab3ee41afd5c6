"""What the routes ask of other parts is what those parts give."""

from tests.screen.http.asking import BAD, GOOD, Screen

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.dependencies import Feed, Screener


def test_the_screener_of_all_doors_answers_the_routes(screen: Screen) -> None:
    screener: Screener = screen.parts.screener
    later: list[Decision] = []
    decision = screener.call(Attempt(0, "c", BAD, GOOD, "MSC-1"), later.append)
    assert decision is not None and decision.treatment is Treatment.REFUSE and later == []


def test_the_feed_of_records_takes_what_the_route_hands_on(screen: Screen) -> None:
    feed: Feed | None = screen.parts.feed
    assert feed is not None
    fed = feed.take(b'{"table":"call_ended","event_id":"e","call_id":"c"}\nb', 7)
    assert (fed.taken, fed.refused) == (1, 1) and fed.why[0].startswith("8: ")
