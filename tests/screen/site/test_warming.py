"""Warming takes every way that a call may take, so that no call finds something not yet compiled."""

import time

from fanzha.screen.site.warming import warm


def test_what_was_warmed_once_is_quick_the_next_time() -> None:
    warm()
    begun = time.process_time()
    warm()
    assert time.process_time() - begun < 1
