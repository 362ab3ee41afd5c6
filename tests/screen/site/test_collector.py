"""What a process has loaded is not walked again; what comes later is."""

import gc
import weakref

import pytest

from fanzha.screen.site.collector import THRESHOLD, spare_what_is_loaded


class Thing:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> object:
    """Let the collector work for other tests as it did."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_is_loaded_is_spared_and_what_comes_later_is_collected() -> None:
    kept = Thing()
    loaded = weakref.ref(kept)
    spare_what_is_loaded()
    assert gc.get_freeze_count() > 0 and gc.get_threshold() == THRESHOLD
    del kept
    later = weakref.ref(Thing())
    gc.collect()
    assert loaded() is not None and later() is None
