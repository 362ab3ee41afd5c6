"""What is asked for again are the gaps that a log may still fill."""

from fanzha.store.site_watch_records import RETRIED, GapReason


def test_gaps_that_cannot_be_filled_are_not_asked_for_again() -> None:
    assert set(GapReason) - set(RETRIED) == {GapReason.BEFORE_START, GapReason.MALFORMED}
