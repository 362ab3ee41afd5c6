"""Of several scopes the narrowest that still holds and covers what is asked is the answer."""

from tests.claims.snapshots import AT

from fanzha.claims.entry import Entry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, Scope

WIDE = Entry(Level.WATCH, until=AT + 10)
NARROW = Entry(Level.SUSPECTED, Treatment.LABEL, until=AT + 5, service="voice", also=WIDE)


def test_the_narrowest_entry_that_holds_is_given() -> None:
    assert NARROW.holding(AT, service="voice") is NARROW
    assert NARROW.holding(AT, service="text") is WIDE
    assert NARROW.holding(AT + 5, service="voice") is WIDE
    assert NARROW.holding(AT + 10, service="voice") is None


def test_an_entry_for_one_service_says_nothing_where_the_service_is_not_known() -> None:
    assert NARROW._replace(also=None).holding(AT) is None
    assert NARROW.scope == Scope(service="voice")
