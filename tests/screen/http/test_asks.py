"""What the routes ask of other parts is what those parts give."""

from tests.screen.http.asking import BAD, GOOD, Screen

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.asks import Fed, Feed, Screener


def test_the_screener_of_all_doors_answers_the_routes(screen: Screen) -> None:
    screener: Screener = screen.parts.screener
    later: list[Decision] = []
    decision = screener.call(Attempt(0, "c", BAD, GOOD, "MSC-1"), later.append)
    assert decision is not None and decision.treatment is Treatment.REFUSE and later == []


def test_a_feed_says_what_it_took(screen: Screen) -> None:
    feed: Feed = screen.feed
    assert feed.take(b'{"a":1}\nb') == Fed(1, 1, ("not an object",))
